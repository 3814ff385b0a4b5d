"""Claims in words: what is claimed, by whom, what it would move, what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contracts.access import Access
from contracts.models import Contract
from contracts.terms.moments import Day, weekday_day
from contracts.web.ledger.presenters import cited
from contracts.web.variations.presenters import Tag
from contracts.web.words import moment_words, size_words, when_words
from obligations.claims.services.allowed import why_not
from obligations.claims.states import machine
from obligations.models import Claim, ClaimState, Duty
from obligations.web.facts.presenters import Row, label
from obligations.web.lines import due

COLOURS = {
    ClaimState.OPEN: "purple",
    ClaimState.ACCEPTED: "green",
    ClaimState.REFUSED: "red",
    ClaimState.WITHDRAWN: "grey",
}
Moves = Sequence[tuple[Duty, Mapping[str, Any]]]


@dataclass(frozen=True)
class Moved:
    """A duty that a claim would move: the date that counts, and the date if it is accepted."""

    title: str
    href: str
    counts: str
    claimed: str
    dated: bool


@dataclass(frozen=True)
class ClaimRow:
    """One claim in a list."""

    title: str
    href: str
    says: str
    moves: list[Moved]
    tag: Tag


@dataclass(frozen=True)
class ClaimPage:
    """A claim's page."""

    title: str
    caption: str
    tag: Tag
    says: str
    rows: list[Row]
    moves: list[Moved]
    answered: str
    withdrawn: bool
    reason: str
    answer_href: str
    withdraw_href: str
    why_not: str


def tag(claim: Claim) -> Tag:
    """How a claim stands; what is confirmed is called so."""
    words = (
        "Confirmed" if claim.agreement and claim.state == ClaimState.ACCEPTED else claim.get_state_display()
    )
    return Tag(words, COLOURS[ClaimState(claim.state)])


def title(claim: Claim) -> str:
    """What is claimed, about what."""
    return f"{label(claim.contract_id, claim.fact.kind)}{f' ({claim.subject})' if claim.subject else ''}"


def waits(contract: Contract, claim: Claim) -> str:
    """By whom it was made, when, and for whom it waits."""
    what = "Proposed" if claim.agreement else "Claimed"
    made = f"{what} by the {contract.word_for(claim.made_side)} at {moment_words(claim.made_at)}"
    return (
        f"{made}, waits for the {contract.word_for(claim.waits_for)}"
        if claim.state == ClaimState.OPEN
        else made
    )


def moved(contract: Contract, moves: Moves) -> list[Moved]:
    """The duties a claim would move."""
    return [
        Moved(
            duty.title,
            reverse("duty", args=[contract.pk, duty.pk]),
            due(duty),
            claimed_words(one),
            dated=bool(one.get("due_date")),
        )
        for duty, one in moves
    ]


def claimed_words(one: Mapping[str, Any]) -> str:
    """The date that a claim would give."""
    if one.get("due_date"):
        return weekday_day(Day.fromisoformat(one["due_date"]))
    return str(one["state"]).replace("_", " ")


def row(contract: Contract, claim: Claim, moves: Moves) -> ClaimRow:
    return ClaimRow(
        title(claim),
        reverse("claim", args=[contract.pk, claim.pk]),
        f"{waits(contract, claim)}. {_paragraph(claim)}",
        moved(contract, moves),
        tag(claim),
    )


def _paragraph(claim: Claim) -> str:
    words = cited(claim.citation)
    return words[:1].upper() + words[1:]


def rows(contract: Contract, claims: Iterable[Claim], moves: Mapping[int, Moves]) -> list[ClaimRow]:
    """The rows of a list."""
    return [row(contract, claim, moves.get(claim.pk, ())) for claim in claims]


def page(access: Access, claim: Claim, moves: Moves) -> ClaimPage:
    """The page of one claim."""
    contract, number = access.contract, (access.contract.pk, claim.pk)
    stands = machine().states[claim.state]
    cannot = {event: why_not(access, claim, event) for event in ("accept", "withdraw")}
    is_open = claim.state == ClaimState.OPEN
    return ClaimPage(
        title=title(claim),
        caption="Proposal" if claim.agreement else "Claim",
        tag=tag(claim),
        says=stands.says,
        rows=list(_rows(contract, claim)),
        moves=moved(contract, moves),
        answered=answered(contract, claim),
        withdrawn=claim.state == ClaimState.WITHDRAWN,
        reason=claim.decided_reason,
        answer_href="" if cannot["accept"] or not is_open else reverse("claim_answer", args=number),
        withdraw_href="" if cannot["withdraw"] or not is_open else reverse("claim_withdraw", args=number),
        why_not=cannot["accept"] if is_open and cannot["withdraw"] else "",
    )


def answered(contract: Contract, claim: Claim) -> str:
    """Who answered, when, and how that came to be on the record."""
    if claim.decided_at is None:
        return ""
    name = claim.decided_by.name if claim.decided_by else "Duly"
    side = claim.made_side if claim.state == ClaimState.WITHDRAWN else claim.waits_for
    word = contract.word_for(side)
    by = f"the {word}, recorded from its letter by {name}" if claim.from_letter else f"{name}, {word}"
    return f"{tag(claim).text} at {moment_words(claim.decided_at)} by {by}"


def _rows(contract: Contract, claim: Claim) -> Iterable[Row]:
    yield Row(
        "When it happened",
        when_words(claim.fact.happened),
        reverse("fact", args=[contract.pk, claim.fact_id]),
    )
    by = f"{claim.made_by.name}, {contract.word_for(claim.made_side)}"
    yield Row("Proposed" if claim.agreement else "Claimed", f"{moment_words(claim.made_at)} by {by}")
    yield Row("It rests on", _paragraph(claim))
    yield Row("Reason", claim.reason)
    if claim.file:
        address = reverse("claim_file", args=[contract.pk, claim.pk])
        yield Row(
            "Letter" if claim.from_letter and claim.agreement else "Evidence",
            f"{claim.file_name} ({size_words(claim.size)})",
            address,
        )
    if claim.link:
        yield Row("Link", claim.link, claim.link)
