"""What was done before its duty began: asked about, kept, pointed to, confirmed (R36)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations.models import Duty, EarlyConfirmation, Evidence, FactRecord, Phase
from obligations.services.recording.early import confirm_early, key_of, waiting
from obligations.services.recording.evidence import decide, log_evidence
from obligations.services.recording.facts import record_fact, withdraw_fact
from tests.cast import NOON, happened, patch_released, play

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads")]
BEFORE = date(2026, 3, 11)  # the patch is released on 12 March 2026
CVE = "CVE-2026-0001"


def log(duty, cast, day=BEFORE, by="priya", **kwargs):
    known = {"kind": "note", "done": day, "done_by": "Priya", "note": "Done."} | kwargs
    return log_evidence(duty, cast.as_(by), NOON, **known)


def again(duty) -> Duty:
    return Duty.objects.get(pk=duty.pk)


@pytest.mark.parametrize("day", [date(2020, 1, 1), BEFORE])
def test_evidence_from_before_is_asked_about_and_nothing_is_kept(day):
    cast = play()
    duty = patch_released(cast)
    with pytest.raises(Refused, match="lies before this duty began") as caught:
        log(duty, cast, day)
    assert caught.value.field == "done_before_owed"
    assert not Evidence.objects.exists() and again(duty).phase == Phase.OPEN


def test_evidence_of_the_very_day_is_not_asked_about():
    cast = play()
    duty = patch_released(cast)
    log(duty, cast, date(2026, 3, 12))
    assert again(duty).phase == Phase.MET


def test_confirmed_it_counts_on_its_own_day():
    cast = play()
    duty = patch_released(cast)
    log(duty, cast, done_before_owed=True)
    duty = again(duty)
    assert (duty.phase, duty.done_on) == (Phase.MET, BEFORE)
    assert EarlyConfirmation.objects.get().confirmed_by == cast.priya
    assert LedgerEntry.objects.get(verb="evidence_logged").payload["done_before_owed"] is True


def test_not_confirmed_it_is_kept_and_the_duty_points_to_it_until_somebody_confirms():
    cast = play()
    duty = patch_released(cast)
    proof = log(duty, cast, done_before_owed=False)
    assert again(duty).phase == Phase.OPEN
    assert list(waiting(again(duty))) == [key_of(proof)]
    with pytest.raises(Refused, match="meets nothing until that is confirmed"):
        decide(proof, cast.as_("ada"), NOON, outcome="accepted")
    with pytest.raises(Refused, match="owes this duty"):
        confirm_early(duty, cast.as_("ada"), NOON, key=key_of(proof))
    confirm_early(duty, cast.as_("priya"), NOON, key=key_of(proof))
    duty = again(duty)
    assert (duty.phase, duty.done_on, waiting(duty)) == (Phase.MET, BEFORE, {})
    assert LedgerEntry.objects.filter(verb="evidence_confirmed_early").count() == 1
    with pytest.raises(Refused, match="nothing to confirm"):
        confirm_early(duty, cast.as_("priya"), NOON, key=key_of(proof))


def test_a_fact_from_before_is_kept_and_confirmed_by_a_note_that_stands_for_it():
    cast = play()
    applied = happened(cast, "patch_applied", BEFORE, CVE).fact
    duty = patch_released(cast)
    assert (duty.phase, list(waiting(duty))) == (Phase.OPEN, [key_of(applied)])
    proof = confirm_early(duty, cast.as_("priya"), NOON, key=key_of(applied))
    assert (again(duty).phase, again(duty).done_on, proof.fact) == (Phase.MET, BEFORE, applied)
    withdraw_fact(applied, cast.as_("priya"), NOON, reason="The day was wrong.")
    assert again(duty).phase == Phase.OPEN


@pytest.mark.parametrize(("answer", "phase"), [({}, None), (False, Phase.OPEN), (True, Phase.MET)])
def test_a_page_asks_about_a_fact_and_others_say(answer, phase):
    cast = play()
    duty = patch_released(cast)
    details = {"subject": CVE} | ({} if answer == {} else {"done_before_owed": answer})
    known = {"kind": "patch_applied", "happened": BEFORE, "details": details}
    if phase is None:
        with pytest.raises(Refused) as caught:
            record_fact(cast.contract, cast.as_("priya"), NOON, **known, asks=True)
        assert caught.value.field == "done_before_owed"
        assert FactRecord.objects.count() == 1
        record_fact(cast.contract, cast.as_("priya"), NOON, **known)
        phase = Phase.OPEN
    else:
        record_fact(cast.contract, cast.as_("priya"), NOON, **known, asks=True)
    assert again(duty).phase == phase


def test_an_approval_before_the_use_is_not_asked_about():
    cast = play()
    happened(cast, "security_approval_obtained", BEFORE, "Portal", by="ada")
    record_fact(
        cast.contract,
        cast.as_("priya"),
        NOON,
        kind="data_processing_proposed",
        happened=date(2026, 3, 12),
        details={"subject": "portal"},
        asks=True,
    )
    gate = Duty.objects.get(obligation__rule_key="2.1.1")
    assert (gate.phase, gate.done_on, gate.subject) == (Phase.MET, BEFORE, "Portal")
