"""Another address to sign in with and to get every mail at: asked for, confirmed at both, on the record.

Whoever has somebody's session, and even their password, still cannot send their mail elsewhere: the link to
the address of until now has to be used too. Who no longer reads that mailbox is invited anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q

from contracts.models import AddressChange, Contract, Membership, Organisation, Person, Side
from contracts.row_security import asking
from contracts.services import ledger, organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.invitations.links import hash_of
from contracts.services.invitations.making import address
from contracts.services.providers.settings import domain_of, must_use
from contracts.services.sign_in import mail
from contracts.terms.moments import after, london_day

WORKS_FOR = timedelta(hours=24)
MOST_IN_A_DAY = 5
A_DAY = timedelta(days=1)
TAKEN = "This address cannot be used; enter another one."


class End(StrEnum):
    """Which of the two mailboxes a link was sent to."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that somebody opened, whose it is, and at which end."""

    change: AddressChange
    end: End
    confirmed: bool

    @property
    def address(self) -> str:
        return self.change.before if self.end is End.BEFORE else self.change.after


def waiting(person: Person, now: datetime) -> AddressChange | None:
    """The change that somebody asked for and that can still be confirmed. 1 query."""
    rows = AddressChange.objects.filter(done_at=None, stopped_at=None, expires_at__gt=now)
    return rows.filter(person=person).first()


@asking.job("another address")
@transaction.atomic
def ask(person: Person, now: datetime, *, email: str, place: str, device: str) -> AddressChange:
    """Ask for another address; nothing changes yet. An earlier one that was asked for is stopped.

    ``place`` and ``device`` tell the address of until now from where it was asked. Raises Refused on "email".
    """
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    email = address(email)
    if email == locked.email.lower():
        raise Refused("email", "You sign in with this address already; enter another one.")
    if Person.objects.filter(email__iexact=email).exists():
        raise Refused("email", TAKEN)
    provider = must_use(locked)
    if provider is not None and not provider.domains.filter(domain=domain_of(email)).exists():
        name = provider.organisation.name
        raise Refused("email", f"{name} has its own sign-in: enter an address at one of its domains.")
    if locked.address_changes.filter(asked_at__gt=after(now, -A_DAY)).count() >= MOST_IN_A_DAY:
        raise Refused(
            "email", f"You have asked for {MOST_IN_A_DAY} changes within a day. Wait until tomorrow."
        )
    locked.address_changes.filter(done_at=None, stopped_at=None).update(stopped_at=now)
    keys = {end: mail.new_key() for end in End}
    change = AddressChange.objects.create(
        person=locked,
        before=locked.email,
        after=email,
        before_key_hash=hash_of(keys[End.BEFORE]),
        after_key_hash=hash_of(keys[End.AFTER]),
        asked_at=now,
        expires_at=after(now, WORKS_FOR),
    )
    told: dict[str, Any] = {"before": change.before, "after": email, "until": change.expires_at.isoformat()}
    where = {"at": now.isoformat(), "place": place, "device": device}
    mail.ask("address_old", change.before, now, person=locked, key=keys[End.BEFORE], **told, **where)
    mail.ask("address_new", email, now, person=locked, key=keys[End.AFTER], **told)
    organisations.record(
        locked.organisation, _actor(locked), "address_change_asked", _who(locked) | {"after": email}, now
    )
    return change


@asking.job("another address")
def was_sent(key: str) -> bool:
    """Whether there is or was a link of this key."""
    digest = hash_of(key)
    return AddressChange.objects.filter(Q(before_key_hash=digest) | Q(after_key_hash=digest)).exists()


@asking.job("another address")
def opened(key: str, now: datetime) -> Opened | None:
    """The link of a key while it works; None where there is none, or none any more."""
    digest = hash_of(key)
    rows = AddressChange.objects.select_related("person").filter(
        Q(before_key_hash=digest) | Q(after_key_hash=digest),
        done_at=None,
        stopped_at=None,
        expires_at__gt=now,
    )
    change = rows.first()
    if change is None or change.person.has_ended(london_day(now)):
        return None
    end = End.BEFORE if change.before_key_hash == digest else End.AFTER
    return Opened(change, end, getattr(change, f"{end}_confirmed_at") is not None)


