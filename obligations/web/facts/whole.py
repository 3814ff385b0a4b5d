"""The way from a fact or a duty to the plan or the breach that it is part of.

The subjects' folders are not named here: the marks in ``facts.toml`` say which address leads to what.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from contracts.models import Contract
from obligations.models import Duty, FactRecord
from obligations.rules.register.facts import FactKind, FactPage, vocabulary
from obligations.rules.register.rule import Rule


@dataclass(frozen=True)
class Whole:
    """What something is part of, and where that is."""

    text: str
    href: str


def recorded_at(contract: Contract, kind: FactKind, page: FactPage) -> str:
    """Where a kind with a page of its own is recorded: at the one plan, or among the breaches."""
    if page.by == "kind":
        return reverse(page.called, args=[contract.pk, kind.name])
    return reverse(page.name, args=[contract.pk])


def of_fact(contract: Contract, fact: FactRecord) -> Whole | None:
    """The plan or the breach of a fact. A breach only where its page made the fact: else there is none."""
    kind = vocabulary().get(fact.kind)
    page = kind.page if kind is not None else None
    if kind is None or page is None or (page.by == "subject" and not fact.made_on):
        return None
    name = kind.name if page.by == "kind" else fact.subject
    return Whole(page.whole.format(subject=fact.subject), reverse(page.called, args=[contract.pk, name]))


def of_duty(contract: Contract, duty: Duty, rule: Rule | None) -> Whole | None:
    """The plan or the breach of a duty: that of its cause, else the plan by which it is met."""
    found = of_fact(contract, duty.cause) if duty.cause is not None else None
    if found is not None or rule is None:
        return found
    kinds = [vocabulary()[name] for name in rule.met_by if name in vocabulary()]
    for kind in kinds:
        if kind.page is not None and kind.page.by == "kind":
            return Whole(kind.page.whole, recorded_at(contract, kind, kind.page))
    return None
