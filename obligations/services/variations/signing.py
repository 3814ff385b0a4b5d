"""Signing a variation. The second signature puts it in force: words, obligations and duties follow (R28)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from contracts.models import Contract, Document, KeptBy, Person, Side, Signature, Variation, VariationState
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.variations import described
from contracts.services.words import lay_variations_over
from contracts.terms.moments import Day, london_day, long_day
from contracts.terms.variations import Effective, effective
from obligations.services.asking.amendment_rows import adopt_new_duties
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile


@transaction.atomic
def sign_variation(
    variation: Variation,
    actor: Actor,
    now: datetime,
    *,
    side: str,
    name: str,
    job_title: str,
    signed_on: Day,
    text_hash: str,
    paper: Document | None = None,
) -> Signature:
    """Record one side's signature under exactly the text that was shared.

    ``signed_on`` is the London day of signing: not in the future, and not before the contract was made.
    ``text_hash`` is the hash of the text the signer saw. ``paper``: the signed copy, where it was signed on
    paper; then a person of either side may record it (``sign_on_paper``). Raises Refused naming the field.
    """
    contract = variation.contract
    lock(contract, now)
    variation.refresh_from_db()
    person = _may_sign(variation, actor, side, on_paper=paper is not None)
    if text_hash != variation.text_hash:
        raise Refused(
            "text_hash", "The text you saw is not the text that was shared. Read it again, then sign."
        )
    _check_day(contract, signed_on, now)
    signature = Signature.objects.create(
        contract=contract,
        variation=variation,
        side=side,
        name=required("name", name, "Enter the name of the person who signs.", longest=200),
        job_title=required("job_title", job_title, "Enter their job title.", longest=200),
        signed_on=signed_on,
        text_hash=text_hash,
        paper=paper,
        recorded_by=person,
        recorded_at=now,
    )
    payload = {
        "variation": variation.pk,
        "number": variation.number,
        "side": side,
        "name": signature.name,
        "job_title": signature.job_title,
        "signed_on": signed_on,
        "text_hash": text_hash,
        "from_letter": actor.side != side,
    }
    if paper is not None:
        payload |= {"paper": paper.name, "paper_sha256": paper.sha256}
    ledger.record(contract, actor, "variation_signed", payload, now)
    apply_if_signed(variation, actor, now)
    return signature


@transaction.atomic
def apply_if_signed(variation: Variation, actor: Actor, now: datetime) -> Changes:
    """Put a variation in force once both have signed. Doing it again changes nothing."""
    lock(variation.contract, now)
    variation.refresh_from_db()
    days = dict(variation.signatures.values_list("side", "signed_on"))
    begins = effective(days.get(Side.SUPPLIER), days.get(Side.AUTHORITY))
    if variation.state != VariationState.SHARED or begins is None:
        return Changes()
    _put_in_force(variation, begins, now)
    contract = variation.contract
    paragraphs = lay_variations_over(contract)
    obligations = adopt_new_duties(contract) + fit_to_the_words(contract)
    Contract.objects.filter(pk=contract.pk).update(text_version=F("text_version") + 1)
    payload = described(variation) | {
        "effective_day": begins.day,
        "flagged": begins.flagged,
        "paragraphs_changed": paragraphs,
        "obligations_changed": obligations,
    }
    ledger.record(contract, actor, "variation_in_force", payload, now)
    return reconcile(contract, now, actor, because=f"{variation} took effect on {long_day(begins.day)}")


def _put_in_force(variation: Variation, begins: Effective, now: datetime) -> None:
    variation.state = VariationState.IN_FORCE
    variation.effective_day, variation.effective_flagged = begins.day, begins.flagged
    variation.applied_at = now
    variation.save(update_fields=["state", "effective_day", "effective_flagged", "applied_at"])


def _may_sign(variation: Variation, actor: Actor, side: str, *, on_paper: bool) -> Person:
    contract = variation.contract
    if actor.person is None or actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties signs.")
    if side not in (Side.SUPPLIER, Side.AUTHORITY):
        raise Refused("side", "Choose which side signs.")
    if actor.side != side and contract.kept_by == KeptBy.BOTH and not on_paper:
        raise Refused("side", f"Somebody of the {contract.word_for(side)} signs for it.")
    if variation.state != VariationState.SHARED:
        raise Refused("", f"{variation} cannot be signed: {variation.get_state_display().lower()}.")
    if variation.signatures.filter(side=side).exists():
        raise Refused("side", f"The {contract.word_for(side)} has signed already.")
    return actor.person


def _check_day(contract: Contract, signed_on: date, now: datetime) -> None:
    if signed_on > london_day(now):
        raise Refused("signed_on", "This is in the future; enter the day on which it was signed.")
    if signed_on < contract.agreement_date:
        made = long_day(contract.agreement_date)
        raise Refused("signed_on", f"Enter a day on or after the day the contract was made, {made}.")
    if contract.end_date is not None and signed_on > contract.end_date:
        ended = long_day(contract.end_date)
        raise Refused("signed_on", f"The contract ended on {ended}: enter a day on or before it.")
