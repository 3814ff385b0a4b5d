"""The mail of the day: one for each person, across contracts, short however much there is."""

from __future__ import annotations

from copy import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from contracts.models import AudienceChange
from obligations.models import Duty, Notice
from obligations.rules.notices.digests import mail_of_the_day, next_morning
from obligations.rules.time.working_days import load_calendar
from obligations.services.notices.daily_mail import compose_daily
from obligations.services.notices.delivery import sweep, with_what_they_say
from obligations.services.notices.notice_mail import Circumstances
from obligations.services.notices.planning import plan
from obligations.services.notices.waiting import oldest_unsent
from tests.cast import NOON, make_contract
from tests.support.duties import make_duty

CALENDAR = load_calendar("england-and-wales")
MORNING = datetime(2026, 3, 18, 8, 0, tzinfo=UTC)
"""The next, a Wednesday; NOON is the Tuesday before."""


@pytest.fixture(autouse=True)
def daily(settings):
    settings.MAIL_DAILY = True


def only_to(name: str = "Priya") -> None:
    Notice.objects.exclude(recipient__name__startswith=name).delete()


# When, without a database


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("2026-03-17T08:00:00Z", "2026-03-17T08:00:00Z"),
        ("2026-03-17T08:00:01Z", "2026-03-18T08:00:00Z"),
        ("2026-03-20T12:00:00Z", "2026-03-23T08:00:00Z"),  # over a week-end
        ("2026-03-27T12:00:00Z", "2026-03-30T07:00:00Z"),  # and into summer time
        ("2026-04-02T12:00:00Z", "2026-04-07T07:00:00Z"),  # over Easter
    ],
)
def test_it_goes_at_eight_in_london_on_the_next_working_day(moment, morning):
    assert next_morning(datetime.fromisoformat(moment), CALENDAR) == datetime.fromisoformat(morning)


@pytest.mark.parametrize(
    ("due_at", "critical", "waits"),
    [
        (None, False, True),
        (MORNING, False, True),
        (MORNING - timedelta(seconds=1), False, False),  # it would have passed
        (NOON - timedelta(days=1), False, True),  # it has passed: no hurry by that
        (MORNING + timedelta(days=1), True, False),
        (None, True, False),
    ],
)
def test_at_once_goes_what_is_critical_or_would_be_too_late(due_at, critical, waits):
    assert (mail_of_the_day(NOON, due_at, critical, CALENDAR) == MORNING) is waits
    assert (mail_of_the_day(NOON, due_at, critical, CALENDAR) is None) is not waits


# The mail


def test_what_can_wait_goes_next_morning_in_one_mail_across_contracts(cast, mail):
    other = make_contract(reference="WF-2026-099")
    plan(
        [make_duty(cast, "CVE-1", due=date(2026, 3, 20)), make_duty(cast, "CVE-2", due=date(2026, 3, 20))],
        NOON,
    )
    plan([make_duty(other, "CVE-3", due=date(2026, 3, 23))], NOON)
    only_to()
    assert sweep(NOON).mails == 0 and not mail.box.messages
    assert oldest_unsent(MORNING - timedelta(minutes=1)) == timedelta(0)
    assert sweep(MORNING - timedelta(minutes=1)).sent == 0
    swept = sweep(MORNING)
    assert (swept.sent, swept.mails) == (3, 1)
    assert mail.box.subjects == ["2 contracts: 3 due soon"]
    for words in (mail.box.text(), mail.box.html()):
        assert words.index("CVE-1") < words.index("CVE-2") < words.index("CVE-3")
        assert words.count("paragraph 10.3: Friday 20 March 2026") == 1
        assert words.count("paragraph 10.3: Monday 23 March 2026") == 1
        assert "comes late" not in words
        for duty in Duty.objects.filter(subject__startswith="CVE"):
            assert f"/contracts/{duty.contract_id}/duties/{duty.pk}" in words
    assert sweep(MORNING + timedelta(minutes=1)).mails == 0


def test_three_hundred_due_on_one_day_are_one_mail_a_person_under_sixty_kilobytes(cast, mail):
    title = "Apply Critical patches to every system that processes what the contract is about, and say so"
    plan([make_duty(cast, f"CVE-2026-{number:05}", title=title) for number in range(300)], NOON)
    AudienceChange.objects.all().delete()
    sweep(NOON)
    swept = sweep(MORNING)
    assert (swept.sent, swept.mails) == (600, 2)
    assert sorted(mail.box.recipients) == ["priya@duly.example", "tom@duly.example"]
    assert all(len(message.as_bytes()) < 60_000 for message in mail.box.messages)
    for words in (mail.box.text(), mail.box.html()):
        assert words.count("CVE-2026-") == 20
        assert "And 280 more" in words and f"/contracts/{cast.contract.pk}" in words
    assert mail.box.subjects[0] == "WF-2026-014: 300 due soon"


def test_three_hundred_contracts_are_under_sixty_kilobytes_too(cast):
    title = "Apply Critical patches to every system that processes what the contract is about, and say so" * 2
    plan([make_duty(cast, title=title)], NOON)
    one = with_what_they_say([Notice.objects.get(recipient=cast.priya, stage="due_soon").pk])[0]
    notices, around = [], {}
    for number in range(300):
        notice, contract = copy(one), copy(cast.contract)
        contract.pk, contract.reference, contract.title = number + 1, f"WF-{number:03}", title
        notice.pk, notice.contract = number + 1, contract
        notices.append(notice)
        around[notice.pk] = Circumstances()
    message = compose_daily(notices, around, MORNING, MORNING)
    assert len(message.message().as_bytes()) < 60_000
    for words in (message.body, message.alternatives[0].content):
        assert words.count("Due soon:") == 20
        assert "And 280 more about 280 other contracts." in words and "/inbox" in words


