"""Until when the record of a contract is kept: the law, its own paragraphs, what people asked, and holds."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.models import Contract, Ending, EndingAsked, KeepingHold
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import lock, locked
from contracts.terms.keeping import KeptUntil, Made, Reason, kept_until
from contracts.terms.moments import Day, london_day, long_day
from obligations.models import Duty, Phase


def keeping_of(contract: Contract, closed: Day, made: Made, keep_until: Day | None = None) -> KeptUntil:
    """Until when the record is kept if the contract is closed on a London day. 1 query.

    ``keep_until``: a day that people asked for. Of the contract's paragraphs the longest retention counts.
    """
    others = []
    rows = Duty.objects.filter(contract=contract, retention=True, due_at__isnull=False, phase=Phase.OPEN)
    duty = rows.select_related("obligation__paragraph").order_by("-due_at").first()
    if duty is not None and duty.due_at is not None:
        place = duty.obligation.paragraph.printed or duty.obligation.paragraph.number
        others.append(Reason(london_day(duty.due_at), f"{duty.title}: paragraph {place} of the contract"))
    if keep_until is not None:
        others.append(Reason(keep_until, "Who asked that it be closed wanted it kept until then"))
    return kept_until(closed, contract.end_date, contract.division, made, others)


def kept(contract: Contract) -> KeptUntil | None:
    """Why a closed contract is kept as long as it is; None while it is open. 2 queries."""
    if contract.closed_at is None or contract.kept_until is None:
        return None
    asked = contract.endings.filter(what=Ending.CLOSE, agreed_at__isnull=False).order_by("-agreed_at").first()
    made = Made(asked.made) if asked and asked.made else Made.SIMPLE
    found = keeping_of(contract, london_day(contract.closed_at), made, asked.keep_until if asked else None)
    if contract.kept_until <= found.day:
        return found
    longer = Reason(contract.kept_until, "People asked for longer since; the ledger says who and why")
    return KeptUntil(contract.kept_until, (longer, *found.reasons))


@transaction.atomic
def keep_longer(contract: Contract, actor: Actor, now: datetime, *, until: Day, reason: str) -> None:
    """Keep a closed contract until a later London day. Never shorter. Raises Refused."""
    reason = required("reason", reason, "Say why it is kept for longer.", longest=2000)
    fresh = _closed(contract)
    if fresh.kept_until is None or until <= fresh.kept_until:
        day = long_day(fresh.kept_until or until)
        raise Refused(
            "until", f"It is kept until {day} already. Enter a later day: it is never kept shorter."
        )
    before, fresh.kept_until = fresh.kept_until, until
    fresh.save(update_fields=["kept_until"])
    payload = {"before": before, "after": until, "reason": reason}
    ledger.record(fresh, actor, "keeping_lengthened", payload, now)


@transaction.atomic
def set_hold(contract: Contract, actor: Actor, now: datetime, *, reason: str) -> KeepingHold:
    """Nothing of the contract is erased until the hold is lifted. Raises Refused on "reason"."""
    reason = required("reason", reason, "Say why it must be kept.", longest=2000)
    if actor.person is None:
        raise Refused("", "Only a person sets a hold.")
    lock(contract)
    hold = KeepingHold.objects.create(
        contract=contract,
        reason=reason,
        set_by=actor.person,
        set_by_name=actor.name,
        set_side=actor.side,
        set_at=now,
    )
    ledger.record(contract, actor, "hold_set", {"hold": hold.pk, "reason": reason}, now)
    return hold


@transaction.atomic
def lift_hold(hold: KeepingHold, actor: Actor, now: datetime, *, reason: str) -> None:
    """The hold is no longer needed: for the side that set it to say. Raises Refused."""
    reason = required("reason", reason, "Say why it is no longer needed.", longest=2000)
    lock(hold.contract)
    fresh = KeepingHold.objects.get(pk=hold.pk)
    if fresh.lifted_at is not None:
        raise Refused("", f"{fresh.lifted_by_name} lifted this hold already.")
    if fresh.set_side != actor.side:
        word = hold.contract.word_for(fresh.set_side)
        raise Refused("", f"The {word} set this hold, so the {word} lifts it.")
    fresh.lifted_at, fresh.lifted_by_name, fresh.lifted_reason = now, actor.name, reason
    fresh.save(update_fields=["lifted_at", "lifted_by_name", "lifted_reason"])
    ledger.record(hold.contract, actor, "hold_lifted", {"hold": fresh.pk, "reason": reason}, now)


def waiting(contract: Contract) -> EndingAsked | None:
    """What somebody asked for and nobody has agreed to or withdrawn. 1 query."""
    return EndingAsked.objects.filter(contract=contract, agreed_at=None, withdrawn_at=None).first()


def why_not_erased(contract: Contract, now: datetime) -> str:
    """Why the contract may not be erased on this London day; "" where it may. 1 query."""
    if contract.closed_at is None or contract.kept_until is None:
        return "It is not closed."
    if london_day(now) <= contract.kept_until:
        return f"It is kept until {long_day(contract.kept_until)}."
    hold = contract.holds.filter(lifted_at=None).first()
    return f"{hold.set_by_name} needs it for longer: {hold.reason}" if hold else ""


def _closed(contract: Contract) -> Contract:
    """The contract as it is now, under its lock. Raises Refused where it is open."""
    fresh = locked(contract)
    if fresh.closed_at is None:
        raise Refused("", f"{fresh.reference} is not closed.")
    return fresh
