"""Logging the proof of a duty, and deciding on it (R11, R15)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction

from contracts.models import Contract, Person, Side
from contracts.services import files, ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import When, first_moment, is_moment, london_day, long_day
from contracts.terms.restricted import key_for
from obligations.models import Decision, Duty, Evidence, EvidenceKind, Outcome, Phase
from obligations.services.asking import calendars
from obligations.services.notices import planning
from obligations.services.reconciling import ledger_payloads
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.recording import early, evidence_from_facts

TAKES_EVIDENCE = (Phase.OPEN, Phase.AWAITING, Phase.SUSPENDED, Phase.BEFORE)
is_a_web_address = URLValidator(schemes=["http", "https"])


def log_evidence(
    duty: Duty,
    actor: Actor,
    now: datetime,
    *,
    kind: str,
    done: When,
    done_by: str,
    note: str = "",
    link: str = "",
    file: UploadedFile[bytes] | None = None,
    done_before_owed: bool | None = None,
) -> Evidence:
    """Put on the record that a duty was done: when (not in the future), by whom, and the proof of it.

    ``done`` is a London day, or a moment, which a limit in hours needs. ``done_before_owed``: of what was
    done before the duty began, whether it counts; False keeps it, and it meets nothing (R36). Raises Refused
    naming the field, that one where it is not said; nothing is kept then, the file neither.
    """
    if kind not in EvidenceKind.values:
        raise Refused("kind", f"Choose what the evidence is: one of {', '.join(EvidenceKind.values)}.")
    row = Evidence(
        kind=kind,
        note=_note(note, kind),
        link=_link(link) if kind == EvidenceKind.LINK else "",
        done_on=london_day(done),
        done_at=done if is_moment(done) else None,
        done_by=required("done_by", done_by, "Enter who did it.", longest=200),
        submitted_at=now,
        submitted_by=_person(actor),
    )
    if first_moment(done) > now:
        raise Refused("done", "This is in the future; enter the day on which it was done.")
    calendars.within(done, "done")
    keeping: Any = nullcontext()
    if kind == EvidenceKind.FILE:
        checked = files.check(file)
        row.file_name, row.size, row.sha256 = checked.name, checked.size, checked.sha256
        keeping = files.stored(row.file, checked)
    with keeping, transaction.atomic():
        return _log(duty, row, actor, now, done_before_owed)


@transaction.atomic
def decide(evidence: Evidence, actor: Actor, now: datetime, *, outcome: str, reason: str = "") -> Decision:
    """Accept evidence, or reject it with a reason: the duty is owed again then, with the same date (R15).

    Where the register names an approver that side decides; else the other side may confirm or challenge.
    Nobody decides on their own evidence; but where one side alone keeps the contract its people record the
    other's decision from its letter, and ``reason`` says which letter that is (R33). Raises Refused.
    """
    person = _person(actor)
    if outcome not in Outcome.values:
        raise Refused("outcome", "Choose whether to accept or to reject the evidence.")
    reason = reason.strip()
    if outcome == Outcome.REJECTED and not reason:
        raise Refused("reason", "Say what is missing, so that it can be put right.")
    contract = evidence.contract
    lock(contract, now)
    duty = _fetched(evidence.duty_id)
    if Decision.objects.filter(evidence=evidence).exists():
        raise Refused("", "This evidence has been decided on already.")
    if duty.phase == Phase.WITHDRAWN:
        raise Refused("", "This duty was withdrawn; there is nothing to decide.")
    if evidence.fact is not None and evidence.fact.withdrawn_at is not None:
        raise Refused("", "What this stands for was withdrawn; there is nothing to decide.")
    if early.key_of(evidence) in early.waiting(duty):
        raise Refused("", "This was done before the duty began, and meets nothing until that is confirmed.")
    side = _deciding_side(contract, duty, evidence, actor)
    letter = actor.side != side
    if letter and not reason:
        raise Refused("reason", "Say which letter it is taken from: its date and reference.")
    decision = Decision.objects.create(
        pk=key_for(duty.subject),
        contract=contract,
        evidence=evidence,
        outcome=outcome,
        reason=reason,
        decided_by=person,
        decided_side=side,
        decided_at=now,
        from_letter=letter,
    )
    payload = ledger_payloads.of_evidence(evidence, duty) | {
        "decided_side": decision.decided_side,
        "from_letter": letter,
        "reason": reason,
    }
    ledger.record(contract, actor, f"evidence_{outcome}", payload, now)
    because = f"Evidence {outcome}: {reason}" if reason else f"Evidence {outcome}"
    rejected = outcome == Outcome.REJECTED  # what ran from it never did
    subjects = {duty.subject}
    reconcile(contract, now, actor, subjects=subjects, because=because, shows_wrong=rejected)
    evidence_from_facts.add_evidence_for_facts(contract, now)
    planning.plan_decided(decision, now)
    return decision


def _log(duty: Duty, row: Evidence, actor: Actor, now: datetime, counts: bool | None) -> Evidence:
    contract = duty.contract
    lock(contract, now)
    duty = _fetched(duty.pk)
    if duty.phase not in TAKES_EVIDENCE:
        raise Refused("", f"This duty takes no more evidence: {duty.get_phase_display().lower()}.")
    row.pk, row.contract, row.duty = key_for(duty.subject), contract, duty
    row.submitted_side = early.owing_side(contract, duty, actor)
    if row.done_at is None and duty.derivation.get("hour_clock"):
        raise Refused("done", "Enter the time of day too: this limit runs in hours.")
    row.save(force_insert=True)
    if counts:
        early.confirm(row, _person(actor), row.submitted_side, now)
    payload = ledger_payloads.of_evidence(row, duty) | {"from_letter": actor.side != row.submitted_side}
    payload |= {} if counts is None else {"done_before_owed": counts}
    ledger.record(contract, actor, "evidence_logged", payload, now)
    reconcile(contract, now, actor, subjects={duty.subject}, because="Evidence was logged")
    before, duty = duty.phase, _fetched(duty.pk)
    if early.key_of(row) in early.waiting(duty):
        if counts is None:
            raise Refused("done_before_owed", early.question(duty, long_day(london_day(row.done))))
        return row
    if duty.phase in TAKES_EVIDENCE and duty.phase == before != Phase.AWAITING:
        since = long_day(london_day(duty.owed_from))
        raise Refused("done", f"This does not count for this duty, which runs from {since}: check the day.")
    planning.plan_submitted(row, now)
    return row


def _deciding_side(contract: Contract, duty: Duty, evidence: Evidence, actor: Actor) -> str:
    other = Side(evidence.submitted_side).other
    letter = decided_by_letter(contract, evidence, actor.side)
    if evidence.submitted_by_id == _person(actor).pk and not letter:
        raise Refused("", "You logged this evidence yourself, so somebody else decides on it.")
    if actor.side == Side.NEITHER:
        raise Refused("", f"The {contract.word_for(other)} decides on this evidence.")
    if duty.approver and duty.approver != other:
        raise Refused("", f"The {contract.word_for(duty.approver)} decides on evidence for this duty.")
    if actor.side != other and not letter:
        raise Refused("", f"The {contract.word_for(other)} decides on this evidence, not your own side.")
    return other


def decided_by_letter(contract: Contract, evidence: Evidence, side: str) -> bool:
    """Whether somebody of this side records the other side's decision, because it alone keeps the contract
    (R33).
    """
    return contract.kept_by == side and Side(evidence.submitted_side).other != side


def _fetched(duty_id: int) -> Duty:
    return Duty.objects.select_related("obligation__paragraph__schedule").get(pk=duty_id)


def _person(actor: Actor) -> Person:
    if actor.person is None:
        raise Refused("", "Only a person logs evidence or decides on it.")
    return actor.person


def _note(note: str, kind: str) -> str:
    note = note.strip()
    if kind == EvidenceKind.NOTE:
        return required("note", note, "Write what was done.")
    return note


def _link(link: str) -> str:
    link = required("link", link, "Enter the address of the evidence.", longest=2000)
    try:
        is_a_web_address(link)
    except ValidationError as error:
        raise Refused("link", "Enter a full web address, beginning with https://.") from error
    return link
