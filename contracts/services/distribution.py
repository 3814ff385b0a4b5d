"""Keeping what is about one subject of a contract to a distribution list (DMP 23 Appendix 1, 1.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Q

from contracts.access import ALLOWED, Act
from contracts.models import (
    Contract,
    DistributionList,
    KeptBy,
    ListedPerson,
    Membership,
    Person,
    Role,
    Side,
)
from contracts.selectors import members_of
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.ledger import Chain
from contracts.terms.moments import london_day
from contracts.terms.restricted import names_reserved, new_name


def new_subject(contract: Contract, now: datetime) -> str:
    """A name under which nothing is on the record yet."""
    while True:
        name = new_name(london_day(now).year)
        if not DistributionList.objects.filter(contract=contract, subject=name).exists():
            return name


def may_name(contract: Contract, person: Person | None, subject: str) -> bool:
    """Whether somebody may record something about a subject; None is a job of the system.

    The answer is the same for a name that is kept from them and for one that does not exist, and for any
    other text that has such a name in it, which would tell it on.
    """
    if person is None or not names_reserved(subject):
        return True
    known = Q(lifted_at__isnull=False) | Q(people__person=person, people__removed_at=None)
    return DistributionList.objects.filter(known, contract=contract, subject=subject).exists()


@transaction.atomic
def restrict_to_list(
    contract: Contract, actor: Actor, now: datetime, *, subject: str, people: Collection[int]
) -> DistributionList:
    """From now on what is about ``subject`` is for these people (by their numbers) and who makes the list.

    ``subject`` is a new one (``new_subject``): nothing is on the record about it yet. Raises Refused on
    "people".
    """
    person = _person(actor)
    locks.lock(contract)
    chosen = _checked(contract, {*people, person.pk}, now)
    row = DistributionList.objects.create(contract=contract, subject=subject, made_at=now, made_by=person)
    _add(row, chosen, person, now)
    payload = {"subject": subject, "people": _names(chosen)}
    ledger.record(contract, actor, "distribution_list_made", payload, now)
    return row


@transaction.atomic
def change_list(row: DistributionList, actor: Actor, now: datetime, *, people: Collection[int]) -> bool:
    """Let exactly these people know of it from now on. False where that is so already.

    Raises Refused on "people", and for somebody who is not on the list themselves.
    """
    person, row = _locked(row, actor)
    chosen = _checked(row.contract, set(people), now)
    there = {one.person_id: one for one in _listed(row)}
    added = [one for one in chosen if one.person_id not in there]
    removed = [one for pk, one in there.items() if pk not in {member.person_id for member in chosen}]
    if not added and not removed:
        return False
    for one in removed:
        one.removed_at, one.removed_by = now, person
    ListedPerson.objects.bulk_update(removed, ["removed_at", "removed_by"])
    _add(row, added, person, now)
    payload: dict[str, Any] = {
        "subject": row.subject,
        "people": _names(chosen),
        "added": _names(added),
        "removed": sorted(one.person.name for one in removed),
    }
    ledger.record(row.contract, actor, "distribution_list_changed", payload, now)
    return True


@transaction.atomic
def lift_list(row: DistributionList, actor: Actor, now: datetime, *, reason: str) -> None:
    """From now on everybody on the contract may know of it, and of all that was recorded before.

    Raises Refused without a reason, and for somebody who is not on the list.
    """
    reason = required("reason", reason, "Say why everybody on the contract may know of it.", longest=2000)
    person, row = _locked(row, actor)
    row.lifted_at, row.lifted_by, row.lifted_reason = now, person, reason
    row.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    payload = {"subject": row.subject, "reason": reason}
    ledger.record(row.contract, actor, "distribution_list_lifted", payload, now)


def readers(contracts: Iterable[int]) -> Mapping[Chain, frozenset[int]]:
    """Who alone may know of what on these contracts: people's numbers by contract and subject. 1 query."""
    on_it = ListedPerson.objects.filter(distribution_list=OuterRef("pk"), removed_at=None)
    lists = DistributionList.objects.filter(contract__in=list(contracts), lifted_at=None)
    rows = lists.annotate(people_on_it=ArraySubquery(on_it.values("person_id")))
    return {
        (contract, subject): frozenset(people)
        for contract, subject, people in rows.values_list("contract_id", "subject", "people_on_it")
    }


