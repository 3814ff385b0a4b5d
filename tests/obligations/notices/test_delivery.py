"""Notices sent through a real SMTP server: once, the answer kept, again after a failure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.models import Contract, LedgerEntry, Role
from contracts.services import ledger
from contracts.services.contracts import add_member
from obligations.models import Decision, Duty, Evidence, Notice
from obligations.rules.engine.edition import this_edition
from obligations.rules.register.rulebook import load_rulebook
from obligations.services.notices import on_record
from obligations.services.notices.delivery import PATIENCE, claim_batch, send, sweep
from obligations.services.notices.on_record import record_in_ledger
from obligations.services.notices.planning import plan, plan_decided, plan_submitted
from tests.cast import NOON, SYSTEM, happened, patch_released, person, play
from tests.support.duties import make_duty
from tests.support.own_book import in_force, own_cast, own_duty

DAY_DUE = datetime(2026, 3, 19, 8, 0, tzinfo=UTC)


def only_to(name: str) -> None:
    """Leave one person's notices."""
    Notice.objects.exclude(recipient__name__startswith=name).delete()


@pytest.fixture
def duty(cast) -> Duty:
    duty = make_duty(cast, approver="authority")
    plan([duty], NOON)
    return duty


def test_what_is_due_arrives_once_and_is_recorded(duty, mail):
    swept = sweep(NOON)
    assert (swept.sent, swept.failed) == (2, 0)
    assert sorted(mail.box.recipients) == ["priya@duly.example", "tom@duly.example"]
    assert sweep(NOON + timedelta(minutes=1)).sent == 0
    sent = Notice.objects.filter(stage="due_soon")
    assert {notice.answer for notice in sent} == {"250 OK queued as 1", "250 OK queued as 2"}
    assert all(NOON <= notice.sent_at < NOON + timedelta(minutes=1) for notice in sent)


def test_the_letter_says_what_when_where_why_and_who_else(duty, mail):
    only_to("Priya")
    sweep(NOON)
    assert mail.box.subjects == ["Due Thursday 19 March 2026: Apply Critical patches (CVE-2026-0001)"]
    for words in (mail.box.text(), mail.box.html()):
        assert "the end of Thursday 19 March 2026 (23:59:59, London time)" in words
        assert "DMP Schedule 23: Security Management, paragraph 10.3" in words
        assert "12 March 2026 is left out (R1)" in words
        assert f"/contracts/{duty.contract_id}/duties/{duty.pk}" in words
        assert "not legal advice" in words
        assert "WF-2026-014" in words


def test_the_letter_carries_the_proof_of_its_date(db, mail):
    duty = patch_released(play(), "CVE-2026-0009", category="Other")
    only_to("Priya")
    notice = Notice.objects.get(duty=duty, stage="due_soon")
    Notice.objects.exclude(pk=notice.pk).delete()
    sweep(notice.not_before)
    for words in (mail.box.text(), mail.box.html()):
        assert "12 March 2026, recorded by Priya Nair." in words
        assert "60 Working Days counted (R3). Not counted: 3 April 2026 (Good Friday), " in words
        assert "26 Saturdays and Sundays" in words
        book = load_rulebook("dmp_schedule_23")
        by_what = f"version {book.version}, digest {book.digest[:12]}; edition {this_edition()} of the engine"
        assert f"Rulebook dmp_schedule_23, {by_what}; " in words
        assert "calendar of England and Wales, version 1." in words


def test_the_letter_says_who_else_is_told(duty, mail):
    sweep(DAY_DUE + timedelta(days=1))
    texts = {address: mail.box.text(place) for place, address in enumerate(mail.box.recipients)}
    assert len(texts) == 5
    assert "Ada Fairweather (reviewer)" in texts["grace@duly.example"]
    assert "Grace Mbeki (board member)" not in texts["grace@duly.example"]
    assert "Grace Mbeki (board member)" in texts["ada@duly.example"]


def test_other_readings_are_in_the_letter(cast, mail):
    reading = {"reading": "Working Days", "rule": "R2", "due_date": "2026-03-26"}
    duty = make_duty(cast, flagged=True, derivation={"steps": [], "readings": [reading]})
    plan([duty], NOON)
    only_to("Priya")
    sweep(NOON)
    assert "Working Days: Thursday 26 March 2026" in mail.box.text()


