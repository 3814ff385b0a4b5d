"""Candidates for a deadline: one reading each, from its start to its end (R10, R12, R13)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from contracts.terms.moments import Day, Moment, When, is_moment, last_moment, london, london_day
from contracts.terms.periods import Period, Unit
from obligations.rules.time.beginnings import Beginning, beginnings
from obligations.rules.time.counting import MINIMA, Counted, LimitError, Origin, count, runs_by_the_clock
from obligations.rules.time.cycle_ends import first_ends
from obligations.rules.time.derivation import Reading, Step, said, said_when
from obligations.rules.time.events import Alternative, Event, FixedDay, Start
from obligations.rules.time.reckoning import End, Reckoning, ends, is_minimum, needs_days
from obligations.rules.time.working_days import Calendar


@dataclass(slots=True)
class Candidate:
    """One reading while the deadline is built: where it started, when it is due so far, and how it got there.

    ``floor`` is the moment before which nothing can have been due, because the duty did not bite yet (R10).
    ``cure`` is a new date that came too late to undo a miss (R23); ``missed`` says that the limit had passed
    before the duty was suspended (R21). ``pauses`` are the spans in which this reading's clock stood still.
    ``reckoning``: the limit that it was counted by, where that is more than one length. ``window`` and
    ``opens``: what a limit without a date says instead (R35).
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
    reckoning: Reckoning | None = None
    window: tuple[Day, Day] | None = None
    opens: Moment | None = None

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


def candidates_of(event: Start | FixedDay, calendar: Calendar) -> list[Candidate]:
    """The readings a deadline begins with; the first is the default."""
    if isinstance(event, FixedDay):
        main = Candidate(event.reading, event.rule, None, None, event.due)
        main.steps.append(Step(event.rule, event.text, event.citation, decision=event.decision))
        candidates = [main]
    elif event.reckoning is not None:
        candidates = _reckoned(event, event.reckoning, calendar)
    elif event.period is None:
        candidates = [_word_alone(event)]
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


def _word_alone(event: Start) -> Candidate:
    """A word without a number has no date (R9)."""
    main = Candidate(event.reading, "R9", None, None, None)
    if event.word:
        text = f"The contract says “{event.word}” and gives no number: owed from {said_when(event.at)}"
        main.steps.append(Step("R9", text, event.citation, decision=event.decision))
    return main


def _counted_candidates(event: Start, period: Period, calendar: Calendar) -> list[Candidate]:
    minimum = event.qualifier in MINIMA
    begun = beginnings(event, runs_by_the_clock(period), minimum)
    candidates = [_candidate(beginning, period, event, calendar) for beginning in begun]
    if len(candidates) == 1:
        candidates[0].reading = event.reading
    if period.unit is Unit.CLEAR_DAYS:
        candidates.insert(0 if minimum else 1, _both_ends_clear(begun[0], period, event, calendar))
    return candidates


def _reckoned(event: Start, reckoning: Reckoning, calendar: Calendar) -> list[Candidate]:
    """The readings of a limit that is more than one length, from each beginning (R35, R38 to R42)."""
    limit = reckoning.limit
    if limit.cycle is not None:
        day = london_day(event.at)
        note = Step("R40", f"The first place on or after {said(day)}")
        found = [
            _ended(end, (note,), None, event, reckoning) for end in first_ends(event.at, reckoning, calendar)
        ]
        found[0].reading = event.reading
        return found
    latest = limit.standstill or is_minimum(limit)
    begun = beginnings(event, not needs_days(limit), latest, limit.before)
    first = begun[0]
    begins = () if limit.window else first.steps
    found = [
        _ended(end, begins, first.origin, event, reckoning) for end in ends(first.origin, reckoning, calendar)
    ]
    found[0].reading, found[0].rule = first.reading or event.reading, first.rule
    for other in begun[1:]:
        end = ends(other.origin, reckoning, calendar)[0]
        end.reading, end.rule = other.reading, other.rule
        found.append(_ended(end, other.steps, other.origin, event, reckoning))
    return found


def _ended(
    end: End, before: tuple[Step, ...], origin: Origin | None, event: Start, reckoning: Reckoning
) -> Candidate:
    limit = reckoning.limit
    steps = [*before, *end.steps]
    if event.citation is not None or event.decision is not None:
        steps[0] = replace(steps[0], citation=event.citation, decision=event.decision)
    alone = len(limit.lengths) == 1 and not limit.before and not limit.lengths[0].unit.needs_hours
    return Candidate(
        end.reading,
        end.rule,
        origin,
        limit.lengths[0] if alone else None,
        end.due,
        end.provisional,
        steps=steps,
        reckoning=reckoning,
        window=end.window,
        opens=end.opens,
    )


def recounted(candidate: Candidate, origin: Origin, period: Period, calendar: Calendar) -> Counted:
    """Another length in the place of a reading's own, counted from an origin in the same direction.

    Its end keeps the hour that the words say. Raises as ``counting.count`` does.
    """
    if candidate.reckoning is None:
        return count(origin, period, calendar)
    alone = replace(candidate.reckoning.limit, lengths=(period,), joined=None, cycle=None)
    end = ends(origin, replace(candidate.reckoning, limit=alone), calendar)[0]
    return Counted(end.due if end.due is not None else origin.day, end.steps, end.provisional)


def _candidate(beginning: Beginning, period: Period, event: Start, calendar: Calendar) -> Candidate:
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


def _both_ends_clear(beginning: Beginning, period: Period, event: Start, calendar: Calendar) -> Candidate:
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
    candidate = _first_of(_started_otherwise(event, other), other, calendar)
    candidate.reading, candidate.rule = other.reading, other.rule
    candidate.steps.insert(0, Step(other.rule, f"Read as “{other.reading}”"))
    return candidate


def _started_otherwise(event: Start | FixedDay, other: Alternative) -> Start:
    """The clock of another reading: its own start, its own length, or both. Raises LimitError for neither."""
    if not isinstance(event, Start):
        if other.period is None or other.start is None:
            raise LimitError(f"the reading “{other.reading}” needs a start and a period, or a day of its own")
        return Start(other.start, other.period)
    period = other.period or event.period
    if period is None and event.reckoning is None:
        raise LimitError(f"the reading “{other.reading}” needs a start and a period, or a day of its own")
    repeated = event.repeated_hour and other.start is None
    return replace(event, at=other.start or event.at, period=period, repeated_hour=repeated, alternatives=())


def _first_of(started: Start, other: Alternative, calendar: Calendar) -> Candidate:
    """The default of another reading's own start or length."""
    reckoning = started.reckoning
    if reckoning is None:
        assert started.period is not None
        return _counted_candidates(started, started.period, calendar)[0]
    if other.period is not None:
        lengths = (other.period, *reckoning.limit.lengths[1:])
        reckoning = replace(reckoning, limit=replace(reckoning.limit, lengths=lengths))
    return _reckoned(started, reckoning, calendar)[0]
