"""Where a clock starts: the days and moments that a start may mean, each a reading (R1, R12, R13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from functools import lru_cache

from contracts.terms.moments import Day, Moment, is_moment, london
from contracts.terms.periods import Period, Unit
from obligations.rules.time.counting import Origin, by_the_clock
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.events import Start

_MIDNIGHT = time(0)


@dataclass(slots=True)
class Beginning:
    """One way to read where a clock starts, with the steps that say so."""

    reading: str
    rule: str
    origin: Origin
    steps: tuple[Step, ...]


def beginnings(event: Start, clock: bool, latest: bool, back: bool = False) -> list[Beginning]:
    """Every reading of where the clock starts, the default first: the earliest, the ``latest`` for a minimum
    (R12, R13).

    ``clock``: the limit runs from moment to moment. ``back``: it is counted back from the event (R35).
    """
    at = event.at
    if not is_moment(at):
        return [_from_day(Origin(at, event.inclusive), "", "")]
    moment = london(at)
    found = (
        [Beginning("", "", Origin(moment.date(), moment=moment), ())]
        if clock
        else _days_of(at, moment, event.inclusive)
    )
    if event.repeated_hour:
        found = _with_the_later_hour(found, moment)
    if len(found) == 1:
        return found
    if clock:
        return found[::-1] if latest else found
    if back:
        return sorted(found, key=lambda beginning: beginning.origin.zero_back, reverse=latest)
    return sorted(found, key=lambda beginning: beginning.origin.zero, reverse=latest)


def _with_the_later_hour(found: list[Beginning], moment: Moment) -> list[Beginning]:
    """A time in October's repeated hour is the earlier one; the later is another reading (R13)."""
    text = f"{moment:%H:%M} comes twice on {said(moment.date())}: the earlier is {moment.tzname()}"
    first = replace(
        found[0],
        reading=found[0].reading or "the earlier of the two hours",
        rule="R13",
        steps=(Step("R13", text), *found[0].steps),
    )
    later = by_the_clock(moment, Period(1, Unit.HOURS))
    origin = replace(first.origin, moment=later)
    return [first, *found[1:], replace(first, reading="the later of the two hours", origin=origin)]


def _days_of(at: Moment, moment: Moment, inclusive: bool) -> list[Beginning]:
    """The days a moment can start a clock from: London's, and the day where it was stamped (R13)."""
    day, stamped = moment.date(), at.date()
    midnight = moment.time() == _MIDNIGHT and not inclusive
    if not midnight and stamped == day:
        return [_from_day(Origin(day, inclusive, moment), "", "")]
    found = []
    if midnight:
        note = Step("R13", f"The moment is midnight, when {said(day)} begins as a whole day")
        for counts, words in ((True, "counts"), (False, "is left out")):
            name = f"the day that begins at midnight {words}"
            found.append(_from_day(Origin(day, counts, moment), name, "R13", note))
    else:
        found.append(
            _from_day(Origin(day, inclusive, moment), "the day in London", "R13", _far(day, stamped))
        )
    if stamped != day:
        origin = Origin(stamped, inclusive, moment)
        found.append(_from_day(origin, "the day where it was stamped", "R13", _far(day, stamped)))
    return found


def _far(day: Day, stamped: Day) -> Step:
    return Step(
        "R13", f"The moment fell on {said(stamped)} where it was stamped and on {said(day)} in London"
    )


def _from_day(origin: Origin, reading: str, rule: str, *notes: Step) -> Beginning:
    return Beginning(reading, rule, origin, (*notes, _first_day(origin.day, origin.counts)))


@lru_cache(maxsize=65_536)
def _first_day(day: Day, counts: bool) -> Step:
    """The step of R1, remembered because many clocks start on the same days."""
    return Step("R1", f"{said(day)} {'counts as the first day' if counts else 'is left out'}")
