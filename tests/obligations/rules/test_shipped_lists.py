"""The lists of bank holidays that come with Duly, and of what day they are (R3, R4, R47). No database."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.terms.periods import Period, Unit
from obligations.rules.time.deadlines import AgreePeriod, Extend, Start, deadline_from, limit, load_calendar
from obligations.rules.time.published import Change, between, laid_over
from obligations.rules.time.working_days import DIVISIONS, newest_shipped, shipped_lists

WORLD_CUP = date(2026, 6, 15)
SCOTLAND = "scotland"
BY_THE_LIST = "by the list published on 4 February 2026"
ONE, FIVE = Period(1, Unit.WORKING_DAYS), Period(5, Unit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("division", "day", "count", "due"),
    [
        # Friday 12 June 2026: in Scotland Monday the 15th is a bank holiday, so Tuesday is next
        ("scotland", date(2026, 6, 12), 1, date(2026, 6, 16)),
        ("all", date(2026, 6, 12), 1, date(2026, 6, 16)),
        ("england-and-wales", date(2026, 6, 12), 1, WORLD_CUP),
        ("northern-ireland", date(2026, 6, 12), 1, WORLD_CUP),
        # on both sides of it: the 12th is reached as before, and from the 15th itself nothing changes
        ("scotland", date(2026, 6, 11), 1, date(2026, 6, 12)),
        ("scotland", WORLD_CUP, 1, date(2026, 6, 16)),
        # five from the 8th: 9, 10, 11, 12, and 16
        ("scotland", date(2026, 6, 8), 5, date(2026, 6, 16)),
        ("england-and-wales", date(2026, 6, 8), 5, WORLD_CUP),
    ],
)
def test_the_day_of_the_world_cup_is_a_bank_holiday_in_scotland(division, day, count, due) -> None:
    deadline = limit(day, Period(count, Unit.WORKING_DAYS), load_calendar(division))
    assert (deadline.due_date, deadline.provisional) == (due, False)


def test_who_leaves_on_the_friday_and_one_working_day() -> None:
    """The proof names the holiday, and in the calendar of all where it is one."""
    skipped = limit(date(2026, 6, 12), ONE, load_calendar(SCOTLAND)).steps[1].skipped
    assert [(one.date, one.why) for one in skipped][0] == (WORLD_CUP, "World Cup bank holiday")
    assert load_calendar("all").holidays[WORLD_CUP] == "World Cup bank holiday (Scotland)"


def test_a_later_list_says_what_it_changes_and_when_it_was_published() -> None:
    first, second = shipped_lists(1), shipped_lists(2)
    assert (first.published, second.published, newest_shipped()) == (None, date(2026, 2, 4), 2)
    assert WORLD_CUP not in first.days[SCOTLAND]
    assert "Banking and Financial Dealings Act 1971, section 1(3)" in second.source
    change = between(first, second, first)
    named = {SCOTLAND: {WORLD_CUP: "World Cup bank holiday"}}
    assert change == Change(added=named, published=date(2026, 2, 4))
    assert laid_over(first, change).days == second.days
    assert not between(first, second, second), "where the day was added already, nothing is new"


def test_every_list_goes_on_from_the_one_before() -> None:
    for number in range(2, newest_shipped() + 1):
        before, after = shipped_lists(number - 1), shipped_lists(number)
        assert after.edge >= before.edge and after.first == before.first
        assert after.published and after.published > (before.published or date.min)
        assert after != before
    assert shipped_lists() == shipped_lists(newest_shipped())


def said_by(deadline) -> int:
    return sum(BY_THE_LIST in step.text for step in deadline.steps)


@pytest.mark.parametrize("division", DIVISIONS)
def test_a_count_past_the_day_of_publication_says_by_which_list(division: str) -> None:
    """R47. From 28 January 2026: five Working Days end on 4 February, six a day past the list."""
    calendar = load_calendar(division)
    until = limit(date(2026, 1, 28), FIVE, calendar)
    assert (until.due_date, said_by(until)) == (date(2026, 2, 4), 0)
    past = limit(date(2026, 1, 28), Period(6, Unit.WORKING_DAYS), calendar)
    assert (past.due_date, said_by(past)) == (date(2026, 2, 5), 1)


@pytest.mark.parametrize("period", [Period(20, Unit.DAYS), Period(1, Unit.MONTHS), Period(1, Unit.YEARS)])
def test_what_no_holiday_moves_says_nothing_of_a_list(period: Period) -> None:
    assert said_by(limit(date(2026, 3, 12), period, load_calendar())) == 0


def test_it_is_said_once_however_often_working_days_are_counted() -> None:
    """R47."""
    twice = [Start(date(2026, 3, 12), FIVE), Extend(date(2026, 3, 13), FIVE), Extend(date(2026, 3, 13), ONE)]
    deadline = deadline_from(twice, load_calendar())
    assert deadline.due_date == date(2026, 3, 27)  # 13, 16, 17, 18, 19; 20, 23, 24, 25, 26; 27
    assert said_by(deadline) == 1
    agreed = deadline_from(
        [Start(date(2026, 3, 12), FIVE), AgreePeriod(date(2026, 3, 13), ONE)], load_calendar()
    )
    assert said_by(agreed) == 1


def test_past_the_edge_both_are_said() -> None:
    deadline = limit(date(2028, 12, 20), Period(20, Unit.WORKING_DAYS), load_calendar())
    assert deadline.provisional and said_by(deadline) == 1
    assert sum(step.rule == "R4" for step in deadline.steps) == 1
