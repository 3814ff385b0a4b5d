"""A place in the calendar as a limit: the first on or after a day, with its other readings (R40)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from contracts.terms.moments import Day, When, is_moment, last_moment, london_day
from obligations.rules.time.counting import Counted, add_months
from obligations.rules.time.cycles import UNDEFINED, Place, part_period, places
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.reckoning import TO_THE_END, End, Reckoning, Way, ending_of
from obligations.rules.time.working_days import Calendar

WHOLE_PERIODS = "whole periods only"
FROM_THE_START = "counted from the start"
FROM_JANUARY = "counted from January"


def places_from(start: Day, reckoning: Reckoning, calendar: Calendar) -> Iterator[Place]:
    """The places of the reckoning's cycle on or after ``start``, in order, without end."""
    cycle = reckoning.limit.cycle
    assert cycle is not None
    return places(cycle, start, calendar, begins=_periods_begin(start, reckoning))


def _periods_begin(start: Day, reckoning: Reckoning) -> Day | None:
    """The day from which the periods of the cycle run; None for January."""
    cycle, said_so = reckoning.limit.cycle, reckoning.periods_from
    if cycle is not None and cycle.of == "contract_year":
        return reckoning.begins or start
    return date(start.year, said_so, 1) if isinstance(said_so, int) else said_so


def first_ends(since: When, reckoning: Reckoning, calendar: Calendar) -> list[End]:
    """Every reading of the first place on or after a day or a moment, the default first.

    A part of a period counts, and whole periods only is the other reading. Quarters that nobody
    defines run from January, and from the start is the other. Raises LimitError and CalendarError.
    """
    cycle = reckoning.limit.cycle
    assert cycle is not None
    start, still = london_day(since), _still_to_come(since, reckoning, calendar)
    first, second = islice(filter(still, places_from(start, reckoning, calendar)), 2)
    found = place_ends(first, reckoning, calendar)
    if part_period(cycle, first, start):
        text = f"Only a part of the period from {said(first.first)} to {said(first.last)} is left: it counts"
        found = [replace(end, steps=(*end.steps, Step("R40", text))) for end in found]
        found.append(replace(place_ends(second, reckoning, calendar)[0], reading=WHOLE_PERIODS, rule="R40"))
    if (begins := from_the_start(start, reckoning)) is not None:
        other = next(filter(still, places_from(start, begins, calendar)))
        found.append(replace(place_ends(other, begins, calendar)[0], reading=FROM_THE_START, rule="R40"))
    return found


def _still_to_come(since: When, reckoning: Reckoning, calendar: Calendar) -> Callable[[Place], bool]:
    """Whether a place that falls on the day of a moment is not over yet by its hour (R39)."""

    def holds(place: Place) -> bool:
        if not is_moment(since) or place.day > london_day(since):
            return True
        end = place_ends(place, reckoning, calendar)[0].due
        return end is None or last_moment(end) >= since

    return holds


def place_ends(place: Place, reckoning: Reckoning, calendar: Calendar) -> list[End]:
    """Every reading of one place: through the end of the day too, where its hour is assumed (R39)."""
    counted = Counted(place.day, place.steps, place.provisional)
    hour = reckoning.limit.hour
    ways = [("", "", Way())]
    if hour is not None and hour.assumed and reckoning.close is None:
        ways.append((TO_THE_END, "R39", Way(to_the_end=True)))
    found = []
    for reading, rule, way in ways:
        ended = ending_of(reckoning, way).of(counted, calendar)
        found.append(End(reading, rule, ended.due, ended.steps, ended.provisional))
    return found


def from_the_start(start: Day, reckoning: Reckoning) -> Reckoning | None:
    """The reckoning where periods nobody defined run from the contract's own start.

    None where they are defined.
    """
    cycle = reckoning.limit.cycle
    if cycle is None or cycle.of not in UNDEFINED or reckoning.periods_from is not None:
        return None
    return replace(reckoning, periods_from=reckoning.begins or start)


def counterpart(start: Day, place: Place, mine: Reckoning, other: Reckoning, calendar: Calendar) -> Place:
    """The place of another reckoning that stands for this one: as many periods after its own first place."""
    first = next(places_from(start, mine, calendar)).first
    months = (place.first.year - first.year) * 12 + place.first.month - first.month
    return next(places_from(add_months(start, months), other, calendar))
