"""The way from a fact or a duty to the plan or the breach that it is part of.

The subjects are not named here: the marks in ``facts.toml`` say whose page it is, each subject which address.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from contracts.models import Contract
from obligations.models import Duty, FactRecord
from obligations.rules.register.facts import FactKind, vocabulary
from obligations.rules.register.rule import Rule
from obligations.subjects import fact_page


@dataclass(frozen=True)
class Whole:
    """What something is part of, and where that is."""

    text: str
    href: str


def recorded_at(contract: Contract, kind: FactKind) -> str:
    """Where a kind with a page of its own is recorded: at the one plan, or among the breaches; else ""."""
    page = fact_page(kind.page)
    if page is None:
        return ""
    if page.by == "kind":
        return reverse(page.called, args=[contract.pk, kind.name])
    return reverse(page.address, args=[contract.pk])


def of_fact(contract: Contract, fact: FactRecord) -> Whole | None:
    """The plan or the breach of a fact. A breach only where its page made the fact: else there is none."""
    kind = vocabulary().get(fact.kind)
    page = fact_page(kind.page) if kind is not None else None
    if kind is None or page is None or (page.by == "subject" and not fact.made_on):
        return None
    name = kind.name if page.by == "kind" else fact.subject
    return Whole(page.whole.format(subject=fact.subject), reverse(page.called, args=[contract.pk, name]))


def of_duty(contract: Contract, duty: Duty, rule: Rule | None) -> Whole | None:
    """The plan or the breach of a duty: that of its cause, else the plan by which it is met."""
    found = of_fact(contract, duty.cause) if duty.cause is not None else None
    if found is not None or rule is None:
        return found
    kinds = [vocabulary()[name] for name in rule.met_by if name in vocabulary()]  # own kinds have no page
    for kind in kinds:
        page = fact_page(kind.page)
        if page is not None and page.by == "kind":
            return Whole(page.whole, recorded_at(contract, kind))
    return None
