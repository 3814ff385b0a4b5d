"""What time alone brings: occurrences one at a time, lapses, the end of a minimum to keep (R8, R16, R26)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

import pytest

from contracts.models import LedgerEntry
from contracts.services import ledger
from contracts.terms.moments import LONDON
from obligations.models import Duty, Notice, Phase, WakeUp
from obligations.services.reconciling import recurring
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.recording.evidence import decide
from obligations.services.recording.facts import withdraw_fact
from tests.cast import NOON, ORDER, done, happened, patch_released, play
from tests.support.together import at_once

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 3, 18, tzinfo=LONDON)


def scans() -> list[tuple[date, str]]:
    duties = Duty.objects.filter(obligation__rule_key="7.1.3").order_by("due_at")
    return [(duty.due_date, duty.phase) for duty in duties]


def test_one_occurrence_is_open_at_a_time_and_the_next_runs_from_the_day_done():
    cast = play()
    assert scans() == [(date(2025, 5, 1), Phase.OPEN)]
    done(Duty.objects.get(obligation__rule_key="7.1.3"), cast, date(2025, 4, 20))
    assert scans() == [(date(2025, 5, 1), Phase.MET), (date(2025, 5, 20), Phase.OPEN)]


def test_a_rejected_occurrence_is_owed_again_and_the_next_is_taken_back():
    cast = play()
    evidence = done(Duty.objects.get(obligation__rule_key="7.1.3"), cast, date(2025, 4, 20))
    decide(evidence, cast.as_("ada"), NOON, outcome="rejected", reason="Another system was scanned.")
    assert scans() == [(date(2025, 5, 1), Phase.OPEN), (date(2025, 5, 20), Phase.WITHDRAWN)]
    done(Duty.objects.get(obligation__rule_key="7.1.3", phase="open"), cast, date(2025, 4, 20), by="tom")
    assert scans() == [(date(2025, 5, 1), Phase.MET), (date(2025, 5, 20), Phase.OPEN)]


def test_scans_recorded_as_facts_carry_the_series_on_whatever_their_subject():
    cast = play(start_date=date(2026, 1, 12), agreement_date=date(2026, 1, 12))
    for day, subject in ((date(2026, 2, 2), "scan 1"), (date(2026, 3, 2), "scan 2")):
        happened(cast, "external_vulnerability_scan_completed", day, subject)
    assert scans() == [
        (date(2026, 2, 12), Phase.MET),
        (date(2026, 3, 2), Phase.MET),
        (date(2026, 4, 2), Phase.OPEN),
    ]


def test_a_withdrawn_scan_takes_the_series_back():
    cast = play(start_date=date(2026, 1, 12), agreement_date=date(2026, 1, 12))
    scan = happened(cast, "external_vulnerability_scan_completed", date(2026, 2, 2), "scan 1").fact
    withdraw_fact(scan, cast.as_("priya"), NOON, reason="another system")
    assert scans() == [(date(2026, 2, 12), Phase.OPEN), (date(2026, 3, 2), Phase.WITHDRAWN)]


def test_nothing_is_looked_at_before_its_wake_up():
    play()
    assert WakeUp.objects.get().at == MIDNIGHT
    assert raise_recurring(MIDNIGHT - timedelta(seconds=1)) == 0
    assert raise_recurring(MIDNIGHT) == 1
    assert raise_recurring(MIDNIGHT) == 0
    assert WakeUp.objects.get().at == MIDNIGHT + timedelta(days=1)


def test_the_number_of_queries_of_an_idle_clock_does_not_grow_with_contracts(django_assert_num_queries):
    for number in range(3):
        play(reference=f"WF-{number}")
    with django_assert_num_queries(1):
        assert raise_recurring(NOON) == 0


def test_the_next_anniversary_is_raised_by_time_and_says_so():
    play()
    letters = Duty.objects.filter(obligation__rule_key="7.11")
    assert [duty.due_date for duty in letters] == [date(2026, 4, 1)]
    assert raise_recurring(datetime(2026, 4, 1, 0, 1, tzinfo=LONDON)) == 1
    assert sorted(duty.due_date for duty in letters.all()) == [date(2026, 4, 1), date(2027, 4, 1)]
    entry = LedgerEntry.objects.filter(verb="duty_raised").latest("number")
    assert (entry.actor_name, entry.actor, entry.payload["because"]) == ("Duly (clock)", None, "Time passed")


def test_periods_missed_are_counted_on_the_duty():
    play()
    scan = Duty.objects.get(obligation__rule_key="7.1.3")
    before = scan.derivation["periods_missed"]
    raise_recurring(datetime(2026, 5, 2, tzinfo=LONDON))
    scan.refresh_from_db()
    assert scan.derivation["periods_missed"] == before + 2
    assert (scan.deadline_version, scan.due_date) == (1, date(2025, 5, 1))


def test_a_certificate_lapses_by_itself_at_midnight():
    cast = play()
    happened(cast, "certificate_issued", date(2025, 4, 1), "Cyber Essentials", expires="2026-03-31")
    wake = WakeUp.objects.get(subject="Cyber Essentials")
    assert wake.at == datetime(2026, 4, 1, tzinfo=LONDON)
    notices = Duty.objects.filter(obligation__rule_key="6.2")
    assert raise_recurring(wake.at - timedelta(seconds=1)) == 1
    assert not notices.exists()
    assert raise_recurring(wake.at) == 1
    assert [(duty.due_date, duty.subject) for duty in notices.all()] == [
        (date(2026, 4, 2), "Cyber Essentials")
    ]
    assert Duty.objects.filter(subject="Cyber Essentials", obligation__rule_key="8.2.2").exists()
    assert not WakeUp.objects.filter(subject="Cyber Essentials").exists()


def test_a_renewed_certificate_does_not_lapse_and_a_withdrawn_one_wakes_nobody():
    cast = play()
    issued = "certificate_issued"
    first = happened(cast, issued, date(2025, 4, 1), "CE 2025", expires="2026-03-31", scheme="CE").fact
    happened(cast, issued, date(2026, 3, 2), "CE 2026", expires="2027-03-01", scheme="CE")
    raise_recurring(datetime(2026, 4, 1, 0, 1, tzinfo=LONDON))
    assert not Duty.objects.filter(obligation__rule_key="6.2").exists()
    withdraw_fact(first, cast.as_("priya"), NOON, reason="typed twice")
    assert set(WakeUp.objects.values_list("subject", flat=True)) == {"", "CE 2026"}


def test_what_was_kept_long_enough_is_met_by_time_and_was_never_late():
    cast = play(ORDER, start_date=date(2025, 4, 1))
    happened(cast, "audit_record_collected", date(2025, 9, 17), "log 7")
    duty = Duty.objects.get(subject="log 7")
    assert (duty.retention, duty.phase, duty.due_date) == (True, Phase.OPEN, date(2026, 3, 17))
    assert raise_recurring(MIDNIGHT - timedelta(seconds=2)) == 0
    assert raise_recurring(MIDNIGHT) == 1
    duty.refresh_from_db()
    assert duty.phase == Phase.MET


def test_occurrences_due_before_duly_kept_the_contract_are_not_overdue_and_not_told():
    play(tracked_from=date(2026, 3, 1))
    first, current = Duty.objects.filter(obligation__rule_key="7.1.3").order_by("due_at")
    assert (first.phase, first.due_date) == (Phase.BEFORE, date(2025, 5, 1))
    assert (current.phase, current.due_date) == (Phase.OPEN, date(2026, 3, 1))
    assert not Notice.objects.filter(duty=first).exists()


def test_a_contract_that_fails_keeps_its_wake_up_and_the_others_go_on(monkeypatch, caplog):
    bad, good = play(reference="WF-1"), play(reference="WF-2")
    real = recurring.reconcile

    def failing(contract, *args, **kwargs):
        if contract.pk == bad.contract.pk:
            raise RuntimeError("no calendar")
        return real(contract, *args, **kwargs)

    monkeypatch.setattr(recurring, "reconcile", failing)
    assert raise_recurring(MIDNIGHT) == 1
    assert f"contract {bad.contract.pk} could not" in caplog.text
    due = WakeUp.objects.filter(at__lte=MIDNIGHT).values_list("contract_id", flat=True)
    assert list(due) == [bad.contract.pk] and good.contract.pk not in due


def test_contracts_that_fail_are_put_back_behind_the_others(monkeypatch):
    """With room for two at a time, two that fail do not keep a third from its turn for ever."""
    casts = [play(reference=f"WF-{number}") for number in range(3)]
    failing = {cast.contract.pk for cast in casts[:2]}
    real = recurring.reconcile

    def fails(contract, *args, **kwargs):
        if contract.pk in failing:
            raise RuntimeError("no calendar")
        return real(contract, *args, **kwargs)

    monkeypatch.setattr(recurring, "reconcile", fails)
    assert raise_recurring(MIDNIGHT + timedelta(minutes=5), limit=2) == 0
    assert raise_recurring(MIDNIGHT + timedelta(minutes=10), limit=2) == 1
    late = WakeUp.objects.filter(at__lte=MIDNIGHT + timedelta(minutes=10))
    assert set(late.values_list("contract_id", flat=True)) == failing
    failing.clear()
    assert raise_recurring(MIDNIGHT + timedelta(minutes=15), limit=2) == 2


def test_the_limit_counts_contracts_and_not_wake_ups():
    first, second = play(reference="WF-1"), play(reference="WF-2")
    certificate = "certificate_issued"
    for number in range(3):
        happened(
            first, certificate, date(2025, 4, 1), f"CE {number}", expires="2026-03-16", scheme=str(number)
        )
    WakeUp.objects.filter(contract=first.contract).update(at=MIDNIGHT - timedelta(hours=1))
    WakeUp.objects.get_or_create(contract=first.contract, subject="CE 0", defaults={"at": MIDNIGHT})
    WakeUp.objects.get_or_create(contract=first.contract, subject="CE 1", defaults={"at": MIDNIGHT})
    assert WakeUp.objects.filter(contract=first.contract, at__lte=MIDNIGHT).count() >= 3
    assert raise_recurring(MIDNIGHT, limit=2) == 2
    assert not WakeUp.objects.filter(contract=second.contract, at__lte=MIDNIGHT).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_raise_an_occurrence_once():
    cast = play()
    patch_released(cast)
    at = datetime(2026, 4, 1, 0, 1, tzinfo=LONDON)
    handled = at_once(*[partial(raise_recurring, at)] * 2)
    assert sorted(handled) == [0, 1]
    assert Duty.objects.filter(obligation__rule_key="7.11").count() == 2
    assert LedgerEntry.objects.filter(verb="duty_raised", payload__due_date="2027-04-01").count() == 1
    ledger.verify(cast.contract)