def test_names_in_any_alphabet_arrive(cast, mail):
    title = "Přehled záplat – Ελληνικά – ‘quoted’ & <b>bold</b>"
    duty = make_duty(cast, "Zażółć", title=title)
    plan([duty], NOON)
    only_to("Priya")
    sweep(NOON)
    assert mail.box.subjects == [f"Due Thursday 19 March 2026: {title} (Zażółć)"]
    assert title in mail.box.text()
    assert "<b>bold" not in mail.box.html() and "&lt;b&gt;bold" in mail.box.html()


def test_a_title_with_a_line_break_cannot_add_a_header(cast, mail):
    plan([make_duty(cast, title="Patch\r\nBcc: zed@duly.example")], NOON)
    only_to("Priya")
    sweep(NOON)
    assert mail.box.recipients == ["priya@duly.example"]
    assert mail.box.messages[0]["Bcc"] is None


def test_the_ledger_says_what_was_sent_in_one_entry(cast, duty, mail):
    sweep(NOON)
    entry = LedgerEntry.objects.get(contract=cast.contract, verb="notices_sent")
    assert {line["to"] for line in entry.payload["notices"]} == {"Priya Nair", "Tom Ashdown"}
    assert entry.payload["notices"][0]["citation"] == "dmp_schedule_23/main/10.3"
    assert entry.actor_name == "Duly (notices)"
    assert ledger.verify(cast.contract)
    assert record_in_ledger(NOON) == 0


def test_a_worker_that_died_before_the_ledger_leaves_it_to_the_next(cast, duty, mail):
    Notice.objects.filter(stage="due_soon").update(sent_at=NOON)
    sweep(NOON)
    assert LedgerEntry.objects.filter(verb="notices_sent").count() == 1
    assert not mail.box.messages


def test_one_sweep_puts_all_that_it_sent_on_the_ledger_however_much(cast, duty, mail, monkeypatch):
    monkeypatch.setattr(on_record, "LEDGER_BATCH", 1)
    assert sweep(NOON).sent == 2
    assert LedgerEntry.objects.filter(verb="notices_sent").count() == 2
    assert not Notice.objects.filter(sent_at__isnull=False, in_ledger=False).exists()


def test_a_claim_keeps_others_away_until_its_lease_ends(duty, settings):
    assert len(claim_batch(NOON, 10)) == 2
    assert claim_batch(NOON + timedelta(seconds=settings.NOTICE_LEASE_SECONDS - 1), 10) == []
    assert len(claim_batch(NOON + timedelta(seconds=settings.NOTICE_LEASE_SECONDS), 10)) == 2


def test_the_same_notice_always_has_the_same_message_id(duty, mail):
    only_to("Priya")
    for minutes in (0, 6):
        Notice.objects.update(sent_at=None)
        [notice] = claim_batch(NOON + timedelta(minutes=minutes), 10)
        assert send(notice, NOON + timedelta(minutes=minutes))
    assert len(mail.box.ids) == 2 and len(set(mail.box.ids)) == 1
    assert mail.box.ids[0].endswith("@duly.example>")


def test_a_server_that_is_down_is_asked_again_and_nothing_is_lost(duty, mail):
    mail.stop()
    swept = sweep(NOON)
    assert (swept.sent, swept.failed) == (0, 1)
    waiting = Notice.objects.filter(stage="due_soon")
    assert {notice.attempts for notice in waiting} == {1}
    assert all(notice.waits_until >= NOON + timedelta(minutes=1) for notice in waiting)
    assert {notice.not_before for notice in waiting} == {NOON}
    mail.start()
    assert sweep(NOON + timedelta(seconds=30)).sent == 0
    assert sweep(NOON + timedelta(minutes=2)).sent == 2


def test_the_wait_grows(duty, mail):
    only_to("Priya")
    Notice.objects.exclude(stage="overdue").delete()
    mail.stop()
    now, waits = DAY_DUE + timedelta(days=5), []
    for _ in range(4):
        sweep(now)
        later = Notice.objects.get().waits_until
        waits.append(round((later - now).total_seconds() / 60))
        now = later + timedelta(seconds=1)
    assert waits == [1, 2, 5, 15]


def test_one_refused_person_does_not_hold_up_the_others(duty, mail):
    mail.box.refuse = {"priya@duly.example": "450 mailbox busy"}
    swept = sweep(NOON)
    assert (swept.sent, swept.failed) == (1, 1)
    refused = Notice.objects.get(stage="due_soon", recipient__name="Priya Nair")
    assert refused.answer == "450 mailbox busy" and refused.cancelled_at is None
    mail.box.refuse = {}
    assert sweep(NOON + timedelta(minutes=2)).sent == 1


