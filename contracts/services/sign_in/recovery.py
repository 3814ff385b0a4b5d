"""A lost device: two administrators and the person together take the second factor away, nobody alone.

One administrator asks, with a reason; another agrees; the person confirms it by the link that they were
mailed. Then their passkeys, authenticator app and recovery codes are gone, and so are their sessions. They
sign in with their password, and set up another factor where one is demanded. The person may stop it, and so
may an administrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from contracts.absence import NotThere
from contracts.access import administered_by
from contracts.models import FactorRecovery, Person, Side
from contracts.row_security import asking
from contracts.services import organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.invitations.links import hash_of
from contracts.services.sign_in import mail, sessions
from contracts.services.sign_in.second_factor import has_second_factor
from contracts.terms.moments import after, london_day

WORKS_FOR = timedelta(days=7)
LONGEST_REASON = 500
NO_LONGER = "This can no longer be done: it was stopped, finished, or is too old."


@dataclass(frozen=True, slots=True)
class Recovering:
    """Somebody and what is asked for them, for an administrator who looks after how they sign in."""

    person: Person
    by: Person
    open: FactorRecovery | None
    has_factor: bool

    @property
    def may_agree(self) -> bool:
        """Whether this administrator is another than who asked."""
        return self.open is not None and self.open.agreed_at is None and self.open.asked_by_id != self.by.pk


def open_recovering(by: Person, person_id: int, now: datetime) -> Recovering:
    """The gate: administrators of the system, and those of the person's organisation, never for themselves.

    An administrator of the system is looked after by others of the system alone. Raises NotThere.
    """
    # Looked for as who asks sees them, before more is seen.
    person = Person.objects.select_related("organisation").filter(pk=person_id).first()
    with asking.job("a lost device"):
        if person is None or person.pk == by.pk or not looks_after(by, person, now):
            raise NotThere("no such person")
        return Recovering(person, by, waiting(person, now), has_second_factor(person))


def looks_after(by: Person, person: Person, now: datetime) -> bool:
    """Whether somebody is one of the administrators who together may take away a person's second factor."""
    if by.has_ended(london_day(now)):
        return False
    if by.is_staff:
        return True
    own = person.organisation_id is not None and not person.is_staff and not person.is_superuser
    return own and administered_by(by, now).filter(people=person).exists()


def waiting(person: Person, now: datetime) -> FactorRecovery | None:
    """What was asked for somebody and can still be done."""
    return person.factor_recoveries.filter(done_at=None, stopped_at=None, expires_at__gt=now).first()


@asking.job("a lost device")
@transaction.atomic
def ask(person: Person, by: Person | None, now: datetime, *, reason: str) -> FactorRecovery:
    """The first of two asks. ``by`` is none for whoever runs the installation. Raises Refused on "reason"."""
    reason = required("reason", reason, "Say what happened.", longest=LONGEST_REASON)
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    if not has_second_factor(locked):
        raise Refused("", f"{locked.name} has no second factor: there is nothing to take away.")
    if waiting(locked, now) is not None:
        raise Refused("", "It was asked for already; another administrator agrees.")
    locked.factor_recoveries.filter(done_at=None, stopped_at=None).update(
        stopped_at=now, stopped_by_name="Duly (too old)"
    )
    actor, key = _actor(by), mail.new_key()
    made = FactorRecovery.objects.create(
        person=locked,
        reason=reason,
        asked_by=by,
        asked_by_name=actor.name,
        asked_at=now,
        expires_at=after(now, WORKS_FOR),
        key_hash=hash_of(key),
    )
    until = made.expires_at.isoformat()
    mail.ask("recovery", locked.email, now, person=locked, by=actor.name, reason=reason, until=until, key=key)
    _record(made, actor, "factor_recovery_asked", now, reason=reason)
    return made


