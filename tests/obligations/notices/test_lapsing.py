"""Reminders that a certificate ends: from 90 days before its last day, once a step, until another takes over.

Its last day is Tuesday 31 March 2026; the present is Tuesday 17 March, noon, 14 days before.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.models import KeptBy, Role
from contracts.services.contracts import add_member
from contracts.terms.moments import LONDON
from obligations.certificates.models import Certificate
from obligations.certificates.services.changing import certificate_ceased, withdraw_certificate
from obligations.certificates.services.recording import Printed, Runs, record_certificate
from obligations.models import Notice
from obligations.rules.notices.lapsing import reminders, to_come, why_not
from obligations.rules.time.working_days import load_calendar
from obligations.services.notices import lapsing
from obligations.services.notices.delivery import PATIENCE, sweep
from obligations.services.recording.facts import withdraw_fact
from tests.cast import NOON, ORDER, SYSTEM, happened, patch_released, person, play

CE = "Cyber Essentials"
LAST = date(2026, 3, 31)
FIRST = Runs(CE, date(2025, 4, 1), LAST)
CALENDAR = load_calendar("england-and-wales")


def london(month: int, day: int, hour: int = 8, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LONDON)


def record(cast, runs=FIRST, number="CE-1", *, by="priya", now=NOON) -> Certificate:
    return record_certificate(cast.contract, cast.as_(by), now, runs=runs, printed=Printed(number, "All"))


def waiting(cast, *, of: str = "") -> list[tuple[str, str, datetime]]:
    """First name, step and earliest moment of every reminder that waits."""
    rows = Notice.objects.filter(contract=cast.contract, stage="lapses", sent_at=None, cancelled_at=None)
    rows = rows.filter(fact__subject=of) if of else rows
    rows = rows.select_related("recipient").order_by("not_before", "recipient__name")
    return [(row.recipient.name.split()[0], row.about.split(" before")[0], row.not_before) for row in rows]


def reasons(cast) -> set[str]:
    rows = Notice.objects.filter(contract=cast.contract, stage="lapses").exclude(cancelled_at=None)
    return set(rows.values_list("cancelled_why", flat=True))


# When


def test_each_step_is_on_the_morning_of_its_day_or_of_the_last_working_day_before():
    """30 days before is Sunday 1 March, so Friday 27 February; summer time begins on 29 March."""
    assert [(one.days, one.opens) for one in reminders(LAST, CALENDAR)] == [
        (90, london(12, 31, year=2025)),
        (60, london(1, 30)),
        (30, london(2, 27)),
        (14, london(3, 17)),
        (7, london(3, 24)),
        (1, london(3, 30)),
    ]


@pytest.mark.parametrize(
    ("now", "steps"),
    [
        (london(12, 31, 7, 2025), [90, 60, 30, 14, 7, 1]),
        (london(3, 17, 7), [30, 14, 7, 1]),
        (london(3, 17), [14, 7, 1]),
        (datetime(2026, 3, 31, 23, 59, 59, tzinfo=LONDON), [1]),
        (london(4, 1, 0), []),
    ],
)
def test_a_later_step_takes_the_place_of_the_one_before_until_the_last_day_is_over(now, steps):
    assert [one.days for one in to_come(LAST, CALENDAR, now)] == steps


def test_looked_at_again_a_reminder_makes_sense_until_the_next_one_says_it():
    about = "14 days before 2026-03-31"
    assert why_not(about, CALENDAR, london(3, 24, 7)) is None
    assert why_not(about, CALENDAR, london(3, 24)) == "a later notice takes its place"
    assert why_not("1 days before 2026-03-31", CALENDAR, london(4, 1, 0)) == "its last day is over"
    assert why_not("notice 7", CALENDAR, NOON) == "it is about no last day"


# To whom, and how often


@pytest.mark.django_db
def test_the_side_whose_certificate_it_is_is_told_once_for_each_step_that_is_left():
    cast = play()
    record(cast)
    assert waiting(cast) == [
        ("Priya", "14 days", NOON),
        ("Tom", "14 days", NOON),
        ("Priya", "7 days", london(3, 24)),
        ("Tom", "7 days", london(3, 24)),
        ("Priya", "1 days", london(3, 30)),
        ("Tom", "1 days", london(3, 30)),
    ]


@pytest.mark.django_db
def test_it_is_the_same_in_a_contract_whose_schedule_speaks_of_no_certificate():
    cast = play(ORDER)
    record(cast, Runs("ISO/IEC 27001", date(2025, 4, 1), date(2028, 3, 31)))
    assert len(waiting(cast)) == 12
    alone = play(ORDER, reference="WF-2", kept_by=KeptBy.AUTHORITY)
    record(alone, by="ada")
    assert {name for name, *_ in waiting(alone)} == {"Ada", "Ben"}


@pytest.mark.django_db
def test_what_ends_with_the_contract_or_after_it_is_not_worth_a_mail():
    assert not waiting(_recorded(end_date=date(2026, 3, 31)))
    assert waiting(_recorded(reference="WF-2", end_date=date(2026, 4, 1)))


def _recorded(**terms):
    cast = play(**terms)
    record(cast)
    return cast


@pytest.mark.django_db
def test_who_joins_later_is_told_what_is_left(mail):
    cast = play()
    record(cast)
    add_member(
        cast.contract, SYSTEM, NOON, person=person("uma"), role=Role.CONTRIBUTOR, from_day=date(2026, 3, 17)
    )
    assert lapsing.plan_again([cast.contract.pk], NOON).written == 3
    assert [step for name, step, _ in waiting(cast) if name == "Uma"] == ["14 days", "7 days", "1 days"]
    sweep(NOON)
    assert lapsing.plan_again([cast.contract.pk], NOON) == lapsing.Planned()


@pytest.mark.django_db
def test_looking_for_who_joined_costs_the_same_for_many_contracts(django_assert_num_queries):
    casts = [play(reference=f"WF-{number}") for number in range(3)]
    for cast in casts:
        record(cast)
    with django_assert_num_queries(4):
        lapsing.plan_again([cast.contract.pk for cast in casts], NOON)


# What changes it


@pytest.mark.django_db
def test_the_next_certificate_ends_the_reminders_and_withdrawn_brings_them_back():
    cast = play()
    record(cast)
    before = waiting(cast)
    second = record(cast, Runs(CE, date(2026, 3, 16), date(2027, 3, 15)), "CE-2")
    assert not waiting(cast, of="Cyber Essentials 2025")
    assert len(waiting(cast, of="Cyber Essentials 2026")) == 12
    assert reasons(cast) == {lapsing.NO_LONGER}
    withdraw_certificate(second, cast.as_("priya"), NOON, reason="Another organisation's")
    assert waiting(cast, of="Cyber Essentials 2025") == before


@pytest.mark.django_db
def test_what_ceased_ends_no_more_by_itself():
    cast = play()
    certificate_ceased(record(cast), cast.as_("priya"), NOON, when=date(2026, 3, 16), reason="Revoked")
    assert waiting(cast) == []


@pytest.mark.django_db
def test_what_was_withdrawn_is_not_told(mail):
    cast = play()
    row = record(cast)
    withdraw_fact(row.fact, cast.as_("priya"), NOON, reason="Another organisation's")
    sweep(NOON)
    assert reasons(cast) == {"what it is about was withdrawn"}
    assert not any("Ends soon" in words or "ends soon" in words for words in mail.box.subjects)


# The mail


@pytest.mark.django_db
def test_the_letter_says_what_ends_when_and_where_to_renew_it(mail):
    cast = play()
    record(cast)
    Notice.objects.exclude(stage="lapses", recipient__name__startswith="Priya").delete()
    assert sweep(NOON).sent == 1
    assert mail.box.subjects == ["Ends Tuesday 31 March 2026, in 14 days: Cyber Essentials 2025"]
    for words in (mail.box.text(), mail.box.html()):
        assert "in force through Tuesday 31 March 2026, in 14 days" in words
        assert "At 00:00 on 1 April 2026 it lapses by itself" in words
        assert f"/contracts/{cast.contract.pk}/certificates" in words
    entry = cast.contract.ledger.filter(verb="notices_sent").get()
    assert [(one["stage"], one["to"]) for one in entry.payload["notices"]] == [("lapses", "Priya Nair")]
    assert sweep(NOON + timedelta(minutes=1)).sent == 0
    assert sweep(london(3, 24)).sent == 1
    assert mail.box.subjects[1].startswith("Ends Tuesday 31 March 2026, in 7 days")


@pytest.mark.django_db
def test_what_is_over_before_the_next_mail_of_the_day_does_not_wait_for_it(mail, settings):
    """Recorded on a Saturday: the last day is the Sunday, and the mail of the day goes on the Monday."""
    settings.MAIL_DAILY = True
    saturday = london(3, 21, 12)
    record(play(), Runs(CE, date(2025, 4, 1), date(2026, 3, 22)), now=saturday)
    Notice.objects.exclude(stage="lapses", recipient__name__startswith="Priya").delete()
    assert sweep(saturday).sent == 1
    assert mail.box.subjects == ["Ends Sunday 22 March 2026, tomorrow: Cyber Essentials 2025"]


@pytest.mark.django_db
def test_it_goes_into_one_mail_with_what_else_there_is_to_tell(mail):
    cast = play()
    record(cast)
    Notice.objects.exclude(recipient__name__startswith="Priya").delete()
    assert sweep(NOON).mails == 1
    assert "1 ends soon" in mail.box.subjects[0] and "ENDS SOON (1)" in mail.box.text()
    assert "Ends soon (1)" in mail.box.html() and "Overdue (1)" in mail.box.html()


@pytest.mark.django_db
def test_one_that_cannot_be_sent_is_given_up_and_the_administrator_hears_of_it(mail):
    cast = play()
    record(cast)
    Notice.objects.exclude(stage="lapses", recipient__name__startswith="Priya").delete()
    Notice.objects.filter(not_before__gt=NOON).delete()
    mail.box.refuse["priya@duly.example"] = "550 no such mailbox"
    Notice.objects.update(attempts=PATIENCE - 1)
    sweep(NOON)
    mail.box.refuse.clear()
    [told] = Notice.objects.filter(stage="given_up").select_related("recipient")
    assert (told.recipient.name, told.duty_id) == ("Mina Sorrel", None)
    sweep(NOON + timedelta(minutes=1))
    assert mail.box.subjects == ["Could not be sent: Cyber Essentials 2025"]


# What must hold


@pytest.mark.django_db
def test_the_database_keeps_each_once_and_about_one_thing():
    cast = play()
    record(cast)
    row = Notice.objects.filter(stage="lapses").first()
    row.pk = None
    with pytest.raises(IntegrityError, match="notice_of_a_fact_sent_once"), transaction.atomic():
        row.save()
    row.fact = None
    with pytest.raises(IntegrityError, match="notice_of_one_thing"), transaction.atomic():
        row.save()


@pytest.mark.django_db
def test_recording_something_else_costs_no_query_more():
    without, cast = play(), play(reference="WF-2")
    record(cast)
    happened(cast, "certificate_copy_provided", date(2026, 3, 16), "Cyber Essentials 2025")
    counts = []
    for one in (without, cast):
        patch_released(one, "CVE-2026-0001", category="Critical")
        with CaptureQueriesContext(connection) as queries:
            patch_released(one, "CVE-2026-0002", category="Critical")
        counts.append(len(queries))
    assert counts[0] == counts[1]
