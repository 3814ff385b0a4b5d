"""What Duly holds about a person: given out, and replaced once no record needs it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from contracts.models import OrganisationEntry, Person
from contracts.origin import sign
from contracts.services import organisations, personal_data
from contracts.services.errors import Refused
from contracts.services.leaving import actor_of, end_person
from contracts.services.verifying.chains import REPLACED, Walk, organisation_hash, replaced_content
from tests.cast import NOON, SYSTEM, happened, organisation, person, play

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)


@pytest.fixture
def una(db) -> Person:
    """Una Whitlow, who administered an organisation, was on no contract, and has left."""
    council = organisation("Wrenfield Council")
    made = Person.objects.create_user("una@duly.example", "Una Whitlow", "a long enough password")
    made.organisation, made.job_title = council, "Registrar"
    made.save()
    other = Person.objects.create_user("ivo@duly.example", "Ivo Marsh", "a long enough password")
    other.organisation = council
    other.save()
    organisations.appoint_administrator(council, SYSTEM, NOON, person=made)
    organisations.appoint_administrator(council, actor_of(made), NOON, person=other)
    organisations.end_administrator(council, SYSTEM, NOON, person=made)
    return made


def left(who: Person) -> Person:
    end_person(who, SYSTEM, NOON, last_day=date(2026, 3, 17))
    who.refresh_from_db()
    return who


def test_what_is_held_about_somebody_names_their_places_and_no_content(db):
    cast = play()
    happened(cast, "patch_publicly_released", date(2026, 3, 12), "CVE-2026-SECRET", category="Critical")
    held = personal_data.held_about(cast.priya)
    assert held["person"]["email"] == "priya@duly.example"
    assert held["contracts"][0]["contract"] == "WF-2026-014" and held["contracts"][0]["role"] == "lead"
    named = {(one["in"], one["contract"]): one["times"] for one in held["named_in"]}
    assert named[("fact record", "WF-2026-014")] == 1
    assert "CVE-2026-SECRET" not in json.dumps(held)


def test_somebody_who_left_is_replaced_and_the_record_stays_whole(una):
    left(una)
    personal_data.replace(una, SYSTEM, LATER)
    una.refresh_from_db()
    assert (una.name, una.email, una.job_title) == (
        f"Former user {una.pk}",
        f"former-user-{una.pk}@replaced.invalid",
        "",
    )
    assert not una.has_usable_password()
    said = json.dumps(list(OrganisationEntry.objects.values_list("actor_name", "payload")))
    assert "Una" not in said and "una@" not in said and f"Former user {una.pk}" in said
    assert list(Walk().organisation(una.organisation_id, una.organisation.name)) == []
    assert list(Walk().organisation(None, "the installation")) == []
    assert OrganisationEntry.objects.filter(verb="personal_data_replaced").count() == 1
    with pytest.raises(Refused, match="already"):
        personal_data.replace(una, SYSTEM, LATER)


def test_a_replaced_entry_that_somebody_changes_is_found(una):
    personal_data.replace(left(una), SYSTEM, LATER)
    entry = OrganisationEntry.objects.exclude(replaced="").first()
    with connection.cursor() as cursor:
        given = [entry.pk, "Somebody else", json.dumps(entry.payload), entry.replaced]
        cursor.execute("SELECT duly.replace_in_entry(%s, %s, %s, %s)", given)
    found = list(Walk().organisation(una.organisation_id, una.organisation.name))
    assert [str(one.kind) for one in found] and found[0].number == entry.number


def test_a_signature_alone_replaces_no_entry(una):
    """Who has the application's key and the database could make one long after the entry was sealed."""
    entry = OrganisationEntry.objects.filter(organisation=una.organisation).order_by("number")[0]
    entry.actor_name = "Somebody else"
    entry.replaced = sign(REPLACED, replaced_content(entry))
    assert organisation_hash(entry) == entry.hash
    assert Walk().hash_on_record(entry) == ""


def test_nobody_is_replaced_while_they_sign_in_or_a_record_names_them(una):
    with pytest.raises(Refused, match="last day"):
        personal_data.replace(una, SYSTEM, NOON)
    cast = play()
    Person.objects.filter(pk=cast.tom.pk).update(is_active=False)
    cast.tom.refresh_from_db()
    with pytest.raises(Refused, match="WF-2026-014"):
        personal_data.replace(cast.tom, SYSTEM, LATER)
    assert Person.objects.get(pk=cast.tom.pk).name == "Tom Ashdown"
    for who in (una, cast.tom):  # nor by the database
        refused = pytest.raises(DatabaseError, match="may not be replaced")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT duly.replace_person(%s, 'x', 'x@x.example')", [who.pk])


def test_an_administrator_gives_it_out_and_replaces_it_on_pages(una, client):
    left(una)
    ivo = Person.objects.get(email="ivo@duly.example")
    client.force_login(ivo)
    where = [una.organisation_id, una.pk]
    page = client.get(reverse("organisation_person", args=where)).content.decode()
    assert reverse("held_about_file", args=where) in page and reverse("replace_person", args=where) in page
    held = client.get(reverse("held_about_file", args=where))
    assert (
        "attachment" in held["Content-Disposition"]
        and json.loads(held.content)["person"]["name"] == "Una Whitlow"
    )
    assert client.get(reverse("held_about_me_file")).json()["person"]["name"] == "Ivo Marsh"
    assert "Former user" in client.get(reverse("replace_person", args=where)).content.decode()
    client.post(reverse("replace_person", args=where))
    assert personal_data.is_replaced(Person.objects.get(pk=una.pk))
    stranger = person("zed")
    client.force_login(stranger)
    assert client.get(reverse("held_about_file", args=where)).status_code == 404
