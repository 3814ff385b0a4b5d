"""Whether somebody may answer a claim or take it back: the table of states, asked in one place."""

from __future__ import annotations

from datetime import datetime

from contracts.absence import NotThere
from contracts.access import Access, open_contract
from contracts.models import Contract, Person
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.claims.states import machine
from obligations.models import Claim, ClaimState

ANSWERS = ("accept", "refuse")


def by_letter(contract: Contract, claim: Claim, side: str) -> bool:
    """Whether this side records the answer from the other's letter, as it alone keeps the contract (R33)."""
    return contract.kept_by == side and claim.waits_for != side


def why_not(access: Access, claim: Claim, event: str) -> str:
    """Why this person cannot do this to the claim now, "" where they can."""
    contract = access.contract
    letter = event in ANSWERS and by_letter(contract, claim, access.side)
    side = access.side if letter else claim.waits_for if event in ANSWERS else claim.made_side
    if access.side != side:
        word = contract.word_for(side)
        return (
            f"The {word} answers this, not your own side."
            if event in ANSWERS
            else f"Only the {word}, who made it, withdraws it."
        )
    if claim.state != ClaimState.OPEN:
        return f"This waits for no answer any more: it is “{machine().label(claim.state)}”."
    if said := machine().why_not(event, claim.state, str(access.role), alone=letter):
        return said
    if event in ANSWERS and not letter and claim.made_by_id == access.person.pk:
        return "You made this claim yourself, so somebody else answers it."
    return ""


def allowed(claim: Claim, event: str, actor: Actor, now: datetime) -> Person:
    """The person, where they may do this now. Raises Refused with the reason, NotThere for what is hidden."""
    if actor.person is None:
        raise Refused("", "Only a person answers a claim.")
    access = open_contract(actor.person, claim.contract_id, now)
    if not access.sees(claim.subject):
        raise NotThere("no such claim")
    if said := why_not(access, claim, event):
        raise Refused("", said)
    return access.person
