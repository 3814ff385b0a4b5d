"""The yearly review of an adopted plan, and changes to it (Order Schedule 9, A 4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Contract, Variation, VariationState
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.distribution import may_name
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.terms.moments import When, london_day
from contracts.terms.restricted import RESERVED, is_reserved
from obligations.plans.kinds import NEW, PlanKind, kinds, machines
from obligations.plans.models import PlanChange, PlanReview, PlanState, PlanVersion
from obligations.plans.services import acting

HEADS = ("plan_improvements", "risk_assessments", "control_measures")
"""The fields of the three result heads, in the order of A 4.4.2 (a) to (c)."""
HEAD_WORDS = dict(
    zip(HEADS, ("Improvements of the plan", "Risk assessments", "Control measures"), strict=True)
)
"""What they are called where the contract's paragraphs do not name them."""


@transaction.atomic
def complete_review(
    contract: Contract, actor: Actor, now: datetime, *, plan: str, on: When | None = None, **heads: str
) -> PlanReview:
    """Record a full review of the adopted plan with its three result heads. Raises Refused on a head."""
    kind, version = _adopted(contract, plan)
    person, state = acting.allowed(kind, "review", "complete", NEW, contract, actor, now)
    texts = {name: _text(name, heads.get(name, "")) for name in HEADS}
    when = acting.moment_of(on, now, "on")
    acting.not_before(when, version.decided, "on", "the plan was adopted")
    row = PlanReview.objects.create(
        contract=contract,
        version=version,
        state=state,
        completed_on=london_day(when),
        completed_by=person,
        **texts,
    )
    _told_review(row, kind, actor, now, "complete")
    acting.record(kind, contract, actor, now, "complete", when, version=version.name)
    return row


@transaction.atomic
def provide_results(review: PlanReview, actor: Actor, now: datetime, *, on: When | None = None) -> PlanReview:
    """The results went to the other side. Raises Refused."""
    lock(review.contract)
    review = PlanReview.objects.select_related("contract", "version").get(pk=review.pk)
    contract = review.contract
    kind = acting.kind_of(contract, review.version.plan)
    person, review.state = acting.allowed(kind, "review", "provide", review.state, contract, actor, now)
    when = acting.moment_of(on, now, "on")
    acting.not_before(when, review.completed_on, "on", "the review was completed")
    review.provided_on, review.provided_by = london_day(when), person
    review.save(update_fields=["state", "provided_on", "provided_by"])
    _told_review(review, kind, actor, now, "provide")
    acting.record(kind, contract, actor, now, "provide", when, version=review.version.name)
    return review


@transaction.atomic
def raise_change(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    plan: str,
    event: str,
    reference: str,
    description: str,
    timescale: str = "",
    on: When | None = None,
) -> PlanChange:
    """Propose a change, or (``require``) require one early with its timescale. Raises Refused."""
    if event not in ("propose", "require"):
        raise Refused("event", "Choose whether the change is proposed or required early.")
    kind, version = _adopted(contract, plan)
    person, state = acting.allowed(kind, "change", event, NEW, contract, actor, now)
    reference = required("reference", reference, "Enter a name, for example Change 4.", longest=60)
    if is_reserved(reference) or not may_name(contract, actor.person, reference):
        raise Refused("reference", f"Enter another name: only Duly gives names with {RESERVED} in them.")
    if PlanChange.objects.filter(contract=contract, reference=reference).exists():
        raise Refused("reference", f"There is a {reference} already; enter another name.")
    description = required("description", description, "Say what changes and why.", longest=5000)
    if event == "require":
        timescale = required("timescale", timescale, "Say by when it is required.", longest=200)
    when = acting.moment_of(on, now, "on")
    acting.not_before(when, version.decided, "on", "the plan was adopted")
    row = PlanChange.objects.create(
        contract=contract,
        plan=plan,
        reference=reference,
        description=description,
        timescale=timescale if event == "require" else "",
        state=state,
        raised_on=london_day(when),
        raised_by=person,
        raised_side=actor.side,
    )
    _told_change(row, actor, now, event)
    details = {"reason": description}
    acting.record(kind, contract, actor, now, event, when, subject=reference, **details)
    return row


