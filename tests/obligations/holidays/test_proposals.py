"""What may be proposed: published lists read strictly, one-off days that make sense, and the clock's look."""

from __future__ import annotations

import http.server
import json
import logging
import threading
from datetime import date

import pytest

from contracts.services.errors import Refused
from obligations.models import CalendarChange, CalendarCheck, Duty
from obligations.services.asking import calendars
from obligations.services.holidays import proposing, published_list
from tests.cast import NOON, patch_released
from tests.obligations.holidays.conftest import DUE, TUESDAY, as_file

pytestmark = pytest.mark.django_db


def event(day: str, title: str = "Bank holiday for the jubilee", notes: str = "") -> dict[str, object]:
    return {"title": title, "date": day, "notes": notes, "bunting": False}


def upload(admin, data) -> CalendarChange:
    return proposing.propose_file(admin, NOON, file=as_file(data))


def test_the_list_in_use_says_nothing_new(admin, published):
    with pytest.raises(Refused, match="nothing new"):
        upload(admin, published)


def test_a_day_more_a_day_less_and_a_new_year(admin, published):
    england = published["england-and-wales"]["events"]
    england[:] = [one for one in england if one["date"] != "2026-05-04"]
    england.append(event("2026-05-08", "Early May bank holiday"))
    for place in published:
        published[place]["events"].append(event("2029-01-01", "New Year’s Day"))
    change = upload(admin, published).change
    assert change.added["england-and-wales"] == {
        date(2026, 5, 8): "Early May bank holiday",
        date(2029, 1, 1): "New Year’s Day",
    }
    assert change.removed == {"england-and-wales": {date(2026, 5, 4): "Early May bank holiday"}}
    assert change.edge == date(2029, 1, 1)
    assert not change.only_extends(date(2028, 12, 26))


def test_years_that_the_list_no_longer_speaks_about_stay(admin, published):
    published["scotland"]["events"].append(event("2026-06-16", "The day after"))
    assert not upload(admin, published).change.removed


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda d: d.pop("scotland"), "scotland: the list for Scotland is missing"),
        (lambda d: d["scotland"].update(events=[]), "scotland.events: there must be at least one"),
        (lambda d: d["scotland"].update(events="x"), "scotland.events: there must be at least one"),
        (
            lambda d: d["scotland"]["events"][3].update(date="03/04/2026"),
            r"scotland.events\[3\].date: '03/04/2026' is not a day; write it like 2026-12-25",
        ),
        (
            lambda d: d["scotland"]["events"][0].update(date="2026-02-30"),
            r"events\[0\].date: '2026-02-30' is not",
        ),
        (lambda d: d["scotland"]["events"][0].update(date="1912-01-01"), "is out of range"),
        (lambda d: d["scotland"]["events"][2].pop("title"), r"scotland.events\[2\].title: .* has no name"),
        (lambda d: d["scotland"]["events"][2].update(title="x" * 121), r"events\[2\].title: .* too long"),
        (lambda d: d["scotland"]["events"].append("x"), "must be an object"),
        (lambda d: d["scotland"]["events"].append(d["scotland"]["events"][0]), "is listed twice"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_fix(admin, published, spoil, says):
    spoil(published)
    with pytest.raises(Refused, match=says) as refused:
        upload(admin, published)
    assert refused.value.field == "file"
    assert not CalendarChange.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"<html>", "bank-holidays.json", "not JSON"),
        (b"\xff\xfe", "bank-holidays.json", "not JSON"),
        (b"[]", "bank-holidays.json", "one object with a list for each division"),
        (b"", "bank-holidays.json", "empty"),
        (b"{}", "bank-holidays.ics", "one of these types: .json"),
    ],
)
def test_what_is_no_list_is_refused(admin, data, name, says):
    with pytest.raises(Refused, match=says):
        proposing.propose_file(admin, NOON, file=as_file(data, name))


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"day": date(2026, 5, 16)}, "day", "16 May 2026 is a Saturday"),
        ({"day": date(2026, 5, 17)}, "day", "17 May 2026 is a Sunday"),
        ({"day": date(2026, 4, 3)}, "day", "is a holiday in England and Wales already: Good Friday"),
        ({"day": date(2026, 4, 3), "division": "all"}, "day", "in every division already: Good Friday"),
        ({"day": date(2011, 12, 30)}, "day", "Enter a day from 1 January 2012"),
        ({"day": date(2100, 1, 4)}, "day", "to 31 December 2099"),
        ({"division": "wales"}, "division", "Choose a division"),
        ({"name": "  "}, "name", "Enter the holiday's name"),
        ({"name": "x" * 121}, "name", "Shorten this to 120"),
        ({"source": ""}, "source", "where it was announced"),
    ],
)
def test_a_one_off_day_that_makes_no_sense_is_refused(admin, given, field, says):
    usual = {"division": "england-and-wales", "day": TUESDAY, "name": "Jubilee", "source": "A proclamation"}
    with pytest.raises(Refused, match=says) as refused:
        proposing.propose_day(admin, NOON, **usual | given)
    assert refused.value.field == field
    assert not CalendarChange.objects.exists()


