"""Clocks that do not begin with the cause: what else must have happened, and from what a limit runs (R44)."""

from __future__ import annotations

from contracts.terms.moments import When, first_moment
from obligations.rules.engine.evaluation import Evaluation, later
from obligations.rules.engine.in_place import is_loss
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule


def all_there(evaluation: Evaluation, rule: Rule, cause: Fact) -> When | None:
    """When the last of all that a rule needs had come about, the cause among it; None where one has not.

    Each counts from the first time it happened, of the same subject or of the contract as a whole.
    """
    since = cause.at
    for kind in rule.needs:
        found = evaluation.about(cause.subject, [kind])
        if not found:
            return None
        since = later(since, found[0].at)
    return since


def clock_fact(evaluation: Evaluation, rule: Rule, cause: Fact) -> Fact:
    """The fact that the clock runs from: the cause, or what the rule names instead, where that is known.

    Of several the kind that is named first, and of one kind the earliest.
    """
    for kind in rule.runs_from:
        found = [one for one in evaluation.about(cause.subject, [kind]) if is_loss(evaluation, rule, one)]
        if found:
            return min(found, key=lambda fact: (first_moment(fact.at), fact.natural_key))
    return cause
