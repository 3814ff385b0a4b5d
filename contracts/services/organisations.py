"""Organisations and who administers them. Each change leaves an entry with its actor and moment.

Locks are taken in one order everywhere: an invitation, an organisation, contracts, then a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from contracts.models import Organisation, OrganisationAdministrator, OrganisationEntry, Person, Provider
from contracts.origin import sign
from contracts.row_security import asking, writes
from contracts.services.actors import Actor
from contracts.services.canonical import canonical, plain
from contracts.services.errors import Refused, one_name
from contracts.services.verifying.chains import ORGANISATION, organisation_hash
from contracts.terms.moments import Day, london_day

LONGEST_NAME = 200
LOCK = 6031
"""The first number of the advisory locks of organisations' records; the second is the organisation's."""


def record(
    organisation: Organisation | None, actor: Actor, verb: str, payload: Mapping[str, Any], now: datetime
) -> OrganisationEntry:
    """Append one entry about an organisation (or the installation), in the transaction of what it records.

    Entries of one organisation are numbered one by one: from here to the end of the transaction nobody else
    appends to its record.
    """
    entry = OrganisationEntry(
        organisation=organisation,
        moment=now,
        actor=actor.person,
        actor_name=actor.name,
        verb=verb,
        payload=plain(payload),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, entry.organisation_id or 0])
        cursor.execute("SELECT number, hash FROM duly.end_of_organisation(%s)", [entry.organisation_id])
        last, entry.previous_hash = cursor.fetchone() or (0, "")
        entry.number = last + 1
        entry.hash = organisation_hash(entry)
        entry.origin = sign(ORGANISATION, entry.hash)
        cursor.execute(
            "SELECT duly.append_to_organisation(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                entry.organisation_id,
                now,
                entry.actor_id,
                entry.actor_name,
                verb,
                canonical(entry.payload),
                entry.hash,
                entry.origin,
            ],
        )
        (entry.pk,) = cursor.fetchone()
    return entry


@transaction.atomic
def make_organisation(actor: Actor, now: datetime, *, name: str) -> Organisation:
    """A new organisation: a public body or a supplier. Raises Refused on "name"."""
    name = _free_name(name)
    try:
        with transaction.atomic():
            made = Organisation.objects.create(name=name)
    except IntegrityError as error:  # somebody made it in this very moment
        raise Refused("name", _taken(name)) from error
    record(made, actor, "organisation_made", {"name": made.name}, now)
    return made


@transaction.atomic
def rename_organisation(
    organisation: Organisation, actor: Actor, now: datetime, *, name: str
) -> Organisation:
    """Another name for an organisation; what was written keeps the name of its time. Raises Refused."""
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    name, before = _free_name(name, locked), locked.name
    if name == before:
        raise Refused("name", f"It is called {name} already; enter another name.")
    locked.name = name
    try:
        with transaction.atomic():
            locked.save(update_fields=["name"])
    except IntegrityError as error:
        raise Refused("name", _taken(name)) from error
    record(locked, actor, "organisation_renamed", {"before": before, "after": name}, now)
    return locked


@transaction.atomic
def appoint_administrator(
    organisation: Organisation, actor: Actor, now: datetime, *, person: Person
) -> OrganisationAdministrator:
    """Somebody of the organisation administers it from today. Raises Refused on "person"."""
    today = london_day(now)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if person.organisation_id != organisation.pk:
        raise Refused("person", f"Choose somebody of {organisation.name}.")
    if person.has_ended(today):
        raise Refused("person", f"{person.name} no longer signs in; choose somebody else.")
    if OrganisationAdministrator.objects.filter(
        organisation=organisation, person=person, to_day__isnull=True
    ).exists():
        raise Refused("person", f"{person.name} administers {organisation.name} already.")
    return seat(organisation, actor, now, person=person)


def seat(
    organisation: Organisation, actor: Actor, now: datetime, *, person: Person
) -> OrganisationAdministrator:
    """The row of an administrator from today and its entry, in the caller's transaction."""
    today = london_day(now)
    with asking.job(writes.SEATS):
        row, _ = OrganisationAdministrator.objects.update_or_create(
            organisation=organisation, person=person, defaults={"from_day": today, "to_day": None}
        )
    record(organisation, actor, "administrator_appointed", _who(person, {"from": today}), now)
    return row


@transaction.atomic
def end_administrator(organisation: Organisation, actor: Actor, now: datetime, *, person: Person) -> None:
    """Somebody stops administering an organisation, at once. Raises Refused.

    Nobody but an administrator of the system takes away the last one: without any, nobody of the organisation
    could invite or end people.
    """
    today = london_day(now)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    row = administrators_on(organisation, today).filter(person=person).first()
    if row is None:
        raise Refused("person", f"{person.name} does not administer {organisation.name}.")
    require_another(organisation, person, actor, today)
    require_no_break_glass(person, "person")
    with asking.job(writes.SEATS):
        row.delete()
    record(organisation, actor, "administrator_ended", _who(person, {"on": today}), now)


def require_another(organisation: Organisation, person: Person, actor: Actor, today: Day) -> None:
    """Raise Refused where an organisation would be left without an administrator whose end is not set."""
    rows = administrators_on(organisation, today)
    others = rows.filter(to_day__isnull=True, person__is_active=True).exclude(person=person)
    by_staff = actor.person is None or actor.person.is_staff
    if not by_staff and rows.filter(person=person).exists() and not others.exists():
        raise Refused(
            "person",
            f"{person.name} is the last administrator of {organisation.name}. Make somebody else one first.",
        )


def require_no_break_glass(person: Person, field: str) -> None:
    """Raise Refused for who lets an organisation in again should its own sign-in fail."""
    if Provider.objects.filter(break_glass=person).exists():
        words = f"{person.name} signs in with a password should the organisation’s own sign-in fail."
        raise Refused(field, f"{words} Choose somebody else there first.")


def administrators_on(organisation: Organisation, day: Day) -> Any:
    """Who administers an organisation on a London day."""
    held = Q(from_day__lte=day) & (Q(to_day__isnull=True) | Q(to_day__gte=day))
    return OrganisationAdministrator.objects.filter(held, organisation=organisation)


def _who(person: Person, more: Mapping[str, Any]) -> dict[str, Any]:
    return {"person": person.pk, "name": person.name, **more}


def _free_name(name: str, own: Organisation | None = None) -> str:
    name = one_name("name", name, "Enter the organisation's name.", longest=LONGEST_NAME)
    rows = Organisation.objects.filter(name__iexact=name)
    if own is not None:
        rows = rows.exclude(pk=own.pk)
    if found := rows.first():
        raise Refused("name", _taken(found.name))
    return name


def _taken(name: str) -> str:
    return f"There is an organisation called {name} already; use that one, or enter another name."
