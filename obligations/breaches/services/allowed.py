"""Whether somebody may do something about a breach: the table of states, asked in one place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.access import open_contract
from contracts.models import Contract, KeptBy, Person
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.breaches.models import Breach
from obligations.breaches.states import machine


def alone(contract: Contract, side: str) -> bool:
    """Whether this side keeps the contract without the other (R33)."""
    return contract.kept_by != KeptBy.BOTH and contract.kept_by == side


def allowed(contract: Contract, state: str, event: str, actor: Actor, now: datetime) -> Person:
    """The person, where the table lets them do this now. Raises Refused with the reason."""
    if actor.person is None:
        raise Refused("", "Only a person does something about a breach.")
    role = open_contract(actor.person, contract.pk, now).role
    if event not in machine().events:
        raise Refused("", f"Nothing called “{event}” is done about a breach.")
    if why_not := machine().why_not(event, state, str(role), alone=alone(contract, actor.side)):
        raise Refused("", why_not)
    return actor.person


def told(breach: Breach) -> dict[str, Any]:
    """What a ledger entry says of the breach."""
    return {"breach": breach.pk, "subject": breach.reference, "what": breach.what}
