"""What was done before its duty began: asked about, kept, and confirmed (R36)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Contract, KeptBy, Person, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day, long_day
from contracts.terms.restricted import key_for
from obligations.models import Duty, EarlyConfirmation, Evidence, EvidenceKind, FactRecord, Party, Phase
from obligations.rules.engine.early import UNCONFIRMED
from obligations.rules.register.facts import BEFORE_OWED
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.notices import planning
from obligations.services.reconciling import ledger_payloads
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile

WAITING = (Phase.OPEN, Phase.AWAITING, Phase.SUSPENDED, Phase.BEFORE)
EVIDENCE = "evidence "


def key_of(record: Evidence | FactRecord) -> str:
    """The key under which the engine knows a piece of evidence or a fact."""
    return f"{EVIDENCE}{record.pk}" if isinstance(record, Evidence) else str(record.pk)


def waiting(duty: Duty) -> dict[str, str]:
    """What was done before the duty began and waits for a confirmation: what the step says, by its key."""
    if duty.phase not in WAITING:
        return {}
    steps: Iterable[dict[str, Any]] = (duty.derivation or {}).get("steps", [])
    return {
        step["decision"]: step["text"]
        for step in steps
        if step.get("rule") == "R36" and step.get("decision") and step["text"].endswith(UNCONFIRMED)
    }


def question(duty: Duty, done: str) -> str:
    """What the page asks of an act before its duty began."""
    began = long_day(london_day(duty.cause.happened if duty.cause is not None else duty.owed_from))
    asked = "Say whether it was done then and counts, or correct the day."
    return f"{done} lies before this duty began ({began}). {asked}"


def ask_about_facts(contract: Contract, facts: Iterable[FactRecord]) -> None:
    """Refuse on ``done_before_owed`` where a fact would meet a duty that began after it. 1 query."""
    by_key = {key_of(fact): fact for fact in facts if BEFORE_OWED not in fact.details}
    subjects = {fact.subject for fact in by_key.values()}
    for duty in Duty.objects.filter(contract=contract, subject__in=subjects, phase__in=WAITING).order_by(
        "pk"
    ):
        for key in waiting(duty):
            if key in by_key:
                day = long_day(london_day(by_key[key].happened))
                raise Refused(BEFORE_OWED, f"{duty.title}: {question(duty, day)}")


@transaction.atomic
def confirm_early(duty: Duty, actor: Actor, now: datetime, *, key: str) -> Evidence:
    """Confirm that what was done before the duty began counts for it, on its own day.

    ``key``: the engine's, of the fact or the evidence that the duty points to. A person of the side that owes
    the duty confirms, or whoever keeps the contract alone (R33). Raises Refused.
    """
    if actor.person is None:
        raise Refused("", "Only a person confirms what was done.")
    contract = duty.contract
    lock(contract, now)
    duty = Duty.objects.select_related("obligation__paragraph__schedule").get(pk=duty.pk)
    if key not in waiting(duty):
        raise Refused("", "There is nothing to confirm here any more.")
    side = owing_side(contract, duty, actor)
    if key.startswith(EVIDENCE):
        proof = Evidence.objects.get(contract=contract, duty=duty, pk=int(key.removeprefix(EVIDENCE)))
    else:
        fact = FactRecord.objects.get(contract=contract, pk=int(key), withdrawn_at=None)
        proof = _standing_for(contract, duty, fact, actor.person, side, now)
    confirm(proof, actor.person, side, now)
    payload = ledger_payloads.of_evidence(proof, duty) | {"from_letter": actor.side != side}
    ledger.record(contract, actor, "evidence_confirmed_early", payload, now)
    reconcile(
        contract, now, actor, subjects={duty.subject}, because="What was done before it was owed counts"
    )
    planning.plan_submitted(proof, now)
    return proof


def confirm(proof: Evidence, person: Person, side: str, now: datetime) -> None:
    """Put on the record that evidence counts although it was done before its duty began."""
    EarlyConfirmation.objects.create(
        evidence=proof, confirmed_by=person, confirmed_side=side, confirmed_at=now
    )


def owing_side(contract: Contract, duty: Duty, actor: Actor) -> str:
    """The side whose act is proven. One party alone records the other's acts from its letters (R33).

    Raises Refused.
    """
    if actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties logs evidence.")
    if duty.party in (Party.BOTH, actor.side):
        return actor.side
    if contract.kept_by == KeptBy.BOTH:
        raise Refused("", f"The {contract.word_for(duty.party)} owes this duty and logs its evidence.")
    return duty.party


def _standing_for(
    contract: Contract, duty: Duty, fact: FactRecord, person: Person, side: str, now: datetime
) -> Evidence:
    """A note that stands for the fact, so that it can be decided on; withdrawn with it, it counts no more."""
    return Evidence.objects.create(
        pk=key_for(duty.subject),
        contract=contract,
        duty=duty,
        kind=EvidenceKind.NOTE,
        note=f"Recorded: {vocabulary_of(contract).kind(fact.kind).label}",
        done_on=fact.happened_on,
        done_at=fact.happened_at,
        done_by=fact.recorded_by_name[:200],
        submitted_at=now,
        submitted_by=person,
        submitted_side=side,
        fact=fact,
    )
