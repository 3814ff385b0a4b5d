"""The day on which a notice counts as given, where the contract says (R14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from contracts.terms.moments import Day, When, is_moment, london, london_day
from obligations.rules.time.counting import provisional_step
from obligations.rules.time.derivation import Deadline, Step, said, said_when
from obligations.rules.time.working_days import Calendar


@dataclass(frozen=True, slots=True)
class Given:
    """The day a notice counts as given, with the steps that say why."""

    day: Day
    steps: tuple[Step, ...] = ()
    provisional: bool = False


def notice_day(given: When, cutoff: time | None, calendar: Calendar) -> Given:
    """The day a notice counts (R14).

    With no ``cutoff`` it is the London day it was given. With one, a notice given after that London time of
    day, or on a day that is not a Working Day, counts on the next Working Day. At the hour itself it is
    still in time, and a bare day is taken to be before the hour.
    """
    day = london_day(given)
    if cutoff is None:
        return Given(day)
    why = calendar.why_not_working(day)
    if why is None and not (is_moment(given) and london(given).time() > cutoff):
        return Given(day)
    counts = calendar.add_working_days(day, 1)
    reason = f"after {cutoff:%H:%M}" if why is None else f"off a Working Day ({why})"
    step = Step(
        "R14",
        f"Given {said_when(given)}, {reason}: the notice counts on {said(counts)}",
        skipped=calendar.skipped_between(day, counts),
    )
    if calendar.beyond_edge(counts):
        return Given(counts, (step, provisional_step(calendar)), provisional=True)
    return Given(counts, (step,))


def given_in_time(given: When, deadline: Deadline, cutoff: time | None, calendar: Calendar) -> bool:
    """Whether a notice met its deadline: by the day it counts, or by the moment for a limit in hours (R14,
    R15).
    """
    if deadline.due_date is None or deadline.due_at is None:
        return True
    counted = notice_day(given, cutoff, calendar).day
    if deadline.hour_clock and is_moment(given) and counted == london_day(given):
        return given <= deadline.due_at
    return counted <= deadline.due_date
