"""Tables beside the contract's: Cyber Essentials' 14 days, for order of work."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest

from contracts.terms.moments import end_of_day
from contracts.terms.settings import CONTRACT_WIDE, ContractSettings
from obligations.rules.time.working_days import load_calendar
from obligations.vulnerabilities.other_tables import FILE, applying, beside, read_tables, shipped_tables

SEVEN = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:L"
SIX = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N"


def rated(value: str, by: str = "nvd", says: str = "") -> dict[str, str]:
    return {"by": by, "source": by, "value": value, "says": says or value, "category": ""}


def due(*ratings: dict[str, str], released: date | None = date(2026, 3, 12)) -> datetime | None:
    found = beside(tables(), released, ratings, load_calendar())
    return found[0].due_at if found else None


def tables() -> list[Any]:
    return applying(ContractSettings.from_json({"cyber_essentials": "3.3"}), shipped_tables())


FOURTEEN = end_of_day(date(2026, 3, 26))


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([rated("7.0", "nvd CVSS score")], FOURTEEN),
        ([rated("6.9", "nvd CVSS score")], None),
        ([rated(SEVEN)], FOURTEEN),
        ([rated(SIX)], None),
        ([rated("critical")], FOURTEEN),
        ([rated("High", "microsoft")], FOURTEEN),
        ([rated("medium")], None),
        ([rated("important", "microsoft")], None),
        ([rated(SIX), rated("high")], FOURTEEN),
        ([], FOURTEEN),  # no details: as if it were grave
        ([rated("AV:N/AC:L/Au:N/C:C/I:C/A:C")], FOURTEEN),  # version 2 is no score of version 3: no details
        ([rated("AV:N/AC:L/Au:N/C:C/I:C/A:C"), rated("low")], None),
    ],
)
def test_what_has_fourteen_days(ratings, expected):
    assert due(*ratings) == expected


@pytest.mark.parametrize(
    ("released", "last"),
    [
        (date(2026, 3, 14), date(2026, 3, 28)),
        (date(2026, 3, 15), date(2026, 3, 29)),  # the clocks change: the day is London's all the same
        (date(2026, 2, 16), date(2026, 3, 2)),
        (date(2026, 12, 20), date(2027, 1, 3)),  # a Sunday moves nothing
    ],
)
def test_days_are_counted_as_the_engine_counts_them(released, last):
    assert due(rated("critical"), released=released) == end_of_day(last)


def test_without_a_release_day_there_is_no_date():
    assert due(rated("critical"), released=None) is None


def test_each_table_goes_by_a_setting_and_an_answer_that_there_is():
    assert tables() and not applying(ContractSettings.from_json({}), shipped_tables())
    for one in shipped_tables():
        assert CONTRACT_WIDE[one.setting].read(one.answer) == one.answer
        assert one.cited and one.source and one.read <= date(2026, 11, 28)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.pop("cited"), "missing key 'cited'"),
        (lambda table: table.update(due="soon"), "unknown key 'due'"),
        (lambda table: table["limit"][0].update(within={"amount": 14, "unit": "sleeps"}), "within must be"),
        (lambda table: table["limit"][0].pop("silent"), "missing key 'silent'"),
        (lambda table: table.update(limit=[]), "limit hold one"),
    ],
)
def test_a_table_that_is_none_is_named_with_its_key(change, said):
    data = deepcopy(tomllib.loads(FILE.read_text(encoding="utf-8")))
    change(data["table"][0])
    with pytest.raises(ValueError, match=said) as error:
        read_tables(data)
    assert "Cyber Essentials" in str(error.value)
