"""Somebody's dates in their calendar program: the address, what is given out at it, and to whom no more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from re import search

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from khal.cli import main_khal

from contracts.models import CalendarFeed, Membership, Person
from contracts.services import calendar_feeds
from contracts.services.leaving import set_sign_in
from contracts.terms.moments import LONDON
from obligations.models import Duty
from obligations.services import calendar_feed
from tests.cast import NOON, SYSTEM, claimed, done, happened, patch_released, play
from tests.support import ics
from tests.web.conftest import words
from tests.web.test_kept_from_others import keep

pytestmark = pytest.mark.django_db


def feed(person: Person) -> str:
    """A new address of somebody."""
    return reverse("calendar_file", args=[calendar_feeds.make(person, NOON)])


def events(address: str, **headers: str) -> dict:
    answer = Client().get(address, headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return ics.read(answer.content)


def uid(duty: Duty) -> str:
    return f"duty-{duty.pk}@duly.example"


def later(cast, patch: Duty) -> None:
    """More time is agreed for a patch, so its date moves."""
    period = {"amount": 20, "unit": "days"}
    claimed(cast, "patch_period_agreed", date(2026, 3, 13), patch.subject, accepted_by="ada", period=period)


def test_an_address_is_shown_once_made_anew_and_ended(cast, browse):
    priya, page = browse(cast.priya), reverse("calendar")
    assert "You have no address yet." in words(priya.get(page))
    made = priya.post(reverse("new_calendar"))
    first = search(r"/feed/[\w-]{43}/duly.ics", made.content.decode())[0]
    assert "no-store" in made.headers["Cache-Control"]
    assert Client().get(first).status_code == 200
    shown = words(priya.get(page))
    assert "Last fetched midday on 17 March 2026" in shown and first not in shown
    second = search(r"/feed/[\w-]{43}/duly.ics", priya.post(reverse("new_calendar")).content.decode())[0]
    old = Client().get(first)
    assert old.status_code == 410 and b"a new address was made" in old.content
    assert Client().get(second).status_code == 200
    assert "works no more" in words(priya.post(reverse("end_calendar"), follow=True))
    assert "no calendar address that works" in words(priya.post(reverse("end_calendar"), follow=True))
    assert Client().get(second).status_code == 410
    assert calendar_feeds.key_hash(second.split("/")[2]) == CalendarFeed.objects.first().key_hash


def test_who_did_not_just_sign_in_is_asked_again(cast, browse, at_noon):
    client = browse(cast.priya)
    at_noon.move_to(NOON + timedelta(minutes=11))
    answer = client.post(reverse("new_calendar"))
    assert answer.status_code == 302 and answer.url.startswith(reverse("account_reauthenticate"))
    assert not CalendarFeed.objects.exists()


def test_a_day_is_a_whole_day_and_a_limit_in_hours_a_moment(cast):
    patch = patch_released(cast)
    happened(cast, "protective_monitoring_alert_raised", NOON - timedelta(hours=3), "A-1")
    found = events(feed(cast.priya))
    event = found[uid(patch)]
    assert event["DTSTART"].dt == date(2026, 3, 19) and event["DTEND"].dt == date(2026, 3, 20)
    assert event["SUMMARY"] == f"{patch.title} (CVE-2026-0001), paragraph 10.3, WF-2026-014"
    assert (event["SEQUENCE"], event["STATUS"], event["CLASS"]) == (0, "CONFIRMED", "PRIVATE")
    assert event["URL"].endswith(reverse("duty", args=[cast.contract.pk, patch.pk]))
    assert "owes this by the end of Thursday 19 March 2026" in event["DESCRIPTION"]
    hours = Duty.objects.filter(subject="A-1", derivation__hour_clock=True).first()
    assert found[uid(hours)]["DTSTART"].to_ical() == f"{hours.due_at:%Y%m%dT%H%M%SZ}".encode()
    dated = Duty.objects.filter(due_at__isnull=False).exclude(phase="before_duly")
    assert set(found) == {uid(one) for one in dated}


def test_a_date_that_moved_is_a_new_sequence_and_what_is_met_is_cancelled_for_a_time(cast, at_noon):
    patch, address = patch_released(cast), feed(cast.priya)
    before = events(address)[uid(patch)]
    later(cast, patch)
    after = events(address)[uid(patch)]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    done(patch, cast)
    assert events(address)[uid(patch)]["STATUS"] == "CANCELLED"
    at_noon.move_to(NOON + timedelta(days=90))
    assert uid(patch) in events(address)
    at_noon.move_to(NOON + timedelta(days=90, seconds=1))
    assert uid(patch) not in events(address)


def test_what_did_not_change_is_not_sent_again(cast, at_noon):
    patch, address = patch_released(cast), feed(cast.priya)
    first = Client().get(address)
    etag, since = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"if-none-match": etag}, {"if-modified-since": since}):
        again = Client().get(address, headers=headers)
        assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == etag
    done(patch, cast)  # within the same second
    for headers in ({"if-none-match": etag}, {"if-modified-since": since}):
        again = Client().get(address, headers=headers)
        assert again.status_code == 200 and again.headers["Last-Modified"] != since
    Membership.objects.filter(person=cast.priya).update(to_day=date(2026, 3, 16))
    gone = Client().get(address, headers={"if-modified-since": again.headers["Last-Modified"]})
    assert gone.status_code == 200 and not ics.read(gone.content)


def test_what_is_kept_to_a_list_is_there_for_those_on_it_alone(cast):
    kept = keep(cast)
    addresses = {name: feed(cast.people[name]) for name in ("ada", "ben", "tom", "olu")}
    subjects = {name: Client().get(one).content.count(b"OFFSEN") for name, one in addresses.items()}
    assert subjects.pop("ada") > 0 and set(subjects.values()) == {0}
    theirs = {one["CLASS"] for one in events(addresses["ada"]).values() if kept.reference in one["SUMMARY"]}
    assert theirs == {"CONFIDENTIAL"}


def test_only_contracts_of_today_and_an_auditor_until_their_last_day(cast, at_noon):
    patch_released(cast)
    Membership.objects.filter(person=cast.olu).update(to_day=NOON.date())
    address, other = feed(cast.olu), feed(cast.zed)
    assert events(address) and not events(other)
    at_noon.move_to(datetime(2026, 3, 17, 23, 59, 59, tzinfo=LONDON))
    assert events(address)
    at_noon.move_to(datetime(2026, 3, 18, 0, 0, tzinfo=LONDON))
    assert not events(address)


def test_who_left_is_answered_no_more_at_once(cast, browse, at_noon):
    address, closed = feed(cast.priya), feed(cast.tom)
    Person.objects.filter(pk=cast.priya.pk).update(ends_on=NOON.date())
    assert Client().get(address).status_code == 200
    at_noon.move_to(NOON + timedelta(days=1))
    answer = Client().get(address)
    assert answer.status_code == 410 and b"no longer signs in" in answer.content
    set_sign_in(cast.tom, SYSTEM, NOON, is_active=False, is_staff=False, is_superuser=False)
    assert Client().get(closed).status_code == 410
    set_sign_in(cast.tom, SYSTEM, NOON, is_active=True, is_staff=False, is_superuser=False)
    assert Client().get(closed).status_code == 410  # it does not come back with them
    for wrong in ("x", "A" * 43, "A" * 44):
        assert Client().get(reverse("calendar_file", args=[wrong])).status_code == 404
    assert browse(cast.ada).get(reverse("calendar_file", args=["A" * 43])).status_code == 404


def test_another_password_ends_it(cast, browse):
    address = feed(cast.priya)
    sent = {
        "oldpassword": "a long enough password",
        "password1": "another long one, 42",
        "password2": "another long one, 42",
    }
    browse(cast.priya).post(reverse("account_change_password"), sent)
    answer = Client().get(address)
    assert answer.status_code == 410 and b"the password was changed" in answer.content


def test_it_says_the_same_whoever_else_is_signed_in_where_it_is_fetched(cast, browse):
    patch_released(cast)
    address = feed(cast.priya)
    assert browse(cast.zed).get(address).content == Client().get(address).content != b""


def test_too_many_guesses_and_too_many_fetches_are_held_up(cast):
    address = feed(cast.priya)
    wrong = reverse("calendar_file", args=["A" * 43])
    assert [Client().get(wrong).status_code for _ in range(21)][-2:] == [404, 429]
    answers = [Client().get(address) for _ in range(31)]
    assert [one.status_code for one in answers[-2:]] == [200, 429] and answers[-1].headers[
        "Retry-After"
    ] == "600"


def test_queries_do_not_grow_with_contracts_and_duties(cast):
    address = feed(cast.priya)
    events(address)
    with CaptureQueriesContext(connection) as few:
        events(address)
    patch_released(play(reference="WF-2026-099"))
    with CaptureQueriesContext(connection) as many:
        assert any("WF-2026-099" in one["SUMMARY"] for one in events(address).values())
    assert len(many) == len(few) <= 8


def test_no_more_than_can_be_read_and_it_says_so(cast, monkeypatch):
    patch = patch_released(cast)
    monkeypatch.setattr(calendar_feed, "MOST", 3)
    answer = Client().get(feed(cast.priya))
    found = ics.read(answer.content)
    assert len(found) == 3 and uid(patch) in found and b"Only the 3 dates nearest to today" in answer.content


def test_long_and_strange_titles_are_folded_and_escaped(cast):
    patch = patch_released(cast)
    strange = "Zürich; 日本, \\ 👩‍🚀 " * 9
    Duty.objects.filter(pk=patch.pk).update(title=strange[:255], subject='a\nb\rc: "d"')
    assert events(feed(cast.priya))[uid(patch)]["SUMMARY"].startswith("Zürich; 日本, \\ 👩‍🚀 Zürich")


def test_khal_lists_it_right_after_a_change_and_a_cancellation(cast, tmp_path, monkeypatch):
    """A real calendar program reads it, and reads it again."""
    patch, address = patch_released(cast), feed(cast.priya)
    listed = Khal(tmp_path, monkeypatch)
    title = f"{patch.title} (CVE-2026-0001)"
    assert listed.after(address, "19.03.2026", title)
    assert not listed.after(address, "20.03.2026", title)  # the end of a whole day is not part of it
    later(cast, patch)
    moved = Duty.objects.get(pk=patch.pk).due_date
    assert not listed.after(address, "19.03.2026", title) and listed.after(
        address, f"{moved:%d.%m.%Y}", title
    )
    done(patch, cast)
    lines = listed.after(address, f"{moved:%d.%m.%Y}", title)
    assert len(lines) == 1 and lines[0].startswith("CANCELLED")


class Khal:
    """khal with one calendar, into which it imports ours."""

    def __init__(self, folder, monkeypatch) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(folder))
        (folder / "calendar").mkdir()
        self.config = folder / "config"
        self.config.write_text(
            f"[calendars]\n[[duly]]\npath = {folder}/calendar\n[sqlite]\npath = {folder}/khal.db\n"
            "[locale]\nlocal_timezone = Europe/London\ndefault_timezone = Europe/London\n"
            "timeformat = %H:%M\ndateformat = %d.%m.\nlongdateformat = %d.%m.%Y\n"
            "datetimeformat = %d.%m. %H:%M\nlongdatetimeformat = %d.%m.%Y %H:%M\n"
        )
        self.file = folder / "duly.ics"

    def run(self, *arguments: str) -> str:
        result = CliRunner().invoke(main_khal, ["-c", str(self.config), *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    def after(self, address: str, day: str, title: str) -> list[str]:
        """The lines of a day with this title, once khal has read the feed again."""
        self.file.write_bytes(Client().get(address).content)
        self.run("import", "--batch", str(self.file))
        shown = self.run("list", "--day-format", "", "--format", "{cancelled}|{title}", day, "1d")
        return [line for line in shown.splitlines() if title in line]
