"""Working, Business and Service Hours: counted only while the contract's hours of work run (R41).

Public holidays have no Working or Business Hours. Whether they have Service Hours the words rarely say: the
count of which they are part, and the one of which they are not, are two readings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from contracts.terms.answers import WeekHours
from contracts.terms.moments import LONDON, ONE_DAY, Day, Moment, after, elapsed, london
from contracts.terms.periods import Period
from obligations.rules.time.counting import Counted, LimitError, Origin, provisional_step
from obligations.rules.time.derivation import Skipped, Step, said_when
from obligations.rules.time.working_days import HORIZON, Calendar

_NOTHING = timedelta(0)


def count_hours_of_work(
    origin: Origin, period: Period, calendar: Calendar, hours: WeekHours, *, holidays_too: bool = False
) -> Counted:
    """The moment at which so many hours of work have run since the origin's moment (R41).

    An end on the hour at which work stops is that hour, not the next morning. ``holidays_too``: work goes on
    on public holidays. Raises LimitError for a bare day, and for an end beyond the calendar.
    """
    start, left = _moment(origin, period), timedelta(hours=period.amount)
    for begins, ends in _stretches(start, calendar, hours, holidays_too):
        run = elapsed(max(begins, start), ends)
        if run >= left:
            return _counted(period, start, after(max(begins, start), left), calendar, hours, holidays_too)
        left -= max(run, _NOTHING)
    raise LimitError(f"{period} from {said_when(start)} end beyond {HORIZON}")


def count_hours_of_work_back(
    origin: Origin, period: Period, calendar: Calendar, hours: WeekHours, *, holidays_too: bool = False
) -> Counted:
    """The moment from which so many hours of work run until the origin's moment (R35, R41)."""
    end, left = _moment(origin, period), timedelta(hours=period.amount)
    for begins, ends in _stretches_back(end, calendar, hours, holidays_too):
        run = elapsed(begins, min(ends, end))
        if run >= left:
            return _counted(period, end, after(min(ends, end), -left), calendar, hours, holidays_too)
        left -= max(run, _NOTHING)
    raise LimitError(f"{period} before {said_when(end)} begin before {calendar.first}")


def _moment(origin: Origin, period: Period) -> Moment:
    if origin.moment is None:
        raise LimitError(f"{period} cannot be counted from a bare day; give the moment, with its time")
    return origin.moment.astimezone(UTC)


def _stretches(
    start: Moment, calendar: Calendar, hours: WeekHours, holidays_too: bool
) -> Iterator[tuple[Moment, Moment]]:
    """The hours of work from the London day of ``start`` on, in UTC."""
    day = london(start).date()
    while day <= HORIZON:
        if (stretch := _stretch(day, calendar, hours, holidays_too)) is not None:
            yield stretch
        day += ONE_DAY


def _stretches_back(
    end: Moment, calendar: Calendar, hours: WeekHours, holidays_too: bool
) -> Iterator[tuple[Moment, Moment]]:
    day = london(end).date()
    while day >= calendar.first:
        if (stretch := _stretch(day, calendar, hours, holidays_too)) is not None:
            yield stretch
        day -= ONE_DAY


def _stretch(
    day: Day, calendar: Calendar, hours: WeekHours, holidays_too: bool
) -> tuple[Moment, Moment] | None:
    span = hours.on(day)
    if span is None or (day in calendar.holidays and not holidays_too):
        return None
    begins, ends = (datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC) for at in span)
    return begins, ends


def _counted(
    period: Period, one: Moment, other: Moment, calendar: Calendar, hours: WeekHours, holidays_too: bool
) -> Counted:
    """The count with its steps: which hours were meant and which holidays fell in between."""
    first, last = sorted((london(one).date(), london(other).date()))
    closed = () if holidays_too else closed_between(first, last, calendar, hours)
    back = other < one
    counted = f"{period} counted{' back' if back else ''} from {said_when(one)}"
    steps = [
        Step("R41", f"The hours of work are {hours}"),
        Step("R41", f"{counted}, while they run: {said_when(other)}", skipped=closed),
        Step("R3", f"Public holidays are those of {calendar.name}"),
    ]
    if not calendar.beyond_edge(last):
        return Counted(london(other), tuple(steps))
    return Counted(london(other), (*steps, provisional_step(calendar)), provisional=True)


def closed_between(first: Day, last: Day, calendar: Calendar, hours: WeekHours) -> tuple[Skipped, ...]:
    """The public holidays from ``first`` to ``last``, both included, that have hours of work by weekday."""
    return tuple(
        skipped
        for skipped in calendar.skipped_between(first - ONE_DAY, last)
        if skipped.date in calendar.holidays and hours.on(skipped.date) is not None
    )
