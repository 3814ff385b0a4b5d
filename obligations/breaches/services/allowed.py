"""Whether somebody may do something about a breach: the table of states, asked in one place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404

from contracts.access import Access, open_contract
from contracts.models import Contract, KeptBy, Person
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.breaches.models import Breach
from obligations.breaches.states import machine


def alone(contract: Contract, side: str) -> bool:
    """Whether this side keeps the contract without the other (R33)."""
    return contract.kept_by != KeptBy.BOTH and contract.kept_by == side


def may_report(contract: Contract, actor: Actor, now: datetime) -> Person:
    """The person, where the table lets them report a breach. Raises Refused with the reason."""
    return _allowed(_opened(contract, actor, now), "new", "report", actor)


def allowed(breach: Breach, event: str, actor: Actor, now: datetime) -> Person:
    """The person, where the table lets them do this now. Raises Refused with the reason.

    Raises Http404 for a breach that is kept to a distribution list they are not on.
    """
    access = _opened(breach.contract, actor, now)
    if not access.sees(breach.reference):
        raise Http404("no such breach")
    return _allowed(access, breach.state, event, actor)


def _opened(contract: Contract, actor: Actor, now: datetime) -> Access:
    if actor.person is None:
        raise Refused("", "Only a person does something about a breach.")
    return open_contract(actor.person, contract.pk, now)


def _allowed(access: Access, state: str, event: str, actor: Actor) -> Person:
    if event not in machine().events:
        raise Refused("", f"Nothing called “{event}” is done about a breach.")
    by_one = alone(access.contract, actor.side)
    if why_not := machine().why_not(event, state, str(access.role), alone=by_one):
        raise Refused("", why_not)
    return access.person


def told(breach: Breach) -> dict[str, Any]:
    """What a ledger entry says of the breach."""
    return {"breach": breach.pk, "subject": breach.reference, "what": breach.what}