def unable(row: DistributionList, now: datetime) -> list[Side]:
    """The sides that keep the contract and have nobody left on the list who can act on it. 2 queries.

    People leave a contract, or get another role, without anybody thinking of the list.
    """
    on_it = {one.person_id for one in _listed(row)}
    members = [one for one in members_of(row.contract, now) if one.person_id in on_it]
    return [side for side in _keeping(row.contract) if not _somebody_acts(side, members, now)]


def lists_in_need(now: datetime) -> list[tuple[DistributionList, list[Side]]]:
    """The lists in force on which a side has nobody who can act. 2 queries for each list."""
    lists = DistributionList.objects.filter(lifted_at=None).select_related("contract").order_by("pk")
    return [(row, sides) for row in lists if (sides := unable(row, now))]


@transaction.atomic
def put_on_list(row: DistributionList, member: Membership, now: datetime, *, reason: str) -> None:
    """Let a member know of what nobody who is left can act on: for who runs Duly, on the list's own record.

    Raises Refused without a reason, for a list that needs nobody, and for somebody who is on it already.
    """
    reason = required("reason", reason, "Say why this person is put on the list.", longest=2000)
    locks.lock_by_key(row.contract_id)
    if row.lifted_at is not None or not unable(row, now):
        raise Refused("", f"Somebody on the list of {row.subject} can act for each side: they change it.")
    if member.person_id in {one.person_id for one in _listed(row)}:
        raise Refused("person", f"{member.person.name} is on the list already.")
    _add(row, [member], None, now)
    payload = {"subject": row.subject, "added": [member.person.name], "removed": [], "reason": reason}
    ledger.record(row.contract, Actor.system("operator"), "distribution_list_changed", payload, now)


def _locked(row: DistributionList, actor: Actor) -> tuple[Person, DistributionList]:
    """The list as it is now, for somebody who is on it. Raises Refused."""
    person = _person(actor)
    locks.lock_by_key(row.contract_id)
    fresh = DistributionList.objects.select_related("contract").get(pk=row.pk)
    if fresh.lifted_at is not None:
        raise Refused("", "It is no longer kept to a distribution list.")
    if person.pk not in {one.person_id for one in _listed(fresh)}:
        raise Refused("", "Only people who are on the list change it.")
    return person, fresh


def _checked(contract: Contract, people: set[int], now: datetime) -> list[Membership]:
    """The memberships of these people, where each side that keeps the contract can act. Raises Refused."""
    members = {member.person_id: member for member in members_of(contract, now) if member.person.is_active}
    if gone := people - members.keys():
        named = Person.objects.filter(pk__in=gone, memberships__contract=contract).order_by("name")
        who = ", ".join(named.values_list("name", flat=True))
        message = "Choose among the people who are on this contract today."
        raise Refused("people", f"{who}: no longer on this contract. {message}" if who else message)
    chosen = [members[pk] for pk in sorted(people)]
    for side in _keeping(contract):
        if not _somebody_acts(side, chosen, now):
            word = contract.word_for(side)
            message = f"Choose somebody of the {word} who can act on it, for example {_who(side)}."
            raise Refused("people", message)
    return chosen


def _keeping(contract: Contract) -> list[Side]:
    both = (Side.SUPPLIER, Side.AUTHORITY)
    return [side for side in both if contract.kept_by in (KeptBy.BOTH, side)]


def _somebody_acts(side: Side, members: Iterable[Membership], now: datetime) -> bool:
    """Whether one of these can act for a side, and goes on doing so: who leaves tonight cannot."""
    today = london_day(now)
    return any(
        one.side == side
        and one.person.is_active
        and Act.DECIDE in ALLOWED[Role(one.role)]
        and (one.to_day is None or one.to_day > today)
        for one in members
    )


def _who(side: str) -> str:
    return "its security lead" if side == Side.SUPPLIER else "a reviewer"


def _listed(row: DistributionList) -> list[ListedPerson]:
    return list(row.people.filter(removed_at=None).select_related("person"))


def _add(row: DistributionList, members: Iterable[Membership], by: Person | None, now: datetime) -> None:
    ListedPerson.objects.bulk_create(
        ListedPerson(
            contract_id=row.contract_id,
            distribution_list=row,
            person_id=member.person_id,
            added_at=now,
            added_by=by,
        )
        for member in members
    )


def _names(members: Iterable[Membership]) -> list[str]:
    return sorted(member.person.name for member in members)


def _person(actor: Actor) -> Person:
    if actor.person is None:
        raise Refused("", "Only a person keeps something to a distribution list.")
    return actor.person
