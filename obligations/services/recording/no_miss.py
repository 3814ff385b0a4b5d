"""The other side accepts that a miss was none (R49)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.models import KeptBy, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from obligations.models import Duty, Miss, Phase
from obligations.rules.time.derivation import iso
from obligations.services.reconciling import ledger_payloads
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile

NONE_STANDS = "No miss of this duty stands beside its date."


def why_not_accept(duty: Duty, side: str) -> str:
    """Why somebody of this side cannot accept that the duty's miss was none; "" where they can.

    Where one side alone keeps the contract it records the other's acceptance from its letter (R33).
    """
    contract = duty.contract
    if side == Side.NEITHER:
        return "Only a person of one of the two parties accepts that a miss was none."
    if duty.party == side and contract.kept_by == KeptBy.BOTH:
        other = contract.word_for(Side(side).other)
        return f"The {other} accepts that a miss was none, not the side that owes it."
    return ""


@transaction.atomic
def accept_no_miss(duty: Duty, actor: Actor, now: datetime, *, reason: str) -> Changes:
    """Let a miss that stands beside a duty's date count no more; the duty then has the date that counts.

    It stays on the record, with who accepted it and why. Raises Refused on "reason" where none is given, and
    where no miss stands or it is not this side's to accept.
    """
    if actor.person is None:
        raise Refused("", "Only a person accepts that a miss was none.")
    reason = required("reason", reason, "Say why it was no miss, or which letter says so.", longest=2000)
    contract = duty.contract
    lock(contract, now)
    duty = Duty.objects.select_related("obligation__paragraph__schedule").get(pk=duty.pk)
    duty.contract = contract
    miss = Miss.objects.filter(duty=duty, until=None).first()
    if miss is None:
        raise Refused("", NONE_STANDS)
    if refusal := why_not_accept(duty, actor.side):
        raise Refused("", refusal)
    payload = ledger_payloads.of_duty(duty) | {"limit": iso(miss.limit), "reason": reason, "side": actor.side}
    ledger.record(contract, actor, "miss_accepted_as_none", payload, now)
    if duty.phase == Phase.MET_LATE and duty.date_stands:  # judged anew, by the date that counts
        Duty.objects.filter(pk=duty.pk).update(phase=Phase.OPEN, done_on=None, done_at=None)
    because = f"{actor.name} accepted that it was no miss: {reason}"
    changes = reconcile(
        contract, now, actor, subjects={duty.subject}, because=because, no_miss=frozenset({duty.pk})
    )
    Miss.objects.filter(pk=miss.pk, until=None).update(until=now, because=because)
    return changes
