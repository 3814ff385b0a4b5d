"""Accepting, refusing and withdrawing a claim. Each is on the record and the duties follow at once (R46)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import first_moment
from obligations.claims.services.allowed import ANSWERS, allowed, by_letter
from obligations.claims.states import machine
from obligations.models import Claim, ClaimState, Duty
from obligations.services.asking.engine_input import touched
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.notices import planning
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.recording import facts
from obligations.services.recording.claims import duty_of, payload_of
from obligations.services.recording.evidence_from_facts import add_evidence_for_facts


@transaction.atomic
def answer(claim: Claim, actor: Actor, now: datetime, *, event: str, reason: str = "") -> Changes:
    """Accept a claim, or refuse it with a reason; ``event`` is "accept" or "refuse".

    By the side that it waits for, and never by whoever made it. Where that side does not keep the contract
    the other records the answer, and ``reason`` says from which letter (R33). Raises Refused, also for a
    claim that is answered already.
    """
    if event not in ANSWERS:
        raise Refused("event", "Choose whether to accept or to refuse.")
    lock(claim.contract, now)
    claim = Claim.objects.select_related("contract", "fact").get(pk=claim.pk)
    person = allowed(claim, event, actor, now)
    reason, letter = reason.strip(), by_letter(claim.contract, claim, actor.side)
    if letter:
        reason = required("reason", reason, "Say which letter it is taken from: its date and reference.")
    elif event == "refuse":
        reason = required("reason", reason, "Say why, so that the other side can put its case better.")
    claim.state = machine().after(event, claim.state)
    claim.decided_at, claim.decided_by = now, person
    claim.decided_reason, claim.from_letter = reason, letter
    claim.save(update_fields=["state", "decided_at", "decided_by", "decided_reason", "from_letter"])
    payload = payload_of(claim) | {"answer": reason}
    ledger.record(claim.contract, actor, f"claim_{claim.state}", payload, now)
    return _follow(claim, actor, now, reason)


@transaction.atomic
def withdraw(claim: Claim, actor: Actor, now: datetime, *, reason: str) -> Changes:
    """Take an open claim back, with the fact that it is about: nothing moved. Raises Refused."""
    lock(claim.contract, now)
    claim = Claim.objects.select_related("contract", "fact__contract").get(pk=claim.pk)
    allowed(claim, "withdraw", actor, now)
    return facts.withdraw_on_page(claim.fact, actor, now, reason=reason)


def _follow(claim: Claim, actor: Actor, now: datetime, reason: str) -> Changes:
    """The duties that the answer moves, and the mail to those who made the claim."""
    about = vocabulary_of(claim.contract).kind(claim.fact.kind)
    word = (
        "Confirmed" if claim.agreement and claim.state == ClaimState.ACCEPTED else claim.get_state_display()
    )
    because = f"{word}: {about.label}. {reason}".strip()
    duty = duty_of(claim)
    changes = reconcile(
        claim.contract,
        now,
        actor,
        subjects=touched(claim.contract, claim.fact.kind, claim.subject),
        because=because,
        shows_wrong=_in_time(claim, duty),
    )
    add_evidence_for_facts(claim.contract, now)
    if duty is not None:
        planning.plan_answered(claim, duty, now)
    return changes


def _in_time(claim: Claim, duty: Duty | None) -> bool:
    """Whether what is accepted was claimed, or agreed, before the limit: the miss was none (R49)."""
    if claim.state != ClaimState.ACCEPTED:
        return False
    since = first_moment(claim.fact.happened) if claim.agreement else claim.made_at
    return duty is None or duty.limit_at is None or since <= duty.limit_at
