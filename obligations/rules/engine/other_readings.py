"""The other readings of a caused duty's words, for one cause (R12).

Choosing a reading may move a date or give the clock another start; it ends a duty only where the words, read
so, ask nothing. Where a reading counts from a moment that nobody entered, the duty keeps its date and asks
for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contracts.terms.moments import When, last_moment
from contracts.terms.periods import Period
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.lapses import is_lapse
from obligations.rules.engine.regulation_1182 import NEXT_FULL_HOUR, next_full_hour
from obligations.rules.register.facts import detail_when
from obligations.rules.register.rule import Rule, RuleReading
from obligations.rules.time.deadlines import Alternative, Deadline, Start
from obligations.rules.time.derivation import Reading, Step, date_stands

if TYPE_CHECKING:
    from obligations.rules.engine.event_duties import Cause


def other_reading(
    evaluation: Evaluation, start: Start, cause: Cause, reading: RuleReading
) -> Alternative | None:
    """One of the rule's other readings for this cause; None where it does not arise or has no date yet."""
    if not _arises(cause, reading):
        return None
    if reading.unit is not None and start.period is not None:
        return Alternative(reading.name, reading.rule, period=Period(start.period.amount, reading.unit))
    at = next_full_hour(start.at) if reading.start == NEXT_FULL_HOUR else _other_start(cause, reading)
    if at is not None and last_moment(at) != last_moment(start.at):
        return Alternative(reading.name, reading.rule, start=at)
    if reading.start is None and asks_nothing(evaluation, reading):
        return Alternative(reading.name, reading.rule, nothing_due=True)
    return None


def _other_start(cause: Cause, reading: RuleReading) -> When | None:
    """Where the clock starts by a reading that gives it another start, as far as the record says."""
    match reading.start:
        case "awareness" | "cause":
            return cause.first_bit
        case "last":
            return cause.facts[-1].at
        case "detail":
            return detail_when(cause.fact.details.get(reading.detail or ""))
        case _:
            return None


def with_what_is_asked(evaluation: Evaluation, rule: Rule, cause: Cause, deadline: Deadline) -> Deadline:
    """The deadline with the readings that count from a moment which is not on the record (R12).

    They are named without a date; where one was chosen a step says what is missing.
    """
    chosen = evaluation.chosen(rule)
    readings, steps = [], []
    for reading in rule.readings:
        asked = _asked(evaluation, cause, reading)
        if asked and reading.name == chosen:
            text = f"Read as “{reading.name}”, as chosen, {date_stands(asked)}"
            steps.append(Step("R12", text))
        elif asked:
            readings.append(Reading(reading.name, reading.rule, None, None, asks=asked))
    if not readings and not steps:
        return deadline
    return replace(deadline, readings=(*deadline.readings, *readings), steps=(*deadline.steps, *steps))


def _asked(evaluation: Evaluation, cause: Cause, reading: RuleReading) -> str:
    """The moment that a reading counts from and nobody entered, in words; "" where nothing is missing."""
    if not _arises(cause, reading) or reading.unit or reading.until or asks_nothing(evaluation, reading):
        return ""
    if reading.start is None:
        return "the time that it leaves open"
    if reading.start != "detail" or _other_start(cause, reading) is not None:
        return ""
    field = evaluation.vocabulary.detail(reading.detail or "")
    return field.label if field is not None else reading.name


def asks_nothing(evaluation: Evaluation, reading: RuleReading) -> bool:
    """Whether the words, read so, ask nothing: the register says so, or that a lapse is no event (R26)."""
    only_lapses = bool(reading.on) and set(reading.on) <= evaluation.vocabulary.ceased
    return reading.asks_nothing or reading.derived_only or only_lapses


def _arises(cause: Cause, reading: RuleReading) -> bool:
    if reading.when is not None or (reading.on and cause.fact.kind not in reading.on):
        return False
    return not reading.derived_only or is_lapse(cause.fact)
