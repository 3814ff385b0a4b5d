"""What a variation does to a duty: it stays owed, or it ends (R28)."""

from __future__ import annotations

from dataclasses import replace

from contracts.terms.moments import Day, When, first_moment, london_day, start_of_day
from obligations.rules.engine.completion import closed_by
from obligations.rules.engine.evaluation import RELEASED
from obligations.rules.register.duty import Completion
from obligations.rules.register.terms import Disapplication
from obligations.rules.time.derivation import Deadline, Reading, Step, said

STILL_OWED = "still owed"
"""The default reading, named where the other was chosen."""


def in_force(disapplied: Disapplication | None, happened: When) -> bool:
    """Whether a fact of that day still finds its paragraph in force."""
    return disapplied is None or london_day(happened) < disapplied.day


def after_disapplying(
    disapplied: Disapplication | None,
    deadline: Deadline,
    began: When,
    completion: Completion | None,
    choice: str | None,
) -> tuple[Deadline, str | None]:
    """A caused duty after a variation: (a) and (b) of R28. Returns its deadline and what ended it."""
    if disapplied is None or closed_by(completion, start_of_day(disapplied.day)):
        return deadline, None
    due = deadline.due_date
    if due is None and not deadline.suspended:
        return _word_only(disapplied, deadline, began), None
    if due is not None and due < disapplied.day and due <= disapplied.authority_day:
        return deadline, None
    if choice == RELEASED:
        return _released(disapplied, deadline), disapplied.number
    return _flagged(deadline, _step(disapplied, _why(disapplied, due, began))), None


def _word_only(disapplied: Disapplication, deadline: Deadline, began: When) -> Deadline:
    """A duty owed at once was owed before the variation: it stays owed."""
    text = "owed before that day, so it stays owed"
    if london_day(began) >= disapplied.authority_day:
        return _flagged(deadline, _step(disapplied, text))
    return replace(deadline, steps=(*deadline.steps, _step(disapplied, text)))


def ends(disapplied: Disapplication | None, due: Day) -> bool:
    """Whether an occurrence due on that day ends: (c) of R28."""
    return disapplied is not None and due > disapplied.day


def gate_after_disapplying(
    disapplied: Disapplication | None, deadline: Deadline, completion: Completion | None
) -> tuple[Deadline, str | None]:
    """A closed gate after a variation: what forbids something no longer does."""
    if disapplied is None or closed_by(completion, start_of_day(disapplied.day)):
        return deadline, None
    step = _step(disapplied, "it forbids nothing any more")
    return replace(deadline, steps=(*deadline.steps, step)), disapplied.number


def occurrence(
    disapplied: Disapplication | None, deadline: Deadline, completion: Completion | None, choice: str | None
) -> tuple[Deadline, str | None]:
    """An occurrence of a recurring duty after a variation: (a) and (c) of R28."""
    due = deadline.due_date
    if disapplied is None or due is None or closed_by(completion, start_of_day(disapplied.day)):
        return deadline, None
    if due > disapplied.day:
        return replace(
            deadline, steps=(*deadline.steps, _step(disapplied, "due after that day, so it ends"))
        ), disapplied.number
    if due == disapplied.day or due > disapplied.authority_day:
        if choice == RELEASED:
            return _released(disapplied, deadline), disapplied.number
        return _flagged(
            deadline, _step(disapplied, f"due {said(due)}, not after that day, so it stays owed")
        ), None
    return deadline, None


def _flagged(deadline: Deadline, step: Step) -> Deadline:
    """The same deadline, flagged with the reading that releases the duty."""
    readings = (*deadline.readings, Reading(RELEASED, "R28", None, None))
    return replace(deadline, steps=(*deadline.steps, step), readings=readings)


def _released(disapplied: Disapplication, deadline: Deadline) -> Deadline:
    """The same deadline, ended by the chosen reading; the default is named beside it."""
    steps = (*deadline.steps, _step(disapplied, "what was running is read as released by it"))
    still = Reading(STILL_OWED, "R28", deadline.due_date, deadline.due_at)
    return replace(deadline, steps=steps, readings=(still, *deadline.readings))


def _why(disapplied: Disapplication, due: Day | None, began: When) -> str:
    if due == disapplied.day:
        return "due on that very day, so it stays owed"
    if due is not None and due < disapplied.day:
        return "due before the supplier signed, so it stays owed"
    if first_moment(began) < start_of_day(disapplied.authority_day):
        return "started before that day, so it stays owed"
    return "started before the supplier signed, so it stays owed"


def _step(disapplied: Disapplication, what: str) -> Step:
    text = f"Variation {disapplied.number} switches this paragraph off from {said(disapplied.day)}: {what}"
    return Step("R28", text)
