"""Clocks that run beside each other, and what the page says about it (R27; Order Schedule 9, A 4.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from obligations.rules.engine.derived_facts import cycle_of, is_resubmission
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.register.duty import Duty
from obligations.rules.register.rule import Rule
from obligations.rules.time.derivation import Reading, Step, said


def beside(evaluation: Evaluation, duties: Sequence[Duty]) -> list[Duty]:
    """The duties, each with a word on the limit that runs beside it and on the grounds of a refusal."""
    rules = evaluation.rulebook.by_key
    by_rule = {(duty.rule_key, duty.occurrence): duty for duty in duties}
    return [_with_notes(evaluation, rules[duty.rule_key], duty, by_rule) for duty in duties]


def _with_notes(evaluation: Evaluation, rule: Rule, duty: Duty, by_rule: dict[tuple[str, str], Duty]) -> Duty:
    steps: list[Step] = []
    if rule.beside is not None and (other := by_rule.get((rule.beside, duty.occurrence))) is not None:
        steps += _comparison(evaluation, duty, other)
    steps += _grounds(evaluation, rule, duty)
    readings = _undecided(evaluation, rule, duty)
    if not steps and not readings:
        return duty
    deadline = duty.deadline
    deadline = replace(deadline, steps=(*deadline.steps, *steps), readings=(*deadline.readings, *readings))
    return replace(duty, deadline=deadline)


def _comparison(evaluation: Evaluation, duty: Duty, other: Duty) -> list[Step]:
    """How far this limit falls from the one beside it; neither shortens or extends the other."""
    mine, theirs = duty.deadline.due_date, other.deadline.due_date
    if mine is None or theirs is None:
        return []
    if mine == theirs:
        place = f"on the same day as the limit “{other.title}”"
    else:
        first, last = sorted((mine, theirs))
        days = evaluation.calendar.working_days_between(first, last)
        count = f"{days} Working Day{'' if days == 1 else 's'}"
        place = f"{count} {'after' if mine > theirs else 'before'} the limit “{other.title}”, {said(theirs)}"
    text = f"This falls {place}; neither shortens nor extends the other"
    return [Step("R27", text, other.citation)]


def _grounds(evaluation: Evaluation, rule: Rule, duty: Duty) -> list[Step]:
    """A refusal for a content requirement is reasonable by definition, and recorded against it (4.3.3)."""
    cause = evaluation.fact_from(duty.cause_fact, duty.on)
    grounds = cause.details.get("grounds") if cause is not None else None
    if not grounds:
        return []
    text = f"Refused on the grounds of {', '.join(map(str, grounds))}: reasonable by definition"
    return [Step("R27", text, f"{rule.rulebook}/{rule.read_with}" if rule.read_with else None)]


def _undecided(evaluation: Evaluation, rule: Rule, duty: Duty) -> list[Reading]:
    """After a resubmission silence leaves the plan undecided; that it may then be referred is a reading."""
    wanted = [reading for reading in rule.readings if reading.when == "resubmitted"]
    if not wanted or duty.state != "overdue":
        return []
    cause, around = evaluation.fact_from(duty.cause_fact, duty.on), evaluation.vocabulary.round_of(duty.on)
    if cause is None or around is None:
        return []
    again = any(
        cycle_of(fact) == cycle_of(cause) and is_resubmission(fact)
        for fact in evaluation.of_kinds([around.submission])
    )
    return [Reading(reading.name, reading.rule, None, None) for reading in wanted] if again else []
