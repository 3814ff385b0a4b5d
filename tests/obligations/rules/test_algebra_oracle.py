"""The worked examples of the clock algebra, put to the oracle that walks day by day and minute by minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.obligations.rules.algebra_file import algebra, last_moment, setting, when
from tests.obligations.rules.examples_file import Example, days, title
from tests.oracle import algebra as oracle
from tests.oracle.cycles import places

KEYS = {
    *("title", "limit", "from", "why"),
    *("due", "window", "opens", "no_date"),
    *("division", "hours", "moved", "contract_start"),
    *("readings", "flagged", "careful", "counted", "next"),
}
DATED = [example for example in algebra() if "no_date" not in example]


def test_there_are_enough_and_their_keys_are_known() -> None:
    assert len(algebra()) >= 150
    assert len({title(example) for example in algebra()}) == len(algebra())
    for example in algebra():
        assert not set(example) - KEYS, example
        assert len({"due", "window", "opens", "no_date"} & set(example)) == 1, example


@pytest.mark.parametrize("example", DATED, ids=title)
def test_the_oracle_agrees(example: Example) -> None:
    found = oracle.outcome(example["limit"], when(example["from"]), setting(example))
    if "window" in example:
        assert found.window == tuple(when(day) for day in example["window"])
        return
    end = found.due or found.opens
    assert end is not None
    assert end.second == last_moment(example.get("due") or example["opens"])
    if "readings" in example:
        assert found.others == {last_moment(each) for each in example["readings"]}
    assert not end.provisional


@pytest.mark.parametrize("example", [each for each in DATED if "next" in each], ids=title)
def test_the_oracle_agrees_on_the_places_that_follow(example: Example) -> None:
    limit, setting_of = example["limit"], setting(example)
    start = when(example["from"])
    for place in [example["due"], *example["next"]]:
        found = oracle.outcome(limit, start, setting_of).due
        assert found is not None and found.second == last_moment(place)
        start = found.second + timedelta(seconds=1) if "hour" in limit else found.day + timedelta(days=1)


@pytest.mark.parametrize("example", [each for each in DATED if "counted" in each], ids=title)
def test_what_was_counted_is_written_out(example: Example) -> None:
    """There are as many days as the limit says, in the order of counting, and the last is the answer."""
    counted = days(example["counted"])
    (length,) = example["limit"]["lengths"]
    assert len(counted) == length["amount"]
    assert counted == sorted(counted, reverse=example["limit"].get("before", False))
    answer = when(example.get("due") or example["opens"])
    assert counted[-1] == (answer.date() if isinstance(answer, datetime) else answer)


def test_places_of_a_month_without_one_do_not_come() -> None:
    fifth = {"of": "month", "place": 5, "unit": "monday"}
    found = places(fifth, days("April 2026: 1")[0], "england-and-wales")
    assert next(found)[0] == days("June 2026: 29")[0]
