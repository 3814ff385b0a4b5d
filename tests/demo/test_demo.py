"""The demo, loaded once: it plays its history through the services."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.access import open_contract
from contracts.models import Contract, Document, LedgerEntry, Membership, Person
from contracts.services import ledger
from obligations.breaches.models import Breach
from obligations.demo.load import load, people_of_the_demo
from obligations.models import (
    Adoption,
    Duty,
    EntryDecision,
    EntryOpinion,
    Evidence,
    FactRecord,
    Notice,
    OwnKind,
    Phase,
)
from obligations.plans.models import PlanVersion
from obligations.rules.register.facts import vocabulary
from obligations.services.notices.delivery import sweep
from obligations.services.notices.joining import plan_ahead
from obligations.vulnerabilities.models import Vulnerability
from tests.demo.stories import NOW, phases, portal, versions

pytestmark = pytest.mark.xdist_group("demo")


def test_the_demo_shows_everything_a_newcomer_should_see(loaded):
    patches = {}
    for rule in ("10.3-critical", "10.3-important", "10.3-other"):
        patches |= {subject[-3:]: phase for subject, phase in phases(rule).items()}
    assert patches["101"] == "met" and patches["102"] == "met_late"
    assert patches["104"] == "open" and patches["105"] == "suspended"
    overdue = Duty.objects.filter(contract=portal(), phase=Phase.OPEN, due_at__lt=NOW)
    assert [row.subject[-3:] for row in overdue] == ["108"]
    assert phases("5.7-submit") == {"risk management documentation": "awaiting_decision"}
    assert Duty.objects.filter(contract=portal(), phase=Phase.ENDED, ended_by__number="001").exists()
    assert Duty.objects.filter(contract=portal(), phase=Phase.OPEN, flagged=True).exists()
    assert Evidence.objects.filter(decision__outcome="rejected").exists()
    assert Evidence.objects.filter(kind="file").exists()


def test_a_scan_left_drafts_of_the_suppliers_and_a_release_day_to_be_found(loaded):
    rows = Vulnerability.objects.filter(contract=portal(), identifier__gte=f"CVE-{NOW.year}-900111")
    found = {row.identifier[-3:]: (row.draft, row.category, row.released_on is not None) for row in rows}
    assert found == {
        "111": (True, "Critical", True),
        "112": (True, "Other", True),
        "113": (True, "Important", False),
        "114": (False, "Important", False),
    }


def test_the_plan_came_back_on_two_grounds_and_waits_again_with_its_clocks_running(loaded):
    """Counted by hand from Tuesday 24 November 2026: 12 Working Days ago was Friday 6, 6 ago Monday 16."""
    assert versions("SPA-0317") == [("1.0", "not_approved"), ("1.1", "submitted")]
    first, second = PlanVersion.objects.filter(contract__reference="SPA-0317").order_by("number")
    assert (first.submitted_by.name, first.submitted_on) == ("Noor Haddad", date(2026, 11, 6))
    assert (first.decided_by.name, first.decided_on) == ("Rowan Pell", date(2026, 11, 16))
    assert first.grounds == ["Part A/4.2.1(b)", "Part A/4.2.1(c)"]
    assert {row.reviewed_by.name for row in first.checklist.all()} == {"Iris Quayle"}
    assert (second.submitted_on, second.round) == (date(2026, 11, 20), 1)
    assert {row.verdict for row in second.checklist.all()} == {""}
    assert second.checklist.get(path="Part A/4.2.1(a)").place == "Section 1"  # as version 1.0 had it
    clocks = Duty.objects.filter(contract__reference="SPA-0317", obligation__rule_key__startswith="A-4.3")
    assert {row.obligation.rule_key: (row.due_date, row.phase, row.done_on) for row in clocks} == {
        "A-4.3.1": (date(2026, 11, 6), "met", date(2026, 11, 6)),
        "A-4.3.2-amend": (date(2026, 11, 30), "met", date(2026, 11, 20)),
        "A-4.3.2-finish": (date(2026, 11, 27), "open", None),
    }


def test_the_documentation_was_approved_before_duly_and_waits_with_its_update(loaded):
    assert versions("TCC-2041") == [("2.3", "adopted"), ("2.4", "submitted")]
    old = PlanVersion.objects.get(name="2.3")
    assert old.decided_on < portal().tracked_from
    facts = FactRecord.objects.filter(contract=portal(), made_on="plans").order_by("happened_on", "kind")
    assert [fact.kind.removeprefix("risk_management_") for fact in facts] == [
        "documentation_submitted",
        "statement_issued",
        "documentation_submitted",
        "documentation_updated",
    ]


def test_all_breaches_of_the_demo_were_reported_on_their_page(loaded):
    assert sorted(Breach.objects.values_list("contract__reference", "state")) == [
        ("SPA-0317", "closed"),
        ("TCC-2041", "closed"),
        ("TCC-2041", "closed"),
        ("TCC-2041", "reported"),
    ]
    kept = Breach.objects.get(reference__startswith="OFFSEN-")
    assert set(Duty.objects.filter(subject=kept.reference).values_list("phase", flat=True)) == {"met"}
    members = kept.contract.members.all()
    seen_by = [one.name for one in members if open_contract(one, kept.contract_id, NOW).sees(kept.reference)]
    assert len(members) == 7 and sorted(seen_by) == ["Ada Fairweather", "Priya Nair"]
    kinds = {name for name, kind in vocabulary().items() if kind.page}
    assert not FactRecord.objects.filter(kind__in=kinds, made_on="").exists()


def test_access_is_taken_away_in_time_late_and_not_yet(loaded):
    assert phases("B-6.5", "SPA-0317") == {
        "Sol Byrne": "met",
        "Kit Arden": "met_late",
        "Jo Lindqvist": "open",
    }


def test_the_ledgers_tell_the_story_in_order_and_are_whole(loaded):
    for contract in Contract.objects.all():
        assert ledger.verify(contract)
        moments = list(contract.ledger.order_by("pk").values_list("moment", flat=True))
        assert moments == sorted(moments) and moments[-1] <= NOW
    verbs = set(LedgerEntry.objects.filter(contract=portal()).values_list("verb", flat=True))
    assert verbs >= {
        "contract_created",
        "member_added",
        "rulebook_adopted",
        "fact_recorded",
        "duty_raised",
        "duty_closed",
        "duty_ended",
        "evidence_logged",
        "evidence_accepted",
        "evidence_rejected",
        "variation_signed",
        "variation_in_force",
    }


def test_a_handful_of_mails_and_no_flood(loaded, mail_server):
    swept = sweep(NOW)
    assert 5 <= swept.sent <= 25
    assert len(mail_server.box.messages) == swept.mails <= swept.sent
    subjects = " ".join(mail_server.box.subjects).lower()
    assert "overdue" in subjects and "now owed" in subjects
    assert not Notice.objects.filter(sent_at=None, cancelled_at=None, not_before__lte=NOW).exists()


def test_the_clock_brings_no_old_mail_back(loaded):
    planned = plan_ahead(NOW)
    assert (planned.written, planned.revived) == (0, 0)


def test_loading_again_changes_nothing(loaded):
    before = LedgerEntry.objects.count(), Duty.objects.count(), Person.objects.count()
    assert not load(NOW)
    assert (LedgerEntry.objects.count(), Duty.objects.count(), Person.objects.count()) == before


def test_everybody_is_listed_and_can_sign_in(loaded, client, settings):
    people = people_of_the_demo()
    assert {line.email for line in people} == set(Person.objects.values_list("email", flat=True))
    assert all(line.email in loaded and line.email.endswith(".example") for line in people)
    assert settings.DEMO_PASSWORD in loaded
    for line in people:
        assert client.login(email=line.email, password=settings.DEMO_PASSWORD)
    assert set(Membership.objects.values_list("role", flat=True)) == {
        "lead",
        "contributor",
        "board_member",
        "reviewer",
        "assurance_lead",
        "auditor",
        "administrator",
    }


def test_riverside_is_read_decided_put_in_force_and_lives(loaded):
    contract = Contract.objects.get(reference="TCC-2077")
    assert Document.objects.get(contract=contract).schedule.own
    assert Adoption.objects.get(contract=contract).version.contract == contract
    assert EntryDecision.objects.filter(contract=contract).count() > 20
    opinions = EntryOpinion.objects.filter(contract=contract).order_by("agrees")
    assert list(opinions.values_list("agrees", flat=True)) == [False, True]
    assert OwnKind.objects.filter(contract=contract).count() == 6
    rows = Duty.objects.filter(contract=contract).select_related("obligation")
    duties = {row.obligation.title: row for row in rows}
    plan = duties["Send the Council a security plan"]
    assert plan.phase == "met" and plan.due_date.isoformat() == "2026-10-16"
    assert duties["Take away access that is not needed any more"].phase == "met"
    report = duties["Send the Council a copy of the test report"]
    assert report.phase == "open" and report.due_at.isoformat() == "2026-11-26T16:00:00+00:00"
    assert "Scan the Hosted Platform from outside" in duties
    assert ledger.verify(contract) == LedgerEntry.objects.filter(contract=contract).count()
    verbs = set(LedgerEntry.objects.filter(contract=contract).values_list("verb", flat=True))
    assert {"schedule_made", "entry_decided", "kind_named", "entry_opinion_given"} <= verbs
    assert "own_book_put_in_force" in verbs