def test_a_date_before_the_next_morning_and_an_hour_clock_do_not_wait(cast, mail):
    by_evening = make_duty(cast, "CVE-1", due=date(2026, 3, 17))
    plan([by_evening, make_duty(cast, "CVE-2")], NOON)
    only_to()
    assert sweep(NOON).sent == 1
    assert "CVE-1" in mail.box.subjects[0]


def test_what_the_contract_wants_promptly_does_not_wait(cast, mail):
    plan([make_duty(cast, "B-1", due=None, word="promptly", path="main/10.5.2")], NOON)
    only_to()
    assert sweep(NOON).sent == 1 and mail.box.subjects[0].startswith("Owed now")


def test_after_two_days_without_a_worker_all_goes_once_and_says_that_it_is_late(cast, mail):
    plan([make_duty(cast, "CVE-1", due=date(2026, 4, 1))], NOON)
    plan([make_duty(cast, "CVE-2", due=date(2026, 4, 1))], NOON + timedelta(days=1))
    Notice.objects.update(not_before=NOON)
    Notice.objects.filter(duty__subject="CVE-2").update(not_before=NOON + timedelta(days=1))
    only_to()
    Notice.objects.exclude(stage="due_soon").delete()
    swept = sweep(NOON + timedelta(days=2))
    assert (swept.sent, swept.mails) == (2, 1)
    assert "comes late" in mail.box.text() and "8:00 on Wednesday 18 March 2026" in mail.box.text()
    assert sweep(NOON + timedelta(days=3)).sent == 0


def test_after_two_days_without_a_mail_server_it_is_one_mail_too(cast, mail):
    plan(
        [make_duty(cast, "CVE-1", due=date(2026, 3, 24)), make_duty(cast, "CVE-2", due=date(2026, 3, 25))],
        NOON,
    )
    only_to()
    Notice.objects.exclude(stage="due_soon").delete()
    sweep(NOON)
    mail.stop()
    now = MORNING
    while now < MORNING + timedelta(days=2):
        sweep(now)
        now += timedelta(hours=1)
    mail.start()
    swept = sweep(now + timedelta(hours=1))
    assert (swept.sent, swept.mails) == (2, 1)
    assert "comes late" in mail.box.text()


def test_a_server_that_drops_after_the_text_gets_it_again_under_the_same_message_id(cast, mail, monkeypatch):
    plan([make_duty(cast, "CVE-1"), make_duty(cast, "CVE-2")], NOON)
    only_to()
    sweep(NOON)
    take = mail.box.handle_DATA

    async def drop(server, session, envelope):
        await take(server, session, envelope)
        server.transport.abort()
        return "250 never heard"

    mail.box.handle_DATA = drop
    assert sweep(MORNING).failed == 1
    mail.box.handle_DATA = take
    plan([make_duty(cast, "CVE-3", due=date(2026, 3, 18))], MORNING)  # in between, and told apart
    only_to()
    sweep(MORNING + timedelta(minutes=2))
    twice = [one for one in mail.box.ids if mail.box.ids.count(one) == 2]
    assert len(twice) == 2 and len(mail.box.ids) == 3


def test_nobody_is_told_in_it_of_a_contract_that_they_left_in_between(cast, mail):
    other = make_contract(reference="WF-2026-099")
    plan([make_duty(cast, "CVE-1"), make_duty(cast, "CVE-2"), make_duty(other, "SECRET-3")], NOON)
    only_to()
    sweep(NOON)
    other.contract.memberships.filter(person=other.priya).update(to_day=date(2026, 3, 17))
    sweep(MORNING)
    assert mail.box.subjects == ["WF-2026-014: 2 due soon"]
    assert "SECRET-3" not in mail.box.text() + mail.box.html() and "WF-2026-099" not in mail.box.html()


def test_what_is_overdue_says_by_how_much(cast, mail):
    duty = make_duty(cast, "CVE-1", due=date(2026, 3, 16), literal_limit="2026-03-10")
    plan([duty, make_duty(cast, "CVE-2", due=date(2026, 3, 20))], NOON)
    only_to()
    sweep(NOON)
    sweep(MORNING)
    assert "10 March 2026, had gone when this was recorded" in mail.box.text()
    assert "It is 8 days late by it." in mail.box.text()


# The dry run


def test_a_dry_run_says_who_would_get_what_and_sends_nothing(cast, mail, capsys):
    plan([make_duty(cast, "CVE-1"), make_duty(cast, "CVE-2")], NOON)
    met = make_duty(cast, "CVE-3")
    plan([met, make_duty(cast, "B-1", due=None, word="promptly", path="main/10.5.2")], NOON)
    Duty.objects.filter(pk=met.pk).update(phase="met")
    before = list(Notice.objects.order_by("pk").values())
    call_command("mails", at="2026-03-18T08:00:00+00:00")
    said = capsys.readouterr().out.splitlines()
    told = "2 in one mail of the day, 1 at once, 1 no longer sent"
    assert said == [f"Priya Nair <priya@duly.example>: {told}", f"Tom Ashdown <tom@duly.example>: {told}"]
    call_command("mails", at="2026-03-17T12:00:00+00:00")
    assert "1 at once, 1 no longer sent" in capsys.readouterr().out
    assert not mail.box.messages and list(Notice.objects.order_by("pk").values()) == before
    sweep(NOON)
    sweep(MORNING)
    assert len(mail.box.messages) == 4  # what it said: one mail of the day and one at once for each


@pytest.mark.parametrize("at", ["yesterday", "2026-03-18T08:00:00"])
def test_a_dry_run_refuses_what_is_no_moment(cast, at):
    with pytest.raises(CommandError, match="--at"):
        call_command("mails", at=at)
