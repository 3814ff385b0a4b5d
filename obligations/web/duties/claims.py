"""The claims about a duty, on its page: both dates, and what waits for whom (R46)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract
from contracts.web.variations.presenters import Tag
from contracts.web.words import moment_words
from obligations import subjects
from obligations.models import ACTIVE_PHASES, Claim, ClaimState, Duty
from obligations.rules.register.claims import kinds_claimed
from obligations.rules.register.rule import Rule
from obligations.web.facts.presenters import label
from obligations.web.lines import claimed_date, due

COLOURS = {
    ClaimState.OPEN: "purple",
    ClaimState.ACCEPTED: "green",
    ClaimState.REFUSED: "red",
    ClaimState.WITHDRAWN: "grey",
}


@dataclass(frozen=True)
class ClaimRow:
    """One claim about the duty. ``counts`` and ``claimed``: both dates, while it is open."""

    title: str
    says: str
    counts: str
    claimed: str
    tag: Tag
    href: str
    ask: str


def rows(access: Access, duty: Duty, rule: Rule | None, claims: Iterable[Claim]) -> list[ClaimRow]:
    """The claims about a duty, the newest first."""
    return [_row(access, duty, claim) for claim in _about(rule, claims)]


def _about(rule: Rule | None, claims: Iterable[Claim]) -> Iterator[Claim]:
    kinds = kinds_claimed(rule) if rule is not None else frozenset()
    return (claim for claim in claims if claim.fact.kind in kinds)


def _row(access: Access, duty: Duty, claim: Claim) -> ClaimRow:
    contract, is_open = access.contract, claim.state == ClaimState.OPEN
    what = "Proposed" if claim.agreement else "Claimed"
    says = f"{what} by the {contract.word_for(claim.made_side)} at {moment_words(claim.made_at)}"
    if is_open:
        says += f", waits for the {contract.word_for(claim.waits_for)}"
    found = [one for one in duty.derivation.get("claimed", ()) if one["fact"] == str(claim.fact_id)]
    both = is_open and bool(found) and duty.phase in ACTIVE_PHASES
    decides = is_open and access.side == claim.waits_for and access.may(Act.DECIDE)
    return ClaimRow(
        title=label(contract.pk, claim.fact.kind),
        says=says,
        counts=due(duty) if both else "",
        claimed=claimed_date(found[0]) if both else "",
        tag=Tag(claim.get_state_display(), COLOURS[ClaimState(claim.state)]),
        href=address(contract.pk, claim.pk),
        ask="Accept or refuse" if decides else "See the claim",
    )


def what_follows(contract: Contract, claim: Claim) -> str:
    """What an open claim, or a proposal, makes of dates until it is answered (R46)."""
    word = contract.word_for(claim.waits_for)
    what, does = ("a proposal", "confirms") if claim.agreement else ("a claim", "accepts")
    until = f"Until the {word} {does} it, the date without it counts."
    return f"This is {what}. The {word} is told today. {until}"


def address(contract: int, claim: int) -> str:
    """The page of a claim, "" where no subject has one."""
    name = subjects.links().get("claim")
    return reverse(name, args=[contract, claim]) if name else ""
