"""Counting back from an event: the last day, or moment, that is so long before it (R35)."""

from __future__ import annotations

from datetime import timedelta

from contracts.terms.moments import ONE_DAY, When, after, end_of_day, is_moment, london, london_day
from contracts.terms.periods import Period, Unit
from obligations.rules.time.counting import (
    Counted,
    LimitError,
    Origin,
    add_months,
    counts_working_days,
    provisional_step,
    runs_by_the_clock,
    whose_working_days,
)
from obligations.rules.time.derivation import Step, said, said_when
from obligations.rules.time.working_days import Calendar

_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_DAYS = {Unit.DAYS: 1, Unit.CLEAR_DAYS: 1, Unit.WEEKS: 7}
_CLOCK = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}


def count_back(origin: Origin, period: Period, calendar: Calendar, *, clear: bool = False) -> Counted:
    """The last day in time ``period`` before the event at ``origin``, through its end (R35).

    The day of the event is left out unless it counts. ``clear``: that many whole days (Working Days) must
    lie between, so one day earlier; always so for clear days. Minutes and hours run from moment to moment,
    and need one. Raises LimitError as ``counting.count`` does, and CalendarError.
    """
    try:
        if runs_by_the_clock(period):
            return _by_the_clock(origin, period)
        if counts_working_days(period):
            return _in_working_days(origin, period, calendar, clear)
        if period.unit in _MONTHS:
            return _in_months(origin, period, clear)
        if period.unit in _DAYS:
            return _in_days(origin, period, clear or period.unit is Unit.CLEAR_DAYS)
    except OverflowError as error:
        raise LimitError(f"{period} before {origin.day} begins before the year 1") from error
    raise LimitError(f"{period} cannot be counted without the hours of work of the contract")


def back_from(due: When, period: Period, calendar: Calendar) -> Counted:
    """``period`` counted back from the end of a limit: what "less" takes off it (R38)."""
    if runs_by_the_clock(period):
        moment = due if is_moment(due) else end_of_day(due)
        return count_back(Origin(london_day(due), moment=moment), period, calendar)
    return count_back(Origin(london_day(due)), period, calendar)


def _by_the_clock(origin: Origin, period: Period) -> Counted:
    if origin.moment is None:
        raise LimitError(f"{period} cannot be counted back from a bare day; give the moment, with its time")
    end = london(origin.moment)
    begin = london(after(end, -period.amount * _CLOCK[period.unit]))
    steps = [Step("R35", f"{period} counted back from {said_when(end)}, moment to moment")]
    if begin.utcoffset() != end.utcoffset():
        steps.append(Step("R5", "The clocks change in between, which makes no difference"))
    return Counted(begin, tuple(steps))


def _in_working_days(origin: Origin, period: Period, calendar: Calendar, clear: bool) -> Counted:
    last_out = origin.zero_back
    due = calendar.working_day_before(last_out, period.amount + clear)
    skipped = calendar.skipped_between(due, last_out - ONE_DAY)
    steps = (
        Step("R35", _counted(period, due, clear), skipped=skipped),
        whose_working_days(calendar.name, calendar.published_before(last_out - ONE_DAY)),
    )
    if not calendar.beyond_edge(last_out - ONE_DAY):
        return Counted(due, steps)
    return Counted(due, (*steps, provisional_step(calendar)), provisional=True)


def _in_days(origin: Origin, period: Period, clear: bool) -> Counted:
    due = origin.zero_back - timedelta(days=period.amount * _DAYS[period.unit] + clear)
    return Counted(due, (Step("R35", _counted(period, due, clear)),))


def _counted(period: Period, due: When, clear: bool) -> str:
    if clear:
        return f"{period} counted back with every one of them whole in between, so to {said_when(due)}"
    return f"{period} counted back, to {said_when(due)}"


def _in_months(origin: Origin, period: Period, clear: bool) -> Counted:
    months = period.amount * _MONTHS[period.unit]
    try:
        due = add_months(origin.day, -months)
    except ValueError as error:
        raise OverflowError(months) from error
    text = f"{period} counted back to the corresponding date, {said(due)}"
    if due.day != origin.day.day:
        missing = f"{origin.day.day}{'st' if origin.day.day == 31 else 'th'}"
        text = f"{period} counted back: {due:%B %Y} has no {missing}, so its last day, {said(due)}"
    steps = [Step("R6", text)]
    if origin.counts:
        due += ONE_DAY
        steps.append(Step("R35", f"The day itself counts, so {said(due)}"))
    if clear:
        due -= ONE_DAY
        steps.append(Step("R35", f"The whole of it must lie in between, so one day earlier, {said(due)}"))
    return Counted(due, tuple(steps))
