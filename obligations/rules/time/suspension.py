"""What a suspension does to each reading of a clock (R21).

The default reading runs the original clock from its start, so a thing may be due at once when it is owed
again (R10). The two others stop the clock meanwhile, or start it afresh on the day the duty is owed again.
"""

from __future__ import annotations

from contracts.terms.moments import (
    ONE_DAY,
    When,
    after,
    elapsed,
    first_moment,
    is_moment,
    last_moment,
    london,
    london_day,
)
from contracts.terms.periods import Period
from obligations.rules.time.candidates import Candidate, recounted, step_of
from obligations.rules.time.counting import (
    Counted,
    LimitError,
    Origin,
    counts_working_days,
    runs_by_the_clock,
)
from obligations.rules.time.derivation import said_when
from obligations.rules.time.events import FRESH, PAUSED, Resume
from obligations.rules.time.working_days import Calendar


def restarted(candidate: Candidate, event: Resume) -> list[Candidate]:
    """The two other readings, not yet redated. None where nothing is counted from a start."""
    if candidate.due is None or candidate.period is None or candidate.origin is None:
        return []
    return [candidate.copy(PAUSED, "R21"), candidate.copy(FRESH, "R21")]


def resume_candidate(candidate: Candidate, since: When, event: Resume, calendar: Calendar) -> None:
    """Redate one reading when a suspension that began at ``since`` ends."""
    if candidate.reading == FRESH:
        _start_afresh(candidate, event, calendar)
    elif candidate.missed:
        text = "The limit had passed before it was suspended; the old date stands"
        candidate.steps.append(step_of("R21", text, event))
    elif (
        candidate.reading == PAUSED
        and candidate.due is not None
        and candidate.origin is not None
        and candidate.period is not None
    ):
        candidate.pauses.append((since, event.at))
        candidate.due = _later(candidate.due, candidate.origin, candidate.period, since, event.at, calendar)
        candidate.provisional = candidate.provisional or _provisional(candidate, calendar)
        if (due := candidate.due_at()) is not None and due < last_moment(event.at):
            candidate.raise_floor(
                event.at
            )  # its limit had gone before the duty bit: due at once, not meanwhile
        candidate.steps.append(
            step_of("R21", f"The clock was paused meanwhile: {said_when(candidate.due)}", event)
        )
    else:
        candidate.raise_floor(event.at)
        candidate.steps.append(step_of("R21", "The original clock runs on from its start", event))


def recount(candidate: Candidate, period: Period, calendar: Calendar) -> Counted:
    """Count another period from a reading's own start, with its pauses. Raises as ``counting.count`` does."""
    if candidate.origin is None:
        raise LimitError("only a period that is counted from a start can be replaced by an agreed one")
    counted = recounted(candidate, candidate.origin, period, calendar)
    due = counted.due
    for since, until in candidate.pauses:
        due = _later(due, candidate.origin, period, since, until, calendar)
    return Counted(due, counted.steps, counted.provisional)


def _start_afresh(candidate: Candidate, event: Resume, calendar: Calendar) -> None:
    if candidate.period is None:
        return
    clock = runs_by_the_clock(candidate.period)
    moment = first_moment(event.at) if clock or is_moment(event.at) else None
    candidate.origin = Origin(london_day(event.at), moment=moment)
    counted = recounted(candidate, candidate.origin, candidate.period, calendar)
    candidate.take(counted)
    candidate.missed, candidate.cure = False, None
    candidate.steps += [step_of("R21", f"A fresh clock from {said_when(event.at)}", event), *counted.steps]


def _later(due: When, origin: Origin, period: Period, since: When, until: When, calendar: Calendar) -> When:
    """The due date moved on by the time for which the clock stood still: whole days, or the exact time for
    hours.

    The day of the suspension stands still and the day on which the duty is owed again counts.
    """
    if is_moment(due):
        return london(after(due, elapsed(first_moment(since), first_moment(until))))
    begin = max(london_day(since), origin.zero + ONE_DAY)
    end = max(london_day(until), begin)
    if begin > due:
        return due
    if not counts_working_days(period):
        return due + (end - begin)
    return calendar.add_working_days(due, calendar.working_days_between(begin - ONE_DAY, end - ONE_DAY))


def _provisional(candidate: Candidate, calendar: Calendar) -> bool:
    counted_in_working_days = candidate.period is not None and counts_working_days(candidate.period)
    return (
        counted_in_working_days
        and candidate.due is not None
        and calendar.beyond_edge(london_day(candidate.due))
    )
