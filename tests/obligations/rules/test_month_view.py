"""A limit day by day: the numbers end on the due day, and every day left out has its reason. No database."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from contracts.terms.moments import LONDON
from obligations.rules.engine.calculator import (
    read_words,
    readings_untried,
    rules_to_try,
    start_of_rule,
    start_of_words,
)
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.time.deadline_builder import deadline_from
from obligations.rules.time.month_view import MarkedDay, MonthView, month_view
from obligations.rules.time.working_days import load_calendar

DMP = load_rulebook("dmp_schedule_23")


def view(words: str, at, division: str = "england-and-wales") -> MonthView:
    calendar = load_calendar(division)
    start = start_of_words(read_words(words), at)
    found = month_view(start, deadline_from([start], calendar), calendar)
    assert found is not None
    return found


def days_of(found: MonthView) -> list[MarkedDay]:
    """Every day shown, in order."""
    return [day for month in found.months for week in month.weeks for day in week if day is not None]


def marks(found: MonthView) -> dict[date, object]:
    """What each day of the limit says: its number, its reason, or nothing."""
    return {day.day: day.number or day.skipped for day in days_of(found) if day.inside}


def test_working_days_over_easter():
    assert marks(view("2 Working Days", date(2026, 4, 2))) == {
        date(2026, 4, 2): "",
        date(2026, 4, 3): "Good Friday",
        date(2026, 4, 4): "Saturday",
        date(2026, 4, 5): "Sunday",
        date(2026, 4, 6): "Easter Monday",
        date(2026, 4, 7): 1,
        date(2026, 4, 8): 2,
    }


def test_easter_monday_counts_in_scotland():
    assert marks(view("2 Working Days", date(2026, 4, 2), "scotland"))[date(2026, 4, 6)] == 1


@pytest.mark.parametrize(
    ("words", "number"),
    [("60 Working Days", 60), ("7 days", 7), ("2 weeks", 14), ("30 days beginning with the event", 30)],
)
def test_the_last_number_is_the_limit_s_and_stands_on_the_due_day(words, number):
    found = days_of(view(words, date(2026, 3, 12)))
    assert [day.number for day in found if day.due] == [number]
    assert [day.number for day in found if day.number] == list(range(1, number + 1))


def test_a_first_day_that_counts_has_number_one():
    days = {day.day: day for day in days_of(view("7 days beginning with the event", date(2026, 3, 12)))}
    assert days[date(2026, 3, 12)].start and days[date(2026, 3, 12)].number == 1
    assert days[date(2026, 3, 18)].due


def test_midnight_begins_a_day_that_counts():
    midnight = datetime(2026, 3, 12, tzinfo=LONDON)
    assert marks(view("2 days", midnight)) == {date(2026, 3, 12): 1, date(2026, 3, 13): 2}


def test_hours_and_months_are_not_numbered():
    hours = view("24 hours", datetime(2026, 3, 28, 10, tzinfo=LONDON))
    assert marks(hours) == {date(2026, 3, 28): "", date(2026, 3, 29): ""}
    assert set(marks(view("1 month", date(2026, 2, 28))).values()) == {""}


def test_a_long_limit_shows_its_ends_and_says_how_much_is_left_out():
    found = view("7 years", date(2026, 3, 12))
    assert len(found.months) == 6 and found.before_gap == 3 and found.left_out == 79
    assert found.months[3].first == date(2033, 1, 1)
    assert view("5 months", date(2026, 3, 12)).left_out == 0


def test_a_rule_brings_its_limit_its_paragraph_and_its_readings():
    rule = DMP.by_key["12.1"]
    deadline = deadline_from([start_of_rule(rule, date(2026, 3, 12))], load_calendar())
    assert deadline.due_date == date(2026, 3, 17)
    assert deadline.steps[0].citation == "dmp_schedule_23/main/12.1"
    assert [one.due_date for one in deadline.readings] == [date(2026, 3, 19)]
    assert readings_untried(DMP.by_key["8.2.2"])


def test_only_limits_that_run_from_an_event_can_be_tried():
    keys = {rule.key for rule in rules_to_try(DMP)}
    assert {"10.3-critical", "7.1.3", "12.3"} <= keys
    assert "7.11" not in keys, "an anniversary is a fixed day"
    assert all(rule.period for rule in rules_to_try(DMP))
