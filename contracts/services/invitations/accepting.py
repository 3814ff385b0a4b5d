"""Accepting an invitation, once: as a new person who chooses a password, or as who has an account."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contracts.models import Invitation, InvitationKind, Person, Side
from contracts.row_security import asking
from contracts.services import ledger, members, organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_line, one_name
from contracts.services.invitations.links import INVITATIONS, LinkState, opened
from contracts.services.invitations.making import lock_what_it_is_to, told

NO_LONGER = {
    LinkState.USED: "This invitation has been accepted already. Sign in instead.",
    LinkState.REVOKED: "This invitation was taken back. Ask whoever invited you for another.",
    LinkState.EXPIRED: "This link is too old. Ask whoever invited you to send it again.",
    LinkState.REPLACED: "A newer mail was sent. Use the link in that one.",
}


def account_for(invitation: Invitation) -> Person | None:
    """Who has an account with the address that was invited. For who holds the link, and so the mailbox."""
    return Person.objects.filter(email__iexact=invitation.email).first() if invitation.email else None


@asking.job(INVITATIONS)
def accept_as_new(key: str, now: datetime, *, name: str, job_title: str, password: str) -> Person:
    """Make the account of who was invited and all they were invited to. Raises Refused on its field."""
    with transaction.atomic():
        invitation = claim(key, now, InvitationKind.PERSON)
        if account_for(invitation) is not None:
            raise Refused("", "There is an account with your address already: sign in to accept.")
        person = new_person(invitation.email, name, password, job_title)
        person.organisation = invitation.organisation
        person.save()
        _take(invitation, person, now)
        return person


@asking.job(INVITATIONS)
def accept_as(key: str, person: Person, now: datetime) -> Person:
    """Somebody with an account accepts, signed in as themselves. Raises Refused."""
    with transaction.atomic():
        invitation = claim(key, now, InvitationKind.PERSON)
        if person.email.lower() != invitation.email.lower():
            raise Refused("", "This invitation went to another address than yours.")
        locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if locked.organisation_id is None:
            locked.organisation = invitation.organisation
            locked.save(update_fields=["organisation"])
        elif invitation.contract is None and locked.organisation_id != invitation.organisation_id:
            raise Refused("", "You belong to another organisation in Duly, and a person belongs to one.")
        _take(invitation, locked, now)
        return locked


def claim(key: str, now: datetime, kind: InvitationKind) -> Invitation:
    """The invitation of a link that works, locked until the end of the transaction. Raises Refused."""
    found = opened(key, now, for_update=True)
    if found is None or found.invitation.kind != kind:
        raise Refused("", "There is no such invitation.")
    if found.state != LinkState.OPEN:
        raise Refused("", NO_LONGER[found.state])
    lock_what_it_is_to(found.invitation)
    return found.invitation


def new_person(email: str, name: str, password: str, job_title: str = "", **fields: bool) -> Person:
    """A person with a checked name and password. Raises Refused on "name", "job_title" or "password"."""
    name = one_name("name", name, "Enter your name.")
    if job_title := " ".join(one_line(job_title).split()):
        job_title = one_name("job_title", job_title, "Enter your job title.")
    check_password(password, Person(email=email, name=name))
    try:
        with transaction.atomic():
            return Person.objects.create_user(email, name, password, job_title=job_title, **fields)
    except IntegrityError as error:
        raise Refused("", "There is an account with this address already: sign in instead.") from error


def check_password(password: str, person: Person) -> None:
    """Django's validators, told at the field. Raises Refused on "password"."""
    if "\x00" in password:
        raise Refused("password", "Take out the null character: choose a password that you can type.")
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused("password", " ".join(error.messages)) from error


def finish(invitation: Invitation, person: Person, now: datetime) -> None:
    """The invitation is used up."""
    invitation.accepted_at, invitation.accepted_by = now, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])


def _take(invitation: Invitation, person: Person, now: datetime) -> None:
    """All that was offered, on the records, with the person as who did it."""
    actor = Actor.of(person, Side(invitation.side or Side.NEITHER))
    payload = told(invitation) | {
        "person": person.pk,
        "name": person.name,
        "invited_by": invitation.made_by_name,
    }
    finish(invitation, person, now)
    if organisation := invitation.organisation:
        organisations.record(organisation, actor, "invitation_accepted", payload, now)
        if invitation.administers:
            organisations.seat(organisation, actor, now, person=person)
    if contract := invitation.contract:
        ledger.record(contract, actor, "invitation_accepted", payload, now)
        role, manages = invitation.role, invitation.manages
        members.join(contract, actor, now, person=person, role=role, manages=manages)
