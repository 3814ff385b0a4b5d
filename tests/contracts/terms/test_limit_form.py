"""The JSON form of a limit: everything that it says comes back, and what is wrong is named."""

from __future__ import annotations

from datetime import time

import pytest

from contracts.terms.limit import Cycle, Edge, Hour, Joined, Limit, LimitFormError, Span, read_limit
from contracts.terms.periods import Period, Unit

DAYS, MONTH = Period(30, Unit.DAYS), Period(1, Unit.MONTHS)

LIMITS = [
    Limit((DAYS,)),
    Limit((DAYS, MONTH), Joined.EARLIER, qualifier="at_most", before=True),
    Limit((MONTH,), qualifier="at_least", inclusive=True),
    Limit((Period(1, Unit.WORKING_DAYS),), hour=Hour(time(12))),
    Limit((Period(1, Unit.WORKING_DAYS),), hour=Hour(time(17), Edge.BEFORE, assumed=True)),
    Limit((Period(2, Unit.MONTHS),), before=True, window=True),
    Limit((Period(8, Unit.WORKING_DAYS),), standstill=True),
    Limit(cycle=Cycle(Span.MONTH, place=5, unit="working_days")),
    Limit(cycle=Cycle(Span.QUARTER, place=-1, unit="days")),
    Limit(cycle=Cycle(Span.YEAR, month=3, day=31)),
    Limit(cycle=Cycle(Span.QUARTER, offset=Period(5, Unit.WORKING_DAYS), before=True)),
]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_comes_back_from_its_form(limit):
    assert read_limit(limit.as_json()) == limit


def test_only_what_the_words_say_is_in_the_form():
    assert Limit((DAYS,)).as_json() == {"lengths": [{"amount": 30, "unit": "days"}]}


ONE = [{"amount": 1, "unit": "months"}]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ([], "a limit must be a table"),
        ({}, "lengths or a cycle"),
        ({"lengths": ONE, "cycle": {"of": "year", "month": 3, "day": 31}}, "one of the two"),
        ({"lengths": ONE, "joined": "earlier"}, "two lengths or more"),
        ({"lengths": [*ONE, *ONE]}, "how they go together"),
        ({"lengths": [{"amount": 0, "unit": "days"}]}, "from 1"),
        ({"lengths": [{"amount": 1, "unit": "moons"}]}, "'moons'"),
        ({"lengths": ONE, "qualifier": "some"}, "qualifier 'some'"),
        ({"lengths": ONE, "before": "yes"}, "before must be true or false"),
        ({"lengths": ONE, "colour": 1}, "unknown key 'colour'"),
        ({"lengths": ONE, "hour": {"at": "noon"}}, "write 17:00"),
        ({"lengths": ONE, "hour": {"at": "10:00+01:00"}}, "without an offset"),
        ({"lengths": ONE, "hour": {"at": "10:00", "edge": "until"}}, "'until'"),
        ({"cycle": {"of": "month"}}, "give its place"),
        ({"cycle": {"of": "month", "place": 0, "unit": "days"}}, "not 0"),
        ({"cycle": {"of": "month", "place": 1, "unit": "hours"}}, "one of days, working_days"),
        ({"cycle": {"of": "year", "month": 2, "day": 30}}, "no year has"),
        ({"cycle": {"of": "month", "month": 2, "day": 3}}, "of a year"),
        ({"cycle": {"of": "moon", "place": 1, "unit": "days"}}, "'moon'"),
        ({"cycle": {"of": "month", "place": 1, "unit": "days", "before": True}}, "goes with offset"),
    ],
)
def test_a_form_that_is_wrong_is_refused_and_named(form, says):
    with pytest.raises(LimitFormError, match=says):
        read_limit(form)
