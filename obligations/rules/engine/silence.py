"""What silence amounts to where the words say so (R43).

A duty to answer that nobody met by its last moment is answered by itself at that moment: the fact that the
words deem comes about, and everything that follows from it. An answer that comes later changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.terms.moments import Moment
from obligations.rules.engine.derived_facts import complete
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.event_duties import event_duties
from obligations.rules.engine.lifecycle import State
from obligations.rules.engine.stages import DEEMED
from obligations.rules.register.duty import Duty
from obligations.rules.register.facts import Fact, distinct
from obligations.rules.register.rule import Rule


def with_silence(evaluation: Evaluation) -> Evaluation:
    """The question with what silence amounted to by then; the same where the book deems nothing.

    What is deemed may start another clock whose silence speaks too, so it is asked until nothing is added.
    """
    rules = [rule for rule in evaluation.rulebook.duties if rule.deemed and evaluation.applies(rule)]
    if not rules:
        return evaluation
    for _ in rules:
        spoken = [fact for rule in rules for fact in _spoken(evaluation, rule)]
        known = {fact.natural_key for fact in evaluation.facts}
        if not [fact for fact in spoken if fact.natural_key not in known]:
            break
        facts = complete([*evaluation.facts, *spoken], evaluation.as_at, evaluation.vocabulary)
        evaluation = replace(evaluation, facts=distinct(facts))
    return evaluation


def _spoken(evaluation: Evaluation, rule: Rule) -> Iterator[Fact]:
    """What silence under one rule amounts to, at the last moment of each duty left unanswered."""
    assert rule.deemed is not None
    for duty in event_duties(evaluation, rule):
        at = duty.deadline.due_at
        if at is not None and at < evaluation.as_at and duty.ended_by is None and _unanswered(duty):
            details = {DEEMED: rule.deemed.path, **({"subject": duty.subject} if duty.subject else {})}
            yield _fact(rule.deemed.fact, at, details, duty)


def _unanswered(duty: Duty) -> bool:
    """Whether nobody had answered by the last moment."""
    return duty.state in (State.OVERDUE, State.OPEN, State.MET_LATE)


def _fact(kind: str, at: Moment, details: dict[str, str], duty: Duty) -> Fact:
    return Fact(kind, at, at, details, f"{duty.cause_fact or ''}")