def test_an_address_refused_for_good_is_given_up_in_the_end_and_that_is_on_the_record(cast, duty, mail):
    only_to("Priya")
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    Notice.objects.filter(stage="due_soon").update(attempts=PATIENCE - 2)
    sweep(NOON)
    notice = Notice.objects.get(stage="due_soon")
    assert notice.cancelled_at is None
    sweep(NOON + timedelta(hours=2))
    notice.refresh_from_db()
    assert notice.cancelled_why == "gave up: 550 no such user"
    entry = LedgerEntry.objects.get(verb="notice_given_up")
    assert entry.payload["to"] == "Priya Nair"


def test_a_mail_refused_after_its_text_is_tried_again(duty, mail):
    only_to("Priya")
    mail.box.data_answer = "451 try later"
    assert sweep(NOON).failed == 1
    mail.box.data_answer = None
    assert sweep(NOON + timedelta(minutes=2)).sent == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"phase": "met"}, "the duty is met"),
        ({"phase": "awaiting_decision"}, "evidence is waiting for a decision"),
        ({"deadline_version": 2}, "the date has changed since"),
    ],
)
def test_a_notice_overtaken_by_events_is_cancelled(duty, mail, change, why):
    Duty.objects.filter(pk=duty.pk).update(**change)
    assert sweep(NOON).cancelled == 2
    assert not mail.box.messages
    assert set(Notice.objects.filter(stage="due_soon").values_list("cancelled_why", flat=True)) == {why}


def test_what_a_dead_worker_had_claimed_is_not_told_of_a_contract_closed_since(cast, duty, mail, settings):
    claim_batch(NOON, 10)
    Contract.objects.filter(pk=cast.contract.pk).update(closed_at=NOON, kept_until=date(2040, 1, 1))
    assert sweep(NOON + timedelta(seconds=settings.NOTICE_LEASE_SECONDS)).cancelled == 2
    assert not mail.box.messages
    assert "the contract was closed" in set(Notice.objects.values_list("cancelled_why", flat=True))


@pytest.mark.parametrize("several", [False, True])
def test_a_mail_that_comes_late_says_so(cast, duty, mail, several):
    if several:
        plan([make_duty(cast, "CVE-2")], NOON)
    only_to("Priya")
    Notice.objects.exclude(stage="due_soon").delete()
    sweep(NOON + timedelta(hours=3))
    for words in (mail.box.text(), mail.box.html()):
        assert "comes late. It was to come at 12:00 on Tuesday 17 March 2026" in words


def test_stages_gone_by_are_not_sent_in_bulk(duty, mail):
    swept = sweep(datetime(2026, 3, 25, 9, 0, tzinfo=UTC))
    assert (swept.sent, swept.cancelled) == (5, 4)
    assert {subject.split(":")[0] for subject in mail.box.subjects} == {"Overdue"}


def test_who_left_the_contract_is_not_told(cast, duty, mail):
    cast.contract.memberships.filter(person=cast.priya).update(to_day=date(2026, 3, 16))
    cast.contract.memberships.filter(person=cast.tom).update(side="neither", role="auditor")
    assert sweep(NOON).cancelled == 2
    assert set(Notice.objects.filter(stage="due_soon").values_list("cancelled_why", flat=True)) == {
        "the recipient is no longer a member of the contract",
        "the recipient now has another role",
    }


def evidence(cast, duty: Duty) -> Evidence:
    return Evidence.objects.create(
        contract=cast.contract,
        duty=duty,
        kind="note",
        note="Patched in change 4711",
        done_on=date(2026, 3, 16),
        done_by="Tom Ashdown",
        submitted_at=NOON,
        submitted_by=cast.priya,
        submitted_side="supplier",
    )