@transaction.atomic
def implement_change(
    change: PlanChange, actor: Actor, now: datetime, *, on: When | None = None
) -> PlanChange:
    """A change required early is in the plan (A 4.4.4). Raises Refused."""
    kind, change = _locked(change)
    _, change.state = acting.allowed(kind, "change", "implement", change.state, change.contract, actor, now)
    when = acting.moment_of(on, now, "on")
    acting.not_before(when, change.raised_on, "on", "the change was required")
    change.implemented_on = london_day(when)
    change.save(update_fields=["state", "implemented_on"])
    _told_change(change, actor, now, "implement")
    acting.record(kind, change.contract, actor, now, "implement", when, subject=change.reference)
    return change


@transaction.atomic
def formalise_change(
    change: PlanChange, actor: Actor, now: datetime, *, variation: Variation | None, on: When | None = None
) -> PlanChange:
    """A variation records the change (A 4.4.3, 4.4.4). Raises Refused on ``variation``."""
    kind, change = _locked(change)
    _, change.state = acting.allowed(kind, "change", "formalise", change.state, change.contract, actor, now)
    if variation is None or variation.contract_id != change.contract_id:
        raise Refused("variation", "Choose a variation of this contract.")
    if variation.state == VariationState.WITHDRAWN:
        raise Refused("variation", f"Variation {variation.number} was withdrawn; choose another.")
    when = acting.moment_of(on, now, "on")
    acting.not_before(when, change.implemented_on or change.raised_on, "on", "the change came up")
    change.variation, change.formalised_on = variation, london_day(when)
    change.save(update_fields=["state", "variation", "formalised_on"])
    _told_change(change, actor, now, "formalise", variation_number=variation.number)
    acting.record(kind, change.contract, actor, now, "formalise", when, subject=change.reference)
    return change


def _adopted(contract: Contract, plan: str) -> tuple[PlanKind, PlanVersion]:
    """The adopted version, under the contract's lock. Raises Refused."""
    kind = acting.kind_of(contract, plan)
    lock(contract)
    version = PlanVersion.objects.filter(contract=contract, plan=plan, state=PlanState.ADOPTED).first()
    if not kind.has_reviews or version is None:
        raise Refused("", "No version is adopted yet, so there is nothing to review or change.")
    return kind, version


def _text(name: str, value: str) -> str:
    return required(name, value, "Write the result, or that there is none.", longest=20_000)


def _locked(change: PlanChange) -> tuple[PlanKind, PlanChange]:
    lock(change.contract)
    fresh = PlanChange.objects.select_related("contract").get(pk=change.pk)
    return acting.kind_of(fresh.contract, fresh.plan), fresh


def _told_review(row: PlanReview, kind: PlanKind, actor: Actor, now: datetime, event: str) -> None:
    label = machines()["review"].events[event].label
    payload: dict[str, Any] = {"plan": kind.key, "plan_title": kind.title, "event": event, "label": label}
    payload |= {"version": row.version.name, "review": row.pk, "state": row.state}
    ledger.record(row.contract, actor, "plan_review_moved", payload, now)


def _told_change(row: PlanChange, actor: Actor, now: datetime, event: str, **more: str) -> None:
    kind, label = kinds()[row.plan], machines()["change"].events[event].label
    payload: dict[str, Any] = {
        "plan": kind.key,
        "plan_title": kind.title,
        "event": event,
        "label": label,
        **more,
    }
    payload |= {"reference": row.reference, "change": row.pk, "state": row.state}
    ledger.record(row.contract, actor, "plan_change_moved", payload, now)
