"""Which kinds of fact a person may record on a contract, by subject area."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from django.urls import reverse

from contracts.access import Access
from contracts.models import Contract, KeptBy
from obligations.rules.engine.contract_book import counting
from obligations.rules.register.facts import FactKind
from obligations.rules.register.vocabulary import IN_PART, PUT_OFF, shipped_vocabulary
from obligations.services.asking.versions import adopted_by
from obligations.services.asking.vocabulary import OWN, vocabulary_in
from obligations.services.recording.claims import by_letter, may_be_claimed
from obligations.subjects import fact_page
from obligations.web.facts.forms import ClaimWords
from obligations.web.facts.whole import recorded_at

BY_EVIDENCE = "any duty"
"""The group of facts that people state by logging evidence on a duty's page."""

GROUPS = {
    OWN: "What this contract calls its own",
    "contract": "The contract",
    "plan": "The security management plan",
    "breach": "Breaches of security",
    "patches": "Patches and vulnerabilities",
    "certificates and gates": "Certificates and approvals before processing",
    "tests": "Security tests and scans",
    "documentation": "Risk management documentation",
    "data and audit": "Data, media and audit records",
    "people and supply chain": "People and sub-contractors",
}


@dataclass(frozen=True)
class KindLink:
    """A kind of fact to choose."""

    label: str
    href: str
    note: str


@dataclass(frozen=True)
class KindGroup:
    """The kinds of one subject area."""

    title: str
    anchor: str
    kinds: list[KindLink]


def used_by(contract: Contract) -> dict[str, FactKind]:
    """The kinds that some rule of the contract's rulebooks starts on or looks at, in the versions that still
    count, in their own order; and the end of the agreement, which ends every rule.
    """
    books = [book for ones in adopted_by(contract).values() for book, _, _ in counting(ones)]
    used = {kind for book in books for kind in book.kinds} | shipped_vocabulary().ends
    used |= {IN_PART, PUT_OFF}
    return {
        name: kind
        for name, kind in vocabulary_in(books).kinds.items()
        if name in used and kind.group != BY_EVIDENCE and not kind.derived
    }


def may_record(access: Access, kind: FactKind, proposed: Container[str] | None = None) -> bool:
    """Whether the person's side records this kind. One side alone records the other's acts too (R33).

    An agreement may be proposed by the other side (R46); ``proposed``: ``may_be_claimed``, where it is known.
    """
    if kind.side in ("either", access.side) or access.contract.kept_by != KeptBy.BOTH:
        return True
    return kind.name in (may_be_claimed(access.contract, access.side) if proposed is None else proposed)


def claim_words(access: Access, kind: FactKind) -> ClaimWords | None:
    """What the form says where recording this is a claim, or takes an agreement from a letter (R46, R33)."""
    contract = access.contract
    one = may_be_claimed(contract, access.side).get(kind.name)
    if one is None:
        return None
    word = contract.word_for(one.waits_for)
    if by_letter(contract, one, access.side):
        return ClaimWords(
            f"This is the {word}’s word under paragraph {one.paragraph}. Attach the letter that gives it.",
            "Which letter is it?",
            f"The date and reference of the {word}’s letter.",
            "The letter",
            always=f"Say which letter of the {word} it is: its date and reference.",
        )
    what = "a proposal" if one.agreement else "a claim"
    says = (
        f"Under paragraph {one.paragraph} this is {what}. The {word} is told today. Until the {word}"
        f" {'confirms' if one.agreement else 'accepts'} it, the date without it counts."
    )
    asked = f"Give the reason: under {one.paragraph} this is {what}, and the {word} decides on it."
    return ClaimWords(
        says,
        "Why is it so?",
        f"The {word} decides by what you say here.",
        "The evidence, as a file",
        "Or a link to the evidence",
        always="" if one.requires else asked,
    )


def groups(access: Access, kinds: Iterable[FactKind], wanted: str = "") -> list[KindGroup]:
    """The kinds that the person may record, under their headings; ``wanted`` narrows them by their words."""
    words, proposed = wanted.lower().split(), may_be_claimed(access.contract, access.side)
    found: dict[str, list[KindLink]] = {}
    for kind in kinds:
        text = f"{kind.label} {kind.subject} {kind.group}".lower()
        if may_record(access, kind, proposed) and all(word in text for word in words):
            found.setdefault(kind.group, []).append(_link(access, kind))
    return [
        KindGroup(GROUPS.get(group, group.capitalize()), f"group-{number}", links)
        for number, (group, links) in enumerate(found.items(), 1)
    ]


def _link(access: Access, kind: FactKind) -> KindLink:
    """The way to where this kind is recorded: its own page where it has one, else its form."""
    if page := fact_page(kind.page):
        return KindLink(kind.label, recorded_at(access.contract, kind), page.note)
    note = "Needs the time of day" if kind.needs_moment else ""
    return KindLink(kind.label, reverse("record_kind", args=[access.contract.pk, kind.name]), note)
