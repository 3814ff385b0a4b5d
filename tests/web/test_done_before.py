"""What was done before Duly kept a contract: a day for each thing, on one page (R32)."""

from __future__ import annotations

from datetime import date
from re import search

import pytest
from django.test import Client
from django.urls import reverse

from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord
from obligations.services.making.done_before import say_done, things
from obligations.web.making import done_before
from tests.cast import DMP, NOON, ORDER, Cast, play
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
SCAN = "Have the system scanned from outside"


@pytest.fixture
def cast(db) -> Cast:
    """A contract since April 2025, kept from 17 March 2026."""
    return play(DMP, ORDER, tracked_from=date(2026, 3, 17))


def address(cast: Cast) -> str:
    return reverse("done_before", args=[cast.contract.pk])


def named(cast: Cast, title: str) -> str:
    """The field of a thing."""
    return next(f"day_{one.duty.pk}" for one in things(cast.contract) if one.duty.title == title)


def send(client: Client, cast: Cast, **sent: str):
    token = search(r'name="token" value="([^"]+)"', client.get(address(cast)).content.decode())[1]
    return client.post(address(cast), sent | {"token": token}, follow=True)


def test_each_thing_stands_there_once_with_who_owes_it(cast, browse):
    page = words(browse(cast.priya).get(address(cast)))
    assert page.count(f"{SCAN} When was it last done?") == 1
    assert "Review Information Risk Management Approval" in page
    assert "Deliver the security management plan" in page and "Record it under" in page
    assert "What is in force today" in page
    assert "Say what is already done" in words(
        browse(cast.priya).get(reverse("set_up", args=[cast.contract.pk]))
    )


def test_what_comes_back_is_counted_from_the_last_day(cast, browse):
    """The last scan was on 2 March 2026, so the next is due on 2 April 2026 (R16)."""
    told = words(send(browse(cast.priya), cast, **day_boxes(named(cast, SCAN), date(2026, 3, 2))))
    assert "1 day is on the record." in told
    scans = Duty.objects.filter(title=SCAN, phase="open")
    assert [one.due_date for one in scans] == [date(2026, 4, 2)]
    assert FactRecord.objects.get().happened_on == date(2026, 3, 2)


def test_a_day_before_the_last_period_counts_as_well(cast, browse):
    """The last scan was on 20 January 2026: due then on 20 February, before Duly, and on 20 March."""
    send(browse(cast.priya), cast, **day_boxes(named(cast, SCAN), date(2026, 1, 20)))
    scans = Duty.objects.filter(title=SCAN, phase="open")
    assert [one.due_date for one in scans] == [date(2026, 3, 20)]
    assert not Duty.objects.filter(due_date__lt=date(2026, 3, 17), phase="open").exists()


def test_several_days_are_recorded_together_or_not_at_all(cast, browse):
    client = browse(cast.priya)
    both = day_boxes(named(cast, SCAN), date(2026, 3, 2)) | day_boxes(
        named(cast, "Have the system tested by a CHECK member"), date(2026, 3, 18)
    )
    told = errors(send(client, cast, **both))
    assert list(told) == ["This is in the future; enter the day on which it was done."]
    assert not FactRecord.objects.exists()
    both |= day_boxes(named(cast, "Have the system tested by a CHECK member"), date(2025, 11, 3))
    assert "2 days are on the record." in words(send(client, cast, **both))
    assert FactRecord.objects.count() == 2


def test_nothing_given_says_so(cast, browse):
    assert list(errors(send(browse(cast.priya), cast))) == [
        "Enter the day of one thing at least, or leave the page."
    ]


def test_a_contract_kept_from_its_beginning_has_nothing_before(browse):
    cast = play()
    page = words(browse(cast.priya).get(address(cast)))
    assert "Duly keeps this contract from its beginning" in page
    assert "Say what is already done" not in words(
        browse(cast.priya).get(reverse("set_up", args=[cast.contract.pk]))
    )


def test_a_long_list_comes_in_pages(cast, browse, monkeypatch):
    monkeypatch.setattr(done_before, "PER_PAGE", 2)
    client = browse(cast.priya)
    first, second = (words(client.get(address(cast), {"page": page})) for page in ("1", "2"))
    assert "Next" in first and first != second


def test_who_records_nothing_is_not_let_in_and_days_of_others_are_left_alone(cast, browse):
    assert browse(cast.olu).get(address(cast)).status_code == 403
    assert browse(cast.zed).get(address(cast)).status_code == 404
    ada = browse(cast.ada)
    assert "The Supplier records this." in words(ada.get(address(cast)))
    told = errors(send(ada, cast, **day_boxes(named(cast, SCAN), date(2026, 3, 2))))
    assert told and not FactRecord.objects.exists()
    other = play(reference="WF-2026-099", tracked_from=date(2026, 3, 17))
    number = things(other.contract)[0].duty.pk
    with pytest.raises(Refused, match="one thing at least"):
        say_done(cast.contract, cast.as_("priya"), NOON, days={number: date(2026, 3, 2)})
