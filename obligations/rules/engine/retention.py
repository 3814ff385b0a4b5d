"""What is kept until a length has passed and the service has ended (R8, R18)."""

from __future__ import annotations

from dataclasses import replace

from contracts.terms.moments import Day, end_of_day
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.register.rule import Rule
from obligations.rules.time.derivation import Deadline, Reading, Step, said

LATER = "whichever is the later"
"""The default, the careful reading of a minimum, named where the other was chosen."""


def whichever_is_earlier(rule: Rule, chosen: str | None) -> bool:
    """Whether the chosen reading of a retention is the one that ends it at the earlier of the two (R8)."""
    return any(reading.until == "earlier" and reading.name == chosen for reading in rule.readings)


def with_the_service(evaluation: Evaluation, rule: Rule, deadline: Deadline) -> Deadline:
    """A retention that also lasts until the service has ended: the later of the two (R8, R18).

    Where the words can also mean the earlier of the two, that is named with its day; chosen, it counts.
    """
    if deadline.due_date is None:
        return deadline
    earlier = next((one for one in rule.readings if one.until == "earlier"), None)
    end, due = evaluation.service_end, deadline.due_date
    kept = _kept_longer(deadline, due, end)
    if earlier is None:
        return kept
    day = min(due, end) if end is not None else due
    if evaluation.chosen(rule) != earlier.name:
        named = Reading(earlier.name, earlier.rule, day, end_of_day(day))
        return replace(kept, readings=(*kept.readings, named))
    later = Reading(LATER, "R8", kept.due_date, kept.due_at)
    text = f"Kept for the length or until the service has ended, whichever is the earlier: {said(day)}"
    return replace(
        deadline,
        due_date=day,
        due_at=end_of_day(day),
        steps=(*deadline.steps, Step("R12", text)),
        readings=(later, *deadline.readings),
    )


def _kept_longer(deadline: Deadline, due: Day, end: Day | None) -> Deadline:
    """The later of the length and the end of the service, by the other readings of the length too."""
    readings = tuple(
        replace(one, due_date=end, due_at=end_of_day(end))
        if end is not None and one.due_date is not None and one.due_date < end
        else one
        for one in deadline.readings
    )
    deadline = replace(deadline, readings=readings)
    if end is None or end <= due:
        ended = f", {said(end)}" if end else ", which has no day yet"
        step = Step("R18", f"Kept until the service has ended{ended}, if that is later")
        return replace(deadline, steps=(*deadline.steps, step))
    step = Step("R18", f"Kept until the service has ended, {said(end)}, which is later")
    return replace(deadline, due_date=end, due_at=end_of_day(end), steps=(*deadline.steps, step))
