"""Closing a contract and opening it again: one person asks, a second agrees.

Where both parties keep the contract in Duly the second acts for the other side; where one keeps it alone
closing needs one person. Erasing always needs two.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from contracts.models import Contract, Ending, EndingAsked, KeptBy, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import locked
from contracts.terms.keeping import Made
from contracts.terms.moments import Day, london_day
from obligations.models import Duty, Notice, Phase, WakeUp
from obligations.rules.notices import windows
from obligations.services.ending.erasing import ask_to_erase
from obligations.services.ending.keeping import keeping_of, waiting, why_not_erased
from obligations.services.notices import planning
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile

BECAUSE = "The contract was opened again"


@transaction.atomic
def ask(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    what: str,
    reason: str,
    made: str = "",
    keep_until: Day | None = None,
) -> EndingAsked:
    """Ask that a contract be closed, opened again or erased. Raises Refused naming the field.

    ``made``: how the contract was made, where it is to be closed. One thing waits at a time.
    """
    if actor.person is None:
        raise Refused("", "Only a person asks for this.")
    reason = required("reason", reason, "Say why, for the record.", longest=2000)
    fresh = _locked(contract)
    _require_possible(fresh, Ending(what), now)
    if (there := waiting(fresh)) is not None:
        raise Refused(
            "", f"{there.asked_by_name} asked for something already; agree to that or refuse it first."
        )
    if what == Ending.CLOSE and made not in list(Made):
        raise Refused("made", "Choose how the contract was made.")
    if keep_until is not None and keep_until <= london_day(now):
        raise Refused("keep_until", "Enter a day that is still to come, or leave it empty.")
    try:
        with transaction.atomic():
            row = EndingAsked.objects.create(
                contract=fresh,
                what=what,
                reason=reason,
                made=made if what == Ending.CLOSE else "",
                keep_until=keep_until if what == Ending.CLOSE else None,
                asked_by=actor.person,
                asked_by_name=actor.name,
                asked_side=actor.side,
                asked_at=now,
            )
    except IntegrityError as error:
        raise Refused("", "Somebody asked for this a moment ago.") from error
    payload = {"ending": row.pk, "what": what, "reason": reason, "made": row.made, "keep_until": keep_until}
    ledger.record(fresh, actor, "ending_asked", payload, now)
    if what == Ending.CLOSE and fresh.kept_by != KeptBy.BOTH:
        _agreed(row, fresh, actor, now)
    return row


def may_agree(row: EndingAsked, contract: Contract, actor: Actor) -> str:
    """Why this person may not agree; "" where they may."""
    if actor.person is None or actor.person.pk == row.asked_by_id:
        return "You asked for it: somebody else must agree."
    if contract.kept_by == KeptBy.BOTH and actor.side == row.asked_side and actor.side != Side.NEITHER:
        word = contract.word_for(Side(row.asked_side).other)
        return f"Somebody who manages the contract for the {word} must agree."
    return ""


@transaction.atomic
def agree(row: EndingAsked, actor: Actor, now: datetime) -> EndingAsked:
    """Agree to what somebody else asked for, and do it. Raises Refused."""
    contract = _locked(row.contract)
    fresh = _waiting_row(row)
    if why := may_agree(fresh, contract, actor):
        raise Refused("", why)
    _require_possible(contract, Ending(fresh.what), now)
    _agreed(fresh, contract, actor, now)
    return fresh


@transaction.atomic
def withdraw(row: EndingAsked, actor: Actor, now: datetime, *, reason: str) -> EndingAsked:
    """Take back what one asked for, or refuse what another asked for. Raises Refused."""
    reason = required("reason", reason, "Say why, for the record.", longest=2000)
    contract = _locked(row.contract)
    fresh = _waiting_row(row)
    fresh.withdrawn_at, fresh.withdrawn_by_name, fresh.withdrawn_reason = now, actor.name, reason
    fresh.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawn_reason"])
    payload = {"ending": fresh.pk, "what": fresh.what, "asked_by": fresh.asked_by_name, "reason": reason}
    ledger.record(contract, actor, "ending_withdrawn", payload, now)
    return fresh


def _agreed(row: EndingAsked, contract: Contract, actor: Actor, now: datetime) -> None:
    row.agreed_by, row.agreed_by_name, row.agreed_side = actor.person, actor.name, actor.side
    row.agreed_at = now
    row.save(update_fields=["agreed_by", "agreed_by_name", "agreed_side", "agreed_at"])
    {Ending.CLOSE: _close, Ending.OPEN_AGAIN: _open_again, Ending.ERASE: ask_to_erase}[Ending(row.what)](
        row, contract, actor, now
    )


def _close(row: EndingAsked, contract: Contract, actor: Actor, now: datetime) -> None:
    keeping = keeping_of(contract, london_day(now), Made(row.made), row.keep_until)
    payload = {"asked_by": row.asked_by_name, "reason": row.reason, "kept_until": keeping.day}
    ledger.record(contract, actor, "contract_closed", payload, now)
    contract.closed_at, contract.kept_until = now, keeping.day
    contract.save(update_fields=["closed_at", "kept_until"])
    WakeUp.objects.filter(contract=contract).delete()
    unsent = Notice.objects.filter(contract=contract, sent_at=None, cancelled_at=None, claimed_at=None)
    unsent.update(cancelled_at=now, cancelled_why=windows.CLOSED)


def _open_again(row: EndingAsked, contract: Contract, actor: Actor, now: datetime) -> None:
    contract.closed_at, contract.kept_until = None, None
    contract.save(update_fields=["closed_at", "kept_until"])
    payload = {"asked_by": row.asked_by_name, "reason": row.reason}
    ledger.record(contract, actor, "contract_opened_again", payload, now)
    lock(contract, now)
    reconcile(contract, now, actor, because=BECAUSE)
    planning.plan(Duty.objects.filter(contract=contract, phase=Phase.OPEN), now)


def _require_possible(contract: Contract, what: Ending, now: datetime) -> None:
    closed = contract.closed_at is not None
    if what == Ending.CLOSE and closed:
        raise Refused("", f"{contract.reference} is closed already.")
    if what == Ending.OPEN_AGAIN and not closed:
        raise Refused("", f"{contract.reference} is open.")
    if what == Ending.ERASE and (why := why_not_erased(contract, now)):
        raise Refused("", f"It cannot be erased yet. {why}")


def _waiting_row(row: EndingAsked) -> EndingAsked:
    fresh = EndingAsked.objects.get(pk=row.pk)
    if fresh.agreed_at is not None:
        raise Refused("", f"{fresh.agreed_by_name} agreed to it already.")
    if fresh.withdrawn_at is not None:
        raise Refused("", f"{fresh.withdrawn_by_name} put it aside already.")
    return fresh


def _locked(contract: Contract) -> Contract:
    return locked(contract)
