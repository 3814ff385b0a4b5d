"""From words to dates: what the calculator makes of the phrase book, held against the oracle (R35, R38-R42).

Each phrase that it reads is counted from several days or moments; the oracle counts what the book says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from obligations.rules.engine.calculator import as_json, calculate
from tests.contracts.terms.phrase_book import Entry, not_yet, phrases
from tests.obligations.rules.algebra_file import hours, when
from tests.oracle.algebra import CLOCK, Outcome, Setting, outcome

DAYS = ("2026-02-28", "2026-03-27", "2026-04-15", "2026-10-23", "2026-12-23", "2028-02-29")
MOMENTS = tuple(f"{day}T16:00:00+00:00" for day in DAYS)
WORK = "mon-fri 09:00-17:00"
READ = [
    entry
    for entry in phrases()
    if "limit" in entry
    and not entry["words"].endswith(".")
    and entry.get("kind") != "notice"
    and not entry.get("or_refused")
    and "or_limit" not in entry
    and entry["words"] not in not_yet()
]
REFUSED = [
    entry
    for entry in phrases()
    if "refused" in entry and "or_limit" not in entry and entry["words"] not in not_yet()
]


def starts(entry: Entry) -> tuple[str, ...]:
    """Moments for what runs by the clock, days for the rest."""
    clock = any(length["unit"] in CLOCK for length in entry["limit"].get("lengths", ()))
    return MOMENTS if clock else DAYS


def expected(entry: Entry, start: str) -> Outcome:
    begins = when(start)
    day = begins.date() if isinstance(begins, datetime) else begins
    works = hours(["monday to friday 09:00-17:00"])
    return outcome(entry["limit"], begins, Setting(hours=works, contract_start=day))


@pytest.mark.parametrize("entry", READ, ids=lambda entry: entry["words"])
def test_the_words_give_the_date_that_the_book_counts(entry: Entry) -> None:
    for start in starts(entry):
        found, right = calculate(entry["words"], start, hours=_hours(entry)), expected(entry, start)
        if right.due is not None:
            assert found.due_at is not None, start
            assert found.due_at.astimezone(UTC) == right.due.second, (start, str(found.due_at), right)
        assert found.window == right.window, start
        assert (found.opens_at is None) == (right.opens is None), start
        if right.opens is not None and found.opens_at is not None:
            assert 0 <= (found.opens_at.astimezone(UTC) - right.opens.second).total_seconds() <= 1, start


@pytest.mark.parametrize(
    "entry", [entry for entry in READ if entry.get("flagged")], ids=lambda entry: entry["words"]
)
def test_a_phrase_with_another_reading_is_flagged(entry: Entry) -> None:
    """On one of the days at least: elsewhere the readings may end together."""
    found = [calculate(entry["words"], start, hours=_hours(entry)) for start in starts(entry)]
    if any("_hours" in length["unit"] for length in entry["limit"].get("lengths", ())):
        return  # flagged only until the hours are set (R41)
    assert any(as_json(each)["flagged"] for each in found)


@pytest.mark.parametrize("entry", REFUSED, ids=lambda entry: entry["words"])
def test_what_is_refused_gives_no_date(entry: Entry) -> None:
    for start in (DAYS[1], MOMENTS[1]):
        with pytest.raises(ValueError, match=r"\S"):
            calculate(entry["words"], start, hours=WORK)


def test_hours_of_work_are_asked_for() -> None:
    for entry in READ:
        if any("_hours" in length["unit"] for length in entry["limit"].get("lengths", ())):
            with pytest.raises(ValueError, match="ours"):
                calculate(entry["words"], MOMENTS[1])


def test_there_is_something_to_count() -> None:
    assert len(READ) > 250
    assert date(2028, 2, 29) == when(DAYS[-1])


def _hours(entry: Entry) -> str | None:
    needs = any("_hours" in length["unit"] for length in entry["limit"].get("lengths", ()))
    return WORK if needs else None
