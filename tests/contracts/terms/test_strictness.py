"""Which of two terms is the stricter, and that nothing is said where it is not certain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.terms.limits import Kind
from contracts.terms.phrases import parse_limit
from contracts.terms.strictness import Strictness, Term, _days_of_months, _days_of_working_days, compare_terms


def term(phrase: str, kind: Kind | None = None) -> Term:
    found = parse_limit(phrase)
    assert found.limit is not None
    return Term.of(found.limit, kind or found.kind)


def result(standard: str, theirs: str) -> str:
    return str(compare_terms(term(standard), term(theirs)).result)


@pytest.mark.parametrize(
    ("standard", "theirs", "is_"),
    [
        # hours and minutes
        ("within 24 hours", "within 12 hours", "stricter"),
        ("within 24 hours", "within 48 hours", "looser"),
        ("within 24 hours", "within 1440 minutes", "the same"),
        # hours against days: one day ends 24 to 48 hours later
        ("within 24 hours", "within 1 day", "looser"),
        ("within 1 day", "within 24 hours", "stricter"),
        ("within 48 hours", "within 1 day", "stricter"),
        ("within 36 hours", "within 1 day", "cannot be compared"),
        ("within 1 day", "within 36 hours", "cannot be compared"),
        # hours against Working Days
        ("within 24 hours", "within 2 Working Days", "looser"),
        ("within 2 Working Days", "within 24 hours", "stricter"),
        ("within 72 hours", "within 2 Working Days", "cannot be compared"),
        # days, weeks, Working Days
        ("within 2 weeks", "within 14 days", "the same"),
        ("within 2 weeks", "within 15 days", "looser"),
        ("within 5 Working Days", "within 4 Working Days", "stricter"),
        ("within 5 days", "within 5 Working Days", "cannot be compared"),
        ("within 4 days", "within 5 Working Days", "looser"),
        ("within 7 days", "within 5 Working Days", "cannot be compared"),
        ("within 5 Working Days", "within 5 Business Days", "cannot be compared"),
        ("within 3 months", "within 5 Working Days", "stricter"),
        # months and days
        ("within 1 month", "within 27 days", "stricter"),
        ("within 1 month", "within 28 days", "cannot be compared"),
        ("within 1 month", "within 30 days", "cannot be compared"),
        ("within 1 month", "within 32 days", "looser"),
        ("within 12 months", "within 1 year", "the same"),
        ("within 1 year", "within 11 months", "stricter"),
        # a minimum asks for more where it is longer
        ("for at least 6 years", "for at least 7 years", "stricter"),
        ("for at least 6 years", "for at least 12 months", "looser"),
        ("at least 5 Working Days before", "at least 10 Working Days before", "stricter"),
        ("at least 5 Working Days before", "at least 2 days before", "looser"),
        # joined
        ("within 30 days", "within 20 days or 10 Working Days, whichever is the earlier", "stricter"),
        ("within 30 days", "within 40 days or 1 month, whichever is the later", "looser"),
        # an hour of the day
        ("within 2 Working Days", "by 10:00 on the second Working Day after", "stricter"),
        ("within 3 Working Days", "by 10:00 on the second Working Day after", "cannot be compared"),
        # different things
        ("within 6 years", "for at least 6 years", "cannot be compared"),
        ("within 12 months", "every 12 months", "cannot be compared"),
        ("every 12 months", "every 6 months", "stricter"),
        ("every 3 months", "annually", "looser"),
    ],
)
def test_each_is_compared_only_where_it_is_certain(standard, theirs, is_):
    assert result(standard, theirs) == is_


@pytest.mark.parametrize("units", ["hours", "days", "weeks", "months", "years", "Working Days"])
def test_the_other_way_round_it_is_the_other(units):
    other = {"stricter": "looser", "looser": "stricter"}
    for amount in (1, 2, 7, 30, 48):
        for theirs in ("24 hours", "3 days", "5 Working Days", "1 month"):
            one, two = f"within {amount} {units}", f"within {theirs}"
            there = result(one, two)
            assert result(two, one) == other.get(there, there)


def test_why_it_cannot_be_told():
    found = compare_terms(term("within 6 years"), term("for at least 6 years"))
    assert found.why == "one is a limit to do something by, the other a minimum to keep something for"
    found = compare_terms(term("within 1 month"), term("within 30 days"))
    assert found.why == "which of the two is longer depends on the day it runs from, and on holidays"


def test_an_hour_of_the_last_day_makes_it_stricter():
    bare, hour = term("within 2 Working Days"), term("by 10:00 within 2 Working Days", Kind.DEADLINE)
    assert compare_terms(bare, hour).result is Strictness.STRICTER
    assert compare_terms(hour, bare).result is Strictness.LOOSER


@pytest.mark.parametrize("months", [1, 2, 3, 6, 11, 12, 24, 60])
def test_months_are_as_long_as_the_calendar_has_them(months):
    """Every day of eight years that hold both sorts of century is within the bounds."""
    least, most = _days_of_months(months)
    day, found = date(1896, 1, 1), set()
    while day < date(1906, 1, 1):
        ends, number = divmod(day.month - 1 + months, 12)
        last = (date(day.year + ends + (number == 11), (number + 1) % 12 + 1, 1) - timedelta(days=1)).day
        found.add((date(day.year + ends, number + 1, min(day.day, last)) - day).days)
        day += timedelta(days=1)
    assert least <= min(found) and max(found) <= most


@pytest.mark.parametrize("number", [1, 2, 5, 10, 20, 60])
def test_working_days_take_no_fewer_days_than_a_calendar_without_holidays(number):
    least, most = _days_of_working_days(number)
    taken = set()
    for start in range(14):
        day, left = date(2026, 3, 1) + timedelta(days=start), number
        first = day
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        taken.add((day - first).days)
    assert least == min(taken) and most > max(taken) + 10
