"""Places in the calendar that come round: the fifth Working Day of each month, 31 March each year (R40)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.terms.limit import WEEKDAYS, Cycle, Span
from contracts.terms.moments import ONE_DAY, Day, london_day, long_day
from contracts.terms.periods import Period
from obligations.rules.time.backwards import count_back
from obligations.rules.time.counting import (
    LimitError,
    Origin,
    add_months,
    count,
    provisional_step,
    runs_by_the_clock,
    whose_working_days,
)
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.recurrence import ordinal
from obligations.rules.time.working_days import HORIZON, Calendar

_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.HALF_YEAR: 6, Span.YEAR: 12, Span.CONTRACT_YEAR: 12}
_WEEK = timedelta(days=7)
_NAMES = {
    Span.WEEK: "week",
    Span.MONTH: "month",
    Span.QUARTER: "Quarter",
    Span.HALF_YEAR: "half-year",
    Span.YEAR: "year",
    Span.CONTRACT_YEAR: "contract year",
}
UNDEFINED = frozenset({Span.QUARTER})
"""The periods that may run from January or from the contract's own start, where nobody defines them."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a cycle: the day it falls on, its period's first and last day, and the steps to it."""

    day: Day
    first: Day
    last: Day
    steps: tuple[Step, ...]
    provisional: bool = False


def places(cycle: Cycle, start: Day, calendar: Calendar, *, begins: Day | None = None) -> Iterator[Place]:
    """Every place of the cycle on or after ``start`` whose period ends on or after it, in order, without end.

    ``begins``: the day from which its periods run: for contract years the contract's start, for Quarters
    where they do not run from January. A period without such a place (a fifth Monday) has none. Raises
    LimitError for an offset in hours, and at the calendar's horizon.
    """
    if cycle.offset is not None and (runs_by_the_clock(cycle.offset) or not _countable(cycle.offset)):
        raise LimitError(f"{cycle.offset} of a period’s end cannot be counted: give days, weeks or months")
    for first, last in _periods(cycle, start, begins):
        if last > HORIZON:
            raise LimitError(f"the place lies beyond {long_day(HORIZON)}")
        place = _place(cycle, first, last, calendar)
        if place is not None and place.day >= start:
            yield place


def _countable(offset: Period) -> bool:
    return str(offset.unit) in (
        "days",
        "working_days",
        "business_days",
        "clear_days",
        "weeks",
        "months",
        "years",
    )


def _periods(cycle: Cycle, start: Day, begins: Day | None) -> Iterator[tuple[Day, Day]]:
    """First and last days of the periods, from the one in which ``start`` falls."""
    if cycle.of is Span.WEEK:
        first = start - timedelta(days=start.weekday())
        while True:
            yield first, first + _WEEK - ONE_DAY
            first += _WEEK
    months = _MONTHS[cycle.of]
    origin = begins or date(start.year, 1, 1)
    if origin > start:
        origin = add_months(origin, -12 * (origin.year - start.year + 1))
    number = ((start.year - origin.year) * 12 + start.month - origin.month) // months
    while add_months(origin, number * months) > start:
        number -= 1
    while True:
        yield add_months(origin, number * months), add_months(origin, (number + 1) * months) - ONE_DAY
        number += 1


def _place(cycle: Cycle, first: Day, last: Day, calendar: Calendar) -> Place | None:
    if cycle.month is not None and cycle.day is not None:
        return _fixed(cycle.month, cycle.day, first, last)
    if cycle.offset is not None:
        return _offset(cycle, cycle.offset, first, last, calendar)
    return _nth(cycle, first, last, calendar)


def _fixed(month: int, day: int, first: Day, last: Day) -> Place:
    year = first.year
    try:
        due = date(year, month, day)
        text = f"The fixed day is {said(due)}"
    except ValueError:
        due = add_months(date(2000, month, day), 12 * (year - 2000))
        text = f"The fixed day is {said(due)}, because {year} has no {day} {date(2000, month, 1):%B}"
    return Place(due, first, last, (Step("R40", text),))


def _offset(cycle: Cycle, offset: Period, first: Day, last: Day, calendar: Calendar) -> Place:
    name = f"The {_NAMES[cycle.of]} ends on {said(last)}"
    counted = (
        count_back(Origin(last), offset, calendar) if cycle.before else count(Origin(last), offset, calendar)
    )
    steps = (Step("R40", name), *counted.steps)
    return Place(london_day(counted.due), first, last, steps, counted.provisional)


def _nth(cycle: Cycle, first: Day, last: Day, calendar: Calendar) -> Place | None:
    assert cycle.place is not None and cycle.unit is not None
    if cycle.unit == "working_days":
        return _nth_working_day(cycle, cycle.place, first, last, calendar)
    if cycle.unit == "days":
        return _nth_day(cycle, cycle.place, first, last)
    return _nth_weekday(cycle, cycle.place, WEEKDAYS.index(cycle.unit), first, last)


def _nth_day(cycle: Cycle, number: int, first: Day, last: Day) -> Place:
    days = (last - first).days + 1
    due = first + timedelta(days=number - 1) if number > 0 else last + timedelta(days=number + 1)
    text = f"{_which(number, 'day', cycle.of)} is {said(min(max(due, first), last))}"
    if abs(number) > days:
        due = last if number > 0 else first
        text += f", because that {_NAMES[cycle.of]} has {days} days"
    return Place(due, first, last, (Step("R40", text),))


def _nth_weekday(cycle: Cycle, number: int, weekday: int, first: Day, last: Day) -> Place | None:
    if number > 0:
        due = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    else:
        due = last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-number - 1))
    if not first <= due <= last:
        return None
    name = WEEKDAYS[weekday].capitalize()
    text = f"{_which(number, name, cycle.of)} is {said(due)}"
    return Place(due, first, last, (Step("R40", text),))


def _nth_working_day(cycle: Cycle, number: int, first: Day, last: Day, calendar: Calendar) -> Place | None:
    if number > 0:
        due = calendar.add_working_days(first - ONE_DAY, number)
        skipped = calendar.skipped_between(first - ONE_DAY, due)
    else:
        due = calendar.working_day_before(last + ONE_DAY, -number)
        skipped = calendar.skipped_between(due, last)
    if not first <= due <= last:
        return None
    text = f"{_which(number, 'Working Day', cycle.of)} is {said(due)}"
    furthest = due if number > 0 else last
    whose = whose_working_days(calendar.name, calendar.published_before(furthest))
    steps: tuple[Step, ...] = (Step("R40", text, skipped=skipped), whose)
    if not calendar.beyond_edge(furthest):
        return Place(due, first, last, steps)
    return Place(due, first, last, (*steps, provisional_step(calendar)), provisional=True)


def _which(number: int, unit: str, of: Span, each: bool = False) -> str:
    """ "The 5th Working Day of the month", "The last day of each Quarter"."""
    whose = f"of {'each' if each else 'the'} {_NAMES[of]}"
    if number == -1:
        return f"The last {unit} {whose}"
    if number < 0:
        return f"The {ordinal(-number)} {unit} from the end {whose}"
    return f"The {ordinal(number)} {unit} {whose}"


def part_period(cycle: Cycle, place: Place, start: Day) -> bool:
    """Whether the place follows the end of a period of which ``start`` cut off a part.

    A day that falls in its period, or in the year, is no part of anything.
    """
    return cycle.offset is not None and place.first < start
