"""A deadline is built from its events, one after the other (R7, R10, R12, R21 to R23, R28)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from contracts.terms.moments import Day, Moment, When, first_moment, is_moment, london, london_day
from contracts.terms.periods import Period
from obligations.rules.time.candidates import Candidate, candidates_of, step_of
from obligations.rules.time.counting import (
    Counted,
    LimitError,
    count_on,
)
from obligations.rules.time.derivation import Deadline, Step, said, said_when
from obligations.rules.time.events import (
    PAUSED,
    RETROSPECTIVE,
    AgreePeriod,
    Choose,
    End,
    Event,
    Extend,
    FixedDay,
    Lowered,
    Resume,
    Start,
    Suspend,
)
from obligations.rules.time.reckoning import ending_of
from obligations.rules.time.suspension import recount, restarted, resume_candidate
from obligations.rules.time.working_days import Calendar


def deadline_from(events: Iterable[Event], calendar: Calendar) -> Deadline:
    """The deadline after all these events, in the order they took effect, with a step for each.

    The first event is the start. Raises LimitError where it is not, or where a count is impossible, and
    CalendarError for Working Days outside the calendar.
    """
    ordered = iter(events)
    first = next(ordered, None)
    if not isinstance(first, Start | FixedDay):
        raise LimitError("a deadline begins with its start")
    clock = DeadlineBuilder(first, calendar)
    for event in ordered:
        clock.take(event)
    return clock.deadline()


def limit(
    start: When,
    period: Period,
    calendar: Calendar,
    *,
    qualifier: str | None = None,
    inclusive: bool = False,
    **details: Any,
) -> Deadline:
    """One limit counted from a day or a moment; ``details`` are the other fields of ``events.Start``."""
    return DeadlineBuilder(
        Start(start, period, qualifier=qualifier, inclusive=inclusive, **details), calendar
    ).deadline()


class DeadlineBuilder:
    """The readings of one deadline while its events are taken in; the first candidate is the one in force."""

    def __init__(self, start: Start | FixedDay, calendar: Calendar) -> None:
        self.calendar = calendar
        self.start = start
        self.candidates = candidates_of(start, calendar)
        self.chosen: list[Choose] = []
        self.suspended: Suspend | None = None

    @property
    def main(self) -> Candidate:
        return self.candidates[0]

    def take(self, event: Event) -> None:
        """Let one event take effect."""
        handler = _HANDLERS.get(type(event))
        if handler is None:
            raise LimitError("a deadline starts only once")
        handler(self, event)

    def note(self, rule: str, text: str, event: Event) -> None:
        """The same step in every reading."""
        for candidate in self.candidates:
            candidate.steps.append(step_of(rule, text, event))

    def add(self, *candidates: Candidate) -> None:
        """More readings, and the chosen one of them in force."""
        self.candidates += candidates
        for choice in self.chosen:
            self._put_in_force(choice)

    # What each event does

    def suspend(self, event: Suspend) -> None:
        if self.suspended is not None:
            return
        self.suspended = event
        for candidate in self.candidates:
            candidate.missed = self._passed(candidate, event.at)
        because = f": {event.reason}" if event.reason else ""
        self.note("R21", f"Suspended from {said_when(event.at)}{because}", event)
        for candidate in self.candidates:
            if candidate.missed:
                text = "The limit had passed before that: the old date stands, and so does the miss"
                candidate.steps.append(step_of("R49", text, event))

    def resume(self, event: Resume) -> None:
        if self.suspended is None:
            return
        since, self.suspended = self.suspended.at, None
        because = f": {event.reason}" if event.reason else ""
        self.note("R21", f"Owed again from {said_when(event.at)}{because}", event)
        others = (
            restarted(self.main, event)
            if all(candidate.reading != PAUSED for candidate in self.candidates)
            else []
        )
        for candidate in [*self.candidates, *others]:
            resume_candidate(candidate, since, event, self.calendar)
        self.add(*others)

    def extend(self, event: Extend) -> None:
        if event.only_in_reading is not None:
            other = self.main.copy(event.only_in_reading, "R22")
            self._extend_candidate(other, event, event.period)
            self.add(other)
            return
        others = []
        if event.or_period is not None:
            other = self.main.copy(f"the extension counted as {event.or_period}", "R2")
            self._extend_candidate(other, event, event.or_period)
            others.append(other)
        if self.main.due is not None and self._passed(self.main, event.at):
            others.append(self._retrospective(self._more(self.main, event.period).due, event))
        for candidate in self.candidates:
            self._extend_candidate(candidate, event, event.period)
        self.add(*others)

    def _extend_candidate(self, candidate: Candidate, event: Extend, period: Period) -> None:
        if candidate.due is None:
            return
        counted = self._more(candidate, period)
        because = f" ({event.reason})" if event.reason else ""
        text = f"{period} added to the end of the limit{because}: {said_when(counted.due)}"
        candidate.steps.append(step_of("R7", text, event))
        candidate.steps += [step for step in counted.steps if step.rule in ("R3", "R4")]
        self._settle(candidate, counted.due, event)
        candidate.provisional = candidate.provisional or counted.provisional

    def _more(self, candidate: Candidate, period: Period) -> Counted:
        """More time added to the end of a reading, which keeps the hour that the words say (R7, R39)."""
        counted = count_on(_running(candidate), period, self.calendar)
        if candidate.reckoning is None:
            return counted
        return ending_of(candidate.reckoning).of(counted, self.calendar)

    def agree(self, event: AgreePeriod) -> None:
        main = self.main
        if main.origin is None:
            raise LimitError("only a period that is counted from a start can be replaced by an agreed one")
        self.candidates = [
            main,
            *(candidate for candidate in self.candidates[1:] if _outlives(candidate, main)),
        ]
        passed = self._passed(main, event.at)
        retrospective = None
        for candidate in self.candidates:
            if candidate.due is None:
                continue
            counted = recount(candidate, event.period, self.calendar)
            if candidate is main and passed:  # a copy of the main one as it was, so before that is changed
                retrospective = self._retrospective(counted.due, event)
            self._agree_candidate(candidate, event, counted)
        if retrospective is not None:
            self.add(retrospective)

    def _agree_candidate(self, candidate: Candidate, event: AgreePeriod, counted: Counted) -> None:
        because = f" ({event.reason})" if event.reason else ""
        text = f"{event.period} agreed{because}, counted from the same start: {said_when(counted.due)}"
        candidate.steps.append(step_of("R23", text, event))
        candidate.steps += [step for step in counted.steps if step.rule in ("R3", "R4")]
        self._settle(candidate, counted.due, event)
        candidate.period = event.period
        candidate.provisional = candidate.provisional or counted.provisional
        if candidate.cure is None and candidate.due == counted.due:
            candidate.raise_floor(event.at)

    def lower(self, event: Lowered) -> None:
        self.note("R20", f"{event.reason} since {said_when(event.at)}", event)
        if event.due is None:
            text = "That came after the limit had passed: the old date stands, and so does the miss"
            self.note("R49", text, event)
            return
        self.candidates = [one for one in self.candidates if one is self.main or one.reading != RETROSPECTIVE]
        in_time = self._retrospective(event.due, event)
        for candidate in self.candidates:
            if candidate.due is not None:
                self._settle(candidate, event.due, event)
        self.add(in_time)

    def _settle(self, candidate: Candidate, due: When, event: Extend | AgreePeriod | Lowered) -> None:
        """Move the date, unless the limit has already passed: then the miss stands (R23)."""
        if not self._passed(candidate, event.at):
            candidate.due = due
            return
        candidate.cure = due
        text = f"That came after the limit had passed: the old date stands; {said_when(due)} is the cure date"
        candidate.steps.append(step_of("R23", text, event))

    def _retrospective(self, due: When, event: Extend | AgreePeriod | Lowered) -> Candidate:
        other = self.main.copy(RETROSPECTIVE, "R23")
        other.due, other.cure = due, None
        other.steps.append(step_of("R23", f"Taken as if it had come in time: {said_when(due)}", event))
        return other

    def _passed(self, candidate: Candidate, at: When) -> bool:
        due_at = candidate.due_at()
        return candidate.cure is not None or (due_at is not None and first_moment(at) > due_at)

    def choose(self, event: Choose) -> None:
        self.chosen.append(event)
        self._put_in_force(event)

    def _put_in_force(self, choice: Choose) -> None:
        for index, candidate in enumerate(self.candidates):
            if candidate.reading == choice.reading:
                self.candidates.insert(0, self.candidates.pop(index))
                because = f": {choice.reason}" if choice.reason else ""
                candidate.steps.append(
                    step_of("R12", f"The reading “{candidate.reading}” was chosen{because}", choice)
                )
                self.chosen.remove(choice)
                return

    def end(self, event: End) -> None:
        because = f": {event.reason}" if event.reason else ""
        self.note(event.rule, f"Ended on {said_when(event.at)}{because}; the date is kept", event)

    # The result

    def _people_at_work(self, main: Candidate) -> list[Step]:
        """The note that a limit in calendar days ends when people are not at work (R2)."""
        due = main.due
        if due is None:
            return []
        if is_moment(due):
            if main.reckoning is None or main.reckoning.limit.hour is None:
                return []
            due = london_day(due)
        why = self.calendar.why_not_working(due)
        if why is None:
            return []
        day = f"a {why}" if why in ("Saturday", "Sunday") else f"a holiday ({why})"
        return [Step("R2", f"{said(due)} is {day}; the date does not move")]

    def deadline(self) -> Deadline:
        """What all the events so far amount to."""
        main, word = self.main, self.start.word
        for choice in self.chosen:
            text = f"The chosen reading “{choice.reading}” makes no difference here"
            main.steps.append(step_of("R12", text, choice))
        if self.suspended is not None and not main.missed:
            return Deadline(None, None, steps=_each_once(main.steps), word=word, suspended=True)
        readings = tuple(candidate.as_reading() for candidate in self.candidates[1:])
        due_at = main.due_at()
        if due_at is None:
            return Deadline(
                None,
                None,
                provisional=main.provisional,
                steps=_each_once(main.steps),
                readings=readings,
                word=word,
                window=main.window,
                opens_at=main.opens,
            )
        due_at = london(due_at)
        gone = main.floor is not None and main.gone()
        main.steps += [_gone(main, due_at)] if gone else self._people_at_work(main)
        return Deadline(
            due_date=due_at.date(),
            due_at=due_at,
            literal_limit=main.due if gone else None,
            provisional=main.provisional,
            steps=_each_once(main.steps),
            readings=readings,
            word=word,
            cure_date=None if main.cure is None else london_day(main.cure),
            hour_clock=main.due is not None and is_moment(main.due),
        )


FEW = 5
"""So many steps a deadline has before anything can be said twice: a count of Working Days and one more."""


def _each_once(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps without what was said before: whose Working Days are counted, and by which list (R47)."""
    if len(steps) < FEW:
        return tuple(steps)
    return tuple({id(step): step for step in steps}.values())


def _outlives(candidate: Candidate, main: Candidate) -> bool:
    """Whether a reading is still another reading once a new period is agreed: not if only the period
    differed.
    """
    same_start = candidate.origin is None or candidate.origin == main.origin
    return candidate.due is None or candidate.reading == PAUSED or not same_start


def _running(candidate: Candidate) -> When:
    """The end to which the next extension is added."""
    running = candidate.cure or candidate.due
    if running is None:
        raise LimitError("there is no limit to extend")
    return running


def _gone(candidate: Candidate, due_at: Moment) -> Step:
    literal: When | Day = candidate.due or due_at
    when = said_when(literal) if is_moment(literal) else said(literal)
    return Step(
        "R10", f"That limit, {when}, had gone when the duty first bit: due at once, {said_when(due_at)}"
    )


_HANDLERS: dict[type, Callable[[DeadlineBuilder, Any], None]] = {
    Suspend: DeadlineBuilder.suspend,
    Resume: DeadlineBuilder.resume,
    Extend: DeadlineBuilder.extend,
    AgreePeriod: DeadlineBuilder.agree,
    Lowered: DeadlineBuilder.lower,
    Choose: DeadlineBuilder.choose,
    End: DeadlineBuilder.end,
}
