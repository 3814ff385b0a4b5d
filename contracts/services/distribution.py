"""Keeping what is about one subject of a contract to a distribution list (DMP 23 Appendix 1, 1.2)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

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
from contracts.models.distribution import RESERVED
from contracts.selectors import members_of
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.ledger import Chain
from contracts.terms.moments import london_day

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without those that are taken for another."""


def new_subject(contract: Contract, now: datetime) -> str:
    """A name for what is to be kept to a list: OS-2026-K7QXM, the year in London and five random letters.

    Numbers would have gaps where something is kept from the reader.
    """
    while True:
        name = f"{RESERVED}{london_day(now).year}-" + "".join(secrets.choice(LETTERS) for _ in range(5))
        if not DistributionList.objects.filter(contract=contract, subject=name).exists():
            return name


def may_name(contract: Contract, person: Person | None, subject: str) -> bool:
    """Whether somebody may record something about a subject; None is a job of the system.

    The answer is the same for a name that is kept from them and for one that does not exist.
    """
    if person is None or not subject.upper().startswith(RESERVED):
        return True
    known = Q(lifted_at__isnull=False) | Q(people__person=person, people__removed_at=None)
    return DistributionList.objects.filter(known, contract=contract, subject=subject).exists()


@transaction.atomic
def keep_to_list(
    contract: Contract, actor: Actor, now: datetime, *, subject: str, people: Collection[int]
) -> DistributionList:
    """From now on what is about ``subject`` is for these people (by their numbers) and who makes the list.

    ``subject`` is a new one (``new_subject``): nothing is on the record about it yet. Raises Refused on
    "people".
    """
    person = _person(actor)
    Contract.objects.select_for_update().only("pk").get(pk=contract.pk)
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
    rows = ListedPerson.objects.filter(
        contract__in=list(contracts), removed_at=None, distribution_list__lifted_at=None
    ).values_list("contract_id", "distribution_list__subject", "person_id")
    found: dict[Chain, set[int]] = {}
    for contract, subject, person in rows:
        found.setdefault((contract, subject), set()).add(person)
    return {chain: frozenset(people) for chain, people in found.items()}


def _locked(row: DistributionList, actor: Actor) -> tuple[Person, DistributionList]:
    """The list as it is now, for somebody who is on it. Raises Refused."""
    person = _person(actor)
    Contract.objects.select_for_update().only("pk").get(pk=row.contract_id)
    fresh = DistributionList.objects.select_related("contract").get(pk=row.pk)
    if fresh.lifted_at is not None:
        raise Refused("", "It is no longer kept to a distribution list.")
    if person.pk not in {one.person_id for one in _listed(fresh)}:
        raise Refused("", "Only people who are on the list change it.")
    return person, fresh


def _checked(contract: Contract, people: set[int], now: datetime) -> list[Membership]:
    """The memberships of these people, where each side that keeps the contract can act. Raises Refused."""
    members = {member.person_id: member for member in members_of(contract, now) if member.person.is_active}
    if people - members.keys():
        raise Refused("people", "Choose among the people who are on this contract today.")
    chosen = [members[pk] for pk in sorted(people)]
    for side in (Side.SUPPLIER, Side.AUTHORITY):
        if contract.kept_by not in (KeptBy.BOTH, side):
            continue
        if not any(one.side == side and Act.DECIDE in ALLOWED[Role(one.role)] for one in chosen):
            word = contract.word_for(side)
            message = f"Choose somebody of the {word} who can act on it, for example {_who(side)}."
            raise Refused("people", message)
    return chosen


def _who(side: str) -> str:
    return "its security lead" if side == Side.SUPPLIER else "a reviewer"


def _listed(row: DistributionList) -> list[ListedPerson]:
    return list(row.people.filter(removed_at=None).select_related("person"))


def _add(row: DistributionList, members: Iterable[Membership], by: Person, now: datetime) -> None:
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
