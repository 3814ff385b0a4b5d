"""The first administrator: a printed link, once, for a day."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contracts.models import OrganisationEntry, Person
from contracts.services.errors import Refused
from contracts.services.invitations import accepting, first
from contracts.services.invitations.links import LinkState
from tests.cast import NOON, person

pytestmark = pytest.mark.django_db
FINE = "three quiet herons"


def make(key, now=NOON, **said):
    said = {"name": "Rowan Hale", "email": "Rowan@Duly.Example", "password": FINE} | said
    return first.make_first(key, now, **said)


def test_the_link_makes_one_administrator():
    _, key = first.first_link(NOON)
    rowan = make(key)
    assert rowan.is_staff and rowan.email == "rowan@duly.example" and rowan.check_password(FINE)
    assert not first.is_wanted(NOON)
    with pytest.raises(Refused, match="accepted already"):
        make(key, email="other@duly.example")
    with pytest.raises(Refused, match="administrator already"):
        first.first_link(NOON)
    assert Person.objects.count() == 1
    made = OrganisationEntry.objects.get(verb="first_administrator_made")
    assert made.organisation is None and made.payload["email"] == "rowan@duly.example"


def test_it_works_for_a_day_and_a_newer_one_ends_it():
    _, old = first.first_link(NOON)
    _, key = first.first_link(NOON + timedelta(hours=1))
    assert first.opened_first(old, NOON).state == LinkState.REPLACED
    end = NOON + timedelta(hours=25)
    assert first.opened_first(key, end - timedelta(seconds=1)).state == LinkState.OPEN
    with pytest.raises(Refused, match="too old"):
        make(key, end)
    assert not Person.objects.exists()


def test_a_link_that_was_printed_does_nothing_once_there_is_an_administrator():
    _, key = first.first_link(NOON)
    person("rosa", is_staff=True)
    with pytest.raises(Refused, match="administrator already"):
        make(key)


def test_an_administrator_who_has_ended_does_not_count():
    rosa = person("rosa", is_staff=True)
    rosa.ends_on = date(2026, 3, 17)
    rosa.save()
    assert not first.is_wanted(NOON)
    assert first.is_wanted(NOON + timedelta(days=1))


def test_no_other_link_makes_an_administrator_and_this_one_nobody_else():
    _, key = first.first_link(NOON)
    with pytest.raises(Refused):
        accepting.accept_as_new(key, NOON, name="x", job_title="", password=FINE)
    with pytest.raises(Refused):
        make("no-such-key")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "rowan"}, "email"),
        ({"email": "zed@duly.example"}, "email"),
        ({"password": "84736251"}, "password"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_the_link_still_works(said, field):
    person("zed")
    _, key = first.first_link(NOON)
    with pytest.raises(Refused) as refused:
        make(key, **said)
    assert refused.value.field == field
    assert make(key).is_staff


def test_the_command_prints_the_link_once_wanted(settings):
    settings.SITE_URL = "https://duly.example"
    said = StringIO()
    call_command("first_admin", stdout=said)
    assert (
        "https://duly.example/start/" in said.getvalue() and "The link works once, until" in said.getvalue()
    )
    person("rosa", is_staff=True)
    with pytest.raises(CommandError, match="administrator already"):
        call_command("first_admin")
    quiet = StringIO()
    call_command("first_admin", "--if-wanted", stdout=quiet)
    assert quiet.getvalue() == ""
