"""The demo plays its history through the services, whatever day it is loaded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from contracts.models import Contract, LedgerEntry, Membership, Person
from contracts.services import ledger
from obligations.demo.load import load, people_of_the_demo
from obligations.models import Duty, Evidence, Notice, Phase
from obligations.services.delivery import sweep
from obligations.services.notices import plan_ahead

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_uploads(uploads):
    """Files of the demo go to the test's own folder."""


def portal() -> Contract:
    return Contract.objects.get(reference="TCC-2041")


def phases(rule: str, reference: str = "TCC-2041") -> dict[str, str]:
    rows = Duty.objects.filter(contract__reference=reference, obligation__rule_key=rule)
    return {row.subject: row.phase for row in rows}


def test_the_demo_shows_everything_a_newcomer_should_see(db):
    assert load(NOW)
    patches = {}
    for rule in ("10.3-critical", "10.3-important", "10.3-other"):
        patches |= {subject[-3:]: phase for subject, phase in phases(rule).items()}
    assert patches["101"] == "met" and patches["102"] == "met_late"
    assert patches["104"] == "open" and patches["105"] == "suspended"
    overdue = Duty.objects.filter(contract=portal(), phase=Phase.OPEN, due_at__lt=NOW)
    assert [row.subject[-3:] for row in overdue] == ["108"]
    assert phases("5.7-submit") == {"Documentation set 2.4": "awaiting_decision"}
    assert Duty.objects.filter(contract=portal(), phase=Phase.ENDED, ended_by__number="001").exists()
    assert Duty.objects.filter(contract=portal(), phase=Phase.OPEN, flagged=True).exists()
    assert Evidence.objects.filter(decision__outcome="rejected").exists()
    assert Evidence.objects.filter(kind="file").exists()


def test_the_plans_clocks_are_running(db):
    load(NOW)
    amend = Duty.objects.get(contract__reference="SPA-0317", obligation__rule_key="A-4.3.2-amend")
    finish = Duty.objects.get(contract__reference="SPA-0317", obligation__rule_key="A-4.3.2-finish")
    assert amend.phase == finish.phase == "open"
    assert NOW < finish.due_at < amend.due_at
    assert list(phases("A-4.3.1", "SPA-0317").values()) == ["met"]
    assert phases("B-6.5", "SPA-0317") == {
        "Sol Byrne": "met",
        "Kit Arden": "met_late",
        "Jo Lindqvist": "open",
    }


def test_the_ledgers_tell_the_story_in_order_and_are_whole(db):
    load(NOW)
    for contract in Contract.objects.all():
        assert ledger.verify(contract)
        moments = list(contract.ledger.order_by("number").values_list("moment", flat=True))
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


def test_loading_again_changes_nothing(db):
    assert load(NOW)
    before = LedgerEntry.objects.count(), Duty.objects.count(), Person.objects.count()
    assert not load(NOW)
    assert (LedgerEntry.objects.count(), Duty.objects.count(), Person.objects.count()) == before


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 12, 26, 9, 0, tzinfo=UTC),  # a Saturday in the holidays
        datetime(2027, 1, 4, 0, 5, tzinfo=UTC),  # just after midnight on a Monday
        datetime(2027, 3, 29, 12, 0, tzinfo=UTC),  # Easter Monday, a day after the clocks went forward
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    ],
)
def test_the_demo_can_be_loaded_on_any_day(db, now):
    assert load(now)
    assert Duty.objects.filter(phase=Phase.OPEN, due_at__lt=now).count() in (1, 2)
    assert phases("5.7-submit") == {"Documentation set 2.4": "awaiting_decision"}


def test_a_handful_of_mails_and_no_flood(db, mail_server):
    load(NOW)
    swept = sweep(NOW)
    assert 5 <= swept.sent <= 25
    assert len(mail_server.box.messages) == swept.mails <= swept.sent
    subjects = " ".join(mail_server.box.subjects).lower()
    assert "overdue" in subjects and "now owed" in subjects
    assert not Notice.objects.filter(sent_at=None, cancelled_at=None, not_before__lte=NOW).exists()


def test_the_clock_brings_no_old_mail_back(db):
    load(NOW)
    planned = plan_ahead(NOW)
    assert (planned.written, planned.revived) == (0, 0)


def test_everybody_is_listed_and_can_sign_in(db, client, settings, capsys):
    call_command("load_demo", "--now", "2026-11-24T10:00:00+00:00")
    printed = capsys.readouterr().out
    people = people_of_the_demo()
    assert {line.email for line in people} == set(Person.objects.values_list("email", flat=True))
    assert all(line.email in printed and line.email.endswith(".example") for line in people)
    assert settings.DEMO_PASSWORD in printed
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


def test_no_demo_where_it_is_not_wanted(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="only for a machine of one's own"):
        call_command("load_demo")
    assert not Person.objects.exists()


@pytest.mark.parametrize("text", ["yesterday", "2026-11-24"])
def test_a_moment_that_cannot_be_read_is_refused(db, text):
    with pytest.raises(CommandError, match="--now"):
        call_command("load_demo", "--now", text)


def test_a_demo_that_fails_leaves_nothing_behind(db, monkeypatch):
    monkeypatch.setattr("obligations.demo.stage.Stage.catch_up", lambda self, now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load(NOW)
    assert not Contract.objects.exists() and not Person.objects.exists()
