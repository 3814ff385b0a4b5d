"""Counting a period from where it starts: days, Working Days, months, years and hours (R1 to R8).

Everything here is arithmetic. Which day a clock starts on, and what happens to it later, is decided in
``candidates`` and ``deadline_builder``.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from contracts.terms.moments import (
    LONDON,
    ONE_DAY,
    Day,
    Moment,
    When,
    after,
    end_of_day,
    is_moment,
    london,
)
from contracts.terms.periods import Period, Unit
from obligations.rules.time.derivation import Step, said, said_when
from obligations.rules.time.working_days import Calendar

AT_LEAST = "at_least"
MINIMA = frozenset({AT_LEAST, "more_than"})
"""The qualifiers of a minimum (R8)."""

_CLOCK_UNITS = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}
_WORKING_UNITS = frozenset({Unit.WORKING_DAYS, Unit.BUSINESS_DAYS})
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_DAYS = {Unit.DAYS: 1, Unit.CLEAR_DAYS: 1, Unit.WEEKS: 7}


class LimitError(ValueError):
    """A limit that cannot be worked out, with the reason in one line."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a clock starts: a London day, whether that day itself counts, and the moment where one is
    known.
    """

    day: Day
    counts: bool = False
    moment: Moment | None = None

    @property
    def zero(self) -> Day:
        """The last day that does not count."""
        return self.day - ONE_DAY if self.counts else self.day

    @property
    def zero_back(self) -> Day:
        """Counting back, the first day that does not count (R35)."""
        return self.day + ONE_DAY if self.counts else self.day


@dataclass(slots=True)
class Counted:
    """The end of a period: a day, or a moment for minutes and hours, with the steps of the count."""

    due: When
    steps: tuple[Step, ...]
    provisional: bool = False

    @property
    def due_at(self) -> Moment:
        """The last moment in time: the moment itself, or 23:59:59 of the day (R1)."""
        return self.due if is_moment(self.due) else end_of_day(self.due)


def runs_by_the_clock(period: Period) -> bool:
    """Whether the period runs from moment to moment (R5)."""
    return period.unit in _CLOCK_UNITS


def counts_working_days(period: Period) -> bool:
    """Whether the period is counted in Working Days (R3)."""
    return period.unit in _WORKING_UNITS


def add_months(day: Day, months: int) -> Day:
    """The corresponding date ``months`` later, or the last day of that month where it has no such date
    (R6).
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def count(origin: Origin, period: Period, calendar: Calendar) -> Counted:
    """The end of ``period`` counted from ``origin``, with a step for each rule that was used.

    Raises LimitError for hours or minutes from a bare day and for a date that no calendar can hold, and
    CalendarError for Working Days outside the calendar.
    """
    try:
        if period.unit in _CLOCK_UNITS:
            return _by_the_clock(origin, period)
        if period.unit in _WORKING_UNITS:
            return _in_working_days(origin, period, calendar)
        if period.unit in _MONTHS:
            return _in_months(origin, period)
        if period.unit.needs_hours:
            raise LimitError(f"{period} cannot be counted without the hours of work of the contract")
        return _in_days(origin, period)
    except OverflowError as error:
        raise LimitError(f"{period} from {origin.day} ends after the year 9999") from error


def count_on(due: When, period: Period, calendar: Calendar) -> Counted:
    """``period`` added to the end of a limit and counted the same way: the old last day is left out (R7)."""
    if not runs_by_the_clock(period):
        day = due.astimezone(LONDON).date() if is_moment(due) else due
        return count(Origin(day), period, calendar)
    return count(Origin(date.min, moment=due if is_moment(due) else end_of_day(due)), period, calendar)


def by_the_clock(moment: Moment, period: Period) -> Moment:
    """The moment so many hours or minutes after another, on the London clock, from moment to moment (R5).

    Nothing is rounded to a full hour and no end is moved (R42).
    """
    return london(after(moment, period.amount * _CLOCK_UNITS[period.unit]))


def _by_the_clock(origin: Origin, period: Period) -> Counted:
    if origin.moment is None:
        raise LimitError(f"{period} cannot be counted from a bare day; give the moment, with its time")
    start = origin.moment.astimezone(LONDON)
    end = by_the_clock(start, period)
    steps = [Step("R5", f"{period} counted from {said_when(start)}, moment to moment")]
    if start.utcoffset() != end.utcoffset():
        steps.append(Step("R5", "The clocks change in between, which makes no difference"))
    return Counted(end, tuple(steps))


def _in_working_days(origin: Origin, period: Period, calendar: Calendar) -> Counted:
    due = calendar.add_working_days(origin.zero, period.amount)
    skipped = calendar.skipped_between(origin.zero, due)
    steps = (
        Step("R3", f"{period} counted", skipped=skipped),
        whose_working_days(calendar.name, calendar.published_before(due)),
    )
    if due <= calendar.edge:
        return Counted(due, steps)
    return Counted(due, (*steps, provisional_step(calendar)), provisional=True)


@cache
def whose_working_days(division: str, published: Day | None) -> Step:
    """Whose holidays they are, and where days are counted that came later, of when the list is (R47)."""
    by = f", by the list published on {said(published)}" if published else ""
    return Step("R3", f"Working Days are those of {division}{by}")


def provisional_step(calendar: Calendar) -> Step:
    """The step that says a date lies beyond the published holidays (R4)."""
    return Step(
        "R4",
        f"Bank holidays are published up to {said(calendar.edge)}; after that only weekends are left out, "
        "so the date is provisional",
    )


def _in_days(origin: Origin, period: Period) -> Counted:
    due = origin.zero + timedelta(days=period.amount * _DAYS[period.unit])
    return Counted(due, (Step("R2", f"{period} counted, to {said(due)}"),))


def _in_months(origin: Origin, period: Period) -> Counted:
    months = period.amount * _MONTHS[period.unit]
    if months > 12 * date.max.year:
        raise OverflowError(months)
    try:
        due = add_months(origin.day, months)
    except ValueError as error:
        raise OverflowError(months) from error
    if due.day != origin.day.day:
        missing = f"{origin.day.day}{'st' if origin.day.day == 31 else 'th'}"
        text = f"{period} counted: {due:%B %Y} has no {missing}, so its last day, {said(due)}"
    elif origin.counts:
        due -= ONE_DAY
        text = f"{period} counted, through the day before the corresponding date: {said(due)}"
    else:
        text = f"{period} counted to the corresponding date, {said(due)}"
    return Counted(due, (Step("R6", text),))
