"""A fact that meets a duty which needs the other side's decision is evidence too, to be decided on (R15)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from contracts.models import Contract, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.terms.restricted import key_for
from obligations.models import ClaimState, Duty, Evidence, EvidenceKind, FactRecord, Party, Phase
from obligations.rules.engine.completion import names
from obligations.rules.register.facts import BEFORE_OWED
from obligations.rules.register.names import same_name
from obligations.rules.register.rule import Rule
from obligations.rules.register.vocabulary import DONE
from obligations.services.asking import engine_input
from obligations.services.asking.books import book_of
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.notices import planning
from obligations.services.reconciling import ledger_payloads
from obligations.services.recording import early

NOT_COUNTED = (ClaimState.OPEN, ClaimState.REFUSED, ClaimState.WITHDRAWN)
"""What was claimed and is not accepted meets nothing (R46)."""


def add_evidence_for_facts(contract: Contract, now: datetime) -> list[Evidence]:
    """Give every duty that awaits a decision something to decide on: a note that stands for the fact.

    It is submitted by who recorded the fact, done when it happened, and those who decide are told. Withdrawn
    with its fact it no longer counts. Nothing is written twice; what a system recorded needs a person.
    """
    undecided = Evidence.objects.filter(duty=OuterRef("pk"), decision__isnull=True, fact__withdrawn_at=None)
    waiting = Duty.objects.filter(~Exists(undecided), contract=contract, phase=Phase.AWAITING)
    waiting = waiting.exclude(approver="").select_related("obligation__paragraph__schedule")
    found = []
    for duty in waiting:
        fact = _met_by(contract, duty)
        if fact is not None and fact.recorded_by is not None:
            found.append(_note(contract, duty, fact, now))
    return found


def _met_by(contract: Contract, duty: Duty) -> FactRecord | None:
    """The fact by which the duty is done, where nothing stands for it yet."""
    rule = _rule(contract, duty)
    if rule is None or duty.done_on is None:
        return None
    facts = FactRecord.objects.filter(
        contract=contract,
        kind__in=[*rule.met_by, DONE],
        happened_on=duty.done_on,
        happened_at=duty.done_at,
        withdrawn_at=None,
    )
    facts = facts.exclude(evidence__duty=duty).exclude(claim__state__in=NOT_COUNTED)
    whole = rule.is_of_the_whole
    for fact in facts.select_related("recorded_by").order_by("pk"):
        about = whole or same_name(fact.subject, duty.subject)
        if about and (fact.kind != DONE or names(engine_input.as_fact(fact), rule)):
            return fact
    return None


def _rule(contract: Contract, duty: Duty) -> Rule | None:
    return book_of(contract, duty.obligation.rulebook_key).rule(duty.obligation.rule_key)


def _note(contract: Contract, duty: Duty, fact: FactRecord, now: datetime) -> Evidence:
    assert fact.recorded_by is not None and duty.done_on is not None
    side = fact.recorded_side if duty.party == Party.BOTH else duty.party
    row = Evidence.objects.create(
        pk=key_for(duty.subject),
        contract=contract,
        duty=duty,
        kind=EvidenceKind.NOTE,
        note=f"Recorded: {vocabulary_of(contract).kind(fact.kind).label}",
        done_on=fact.happened_on,
        done_at=fact.happened_at,
        done_by=fact.recorded_by_name[:200],
        submitted_at=now,
        submitted_by=fact.recorded_by,
        submitted_side=side,
        fact=fact,
    )
    if fact.details.get(BEFORE_OWED) is True:
        early.confirm(row, fact.recorded_by, side, now)
    payload = ledger_payloads.of_evidence(row, duty) | {
        "fact": fact.pk,
        "from_letter": fact.recorded_side != side,
    }
    actor = Actor.of(fact.recorded_by, Side(fact.recorded_side))
    ledger.record(contract, actor, "evidence_logged", payload, now)
    planning.plan_submitted(row, now)
    return row
