"""What a variation does to a duty: it stays owed, or it ends (R28)."""

from __future__ import annotations

from dataclasses import replace

from contracts.terms.moments import Day, When, first_moment, london_day, start_of_day
from obligations.rules.engine.completion import closed_by
from obligations.rules.engine.evaluation import RELEASED
from obligations.rules.register.duty import Completion
from obligations.rules.register.terms import Stop
from obligations.rules.time.derivation import Deadline, Reading, Step, said

STILL_OWED = "still owed"
"""The default reading, named where the other was chosen."""


def in_force(stop: Stop | None, happened: When) -> bool:
    """Whether a fact of that day still finds its paragraph in force."""
    return stop is None or london_day(happened) < stop.day


def carried(
    stop: Stop | None, deadline: Deadline, began: When, proof: Completion | None, choice: str | None
) -> tuple[Deadline, str | None]:
    """A caused duty after a variation: (a) and (b) of R28. Returns its deadline and what ended it."""
    if stop is None or closed_by(proof, start_of_day(stop.day)):
        return deadline, None
    due = deadline.due_date
    if due is None and not deadline.suspended:
        return _word_only(stop, deadline, began), None
    if due is not None and due < stop.day and due <= stop.authority_day:
        return deadline, None
    if choice == RELEASED:
        return _released(stop, deadline), stop.number
    return _flagged(deadline, _step(stop, _why(stop, due, began))), None


def _word_only(stop: Stop, deadline: Deadline, began: When) -> Deadline:
    """A duty owed at once was owed before the variation: it stays owed."""
    text = "owed before that day, so it stays owed"
    if london_day(began) >= stop.authority_day:
        return _flagged(deadline, _step(stop, text))
    return replace(deadline, steps=(*deadline.steps, _step(stop, text)))


def ends(stop: Stop | None, due: Day) -> bool:
    """Whether an occurrence due on that day ends: (c) of R28."""
    return stop is not None and due > stop.day


def lifted(stop: Stop | None, deadline: Deadline, proof: Completion | None) -> tuple[Deadline, str | None]:
    """A closed gate after a variation: what forbids something no longer does."""
    if stop is None or closed_by(proof, start_of_day(stop.day)):
        return deadline, None
    step = _step(stop, "it forbids nothing any more")
    return replace(deadline, steps=(*deadline.steps, step)), stop.number


def occurrence(
    stop: Stop | None, deadline: Deadline, proof: Completion | None, choice: str | None
) -> tuple[Deadline, str | None]:
    """An occurrence of a recurring duty after a variation: (a) and (c) of R28."""
    due = deadline.due_date
    if stop is None or due is None or closed_by(proof, start_of_day(stop.day)):
        return deadline, None
    if due > stop.day:
        return replace(
            deadline, steps=(*deadline.steps, _step(stop, "due after that day, so it ends"))
        ), stop.number
    if due == stop.day or due > stop.authority_day:
        if choice == RELEASED:
            return _released(stop, deadline), stop.number
        return _flagged(deadline, _step(stop, f"due {said(due)}, not after that day, so it stays owed")), None
    return deadline, None


def _flagged(deadline: Deadline, step: Step) -> Deadline:
    """The same deadline, flagged with the reading that releases the duty."""
    readings = (*deadline.readings, Reading(RELEASED, "R28", None, None))
    return replace(deadline, steps=(*deadline.steps, step), readings=readings)


def _released(stop: Stop, deadline: Deadline) -> Deadline:
    """The same deadline, ended by the chosen reading; the default is named beside it."""
    steps = (*deadline.steps, _step(stop, "what was running is read as released by it"))
    still = Reading(STILL_OWED, "R28", deadline.due_date, deadline.due_at)
    return replace(deadline, steps=steps, readings=(still, *deadline.readings))


def _why(stop: Stop, due: Day | None, began: When) -> str:
    if due == stop.day:
        return "due on that very day, so it stays owed"
    if due is not None and due < stop.day:
        return "due before the supplier signed, so it stays owed"
    if first_moment(began) < start_of_day(stop.authority_day):
        return "started before that day, so it stays owed"
    return "started before the supplier signed, so it stays owed"


def _step(stop: Stop, what: str) -> Step:
    text = f"Variation {stop.number} switches this paragraph off from {said(stop.day)}: {what}"
    return Step("R28", text)
