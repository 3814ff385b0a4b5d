"""Duties that are met only when all of several acts are done (``all_of``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from contracts.terms.moments import last_moment
from obligations.rules.register.duty import Completion
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule

ACCEPTED = "accepted"


def together(rule: Rule, found: Sequence[Completion], facts: Sequence[Fact]) -> list[Completion]:
    """What counts where a duty is met only when all of several acts are done: one completion, by the last.

    ``found``: everything under the paragraph; ``facts``: those of the kinds in ``all_of`` about the subject.
    Evidence that stands for one of the acts is that act; what was handed in for the duty itself is the whole.
    """
    acts = {fact.source: fact.kind for fact in facts}
    whole = [one for one in found if one.fact is None and one.key not in acts]
    first = _first_of_each(rule, found, facts, acts)
    if set(first) < set(rule.all_of):
        return whole
    last = max(first.values(), key=lambda one: last_moment(one.done))
    accepted = all(one.outcome == ACCEPTED for one in first.values())
    return [*whole, replace(last, outcome=ACCEPTED if accepted else "undecided")]


def _first_of_each(
    rule: Rule, found: Sequence[Completion], facts: Sequence[Fact], acts: Mapping[str, str]
) -> dict[str, Completion]:
    """The first act of each kind that nobody rejected, an accepted one before an undecided one."""
    handed_in = [(acts[one.fact], one) for one in found if one.fact is not None and one.fact in acts]
    spoken = {one.fact for _, one in handed_in}
    done = handed_in + [
        (fact.kind, Completion(rule.citation, fact.subject, None, fact.at, ACCEPTED, fact.source))
        for fact in facts
        if fact.source not in spoken
    ]
    first: dict[str, Completion] = {}
    for kind, one in sorted(done, key=lambda act: (act[1].outcome != ACCEPTED, last_moment(act[1].done))):
        if one.outcome != "rejected":
            first.setdefault(kind, one)
    return first


def acts_missing(rule: Rule, facts: Iterable[Fact]) -> tuple[str, ...]:
    """The kinds of act that nobody has done yet, in the rule's order."""
    there = {fact.kind for fact in facts}
    return tuple(kind for kind in rule.all_of if kind not in there)