@asking.job("a lost device")
@transaction.atomic
def agree(recovery: FactorRecovery, by: Person | None, now: datetime) -> FactorRecovery:
    """The second administrator agrees. Raises Refused where they are the first, or it has ended."""
    locked = _open(recovery, now)
    if locked.agreed_at is not None:
        raise Refused("", f"{locked.agreed_by_name} agreed already; {locked.person.name} confirms it now.")
    if (by.pk if by else None) == locked.asked_by_id and not (
        by is None and _nobody_else(locked.person, now)
    ):
        raise Refused("", "Another administrator agrees: nobody does this alone.")
    actor = _actor(by)
    locked.agreed_by, locked.agreed_by_name, locked.agreed_at = by, actor.name, now
    locked.save(update_fields=["agreed_by", "agreed_by_name", "agreed_at"])
    _record(locked, actor, "factor_recovery_agreed", now)
    return locked


@asking.job("a lost device")
@transaction.atomic
def stop(recovery: FactorRecovery, by: Person, now: datetime) -> FactorRecovery:
    """The person, or an administrator who looks after them, stops it. Raises Refused."""
    locked = _open(recovery, now)
    locked.stopped_at, locked.stopped_by_name = now, by.name
    locked.save(update_fields=["stopped_at", "stopped_by_name"])
    _record(locked, _actor(by), "factor_recovery_stopped", now)
    return locked


@asking.job("a lost device")
def was_sent(key: str) -> bool:
    """Whether there is or was a link of this key."""
    return FactorRecovery.objects.filter(key_hash=hash_of(key)).exists()


@asking.job("a lost device")
def opened(key: str, now: datetime) -> FactorRecovery | None:
    """What the link in the mail is about, while it works."""
    rows = FactorRecovery.objects.select_related("person").filter(
        key_hash=hash_of(key), done_at=None, stopped_at=None, expires_at__gt=now
    )
    found = rows.first()
    return None if found is None or found.person.has_ended(london_day(now)) else found


@asking.job("a lost device")
@transaction.atomic
def confirm(recovery: FactorRecovery, now: datetime) -> FactorRecovery:
    """The person confirms by their link: the factors are gone, and they are signed out everywhere.

    Raises Refused where the second administrator has not agreed, or it has ended.
    """
    locked = _open(recovery, now)
    if locked.agreed_at is None:
        raise Refused("", "A second administrator has not agreed yet. Open this link again when they have.")
    person = locked.person
    for by in (locked.asked_by, locked.agreed_by):
        if by is not None and not looks_after(by, person, now):
            raise Refused("", f"{by.name} no longer administers; ask another administrator to begin anew.")
    Authenticator.objects.filter(user=person).delete()
    sessions.end_sessions(person)
    locked.done_at = now
    locked.save(update_fields=["done_at"])
    _record(locked, _actor(person), "factor_recovered", now)
    names = {"by": locked.asked_by_name, "agreed_by": locked.agreed_by_name}
    mail.ask("recovered", person.email, now, person=person, **names)
    return locked


def _nobody_else(person: Person, now: datetime) -> bool:
    """Whether no administrator is left who could agree: then whoever runs the installation answers for it
    with the person alone, who confirms it from their mailbox."""
    of_theirs = Q(administers__organisation=person.organisation_id) if person.organisation_id else Q()
    others = Person.objects.filter(Q(is_staff=True) | of_theirs).exclude(pk=person.pk).distinct()
    return not any(looks_after(one, person, now) for one in others)


def of_system(now: datetime) -> list[Person]:
    """The administrators of the system who sign in, by name."""
    goes_on = Q(ends_on__isnull=True) | Q(ends_on__gte=london_day(now))
    return list(Person.objects.filter(goes_on, is_active=True, is_staff=True).order_by("name", "pk"))


def _open(recovery: FactorRecovery, now: datetime) -> FactorRecovery:
    rows = FactorRecovery.objects.select_for_update(of=("self",)).select_related("person__organisation")
    fresh = rows.get(pk=recovery.pk)
    if fresh.done_at is not None or fresh.stopped_at is not None or fresh.expires_at <= now:
        raise Refused("", NO_LONGER)
    return fresh


def _actor(by: Person | None) -> Actor:
    return Actor.of(by, Side.NEITHER) if by is not None else Actor.system("command line")


def _record(recovery: FactorRecovery, actor: Actor, verb: str, now: datetime, **more: Any) -> None:
    person = recovery.person
    payload = {"person": person.pk, "name": person.name, **more}
    organisations.record(person.organisation, actor, verb, payload, now)
