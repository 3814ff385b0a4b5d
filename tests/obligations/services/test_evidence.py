"""Evidence and decisions: when the thing was done counts, and nobody decides on their own (R11, R15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from contracts.models import KeptBy, LedgerEntry
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.models import Decision, Duty, Evidence, Notice, Phase
from obligations.services.recording.evidence import decide, log_evidence
from obligations.services.recording.facts import withdraw_fact
from tests.cast import NOON, SYSTEM, done, happened, patch_released, person, play

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads")]

DUE = date(2026, 3, 19)


def refusal(act, *args, **kwargs) -> Refused:
    before = (Evidence.objects.count(), Decision.objects.count(), LedgerEntry.objects.count())
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    assert (Evidence.objects.count(), Decision.objects.count(), LedgerEntry.objects.count()) == before
    return caught.value


def log(duty, cast, by="priya", **kwargs):
    kwargs = {"kind": "note", "done": date(2026, 3, 16), "done_by": "Priya", "note": "Done."} | kwargs
    return log_evidence(duty, cast.as_(by), NOON, **kwargs)


def again(duty) -> Duty:
    return Duty.objects.get(pk=duty.pk)


def to_be_approved(cast) -> Duty:
    """A duty of the supplier for which the register names the authority as approver (5.6)."""
    by = "ada" if cast.contract.kept_by == KeptBy.BOTH else "priya"
    happened(cast, "risk_discontent_notified", date(2026, 3, 13), "Risk 7", by=by)
    return Duty.objects.get(approver="authority", phase=Phase.OPEN)


def test_without_an_approver_the_record_of_the_owing_side_meets_the_duty():
    cast = play()
    duty = patch_released(cast)
    evidence = done(duty, cast)
    duty = again(duty)
    assert (duty.phase, duty.done_on, duty.due_date) == (Phase.MET, date(2026, 3, 16), DUE)
    assert (evidence.submitted_side, evidence.submitted_at, evidence.done_on) == (
        "supplier",
        NOON,
        date(2026, 3, 16),
    )


def test_the_day_done_decides_and_not_the_day_logged():
    cast = play()
    later = NOON + timedelta(days=14)
    in_time, late = (patch_released(cast, f"CVE-{number}") for number in (1, 2))
    done(in_time, cast, DUE, now=later)
    done(late, cast, DUE + timedelta(days=1), now=later)
    assert (again(in_time).phase, again(late).phase) == (Phase.MET, Phase.MET_LATE)


def test_the_other_side_may_challenge_it_and_the_duty_is_owed_again_with_the_same_date():
    cast = play()
    duty = patch_released(cast)
    evidence = done(duty, cast)
    decide(evidence, cast.as_("ada"), NOON, outcome="rejected", reason="One server was left out.")
    duty = again(duty)
    assert (duty.phase, duty.due_date, duty.deadline_version, duty.done_on) == (Phase.OPEN, DUE, 1, None)
    verbs = list(LedgerEntry.objects.order_by("number").values_list("verb", flat=True))
    assert verbs[-2:] == ["evidence_rejected", "duty_reopened"]
    done(duty, cast, date(2026, 3, 17))
    assert again(duty).phase == Phase.MET


def test_with_an_approver_it_waits_for_the_decision_and_is_neither_met_nor_overdue():
    cast = play()
    duty = to_be_approved(cast)
    evidence = log(duty, cast, done=date(2026, 3, 16))
    assert again(duty).phase == Phase.AWAITING
    assert Notice.objects.filter(duty=duty, stage="submitted", recipient=cast.ada).exists()
    decide(evidence, cast.as_("ada"), NOON + timedelta(days=60), outcome="accepted")
    assert again(duty).phase == Phase.MET


def test_rejected_by_the_approver_it_is_owed_again():
    cast = play()
    duty = to_be_approved(cast)
    decide(log(duty, cast), cast.as_("ada"), NOON, outcome="rejected", reason="The diagram is missing.")
    assert again(duty).phase == Phase.OPEN
    assert Notice.objects.filter(duty=duty, stage="decided", recipient=cast.priya).exists()


def test_of_two_pieces_one_rejected_the_other_still_waits():
    cast = play()
    duty = to_be_approved(cast)
    first, second = log(duty, cast), log(duty, cast, by="tom", note="Another.")
    decide(first, cast.as_("ada"), NOON, outcome="rejected", reason="Not this one.")
    assert again(duty).phase == Phase.AWAITING
    decide(second, cast.as_("ben"), NOON, outcome="accepted")
    assert again(duty).phase == Phase.MET


@pytest.mark.parametrize(
    ("kwargs", "field"),
    [
        ({"done": date(2026, 3, 18)}, "done"),
        ({"done": NOON + timedelta(seconds=1)}, "done"),
        ({"done": date(1926, 11, 20)}, "done"),
        ({"done_by": " "}, "done_by"),
        ({"note": " "}, "note"),
        ({"kind": "rumour"}, "kind"),
        ({"kind": "link", "link": ""}, "link"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "link"),
        ({"kind": "link", "link": "ftp://files.example/x"}, "link"),
        ({"kind": "file"}, "file"),
    ],
)
def test_bad_evidence_is_refused_by_field(kwargs, field):
    cast = play()
    duty = patch_released(cast)
    assert refusal(log, duty, cast, **kwargs).field == field
    assert again(duty).phase == Phase.OPEN


def test_done_today_is_not_the_future():
    cast = play()
    duty = patch_released(cast)
    assert log(duty, cast, done=NOON.date()).pk


def test_a_limit_in_hours_needs_the_time_of_day():
    cast = play()
    alert = datetime(2026, 3, 17, 8, 30, tzinfo=UTC)
    duty = patch_released(cast)
    Duty.objects.filter(pk=duty.pk).update(derivation=duty.derivation | {"hour_clock": True})
    assert refusal(log, duty, cast, done=date(2026, 3, 17)).field == "done"
    assert log(duty, cast, done=alert).done_at == alert


def test_a_file_is_kept_with_its_hash_and_a_link_with_its_address(uploads):
    cast = play()
    duty = patch_released(cast)
    row = log(duty, cast, kind="file", note="", file=SimpleUploadedFile("change.txt", b"applied"))
    assert (row.file_name, row.size, len(row.sha256)) == ("change.txt", 7, 64)
    with row.file.open() as kept:
        assert kept.read() == b"applied"
    other = patch_released(cast, "CVE-2")
    assert log(other, cast, kind="link", link="https://changes.example/7", note="See step 3.").note


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (SimpleUploadedFile("virus.exe", b"MZ"), "types"),
        (SimpleUploadedFile("empty.txt", b""), "empty"),
        (SimpleUploadedFile("big.txt", b"x" * 101), "at most"),
    ],
)
def test_a_refused_file_leaves_nothing(uploads, settings, file, says):
    settings.MAX_UPLOAD_BYTES = 100
    cast = play()
    duty = patch_released(cast)
    assert says in refusal(log, duty, cast, kind="file", file=file).message
    assert not [path for path in Path(uploads).rglob("*") if path.is_file()]


def test_a_file_for_a_duty_that_takes_none_is_not_kept(uploads):
    cast = play()
    duty = patch_released(cast)
    done(duty, cast)
    refusal(log, duty, cast, kind="file", file=SimpleUploadedFile("late.txt", b"x"))
    assert not [path for path in Path(uploads).rglob("*") if path.is_file()]


def test_a_duty_met_ended_or_withdrawn_takes_no_more():
    cast = play()
    met, gone = patch_released(cast, "CVE-1"), patch_released(cast, "CVE-2")
    done(met, cast)
    withdraw_fact(gone.cause, cast.as_("priya"), NOON, reason="wrong")
    for duty in (met, gone):
        assert "no more evidence" in refusal(log, duty, cast).message


def test_only_the_side_that_owes_it_logs_it():
    cast = play()
    duty = patch_released(cast)
    for name in ("ada", "olu"):
        assert refusal(log, duty, cast, by=name).field == ""
    with pytest.raises(Refused):
        log_evidence(duty, SYSTEM, NOON, kind="note", done=NOON.date(), done_by="x", note="x")


def test_evidence_that_no_occurrence_can_take_is_refused_with_the_reason():
    cast = play()
    scan = Duty.objects.get(obligation__rule_key="7.1.3")
    refused = refusal(log, scan, cast, done=date(2025, 2, 28))
    assert refused.field == "done" and "1 April 2025" in refused.message
    assert (
        refusal(log, scan, cast, done=date(2025, 3, 2)).field == "done_before_owed"
    )  # it held on 1 April (R36)


def test_own_evidence_is_refused_by_the_service_and_by_the_database():
    cast = play()
    evidence = done(patch_released(cast), cast)
    assert "yourself" in refusal(decide, evidence, cast.as_("priya"), NOON, outcome="accepted").message
    turncoat = Actor(name="Priya Nair", side="authority", person=cast.priya)
    assert "yourself" in refusal(decide, evidence, turncoat, NOON, outcome="accepted").message
    with pytest.raises(DatabaseError, match="decision_not_on_own_evidence"), transaction.atomic():
        Decision.objects.create(
            contract=cast.contract, evidence=evidence, outcome="accepted", decided_by=cast.priya,
            decided_side="authority", decided_at=NOON,
        )  # fmt: skip


def test_the_wrong_side_is_refused_by_the_service_and_by_the_database():
    cast = play()
    evidence = done(patch_released(cast), cast)
    assert "own side" in refusal(decide, evidence, cast.as_("tom"), NOON, outcome="accepted").message
    assert "Authority" in refusal(decide, evidence, cast.as_("olu"), NOON, outcome="accepted").message
    with pytest.raises(DatabaseError, match="the other side decides"), transaction.atomic():
        Decision.objects.create(
            contract=cast.contract, evidence=evidence, outcome="accepted", decided_by=cast.tom,
            decided_side="supplier", decided_at=NOON,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="decision_by_one_of_the_sides"), transaction.atomic():
        Decision.objects.create(
            contract=cast.contract, evidence=evidence, outcome="accepted", decided_by=cast.olu,
            decided_side="neither", decided_at=NOON,
        )  # fmt: skip


def test_a_rejection_needs_a_reason_and_a_decision_is_taken_once():
    cast = play()
    evidence = done(patch_released(cast), cast)
    ada = cast.as_("ada")
    assert refusal(decide, evidence, ada, NOON, outcome="rejected", reason=" ").field == "reason"
    assert refusal(decide, evidence, ada, NOON, outcome="perhaps").field == "outcome"
    decide(evidence, ada, NOON, outcome="accepted")
    assert "already" in refusal(decide, evidence, cast.as_("ben"), NOON, outcome="accepted").message
    with pytest.raises(IntegrityError, match="decision_to_reject_has_a_reason"), transaction.atomic():
        Decision.objects.create(
            contract=cast.contract, evidence=done(patch_released(cast, "CVE-2"), cast), outcome="rejected",
            decided_by=cast.ada, decided_side="authority", decided_at=NOON,
        )  # fmt: skip


def test_the_database_keeps_evidence_and_decisions_as_they_were():
    cast = play()
    evidence = done(patch_released(cast), cast)
    decision = decide(evidence, cast.as_("ada"), NOON, outcome="accepted")
    for rows, change in (
        (Evidence.objects.filter(pk=evidence.pk), {"done_on": date(2026, 3, 1)}),
        (Decision.objects.filter(pk=decision.pk), {"outcome": "rejected"}),
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_evidence_has_its_file_link_or_note_whoever_writes():
    cast = play()
    row = done(patch_released(cast), cast)
    row.pk, row.note = None, ""
    with pytest.raises(IntegrityError, match="evidence_has_its_file_link_or_note"), transaction.atomic():
        row.save(force_insert=True)


def test_one_side_alone_records_the_others_decision_from_its_letters_also_on_ones_own_evidence():
    """The letter is named, and the decision is marked as taken from it (R33)."""
    cast = play(kept_by=KeptBy.SUPPLIER)
    duty = to_be_approved(cast)
    evidence = log(duty, cast)
    refused = refusal(decide, evidence, cast.as_("priya"), NOON, outcome="accepted")
    assert refused.field == "reason" and "which letter" in refused.message
    decision = decide(evidence, cast.as_("priya"), NOON, outcome="accepted", reason="WC/7 of 16 March")
    assert (decision.decided_side, decision.decided_by) == ("authority", cast.priya)
    assert decision.from_letter
    assert LedgerEntry.objects.get(verb="evidence_accepted").payload["from_letter"] is True
    assert again(duty).phase == Phase.MET


@pytest.mark.parametrize("kept_by", ["both", "authority"])
def test_the_database_takes_no_decision_from_a_letter_where_the_deciding_side_keeps_the_contract(kept_by):
    """Where both keep the contract, or the deciding side does, it decides for itself (R33)."""
    cast = play()
    evidence = log(to_be_approved(cast), cast)
    cast.contract.kept_by = kept_by
    cast.contract.save()
    with pytest.raises(DatabaseError, match="decision_not_on_own_evidence"), transaction.atomic():
        Decision.objects.create(
            contract=cast.contract,
            evidence=evidence,
            outcome="accepted",
            reason="WC/7",
            decided_by=cast.priya,
            decided_side="authority",
            decided_at=NOON,
            from_letter=True,
        )


def test_one_side_alone_still_decides_on_its_own_evidence_for_nobody_but_the_other_side():
    cast = play(kept_by=KeptBy.SUPPLIER)
    evidence = log(to_be_approved(cast), cast)
    for wrong in ({"from_letter": False}, {"from_letter": True, "decided_side": "supplier"}):
        known = {"decided_side": "authority", "outcome": "accepted", "reason": "WC/7"} | wrong
        with pytest.raises(DatabaseError, match="decision_not_on_own_evidence"), transaction.atomic():
            Decision.objects.create(
                contract=cast.contract, evidence=evidence, decided_by=cast.priya, decided_at=NOON, **known
            )


def test_one_side_alone_logs_the_others_acts_too():
    cast = play(kept_by=KeptBy.SUPPLIER)
    happened(cast, "authority_not_content_with_risk", date(2026, 3, 12), "Risk 7")
    duty = Duty.objects.get(obligation__rule_key="5.6-inform")
    assert log(duty, cast).submitted_side == "authority"


def test_both_parties_may_prove_what_both_owe():
    from tests.cast import ORDER

    cast = play(ORDER, start_date=date(2026, 3, 2), agreement_date=date(2026, 3, 2))
    happened(cast, "smp_submitted", date(2026, 3, 16), "plan")
    duty = Duty.objects.get(obligation__rule_key="A-4.3.2-finish")
    assert log(duty, cast, by="ada", done=date(2026, 3, 17)).submitted_side == "authority"
    assert again(duty).phase == Phase.MET


def test_a_person_of_another_contract_decides_nothing_here():
    cast = play()
    evidence = done(patch_released(cast), cast)
    stranger = Actor(name="Zed", person=person("zed"))
    assert refusal(decide, evidence, stranger, NOON, outcome="accepted").field == ""
