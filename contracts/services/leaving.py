"""Somebody leaves: what of theirs is open, their last day, and letting them sign in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from contracts.models import (
    Contract,
    Invitation,
    Membership,
    Organisation,
    OrganisationAdministrator,
    Person,
    Side,
)
from contracts.row_security import asking, writes
from contracts.services import api_tokens, calendar_feeds, members, organisations
from contracts.services.actors import Actor
from contracts.services.drafts import drafts_of
from contracts.services.errors import Refused
from contracts.terms.moments import Day, london_day, long_day

SIGN_IN_FLAGS = ("is_active", "is_staff", "is_superuser")

LEAVING = "somebody leaves"
"""The job as which the database is asked: who ends a person need be on none of their contracts."""


@dataclass(frozen=True, slots=True)
class OnContract:
    """A contract that somebody is on. ``last_manager``: a side would be without anybody who manages it;
    ``only_one``: nobody else of their side has their role."""

    member: Membership
    last_manager: bool
    only_one: bool


@dataclass(frozen=True, slots=True)
class Theirs:
    """What of somebody is open: contracts, invitations of theirs that were not accepted yet, and how many
    contracts they began to make, which nobody else can go on with."""

    contracts: list[OnContract]
    invitations: list[Invitation]
    drafts: int = 0


@asking.job(LEAVING)
def theirs(person: Person, now: datetime) -> Theirs:
    """What is to be known before somebody leaves. 4 queries at most."""
    today = london_day(now)
    goes_on = Q(to_day__isnull=True) | Q(to_day__gte=today)
    mine = list(
        Membership.objects.filter(goes_on, person=person)
        .select_related("contract", "person")
        .order_by("contract__reference")
    )
    there: dict[int, list[Membership]] = {one.contract_id: [] for one in mine}
    everybody = Membership.objects.filter(goes_on, contract_id__in=list(there), from_day__lte=today)
    for one in everybody.select_related("person"):
        there[one.contract_id].append(one)
    open_ones = Invitation.objects.filter(
        made_by=person, accepted_at=None, revoked_at=None, expires_at__gt=now
    ).select_related("organisation", "contract")
    on = [_on_contract(one, there[one.contract_id]) for one in mine]
    return Theirs(on, list(open_ones), drafts_of(person).count())


def _on_contract(member: Membership, there: list[Membership]) -> OnContract:
    others = [one for one in there if one.person_id != member.person_id and one.person.is_active]
    alike = any((one.side, one.role) == (member.side, member.role) for one in others)
    last = members.last_who_manages(member.contract, member.person, there)
    return OnContract(member, last, not alike)


@asking.job(LEAVING)
@transaction.atomic
def end_person(person: Person, actor: Actor, now: datetime, *, last_day: Day) -> Person:
    """The last London day on which somebody signs in; on their contracts it is the last day too.

    Raises Refused on "last_day": a day gone by, the last who manages a contract or administers the
    organisation, or oneself.
    """
    _lock_what_is_theirs(person)
    locked = _locked(person)
    organisation, today = locked.organisation, london_day(now)
    if actor.person is not None and actor.person.pk == locked.pk:
        raise Refused("last_day", "Ask another administrator to end you: nobody ends themselves.")
    if locked.is_staff and actor.person is not None and not actor.person.is_staff:
        raise Refused(
            "last_day", f"{locked.name} administers the system; another of its administrators does it."
        )
    if last_day < today:
        raise Refused("last_day", f"Enter {long_day(today)} or a later day.")
    if locked.ends_on == last_day:
        raise Refused("last_day", f"{long_day(last_day)} is their last day already.")
    _require_another_administrator(locked, today)
    organisations.require_no_break_glass(locked, "last_day")
    if organisation is not None:
        try:
            organisations.require_another(organisation, locked, actor, today)
        except Refused as refused:
            raise Refused("last_day", refused.message) from refused
    seats = OrganisationAdministrator.objects.filter(person=locked).exclude(to_day__lt=last_day)
    seats.filter(from_day__lte=last_day).update(to_day=last_day)
    locked.ends_on = last_day
    locked.save(update_fields=["ends_on"])
    ended = _end_on_contracts(locked, actor, now, last_day)
    payload = {"person": locked.pk, "name": locked.name, "last_day": last_day, "contracts": len(ended)}
    organisations.record(organisation, actor, "person_ended", payload, now)
    return locked


def _end_on_contracts(person: Person, actor: Actor, now: datetime, last_day: Day) -> list[Membership]:
    """As ``members.end_all``; who only administers the system is not told the name of a contract."""
    try:
        return members.end_all(person, actor, now, last_day=last_day)
    except Refused as refused:
        if _may_be_told(person, actor, now):
            raise
        message = f"{person.name} is the last who manages a contract for a side."
        message += " Somebody else must manage it first."
        raise Refused("last_day", message) from refused


def _may_be_told(person: Person, actor: Actor, now: datetime) -> bool:
    if actor.person is None or person.organisation is None:
        return actor.person is None
    seats = organisations.administrators_on(person.organisation, london_day(now))
    return bool(seats.filter(person=actor.person).exists())


@transaction.atomic
def bring_back(person: Person, actor: Actor, now: datetime) -> Person:
    """Somebody may sign in again; on contracts they are invited anew, and tokens they make anew where they
    had ended. Raises Refused."""
    _lock_what_is_theirs(person)
    locked = _locked(person)
    if locked.ends_on is None:
        raise Refused("", f"No last day is set for {locked.name}.")
    if locked.has_ended(london_day(now)):
        api_tokens.end_all(locked, actor, now, why="its person had left")
        calendar_feeds.end_of(locked, actor, now, why="its person had left")
    locked.ends_on = None
    with asking.job(writes.RIGHTS):
        locked.save(update_fields=["ends_on"])
    payload = {"person": locked.pk, "name": locked.name}
    organisations.record(locked.organisation, actor, "person_brought_back", payload, now)
    return locked


@transaction.atomic
def set_sign_in(
    person: Person, actor: Actor, now: datetime, *, is_active: bool, is_staff: bool, is_superuser: bool
) -> Person:
    """Close an account at once, with its tokens, or open it again, and say who administers the system."""
    _lock_what_is_theirs(person)
    locked = _locked(person)
    asked = dict(zip(SIGN_IN_FLAGS, (is_active, is_staff, is_superuser), strict=True))
    changed = {name: value for name, value in asked.items() if getattr(locked, name) != value}
    if not changed:
        return locked
    for name, value in changed.items():
        setattr(locked, name, value)
    with asking.job(writes.RIGHTS):
        locked.save(update_fields=list(changed))
    if not locked.is_active:
        api_tokens.end_all(locked, actor, now, why="the account was closed")
        calendar_feeds.end_of(locked, actor, now, why="the account was closed")
    payload = {"person": locked.pk, "name": locked.name, **changed}
    organisations.record(locked.organisation, actor, "sign_in_changed", payload, now)
    return locked


def actor_of(person: Person) -> Actor:
    """Who looks after an organisation acts for no side of a contract."""
    return Actor.of(person, Side.NEITHER)


def _require_another_administrator(person: Person, today: Day) -> None:
    if not person.is_staff:
        return
    others = Person.objects.filter(is_staff=True, is_active=True).exclude(pk=person.pk)
    if not any(not one.has_ended(today) and one.ends_on is None for one in others):
        raise Refused("last_day", f"{person.name} is the last administrator of the system.")


def _lock_what_is_theirs(person: Person) -> None:
    """The organisation and the contracts of a person, so that two who end one another come one by one; of the
    system's administrators all, for the same reason."""
    if person.organisation_id is not None:
        Organisation.objects.select_for_update(no_key=True).get(pk=person.organisation_id)
    contracts = Contract.objects.filter(memberships__person=person).order_by("pk")
    list(contracts.select_for_update().values_list("pk"))
    if person.is_staff:
        list(Person.objects.filter(is_staff=True).order_by("pk").select_for_update(no_key=True))


def _locked(person: Person) -> Person:
    rows = Person.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation").get(pk=person.pk)
