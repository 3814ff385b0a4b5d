"""What cannot be sent is given up in the end, told to an administrator, and never holds up another notice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import LedgerEntry
from contracts.services.distribution import new_subject, restrict_to_list
from obligations.models import Duty, Notice
from obligations.services.notices import delivery, notice_mail, recheck
from obligations.services.notices.delivery import PATIENCE, sweep
from obligations.services.notices.planning import plan
from tests.cast import NOON
from tests.support.duties import make_duty

HOUR = timedelta(hours=1)


@pytest.fixture
def duty(cast) -> Duty:
    """Due soon, told to Priya alone."""
    return told(cast, "CVE-1")


def told(cast, *subjects: str, to: str = "Priya") -> Duty:
    duties = [make_duty(cast, subject) for subject in subjects]
    plan(duties, NOON)
    Notice.objects.exclude(recipient__name__startswith=to).delete()
    Notice.objects.exclude(stage="due_soon").delete()
    return duties[0]


@pytest.fixture
def broken(monkeypatch):
    """Makes the letter about one subject impossible to write: ``broken("CVE-1")``."""

    def make(subject: str) -> None:
        real = notice_mail.when

        def when(duty: Duty) -> str:
            if duty.subject == subject:
                raise ValueError("no such \x00word")
            return real(duty)

        monkeypatch.setattr(notice_mail, "when", when)

    return make


def waiting(subject: str) -> Notice:
    return Notice.objects.get(duty__subject=subject, stage="due_soon")


def test_a_letter_that_cannot_be_written_is_given_up_at_the_eighth_try_and_not_before(duty, mail, broken):
    broken("CVE-1")
    for attempt in range(1, PATIENCE):
        assert sweep(NOON + attempt * 2 * HOUR).failed == 1
        assert (waiting("CVE-1").attempts, waiting("CVE-1").cancelled_at) == (attempt, None)
    assert not LedgerEntry.objects.filter(verb="notice_given_up").exists()
    assert sweep(NOON + PATIENCE * 2 * HOUR).failed == 1
    gone = waiting("CVE-1")
    assert (gone.attempts, gone.cancelled_why) == (
        PATIENCE,
        "gave up: it could not be written: ValueError: no such word",
    )
    assert LedgerEntry.objects.get(verb="notice_given_up").payload["answer"] in gone.cancelled_why
    sweep(NOON + 100 * HOUR)
    assert waiting("CVE-1").attempts == PATIENCE


def given_up(now, **changes) -> None:
    Notice.objects.filter(stage="due_soon").update(attempts=PATIENCE - 1, **changes)
    sweep(now)


def test_an_administrator_is_told_though_the_letter_itself_cannot_be_written(cast, duty, mail, broken):
    broken("CVE-1")
    given_up(NOON)
    sweep(NOON + HOUR)
    assert mail.box.recipients == ["mina@duly.example"]
    assert mail.box.subjects == ["Could not be sent: Apply Critical patches (CVE-1)"]
    for words in (mail.box.text(), mail.box.html()):
        assert "“due soon”" in words and "Priya Nair (priya@duly.example)" in words
        assert "8 tries" in words and "could not be written" in words
        assert f"/contracts/{cast.contract.pk}/duties/{duty.pk}" in words


def test_an_address_refused_for_good_is_told_once_to_each_administrator(cast, duty, mail):
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    given_up(NOON)
    for hours in (1, 2):
        sweep(NOON + hours * HOUR)
    assert mail.box.recipients == ["mina@duly.example"]
    assert "550 no such user" in mail.box.text()


def test_the_news_holds_whatever_becomes_of_the_duty_meanwhile(cast, duty, mail):
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    given_up(NOON)
    Duty.objects.update(phase="met", deadline_version=2)
    plan(list(Duty.objects.all()), NOON)
    sweep(NOON + HOUR)
    assert mail.box.recipients == ["mina@duly.example"]


def test_that_nobody_can_be_told_is_told_to_nobody_else(cast, duty, mail):
    mail.box.refuse = {f"{who}@duly.example": "550 no such user" for who in ("priya", "mina")}
    given_up(NOON)
    Notice.objects.filter(stage="given_up").update(attempts=PATIENCE - 1)
    sweep(NOON + HOUR)
    assert LedgerEntry.objects.filter(verb="notice_given_up").count() == 2
    assert Notice.objects.filter(stage="given_up").count() == 1
    sweep(NOON + 2 * HOUR)
    assert not mail.box.messages


def test_several_go_to_the_administrator_in_one_mail(cast, mail):
    told(cast, "CVE-1", "CVE-2")
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    given_up(NOON)
    sweep(NOON + HOUR)
    assert mail.box.subjects == ["WF-2026-014: 2 could not be sent"]


@pytest.mark.parametrize(("hours", "at_once"), [(-1, ["mina@duly.example"]), (None, [])])
def test_that_nobody_was_told_of_what_goes_at_once_is_told_at_once(cast, mail, settings, hours, at_once):
    settings.MAIL_DAILY = True
    duty = make_duty(cast, "B-1", due=date(2026, 3, 16) if hours is None else NOON + hours * HOUR)
    plan([duty], NOON)
    Notice.objects.exclude(recipient__name__startswith="Priya").delete()
    Notice.objects.update(attempts=PATIENCE - 1, not_before=NOON.replace(hour=8))
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    sweep(NOON)
    sweep(NOON + HOUR)
    assert mail.box.recipients == at_once


@pytest.mark.parametrize("listed", [False, True])
def test_what_is_kept_to_a_list_is_told_to_an_administrator_on_it_only(cast, mail, listed):
    subject = new_subject(cast.contract, NOON)
    readers = [cast.priya.pk, cast.ada.pk, *([cast.mina.pk] if listed else [])]
    restrict_to_list(cast.contract, cast.as_("priya"), NOON, subject=subject, people=readers)
    told(cast, subject)
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    given_up(NOON)
    sweep(NOON + HOUR)
    assert mail.box.recipients == (["mina@duly.example"] if listed else [])
    assert LedgerEntry.objects.get(verb="notice_given_up").kept_to == subject


def test_one_that_cannot_be_written_is_left_out_of_the_mail_and_the_others_go(cast, mail, broken):
    told(cast, "CVE-1", "CVE-2", "CVE-3")
    broken("CVE-2")
    swept = sweep(NOON)
    assert (swept.sent, swept.mails, swept.failed) == (2, 1, 1)
    assert mail.box.subjects == ["WF-2026-014: 2 due soon"]
    assert "CVE-2" not in mail.box.text()
    assert [waiting(f"CVE-{number}").attempts for number in (1, 2, 3)] == [1, 1, 1]
    assert waiting("CVE-2").sent_at is None and waiting("CVE-2").waits_until > NOON


def test_what_can_be_written_only_alone_goes_alone(cast, mail, monkeypatch):
    told(cast, "CVE-1", "CVE-2")
    monkeypatch.setattr(delivery, "compose_digest", lambda *_: {}["no digest"])
    swept = sweep(NOON)
    assert (swept.sent, swept.mails, swept.failed) == (2, 2, 0)


def test_one_that_cannot_be_looked_at_again_holds_up_nobody(cast, mail, monkeypatch):
    told(cast, *(f"CVE-{number}" for number in range(1, 8)))
    real = recheck._why_not_now

    def looking(notice, *others):
        if notice.duty.subject == "CVE-5":
            raise RuntimeError("no such evidence")
        return real(notice, *others)

    monkeypatch.setattr(recheck, "_why_not_now", looking)
    swept = sweep(NOON)
    assert (swept.sent, swept.failed) == (6, 1)
    held = waiting("CVE-5")
    assert (held.attempts, held.claimed_at, held.sent_at) == (1, None, None)
    assert held.answer == "it could not be looked at again: RuntimeError: no such evidence"
    given_up(NOON + HOUR)
    assert waiting("CVE-5").cancelled_why.startswith("gave up: it could not be looked at again")


def test_giving_up_costs_the_same_for_one_and_for_twenty(cast, mail):
    mail.box.refuse = {"priya@duly.example": "550 no such user"}

    def statements(*subjects: str) -> int:
        told(cast, *subjects)
        with CaptureQueriesContext(connection) as taken:
            given_up(NOON)
        return len(taken)

    assert statements("ONE") == statements(*(f"CVE-{number}" for number in range(20)))
    assert Notice.objects.filter(cancelled_why__startswith="gave up").count() == 21


def test_the_watching_machine_is_told_how_many_were_given_up_in_a_week(
    duty, mail, client, settings, redis_url
):
    settings.REDIS_URL = redis_url
    mail.box.refuse = {"priya@duly.example": "550 no such user"}
    given_up(NOON)
    now = timezone.now()
    for ago, counted in ((timedelta(days=6, hours=23), 1), (timedelta(days=7, hours=1), None)):
        Notice.objects.filter(stage="due_soon").update(cancelled_at=now - ago)
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json().get("notices_given_up")) == (200, counted)
