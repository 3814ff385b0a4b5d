"""The days of one limit laid out in months: what counts, with its number, and what does not, with its reason.

Follows the reading that gives the date (R1, R2, R3, R5, R6); other readings have no view of their own.
"""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.terms.moments import Day
from obligations.rules.time.candidates import candidates_of
from obligations.rules.time.counting import Origin, counts_working_days, runs_by_the_clock
from obligations.rules.time.derivation import Deadline
from obligations.rules.time.events import Start
from obligations.rules.time.working_days import Calendar

MOST = 6
"""Months shown of one limit; of a longer one the first and the last ``MOST // 2``."""


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """One day. ``number``: which counted day it is, where days are counted one by one. ``skipped``: why it
    does not count. ``inside``: between the start and the due day, both included.
    """

    day: Day
    inside: bool = False
    start: bool = False
    due: bool = False
    number: int | None = None
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """One month in weeks from Monday to Sunday; None where a day belongs to another month."""

    first: Day
    weeks: tuple[tuple[MarkedDay | None, ...], ...]


@dataclass(frozen=True, slots=True)
class MonthView:
    """The months in order; ``left_out`` months lie in the gap after the first ``before_gap`` of them."""

    months: tuple[Month, ...]
    before_gap: int = 0
    left_out: int = 0


def month_view(start: Start, deadline: Deadline, calendar: Calendar) -> MonthView | None:
    """The months from the day a clock started to the day it ends; None for a word without a number, and for
    what is more than one length counted forwards.
    """
    if start.reckoning is not None:
        return None
    origin = candidates_of(start, calendar)[0].origin
    if origin is None or start.period is None or deadline.due_date is None:
        return None
    first, last = _index(origin.day), _index(deadline.due_date)
    wanted = list(range(first, last + 1))
    gap = max(0, len(wanted) - MOST)
    if gap:
        wanted = wanted[: MOST // 2] + wanted[-(MOST // 2) :]
    marker = _Marker(start, origin, deadline.due_date, calendar)
    months = tuple(_month(index, marker) for index in wanted)
    return MonthView(months, MOST // 2 if gap else 0, gap)


def _index(day: Day) -> int:
    return day.year * 12 + day.month - 1


def _month(index: int, marker: _Marker) -> Month:
    year, month = divmod(index, 12)
    weeks = Weeks().monthdayscalendar(year, month + 1)
    laid = tuple(
        tuple(marker.mark(date(year, month + 1, day)) if day else None for day in week) for week in weeks
    )
    return Month(date(year, month + 1, 1), laid)


@dataclass(frozen=True, slots=True)
class _Marker:
    """What to say of a day."""

    start: Start
    origin: Origin
    due: Day
    calendar: Calendar

    def mark(self, day: Day) -> MarkedDay:
        if not self.origin.day <= day <= self.due:
            return MarkedDay(day)
        starts = day == self.origin.day
        number, why = self._counted(day) if day > self.origin.zero else (None, "")
        return MarkedDay(day, True, starts, day == self.due, number, why)

    def _counted(self, day: Day) -> tuple[int | None, str]:
        """The number of a counted day, or why it is left out; neither where days are not counted one by
        one.
        """
        period = self.start.period
        assert period is not None
        if counts_working_days(period):
            if why := self.calendar.why_not_working(day):
                return None, why
            return self.calendar.working_days_between(self.origin.zero, day), ""
        if runs_by_the_clock(period) or period.unit in ("months", "years"):
            return None, ""
        return (day - self.origin.zero) // timedelta(days=1), ""
