"""Candidates for a deadline: one reading each, from its start to its end (R10, R12, R13)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time
from functools import lru_cache

from contracts.terms.moments import Day, Moment, When, is_moment, last_moment, london
from contracts.terms.periods import Period, Unit
from obligations.rules.time.counting import (
    MINIMA,
    Counted,
    LimitError,
    Origin,
    by_the_clock,
    count,
    runs_by_the_clock,
)
from obligations.rules.time.derivation import Reading, Step, said, said_when
from obligations.rules.time.events import Alternative, Event, FixedDay, Start
from obligations.rules.time.working_days import Calendar

_MIDNIGHT = time(0)


@dataclass(slots=True)
class Candidate:
    """One reading while the deadline is built: where it started, when it is due so far, and how it got there.

    ``floor`` is the moment before which nothing can have been due, because the duty did not bite yet (R10).
    ``cure`` is a new date that came too late to undo a miss (R23); ``missed`` says that the limit had passed
    before the duty was suspended (R21). ``pauses`` are the spans in which this reading's clock stood still.
    """

    reading: str
    rule: str
    origin: Origin | None
    period: Period | None
    due: When | None
    provisional: bool = False
    floor: Moment | None = None
    cure: When | None = None
    missed: bool = False
    pauses: list[tuple[When, When]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def copy(self, reading: str, rule: str) -> Candidate:
        """Another reading that shares everything up to here."""
        return replace(self, reading=reading, rule=rule, pauses=list(self.pauses), steps=list(self.steps))

    def due_at(self) -> Moment | None:
        """The moment it is due, or is due at once where the limit had gone when the duty first bit (R10)."""
        if self.due is None:
            return None
        literal = last_moment(self.due)
        return self.floor if self.floor is not None and literal < self.floor else literal

    def gone(self) -> bool:
        """Whether the limit itself had gone when the duty first bit (R10)."""
        return self.due is not None and self.floor is not None and last_moment(self.due) < self.floor

    def raise_floor(self, when: When) -> None:
        """The duty bites, again or for the first time, at ``when``; a bare day means its end."""
        moment = last_moment(when)
        if self.floor is None or moment > self.floor:
            self.floor = moment

    def take(self, counted: Counted) -> None:
        """Move the due date to the end of a new count."""
        self.due = counted.due
        self.provisional = self.provisional or counted.provisional

    def as_reading(self) -> Reading:
        """This candidate as the other reading on someone else's page."""
        due_at = self.due_at()
        if due_at is None:
            return Reading(self.reading, self.rule, None, None)
        due_at = london(due_at)
        return Reading(self.reading, self.rule, due_at.date(), due_at)


def step_of(rule: str, text: str, event: Event) -> Step:
    """A step that an event leaves, with the event's citation and decision."""
    return Step(rule, text, event.citation, decision=event.decision)


@dataclass(slots=True)
class _Beginning:
    """One way to read where a clock starts, with the steps that say so."""

    reading: str
    rule: str
    origin: Origin
    steps: tuple[Step, ...]


def candidates_of(event: Start | FixedDay, calendar: Calendar) -> list[Candidate]:
    """The readings a deadline begins with; the first is the default."""
    if isinstance(event, FixedDay):
        main = Candidate(event.reading, event.rule, None, None, event.due)
        main.steps.append(Step(event.rule, event.text, event.citation, decision=event.decision))
        candidates = [main]
    elif event.period is None:
        main = Candidate(event.reading, "R9", None, None, None)
        if event.word:
            text = f"The contract says “{event.word}” and gives no number: owed from {said_when(event.at)}"
            main.steps.append(Step("R9", text, event.citation, decision=event.decision))
        candidates = [main]
    else:
        candidates = _counted_candidates(event, event.period, calendar)
    candidates += [_alternative(event, other, calendar) for other in event.alternatives]
    for candidate in candidates:
        if event.notes:
            candidate.steps[:0] = event.notes
        candidate.provisional = candidate.provisional or event.provisional
    if event.first_bit is not None and not (isinstance(event, Start) and event.qualifier in MINIMA):
        for candidate in candidates:
            candidate.raise_floor(event.first_bit)
    return candidates


