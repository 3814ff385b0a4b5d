"""Whether somebody may do something about a breach: the table of states, asked in one place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.absence import NotThere
from contracts.access import Access, open_contract
from contracts.models import Contract, KeptBy, Person
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.breaches.models import Breach, BreachState
from obligations.breaches.selectors import asked_for, asking_for_details
from obligations.breaches.states import machine
from obligations.models import Duty

ASKS = {
    "require_cause": "root_cause_analysis_required",
    "ask_details": "client_requests_breach_details",
    "require_action": "client_requires_breach_action",
    "take_action": "breach_action_taken",
}
"""What the authority asks for, and its answer, where the contract's schedules speak of it."""

ONCE = ("require_cause", "ask_details")
"""What makes one duty for a breach, so that asking again would change nothing."""


def alone(contract: Contract, side: str) -> bool:
    """Whether this side keeps the contract without the other (R33)."""
    return contract.kept_by != KeptBy.BOTH and contract.kept_by == side


def may_report(contract: Contract, actor: Actor, now: datetime) -> Person:
    """The person, where the table lets them report a breach. Raises Refused with the reason."""
    return _allowed(access_of(contract, actor, now), "new", "report", actor)


def allowed(breach: Breach, event: str, actor: Actor, now: datetime) -> Person:
    """The person, where the table lets them do this now. Raises Refused with the reason.

    Raises NotThere for a breach that is kept to a distribution list they are not on.
    """
    access = access_of(breach.contract, actor, now)
    if not access.sees(breach.reference):
        raise NotThere("no such breach")
    return _allowed(access, breach.state, event, actor)


def access_of(contract: Contract, actor: Actor, now: datetime) -> Access:
    """How this person comes to the contract. Raises Refused for a job of the system."""
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


def why_not_now(breach: Breach, event: str, duties: Iterable[Duty]) -> str:
    """What stands against an event beside the table of states, "" where nothing does.

    ``duties`` are those of the breach.
    """
    if event == "close" and breach.state == BreachState.CONTAINED and (late := asking_for_details(duties)):
        titles = ", ".join(f"“{duty.title}”" for duty in late)
        return f"You cannot close the breach yet: details are still owed ({titles})."
    if event in ONCE and (made := asked_for(duties, ASKS[event])):
        return f"This is on the record already: “{made[0].title}” follows from it, once for a breach."
    return ""


def ledger_payload(breach: Breach) -> dict[str, Any]:
    """What a ledger entry says of the breach."""
    return {"breach": breach.pk, "subject": breach.reference, "what": breach.what}
