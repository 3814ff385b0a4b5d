"""What was not there in a period that ended (R11, R15, R16), worked out by hand.

Scanned on Tuesday 10 February 2026, a scan every month: the next by the end of Tuesday 10 March.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.terms.moments import start_of_day
from contracts.terms.periods import Period, Unit
from obligations.rules.engine.absences import absence, year_before

AFTER, LAST = date(2026, 2, 10), date(2026, 3, 10)
MONTHLY = Period(1, Unit.MONTHS)
MIDNIGHT = start_of_day(date(2026, 3, 11))


def found(as_at: datetime, done: date | None = None):
    return absence(AFTER, LAST, done, MONTHLY, as_at)


def test_it_is_a_fact_from_the_midnight_that_ends_the_period():
    assert found(MIDNIGHT - timedelta(seconds=1)) is None
    there = found(MIDNIGHT)
    assert there is not None
    assert (there.first, there.last, there.since, there.missed) == (date(2026, 2, 11), LAST, MIDNIGHT, 1)


def test_midnight_is_londons_in_summer():
    last = date(2026, 6, 10)
    assert (
        absence(date(2026, 5, 10), last, None, MONTHLY, datetime(2026, 6, 10, 22, 59, 59, tzinfo=UTC)) is None
    )
    assert absence(date(2026, 5, 10), last, None, MONTHLY, datetime(2026, 6, 10, 23, tzinfo=UTC)) is not None


@pytest.mark.parametrize(("done", "absent"), [(LAST, False), (date(2026, 3, 11), True)])
def test_what_was_done_in_it_was_there_and_what_was_done_after_it_was_not(done, absent):
    there = found(start_of_day(date(2026, 4, 1)), done)
    assert (there is not None) is absent
    if there is not None:
        assert there.found == done and "was done after it" in there.steps("x")[-1].text


def test_whole_periods_that_went_by_are_counted():
    there = found(start_of_day(date(2026, 5, 11)))
    assert there is not None and there.missed == 3
    assert there.steps("dmp_schedule_23/main/7.1.3")[0].citation == "dmp_schedule_23/main/7.1.3"
    assert there.steps("")[-1].text == "3 whole periods went by with nothing done"


def test_the_year_of_a_letter_ends_with_the_anniversary():
    first, last = year_before(date(2026, 4, 1))
    assert (first, last) == (date(2025, 4, 2), date(2026, 4, 1))
    there = found(start_of_day(date(2026, 5, 1)))
    assert there is not None and there.touches(first, last)
    assert not there.touches(first, LAST)  # that year had ended with the last day on which it could be done
    late = found(start_of_day(date(2026, 5, 1)), date(2026, 4, 2))
    assert late is not None and late.touches(date(2026, 4, 1), date(2027, 4, 1))
    assert not late.touches(date(2026, 4, 2), date(2027, 4, 1))  # it was there on the first day of that year


def test_what_falls_on_a_fixed_day_has_that_day_alone():
    there = absence(LAST, LAST, None, Period(1, Unit.YEARS), MIDNIGHT)
    assert there is not None and (there.first, there.missed) == (LAST, 0)
    assert "done on 10 March 2026" in there.steps("x")[1].text


def test_without_a_date_nothing_is_absent():
    assert absence(AFTER, None, None, MONTHLY, MIDNIGHT) is None
