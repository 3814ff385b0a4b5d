"""The first administrator of an installation: whoever starts it opens a link that is printed, not mailed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from contracts.models import Invitation, InvitationKind, Person
from contracts.row_security import asking
from contracts.services import organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.invitations.accepting import claim, finish, new_person
from contracts.services.invitations.links import FIRST_WORKS_FOR, INVITATIONS, Opened, new_link, opened
from contracts.services.invitations.making import address
from contracts.terms.moments import london_day

ACTOR = Actor.system("first start")
LOCK = 0x44756C7A
"""Making the first administrator is done by one at a time."""


@asking.job(INVITATIONS)
def is_wanted(now: datetime) -> bool:
    """Whether the system has no administrator who can sign in. 1 query."""
    goes_on = Q(ends_on__isnull=True) | Q(ends_on__gte=london_day(now))
    return not Person.objects.filter(goes_on, is_staff=True, is_active=True).exists()


@transaction.atomic
def first_link(now: datetime) -> tuple[Invitation, str]:
    """A link for the first administrator, and its key. Those made before stop working.

    Raises Refused once there is an administrator.
    """
    _one_at_a_time()
    if not is_wanted(now):
        raise Refused("", "There is an administrator already: sign in, or ask them.")
    rows = Invitation.objects.select_for_update()
    invitation = rows.filter(
        kind=InvitationKind.FIRST_ADMINISTRATOR, accepted_at=None, revoked_at=None
    ).first()
    if invitation is None:
        invitation = Invitation(kind=InvitationKind.FIRST_ADMINISTRATOR, made_at=now, made_by_name=ACTOR.name)
    _, key = new_link(invitation, None, now, FIRST_WORKS_FOR)
    organisations.record(None, ACTOR, "first_administrator_invited", {"until": invitation.expires_at}, now)
    return invitation, key


def opened_first(key: str, now: datetime) -> Opened | None:
    """A link for the first administrator and its state; None where it is no such link."""
    found = opened(key, now)
    if found is None or found.invitation.kind != InvitationKind.FIRST_ADMINISTRATOR:
        return None
    return found


@asking.job(INVITATIONS)
@transaction.atomic
def make_first(key: str, now: datetime, *, name: str, email: str, password: str) -> Person:
    """The first administrator, by a link that works. Raises Refused on the field."""
    _one_at_a_time()
    invitation = claim(key, now, InvitationKind.FIRST_ADMINISTRATOR)
    if not is_wanted(now):
        raise Refused("", "There is an administrator already: sign in, or ask them.")
    email = address(email)
    if Person.objects.filter(email__iexact=email).exists():
        raise Refused("email", "This address has an account already; enter another address.")
    person = new_person(email, name, password, is_staff=True, is_superuser=True)
    finish(invitation, person, now)
    payload = {"person": person.pk, "name": person.name, "email": person.email}
    organisations.record(None, Actor.of(person, ACTOR.side), "first_administrator_made", payload, now)
    return person


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
