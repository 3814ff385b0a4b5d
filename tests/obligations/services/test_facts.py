"""A fact recorded once makes the duties it should; withdrawn, what it caused follows (R11)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from contracts.models import KeptBy, LedgerEntry
from contracts.services import ledger
from contracts.services.errors import Refused
from contracts.terms.moments import LONDON
from obligations.models import Duty, Evidence, FactRecord, Notice, Phase
from obligations.services.recording.evidence import decide
from obligations.services.recording.facts import record_fact, withdraw_fact
from tests.cast import DMP, NOON, ORDER, SYSTEM, done, happened, patch_released, play
from tests.support.together import at_once

pytestmark = pytest.mark.django_db

RELEASED = "patch_publicly_released"
DAY = date(2026, 3, 12)


def refusal(act, *args, **kwargs) -> Refused:
    duties, facts = Duty.objects.count(), FactRecord.objects.count()
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    assert (Duty.objects.count(), FactRecord.objects.count()) == (duties, facts)
    return caught.value


def test_a_critical_patch_is_due_seven_days_after_its_release_with_the_steps():
    duty = patch_released(play())
    assert (duty.due_date, duty.phase, duty.party) == (date(2026, 3, 19), Phase.OPEN, "supplier")
    assert duty.due_at == datetime(2026, 3, 19, 23, 59, 59, tzinfo=LONDON)
    assert duty.obligation.paragraph.citation == f"{DMP}/main/10.3"
    assert "R1" in [step["rule"] for step in duty.derivation["steps"]]


def test_it_makes_the_duties_it_should_and_no_others():
    cast = play()
    before = set(Duty.objects.values_list("pk", flat=True))
    happened(cast, "audit_records_requested", date(2026, 3, 16), "R-1", by="ada")
    new = Duty.objects.exclude(pk__in=before)
    assert [(duty.obligation.rule_key, duty.due_date) for duty in new] == [("12.1", date(2026, 3, 21))]


def test_the_same_fact_twice_is_one_fact_with_its_duties_once():
    cast = play()
    first = happened(cast, RELEASED, DAY, "CVE-1", category="Critical")
    entries, duties = LedgerEntry.objects.count(), Duty.objects.count()
    again = happened(cast, RELEASED, DAY, " CVE-1 ", by="tom", category="Critical", reason="")
    assert (again.created, again.fact, bool(again.changes)) == (False, first.fact, False)
    assert (LedgerEntry.objects.count(), Duty.objects.count()) == (entries, duties)


def test_the_same_fact_with_other_details_is_refused_by_the_detail():
    cast = play()
    happened(cast, RELEASED, DAY, "CVE-1", category="Critical")
    assert refusal(happened, cast, RELEASED, DAY, "CVE-1", category="Other").field == "category"


def test_the_database_takes_the_same_fact_once_whoever_writes():
    cast = play()
    fact = happened(cast, RELEASED, DAY, "CVE-1", category="Critical").fact
    fact.pk = None
    with pytest.raises(IntegrityError, match="fact_recorded_once"), transaction.atomic():
        fact.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_sent_by_two_people_at_the_same_moment_it_is_recorded_once():
    cast = play()
    actors = [cast.as_("priya"), cast.as_("tom")]
    details = {"subject": "CVE-1", "category": "Critical"}

    def send(actor):
        return record_fact(cast.contract, actor, NOON, kind=RELEASED, happened=DAY, details=details)

    recorded = at_once(*(partial(send, actor) for actor in actors))
    assert sorted(one.created for one in recorded) == [False, True]
    assert FactRecord.objects.filter(subject="CVE-1").count() == 1
    assert Duty.objects.filter(subject="CVE-1").count() == 1
    ledger.verify(cast.contract)


@pytest.mark.parametrize(
    ("kind", "when", "details", "field"),
    [
        ("patch_realeased", DAY, {"subject": "CVE-1"}, "kind"),
        (RELEASED, DAY, {}, "subject"),
        (RELEASED, DAY, {"subject": "CVE-1", "category": "Dreadful"}, "category"),
        (RELEASED, DAY, {"subject": "C" * 201}, "subject"),
        (RELEASED, date(2026, 3, 18), {"subject": "CVE-1"}, "happened"),
        (RELEASED, NOON + timedelta(seconds=1), {"subject": "CVE-1"}, "happened"),
        (RELEASED, date(2011, 12, 31), {"subject": "CVE-1"}, "happened"),
        (RELEASED, date(1, 1, 1), {"subject": "CVE-1"}, "happened"),
    ],
)
def test_bad_input_is_refused_by_field(kind, when, details, field):
    cast = play()
    assert (
        refusal(
            record_fact, cast.contract, cast.as_("priya"), NOON, kind=kind, happened=when, details=details
        ).field
        == field
    )


def test_the_first_day_of_the_calendars_can_be_counted_from():
    """A certificate may be older than the contract; only where no calendar counts is it refused."""
    cast = play()
    recorded = happened(cast, RELEASED, date(2012, 1, 1), "CVE-1", category="Other")
    duty = Duty.objects.get(cause=recorded.fact)
    assert duty.due_date == NOON.date(), "long gone, so due when it was learnt"


@pytest.mark.parametrize("when", [NOON.date(), NOON])
def test_today_and_this_very_moment_are_not_the_future(when):
    assert happened(play(), RELEASED, when, "CVE-1", category="Critical").created


def test_each_side_records_its_own_acts_and_the_system_any():
    cast = play()
    refused = refusal(happened, cast, "audit_records_requested", DAY, "R-1", by="priya")
    assert refused.field == "kind" and "Authority" in refused.message
    recorded = record_fact(
        cast.contract, SYSTEM, NOON, kind="audit_records_requested", happened=DAY, details={"subject": "R-1"}
    )
    assert recorded.created and recorded.fact.recorded_by is None


def test_where_one_side_keeps_the_contract_it_records_the_others_acts_from_its_letters():
    cast = play(kept_by=KeptBy.SUPPLIER)
    assert happened(cast, "audit_records_requested", DAY, "R-1").created
    assert LedgerEntry.objects.get(verb="fact_recorded").payload["from_letter"] is True


def test_a_withdrawn_fact_takes_its_duties_with_it_and_they_stay_on_the_record():
    cast = play()
    duty = patch_released(cast)
    assert Notice.objects.filter(duty=duty, cancelled_at=None).exists()
    changes = withdraw_fact(duty.cause, cast.as_("priya"), NOON, reason="wrong CVE")
    duty.refresh_from_db()
    assert [row.pk for row in changes.withdrawn] == [duty.pk]
    assert (duty.phase, duty.due_date) == (Phase.WITHDRAWN, date(2026, 3, 19))
    assert not Notice.objects.filter(duty=duty, cancelled_at=None, sent_at=None).exists()
    entry = LedgerEntry.objects.get(verb="duty_withdrawn")
    assert "wrong CVE" in entry.payload["because"]


def test_with_accepted_evidence_too_and_the_evidence_is_kept():
    cast = play()
    duty = patch_released(cast)
    evidence = done(duty, cast)
    decide(evidence, cast.as_("ada"), NOON, outcome="accepted")
    withdraw_fact(duty.cause, cast.as_("priya"), NOON, reason="wrong CVE")
    duty.refresh_from_db()
    assert duty.phase == Phase.WITHDRAWN
    assert Evidence.objects.get(pk=evidence.pk).decision.outcome == "accepted"


def test_withdrawn_it_may_be_recorded_anew_with_the_right_details():
    cast = play()
    wrong = happened(cast, RELEASED, DAY, "CVE-1", category="Important")
    withdraw_fact(wrong.fact, cast.as_("tom"), NOON, reason="it is Critical")
    right = happened(cast, RELEASED, DAY, "CVE-1", category="Critical")
    assert right.created and right.fact.pk != wrong.fact.pk
    duties = Duty.objects.filter(subject="CVE-1").exclude(phase=Phase.WITHDRAWN)
    assert [(duty.obligation.rule_key, duty.cause_id) for duty in duties] == [
        ("10.3-critical", right.fact.pk)
    ]


def test_a_date_learnt_better_moves_the_duties_of_the_same_cause():
    cast = play()
    aware = datetime(2026, 3, 17, 9, tzinfo=UTC)
    happened(cast, "breach_of_security_aware", aware, "B-1")
    before = Duty.objects.get(subject="B-1", obligation__rule_key="8.2.2")
    happened(cast, "breach_of_security_occurred", datetime(2026, 3, 16, 9, tzinfo=UTC), "B-1")
    after = Duty.objects.get(pk=before.pk)
    assert (before.due_date, after.due_date) == (date(2026, 3, 19), date(2026, 3, 18))
    assert (before.deadline_version, after.deadline_version) == (1, 2)
    entry = LedgerEntry.objects.get(verb="duty_redated", payload__duty=after.pk)
    assert entry.payload["due_at_before"].startswith("2026-03-19")
    stale = Notice.objects.filter(duty=after, deadline_version=1, sent_at=None)
    assert stale.exists() and not stale.filter(cancelled_at=None).exists()
    assert Notice.objects.filter(duty=after, deadline_version=2, cancelled_at=None).exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_reason_no_withdrawal(reason):
    cast = play()
    fact = patch_released(cast).cause
    assert refusal(withdraw_fact, fact, cast.as_("priya"), NOON, reason=reason).field == "reason"


def test_only_the_side_that_recorded_it_withdraws_it_and_only_once():
    cast = play()
    fact = patch_released(cast).cause
    assert "Supplier" in refusal(withdraw_fact, fact, cast.as_("ada"), NOON, reason="no").message
    withdraw_fact(fact, cast.as_("tom"), NOON, reason="typed wrong")
    assert "already" in refusal(withdraw_fact, fact, cast.as_("tom"), NOON, reason="again").message


def test_the_database_never_edits_or_deletes_a_fact_and_keeps_it_withdrawn():
    cast = play()
    fact = patch_released(cast).cause
    rows = FactRecord.objects.filter(pk=fact.pk)
    for change in ({"happened_on": DAY + timedelta(days=1)}, {"details": {}}, {"subject": "x"}):
        with (
            pytest.raises(DatabaseError, match="fact_never_edited|read-only|Cannot update"),
            transaction.atomic(),
        ):
            rows.update(**change)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError, match="fact_withdrawn_with_a_reason"), transaction.atomic():
        rows.update(withdrawn_at=NOON)
    withdraw_fact(fact, cast.as_("priya"), NOON, reason="typed wrong")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        rows.update(withdrawn_at=None)


def test_the_database_never_deletes_a_duty_and_raises_one_per_cause():
    duty = patch_released(play())
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Notice.objects.all().delete()
        Duty.objects.filter(pk=duty.pk).delete()
    duty.pk = None
    with pytest.raises(IntegrityError, match="duty_raised_once_per_cause"), transaction.atomic():
        duty.save(force_insert=True)


def test_a_fact_that_meets_a_duty_closes_it():
    cast = play(ORDER, start_date=date(2026, 3, 2), agreement_date=date(2026, 3, 2))
    recorded = happened(cast, "smp_submitted", date(2026, 3, 16), "plan")
    duty = Duty.objects.get(obligation__rule_key="A-4.3.1")
    assert (duty.phase, duty.done_on) == (Phase.MET, date(2026, 3, 16))
    assert [row.obligation.rule_key for row in recorded.changes.closed] == ["A-4.3.1"]
    assert [row.obligation.rule_key for row in recorded.changes.raised] == ["A-4.3.2-finish"]


def test_unused_details_are_named():
    recorded = happened(play(), RELEASED, DAY, "CVE-1", category="Critical", colour="red")
    assert "colour" in recorded.ignored[0]