def test_the_same_day_is_not_proposed_twice(propose):
    propose()
    with pytest.raises(Refused, match="proposed already"):
        propose()


def test_everywhere_adds_it_only_where_it_is_missing(admin):
    change = proposing.propose_day(
        admin, NOON, division="all", day=date(2026, 3, 17), name="St Patrick", source="x"
    ).change
    assert set(change.added) == {"england-and-wales", "scotland"}


# The clock's look at the published list


@pytest.fixture
def server(settings):
    """A real web server that answers with what the test puts into ``answer``."""

    class Answer(http.server.BaseHTTPRequestHandler):
        body, status = b"", 200

        def do_GET(self):
            self.send_response(type(self).status)
            self.end_headers()
            self.wfile.write(type(self).body)

        def log_message(self, *_):
            pass

    started = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    soon = {"poll_interval": 0.01}  # how long it takes to notice that the test is over
    threading.Thread(target=started.serve_forever, kwargs=soon, daemon=True).start()
    settings.BANK_HOLIDAYS_URL = f"http://127.0.0.1:{started.server_port}/bank-holidays.json"
    yield Answer
    started.shutdown()
    started.server_close()


def test_new_years_that_move_no_date_are_added_by_themselves(cast, duty, server, published):
    for place in published:
        published[place]["events"].append(event("2029-01-01", "New Year’s Day"))
    server.body = json.dumps(published).encode()
    change = published_list.refresh(NOON)
    change.refresh_from_db()
    assert (change.state, change.applied_by_name, change.moved) == ("applied", "Duly (bank holidays)", 0)
    assert calendars.load().of("scotland").edge == date(2029, 1, 1)
    assert published_list.refresh(NOON) is None
    assert "nothing new" in CalendarCheck.objects.first().note


def test_new_years_that_move_a_provisional_date_wait_for_an_administrator(cast, server, published):
    duty = patch_released(cast, "CVE-2026-2", category="Other")
    happened_late = Duty.objects.filter(pk=duty.pk)
    from tests.cast import happened

    happened(
        cast, "patch_period_agreed", date(2026, 3, 13), duty.subject, by="ada",
        period={"amount": 720, "unit": "working_days"},
    )  # fmt: skip
    duty = happened_late.get()
    assert duty.provisional and duty.due_date > date(2028, 12, 26)
    for place in published:
        published[place]["events"] += [
            event("2029-01-01", "New Year’s Day"),
            event("2029-12-25", "Christmas"),
        ]
    server.body = json.dumps(published).encode()
    change = published_list.refresh(NOON)
    change.refresh_from_db()
    assert (change.state, change.previewed_moves) == ("ready", 1)
    assert Duty.objects.get(pk=duty.pk).due_date == duty.due_date


def test_a_published_day_that_moves_dates_waits_and_a_withdrawn_one_does_not_come_back(
    cast, duty, server, published, admin
):
    published["england-and-wales"]["events"].append(event(TUESDAY.isoformat()))
    server.body = json.dumps(published).encode()
    change = published_list.refresh(NOON)
    change.refresh_from_db()
    assert (change.state, change.previewed_moves) == ("ready", 1)
    assert published_list.refresh(NOON) is None
    proposing.withdraw(change, admin, NOON, reason="Not for this contract")
    assert published_list.refresh(NOON) is None
    assert CalendarChange.objects.count() == 1
    assert Duty.objects.get(pk=duty.pk).due_date == DUE


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (503, b"", "the server answered 503"),
        (200, b"<html>Sign in to the network</html>", "Expecting value"),
        (200, b'{"scotland": {}}', "england-and-wales: the list for England and Wales is missing"),
    ],
)
def test_an_answer_that_is_no_list_changes_nothing_and_is_one_line(server, caplog, status, body, says):
    server.status, server.body = status, body
    with caplog.at_level(logging.WARNING):
        assert published_list.refresh(NOON) is None
    (line,) = [record for record in caplog.records if "bank holidays" in record.getMessage()]
    assert says in line.getMessage() and line.exc_info is None
    assert says in CalendarCheck.objects.get().note
    assert calendars.load().version == 1


def test_no_network_changes_nothing(settings, caplog):
    settings.BANK_HOLIDAYS_URL = "http://127.0.0.1:1/bank-holidays.json"
    assert published_list.refresh(NOON) is None
    assert not CalendarCheck.objects.get().answered
    settings.BANK_HOLIDAYS_URL = ""
    assert published_list.refresh(NOON) is None
    assert CalendarCheck.objects.count() == 1