def test_evidence_is_announced_to_those_who_decide_and_the_decision_to_those_who_sent_it(cast, duty, mail):
    Notice.objects.all().delete()
    proof = evidence(cast, duty)
    assert plan_submitted(proof, NOON) == plan_submitted(proof, NOON) == 2
    assert sweep(NOON).sent == 2
    assert sorted(mail.box.recipients) == ["ada@duly.example", "ben@duly.example"]
    assert "Patched in change 4711" in mail.box.text() and "Priya Nair has logged" in mail.box.text()

    decision = Decision.objects.create(
        contract=cast.contract,
        evidence=proof,
        outcome="rejected",
        reason="The screenshot is of another server",
        decided_by=cast.ada,
        decided_side="authority",
        decided_at=NOON,
    )
    assert plan_decided(decision, NOON) == 2
    sweep(NOON)
    assert mail.box.recipients[2:] == ["priya@duly.example", "tom@duly.example"]
    assert "Evidence rejected" in mail.box.subjects[-1]
    assert "The screenshot is of another server" in mail.box.text(3)


@pytest.mark.parametrize(("approver", "days", "sent"), [("", 6, 2), ("", 8, 0), ("authority", 8, 2)])
def test_evidence_that_needs_no_decision_is_news_for_a_week(cast, mail, approver, days, sent):
    proof = evidence(cast, make_duty(cast, approver=approver))
    plan_submitted(proof, NOON)
    assert sweep(NOON + timedelta(days=days)).sent == sent
    words = {"": "Your side may challenge it", "authority": "It waits for a decision"}[approver]
    assert not sent or words in mail.box.text()


def test_evidence_decided_meanwhile_is_no_longer_announced(cast, duty, mail):
    Notice.objects.all().delete()
    proof = evidence(cast, duty)
    plan_submitted(proof, NOON)
    Decision.objects.create(
        contract=cast.contract,
        evidence=proof,
        outcome="accepted",
        decided_by=cast.ada,
        decided_side="authority",
        decided_at=NOON,
    )
    assert sweep(NOON).cancelled == 2


def test_a_duty_owed_now_is_told_with_the_contracts_word(cast, mail):
    plan([make_duty(cast, "B-1", due=None, word="promptly", path="main/10.5.2")], NOON)
    only_to("Priya")
    sweep(NOON)
    assert mail.box.subjects == ["Owed now: Apply Critical patches (B-1)"]
    assert "The contract says “promptly”." in mail.box.text()


def test_a_duty_without_word_or_number_is_told_as_something_to_do(cast, mail):
    plan([make_duty(cast, "B-1", due=None, path="main/8.1")], NOON)
    only_to("Priya")
    sweep(NOON)
    assert mail.box.subjects == ["To do: Apply Critical patches (B-1)"]
    assert "The contract gives no time for it." in mail.box.text()


def test_the_last_reminder_before_a_saturday_says_so(cast, mail):
    plan([make_duty(cast, due=date(2026, 3, 21))], NOON)
    only_to("Priya")
    Notice.objects.exclude(stage="due_today").delete()
    assert sweep(datetime(2026, 3, 20, 7, 59, tzinfo=UTC)).sent == 0
    assert sweep(datetime(2026, 3, 20, 8, 0, tzinfo=UTC)).sent == 1
    assert mail.box.subjects[0].startswith("Due Saturday 21 March 2026")
    assert "not a Working Day (Saturday)" in mail.box.text()


def test_many_notices_go_in_a_few_queries_each(cast, mail, django_assert_max_num_queries):
    plan([make_duty(cast, f"CVE-2026-{number:04}") for number in range(10)], NOON)
    with django_assert_max_num_queries(45):
        assert sweep(NOON).sent == 20


def test_somebody_added_between_planning_and_sending_is_told_at_the_next_planning(cast, duty, mail):
    add_member(
        cast.contract, SYSTEM, NOON, person=person("rosa"), role=Role.CONTRIBUTOR, from_day=NOON.date()
    )
    plan([duty], NOON)
    sweep(NOON)
    assert "rosa@duly.example" in mail.box.recipients


def test_the_letter_about_a_contract_s_own_rule_names_what_its_people_named(db, mail):
    cast = own_cast()
    in_force(cast)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    notice = Notice.objects.get(duty=own_duty(cast, "main/3"), stage="due_soon", recipient=cast.priya)
    Notice.objects.exclude(pk=notice.pk).delete()
    sweep(notice.not_before)
    (version,) = cast.contract.own_versions.all()
    for words in (mail.box.text(), mail.box.html()):
        assert "It began with “Crane fault”, 16 March 2026, recorded by Priya Nair." in words
        assert "Harbour records, paragraph 3" in words
        assert f"Rulebook {version.key}, version 1, digest {version.digest[:12]}" in words
