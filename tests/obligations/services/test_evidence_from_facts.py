"""A fact that meets a duty which needs a decision can be decided on (R15)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations.models import Duty, Evidence, Notice, Phase
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.recording.evidence import decide
from obligations.services.recording.facts import record_fact, withdraw_fact
from tests.cast import NOON, SYSTEM, Cast, done, happened, play

pytestmark = pytest.mark.django_db
DIRECTED = date(2026, 3, 12)
IN_PLACE = date(2026, 3, 16)


@pytest.fixture
def cast() -> Cast:
    return play()


@pytest.fixture
def duty(cast: Cast) -> Duty:
    """Controls that the authority directs: it accepts them (5.6)."""
    happened(cast, "risk_discontent_notified", DIRECTED, "Risk 7", by="ada")
    return Duty.objects.get(approver="authority", phase=Phase.OPEN)


def put_in_place(cast: Cast, day: date = IN_PLACE):
    return happened(cast, "additional_controls_in_place", day, "Risk 7").fact


def again(duty: Duty) -> Duty:
    return Duty.objects.get(pk=duty.pk)


def test_the_fact_is_on_the_duty_as_evidence_and_those_who_decide_are_told(cast, duty):
    fact = put_in_place(cast)
    row = Evidence.objects.get()
    assert again(duty).phase == Phase.AWAITING
    assert (row.duty, row.fact, row.kind) == (duty, fact, "note")
    assert row.note.startswith("Recorded: ")
    assert (row.done_on, row.submitted_by, row.submitted_side) == (IN_PLACE, cast.priya, "supplier")
    told = Notice.objects.filter(stage="submitted").values_list("recipient__name", flat=True)
    assert set(told) == {"Ada Fairweather", "Ben Castellan"}
    assert LedgerEntry.objects.get(verb="evidence_logged").payload["fact"] == fact.pk


def test_accepted_it_meets_the_duty_by_the_day_it_happened(cast, duty):
    put_in_place(cast)
    decide(Evidence.objects.get(), cast.as_("ada"), NOON, outcome="accepted")
    assert (again(duty).phase, again(duty).done_on) == (Phase.MET, IN_PLACE)


def test_rejected_the_duty_is_owed_again_although_the_fact_stands(cast, duty):
    fact = put_in_place(cast)
    decide(Evidence.objects.get(), cast.as_("ada"), NOON, outcome="rejected", reason="Only half of them.")
    assert again(duty).phase == Phase.OPEN
    reconcile(cast.contract, NOON, SYSTEM, because="again")
    assert again(duty).phase == Phase.OPEN and Evidence.objects.count() == 1
    fact.refresh_from_db()
    assert fact.withdrawn_at is None


def test_withdrawn_neither_counts_and_the_evidence_stays_on_the_record(cast, duty):
    fact = put_in_place(cast)
    row = Evidence.objects.get()
    decide(row, cast.as_("ada"), NOON, outcome="accepted")
    withdraw_fact(fact, cast.as_("priya"), NOON, reason="It was another system.")
    assert again(duty).phase == Phase.OPEN
    assert Evidence.objects.get() == row


def test_what_was_withdrawn_is_not_decided_on(cast, duty):
    fact = put_in_place(cast)
    withdraw_fact(fact, cast.as_("priya"), NOON, reason="It was another system.")
    with pytest.raises(Refused, match="withdrawn"):
        decide(Evidence.objects.get(), cast.as_("ada"), NOON, outcome="accepted")
    fact = put_in_place(cast, date(2026, 3, 15))
    assert Evidence.objects.filter(fact=fact).count() == 1
    decide(Evidence.objects.get(fact=fact), cast.as_("ada"), NOON, outcome="accepted")
    assert (again(duty).phase, again(duty).done_on) == (Phase.MET, date(2026, 3, 15))


def test_evidence_already_waiting_is_decided_first_and_the_fact_stands_in_when_it_is_rejected(cast, duty):
    first = done(duty, cast, DIRECTED + timedelta(days=1))
    fact = put_in_place(cast)
    assert list(Evidence.objects.all()) == [first]
    decide(first, cast.as_("ada"), NOON, outcome="rejected", reason="The wrong document.")
    assert again(duty).phase == Phase.AWAITING and again(duty).done_on == IN_PLACE
    second = Evidence.objects.exclude(pk=first.pk).get()
    assert second.fact == fact and second.submitted_by == cast.priya


def test_sent_again_it_is_not_logged_again(cast, duty):
    for _ in range(2):
        put_in_place(cast)
    assert Evidence.objects.count() == 1


def test_a_duty_that_needs_no_decision_gets_no_note(cast):
    happened(cast, "patch_publicly_released", DIRECTED, "CVE-1", category="Critical")
    record_fact(
        cast.contract,
        cast.as_("priya"),
        NOON,
        kind="patch_applied",
        happened=IN_PLACE,
        details={"subject": "CVE-1"},
    )
    assert Duty.objects.get(subject="CVE-1").phase == Phase.MET and not Evidence.objects.exists()


def test_one_submission_stands_for_every_duty_it_meets(cast):
    for day in (date(2026, 3, 10), date(2026, 3, 11)):
        happened(cast, "risk_management_documentation_updated", day)
    fact = happened(cast, "risk_management_documentation_submitted", IN_PLACE).fact
    rows = Evidence.objects.filter(fact=fact)
    duties = Duty.objects.filter(obligation__rule_key="5.7-submit")
    assert duties.count() == rows.count() == 2
    decide(rows[0], cast.as_("ada"), NOON, outcome="rejected", reason="Not this version.")
    decide(rows[1], cast.as_("ada"), NOON, outcome="accepted")
    assert again(rows[0].duty).phase == Phase.OPEN and again(rows[1].duty).phase == Phase.MET