@asking.job("another address")
@transaction.atomic
def confirm(key: str, now: datetime) -> AddressChange:
    """Confirm a change at one address. Once both have, it is done: ``done_at`` says so. Raises Refused."""
    found = opened(key, now)
    if found is None:
        raise Refused("", "This link no longer works.")
    _lock_what_is_theirs(found.change.person)
    change = _open(found.change)
    setattr(change, f"{found.end}_confirmed_at", now)
    if change.before_confirmed_at and change.after_confirmed_at:
        _change(change, now)
    change.save()
    return change


@asking.job("another address")
@transaction.atomic
def stop(change: AddressChange, now: datetime, *, end: End | None = None) -> AddressChange:
    """Take a change back, on the page of the account or by a link. Raises Refused where it has ended."""
    locked = _open(change)
    locked.stopped_at = now
    locked.save(update_fields=["stopped_at"])
    payload = _who(locked.person) | {"after": locked.after, "at": end or "account"}
    organisations.record(
        locked.person.organisation, _actor(locked.person), "address_change_stopped", payload, now
    )
    return locked


def _change(change: AddressChange, now: datetime) -> None:
    """The address changes, on the ledger of each contract they are or will be on, and both are told."""
    rows = Person.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    person = rows.get(pk=change.person_id)
    if person.email != change.before:
        raise Refused("", "The address was changed in another way meanwhile; ask again.")
    person.email = change.after
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError as error:
        raise Refused("", "Somebody else has this address by now. Nothing was changed.") from error
    EmailAddress.objects.filter(user=person).delete()  # allauth finds people by these too
    change.done_at = now
    payload = _who(person) | {"before": change.before, "after": change.after}
    for member in _on_contracts(person, now):
        ledger.record(member.contract, Actor.of(person, Side(member.side)), "address_changed", payload, now)
    for organisation in _organisations(person, now):
        organisations.record(organisation, _actor(person), "address_changed", payload, now)
    for to in (change.before, change.after):
        mail.ask("address_changed", to, now, person=person, before=change.before, after=change.after)


def _on_contracts(person: Person, now: datetime) -> list[Membership]:
    goes_on = Q(to_day__isnull=True) | Q(to_day__gte=london_day(now))
    rows = Membership.objects.filter(goes_on, person=person).select_related("contract")
    return list(rows.order_by("contract_id"))


def _organisations(person: Person, now: datetime) -> list[Organisation | None]:
    """Their own and those that they administer; the installation's record where there is none."""
    today = london_day(now)
    seats = Q(administrators__person=person, administrators__from_day__lte=today)
    seats &= Q(administrators__to_day__isnull=True) | Q(administrators__to_day__gte=today)
    found = Organisation.objects.filter(seats | Q(pk=person.organisation_id)).distinct().order_by("pk")
    return [*found] or [None]


def _lock_what_is_theirs(person: Person) -> None:
    """The organisation and the contracts of a person, in the order in which everybody locks."""
    if person.organisation_id is not None:
        Organisation.objects.select_for_update(no_key=True).get(pk=person.organisation_id)
    contracts = Contract.objects.filter(memberships__person=person).order_by("pk")
    list(contracts.select_for_update().values_list("pk"))


def _open(change: AddressChange) -> AddressChange:
    rows = AddressChange.objects.select_for_update(of=("self",)).select_related("person__organisation")
    fresh = rows.get(pk=change.pk)
    if fresh.done_at is not None:
        raise Refused("", "The address was changed already.")
    if fresh.stopped_at is not None:
        raise Refused("", "This change was taken back.")
    return fresh


def _actor(person: Person) -> Actor:
    return Actor.of(person, Side.NEITHER)


def _who(person: Person) -> dict[str, Any]:
    return {"person": person.pk, "name": person.name}