def _counted_candidates(event: Start, period: Period, calendar: Calendar) -> list[Candidate]:
    minimum = event.qualifier in MINIMA
    beginnings = _beginnings(event, period, minimum)
    candidates = [_candidate(beginning, period, event, calendar) for beginning in beginnings]
    if len(candidates) == 1:
        candidates[0].reading = event.reading
    if period.unit is Unit.CLEAR_DAYS:
        candidates.insert(0 if minimum else 1, _both_ends_clear(beginnings[0], period, event, calendar))
    return candidates


def _candidate(beginning: _Beginning, period: Period, event: Start, calendar: Calendar) -> Candidate:
    counted = count(beginning.origin, period, calendar)
    steps = [*beginning.steps, *counted.steps]
    if event.qualifier in MINIMA:
        steps.append(Step("R8", f"A minimum runs through the end of {_end(counted.due)}"))
    if event.citation is not None or event.decision is not None:
        steps[0] = replace(steps[0], citation=event.citation, decision=event.decision)
    return Candidate(
        beginning.reading,
        beginning.rule,
        beginning.origin,
        period,
        counted.due,
        counted.provisional,
        steps=steps,
    )


def _end(due: When) -> str:
    return said_when(due) if is_moment(due) else said(due)


def _both_ends_clear(beginning: _Beginning, period: Period, event: Start, calendar: Calendar) -> Candidate:
    """Clear days with the last day left out as well as the first: due on the day after them."""
    candidate = _candidate(beginning, Period(period.amount + 1, Unit.DAYS), event, calendar)
    candidate.reading, candidate.rule = "the day after the clear days", "R12"
    candidate.steps.append(
        Step("R12", f"{period} lie between the day of the event and {_end(candidate.due or event.at)}")
    )
    return candidate


def _given(other: Alternative) -> Candidate:
    """A reading that says itself when it is due, or that nothing is."""
    day = "nothing is due" if other.due is None else _end(other.due)
    step = Step(other.rule, f"Read as “{other.reading}”: {day}")
    return Candidate(other.reading, other.rule, None, None, other.due, steps=[step])


def _alternative(event: Start | FixedDay, other: Alternative, calendar: Calendar) -> Candidate:
    if other.nothing_due or other.due is not None:
        return _given(other)
    started = event if isinstance(event, Start) else None
    period = other.period or (started.period if started else None)
    start = other.start or (started.at if started else None)
    if period is None or start is None:
        raise LimitError(f"the reading “{other.reading}” needs a start and a period, or a day of its own")
    if started is None:
        started = Start(start, period)
    repeated = started.repeated_hour and other.start is None
    started = replace(started, at=start, period=period, repeated_hour=repeated, alternatives=())
    candidate = _counted_candidates(started, period, calendar)[0]
    candidate.reading, candidate.rule = other.reading, other.rule
    candidate.steps.insert(0, Step(other.rule, f"Read as “{other.reading}”"))
    return candidate


def _beginnings(event: Start, period: Period, minimum: bool) -> list[_Beginning]:
    """Every reading of where the clock starts, the default first: the earliest, for a minimum the latest
    (R12, R13).
    """
    at = event.at
    if not is_moment(at):
        return [_from_day(Origin(at, event.inclusive), "", "")]
    moment = london(at)
    clock = runs_by_the_clock(period)
    found = (
        [_Beginning("", "", Origin(moment.date(), moment=moment), ())]
        if clock
        else _days_of(at, moment, event.inclusive)
    )
    if event.repeated_hour:
        found = _with_the_later_hour(found, moment)
    if len(found) == 1:
        return found
    if clock:
        return found[::-1] if minimum else found
    return sorted(found, key=lambda beginning: beginning.origin.zero, reverse=minimum)


def _with_the_later_hour(found: list[_Beginning], moment: Moment) -> list[_Beginning]:
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


def _days_of(at: Moment, moment: Moment, inclusive: bool) -> list[_Beginning]:
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


def _from_day(origin: Origin, reading: str, rule: str, *notes: Step) -> _Beginning:
    return _Beginning(reading, rule, origin, (*notes, _first_day(origin.day, origin.counts)))


@lru_cache(maxsize=65_536)
def _first_day(day: Day, counts: bool) -> Step:
    """The step of R1, remembered because many clocks start on the same days."""
    return Step("R1", f"{said(day)} {'counts as the first day' if counts else 'is left out'}")
