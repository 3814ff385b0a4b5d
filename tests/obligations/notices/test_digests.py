"""Several notices for one person about one contract go in one mail."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.models import LedgerEntry
from obligations.models import Duty, Notice
from obligations.services.notices.delivery import claim_batch, sweep
from obligations.services.notices.planning import plan
from tests.cast import NOON, make_contract
from tests.support.duties import make_duty

AFTER = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def two_duties(cast) -> list[Duty]:
    """One due on the 19th and one on the 20th of March."""
    duties = [make_duty(cast, "CVE-1"), make_duty(cast, "CVE-2", due=date(2026, 3, 20))]
    plan(duties, NOON)
    Notice.objects.exclude(recipient__name__startswith="Priya").delete()
    return duties


def test_one_mail_lists_them_by_stage_each_with_its_date_place_and_page(cast, two_duties, mail):
    swept = sweep(AFTER)
    assert (swept.sent, swept.mails) == (2, 1)
    assert mail.box.recipients == ["priya@duly.example"]
    assert mail.box.subjects == ["WF-2026-014: 1 overdue, 1 due today"]
    for words in (mail.box.text(), mail.box.html()):
        assert words.upper().index("OVERDUE (1)") < words.index("CVE-1")
        assert words.index("CVE-1") < words.upper().index("DUE TODAY (1)") < words.index("CVE-2")
        assert "the end of Friday 20 March 2026 (23:59:59, London time)" in words
        assert "DMP Schedule 23: Security Management, paragraph 10.3" in words
        for duty in two_duties:
            assert f"/contracts/{duty.contract_id}/duties/{duty.pk}" in words
        assert "not legal advice" in words


def test_each_notice_is_recorded_by_itself_with_the_one_answer(cast, two_duties, mail):
    sweep(AFTER)
    sent = Notice.objects.filter(sent_at__isnull=False)
    assert {notice.duty for notice in sent} == set(two_duties)
    assert {(notice.answer, notice.attempts) for notice in sent} == {("250 OK queued as 1", 1)}
    entry = LedgerEntry.objects.get(contract=cast.contract, verb="notices_sent")
    assert len(entry.payload["notices"]) == 2
    assert sweep(AFTER + timedelta(minutes=1)).sent == 0


def test_hundreds_go_in_one_mail_to_each_person_whatever_the_size_of_a_claim(cast, mail):
    plan([make_duty(cast, f"CVE-{number:03}") for number in range(120)], NOON)
    swept = sweep(NOON)
    assert (swept.sent, swept.mails) == (240, 2)
    assert sorted(mail.box.recipients) == ["priya@duly.example", "tom@duly.example"]
    assert all(f"CVE-{number:03}" in mail.box.text() for number in range(120))
    assert mail.box.subjects[0] == "WF-2026-014: 120 due soon"


def test_two_contracts_are_two_mails_and_one_notice_is_the_full_letter(cast, two_duties, mail):
    other = make_contract(reference="WF-2026-099")
    plan([make_duty(other, "CVE-3")], NOON)
    Notice.objects.exclude(recipient__name__startswith="Priya").delete()
    sweep(NOON)
    assert sorted(mail.box.subjects) == [
        "Due Thursday 19 March 2026: Apply Critical patches (CVE-3)",
        "WF-2026-014: 2 due soon",
    ]


def test_what_no_longer_makes_sense_is_left_out(cast, two_duties, mail):
    Duty.objects.filter(pk=two_duties[0].pk).update(phase="met")
    swept = sweep(NOON)
    assert (swept.sent, swept.mails, swept.cancelled) == (1, 1, 1)
    assert mail.box.subjects == ["Due Friday 20 March 2026: Apply Critical patches (CVE-2)"]


def test_refused_all_of_them_wait_and_go_together_again(cast, two_duties, mail):
    mail.box.refuse = {"priya@duly.example": "450 mailbox busy"}
    assert sweep(NOON).failed == 1
    waiting = Notice.objects.filter(stage="due_soon")
    assert {(notice.answer, notice.attempts) for notice in waiting} == {("450 mailbox busy", 1)}
    mail.box.refuse = {}
    swept = sweep(NOON + timedelta(minutes=2))
    assert (swept.sent, swept.mails) == (2, 1)


def test_what_a_worker_that_died_had_claimed_goes_again_under_the_same_message_id(
    cast, two_duties, mail, settings
):
    """The dead worker had handed the mail over and not recorded it; meanwhile a third duty came due."""
    sweep(NOON)
    Notice.objects.filter(sent_at__isnull=False).update(sent_at=None, claimed_at=NOON, in_ledger=False)
    plan([make_duty(cast, "CVE-3")], NOON)
    Notice.objects.exclude(recipient__name__startswith="Priya").delete()
    later = NOON + timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    swept = sweep(later)
    assert (swept.sent, swept.mails) == (3, 2)
    assert mail.box.ids[0] in mail.box.ids[1:] and len(set(mail.box.ids)) == 2


def test_the_rest_of_a_persons_notices_are_claimed_with_the_first(cast, two_duties):
    assert len(claim_batch(NOON, 1)) == 1
    assert len(claim_batch(NOON, 1, together=True)) == 1
    Notice.objects.update(claimed_at=None)
    assert len(claim_batch(NOON, 1, together=True)) == 2
