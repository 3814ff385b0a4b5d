"""Facts in words: what happened, when, who recorded it, and what it caused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract, KeptBy, Side
from contracts.terms.moments import WhenError, parse_when
from contracts.web.words import count, listed, moment_words, when_words
from obligations import subjects
from obligations.models import Claim, ClaimState, FactRecord
from obligations.rules.register.facts import FactKind
from obligations.services.asking.vocabulary import label_of, vocabulary_of
from obligations.services.reconciling.changes import Changes
from obligations.services.recording.facts import held_by
from obligations.web.facts.forms import CHOICE_WORDS, SOURCE_WORDS
from obligations.web.facts.whole import Whole, of_fact
from obligations.web.lines import DutyLine, line


@dataclass(frozen=True)
class FactRow:
    """One fact in the list."""

    label: str
    subject: str
    href: str
    happened: str
    recorded: str
    caused: str
    withdrawn: bool


@dataclass(frozen=True)
class Row:
    """A key and its value in a summary list."""

    key: str
    value: str
    value_href: str = ""


@dataclass(frozen=True)
class FactPage:
    """A fact's page."""

    label: str
    rows: list[Row]
    lines: list[DutyLine]
    caused: str
    withdrawn: str
    may_withdraw: bool
    why_not: str
    held: Whole | None
    """What takes it back with itself, where it is not withdrawn alone."""


label = label_of
"""What a kind of fact is called on the contract of a number."""


def row(contract: Contract, fact: FactRecord) -> FactRow:
    return FactRow(
        label=label(contract.pk, fact.kind),
        subject=fact.subject,
        href=reverse("fact", args=[contract.pk, fact.pk]),
        happened=when_words(fact.happened),
        recorded=f"Recorded by {fact.recorded_by_name} at {moment_words(fact.recorded_at)}",
        caused=caused_words(fact.caused),  # type: ignore[attr-defined]  # counted by the selector
        withdrawn=fact.withdrawn_at is not None,
    )


def caused_words(number: int) -> str:
    return f"Made {count(number, 'duty', 'duties')}" if number else "Made no duty by itself"


def page(access: Access, fact: FactRecord, now: datetime) -> FactPage:
    contract = access.contract
    duties = list(fact.duties.all())
    why_not = why_not_withdraw(access, fact)
    there = of_fact(contract, fact) if not why_not and held_by(fact.kind, fact.made_on) else None
    return FactPage(
        label=label(contract.pk, fact.kind),
        rows=rows(contract, fact),
        lines=[line(contract, duty, now) for duty in duties],
        caused=f"This made {count(len(duties), 'duty', 'duties')}"
        if duties
        else "This made no duty by itself",
        withdrawn=withdrawn_words(fact),
        may_withdraw=not why_not and there is None,
        why_not=why_not,
        held=there,
    )


def rows(contract: Contract, fact: FactRecord) -> list[Row]:
    """Everything recorded of it."""
    found = [Row("When it happened", when_words(fact.happened))]
    if fact.subject:
        found.append(Row("What it is about", fact.subject))
    known = vocabulary_of(contract).kinds.get(fact.kind)
    labels = {detail.name: detail.label for detail in known.details} if known else {}
    for name, value in fact.details.items():
        if name != "subject":
            found.append(Row(labels.get(name, name), detail_words(contract, value)))
    by = f"{fact.recorded_by_name}, {contract.word_for(fact.recorded_side)}"
    if whole := of_fact(contract, fact):
        found.append(Row("Part of", whole.text, whole.href))
    found.append(Row("Recorded", f"{moment_words(fact.recorded_at)} by {by}"))
    if claim := getattr(fact, "claim", None):
        found.append(_claim(contract, claim))
    if known and from_letter(contract, fact, known):
        found.append(Row("Source", f"Recorded from the letters of the {contract.word_for(known.side)}"))
    return found


def _claim(contract: Contract, claim: Claim) -> Row:
    """That a fact is a claim or a proposal, with how it stands (R46)."""
    name = subjects.links().get("claim")
    says = claim.get_state_display()
    if claim.state == ClaimState.OPEN:
        says = f"Waits for the {contract.word_for(claim.waits_for)}; it counts once that side accepts it"
    href = reverse(name, args=[contract.pk, claim.pk]) if name else ""
    return Row("Proposal" if claim.agreement else "Claim", says, href)


def from_letter(contract: Contract, fact: FactRecord, kind: FactKind) -> bool:
    """Whether one side recorded the other's act, where it keeps the contract alone (R33)."""
    sides = (Side.SUPPLIER, Side.AUTHORITY)
    return contract.kept_by != KeptBy.BOTH and kind.side in sides and fact.recorded_side != kind.side


def detail_words(contract: Contract, value: Any) -> str:
    """A detail as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict) and {"amount", "unit"} <= value.keys():
        return f"{value['amount']} {str(value['unit']).replace('_', ' ')}"
    if isinstance(value, list):
        return listed([detail_words(contract, one) for one in value])
    if isinstance(value, dict) and {"source", "value"} <= value.keys():
        return f"{value['value']} ({SOURCE_WORDS.get(value['source'], value['source'])})"
    text = str(value)
    if text in (Side.SUPPLIER, Side.AUTHORITY):
        return contract.word_for(text)
    try:
        return when_words(parse_when(text))
    except WhenError:
        return CHOICE_WORDS.get(text, text)


def withdrawn_words(fact: FactRecord) -> str:
    if fact.withdrawn_at is None:
        return ""
    by = f" by {fact.withdrawn_by.name}" if fact.withdrawn_by else ""
    return f"Withdrawn at {moment_words(fact.withdrawn_at)}{by}: {fact.withdrawn_reason}"


def why_not_withdraw(access: Access, fact: FactRecord) -> str:
    """Why there is no button to withdraw it, or "" where there is one."""
    if fact.withdrawn_at is not None:
        return "It is withdrawn already."
    if not access.may(Act.WITHDRAW_FACT):
        return f"Your role, {access.role.label.lower()}, cannot withdraw what was recorded."
    theirs = fact.recorded_side in (Side.SUPPLIER, Side.AUTHORITY) and access.side != fact.recorded_side
    if theirs and access.contract.kept_by == KeptBy.BOTH:
        return f"Only the {access.contract.word_for(fact.recorded_side)}, who recorded it, can withdraw it."
    return ""


def what_followed(changes: Changes) -> str:
    """What a record or its withdrawal did to the duties: "This made 1 duty and closed 2 duties"."""
    said = [
        f"{verb} {count(len(duties), 'duty', 'duties')}"
        for verb, duties in (
            ("made", changes.raised),
            ("met", changes.closed),
            ("changed the date of", changes.redated),
            ("ended", changes.ended),
            ("withdrew", changes.withdrawn),
            ("opened again", changes.reopened),
        )
        if duties
    ]
    return f"This {listed(said)}." if said else "No duty follows from this by itself."
