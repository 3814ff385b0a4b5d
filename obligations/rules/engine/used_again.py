"""A recurrence whose paragraph is used again: begun anew, or counted from the last completion (R28)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contracts.terms.moments import Day, end_of_day, london_day
from obligations.rules.register.duty import Duty
from obligations.rules.register.rule import Every, Rule
from obligations.rules.time.derivation import Deadline, Reading, Step

ANEW = "begun anew on the day it is used again"
"""The default reading, named where the other was chosen."""

FROM_THE_LAST = "counted from the last completion"
"""The other reading: what was done before the paragraph was switched off still says when the next is due."""


def first_of_each(duties: Iterable[Duty], rules: Sequence[Rule]) -> dict[tuple[str, str | None, str], Rule]:
    """The first occurrence of each series among these duties, by identity, with its rule."""
    by_key = {rule.key: rule for rule in rules if rule.every is Every.COMPLETION}
    first: dict[tuple[str, str | None], Duty] = {}
    for duty in sorted(duties, key=lambda duty: duty.owed_from):
        if rule := by_key.get(duty.rule_key):
            first.setdefault((rule.key, _series(rule, duty)), duty)
    return {duty.identity: by_key[duty.rule_key] for duty in first.values()}


def _series(rule: Rule, duty: Duty) -> str | None:
    return duty.subject if rule.series == "subject" else None


def last_before(rule: Rule, duty: Duty, uninterrupted: Iterable[Duty], day: Day) -> Deadline | None:
    """The deadline that runs from what was done last before a day, had the paragraph never been switched off.

    None where nothing was done before it: then there is no other reading.
    """
    mine = [
        one for one in uninterrupted if one.rule_key == rule.key and _series(rule, one) == _series(rule, duty)
    ]
    before = sorted((one for one in mine if london_day(one.owed_from) < day), key=lambda one: one.owed_from)
    return before[-1].deadline if len(before) > 1 else None


def with_the_other(deadline: Deadline, other: Deadline, day: Day, chosen: str | None) -> Deadline:
    """The deadline with the reading that counts from the last completion, where that is earlier.

    Nobody is made late by a signature: it is not before the end of the day the paragraph is used again.
    """
    if deadline.due_at is None or other.due_at is None:
        return deadline
    due = max(other.due_at, end_of_day(day))
    if due >= deadline.due_at:
        return deadline
    if chosen != FROM_THE_LAST:
        named = Reading(FROM_THE_LAST, "R28", london_day(due), due)
        return replace(deadline, readings=(*deadline.readings, named))
    steps = [one for one in deadline.steps if FROM_THE_LAST not in one.text]
    steps.append(Step("R12", f"The reading “{FROM_THE_LAST}” was chosen: chosen for this contract"))
    anew = Reading(ANEW, "R28", deadline.due_date, deadline.due_at)
    return replace(
        deadline,
        due_at=due,
        due_date=london_day(due),
        steps=tuple(steps),
        readings=(anew, *deadline.readings),
    )
