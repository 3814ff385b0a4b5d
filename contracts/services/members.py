"""Who is on a contract: joining, another role, a last day. Every change is on the contract's ledger.

Each side's people are looked after by whoever manages the contract for that side. An administrator of the
contract looks after everybody; on a contract without one, who manages for a side also looks after auditors.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from contracts.access import on_contract
from contracts.models import Contract, KeptBy, Membership, Person, Role, Side
from contracts.models.contract import SIDE_OF_ROLE
from contracts.row_security import asking, writes
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from contracts.services.contracts import add_member
from contracts.services.errors import Refused, required
from contracts.terms.moments import Day, london_day, long_day

BOTH_SIDES = (Side.SUPPLIER, Side.AUTHORITY)
ROLES_OF = {side: tuple(role for role in Role if SIDE_OF_ROLE[role] == side) for side in Side}


def looks_after(by: Membership | None, side: str, role: str, members: Iterable[Membership]) -> bool:
    """Whether a member may invite to, change and end a role of a side. ``members``: who is on it today.

    The other side's first manager may be invited while that side has nobody who manages; see ``may_invite``.
    """
    if by is None:
        return False
    if by.role == Role.ADMINISTRATOR:
        return True
    if not by.manages:
        return False
    if side == Side.NEITHER:
        alone = not any(one.role == Role.ADMINISTRATOR for one in members)
        return role == Role.AUDITOR and alone
    return by.side == side


def may_invite(by: Membership | None, side: str, role: str, members: Iterable[Membership]) -> bool:
    """As ``looks_after``; and who manages for one side invites people of the other until it has a manager."""
    members = list(members)
    if looks_after(by, side, role, members):
        return True
    manages = by is not None and by.manages and side == Side(by.side).other and side in BOTH_SIDES
    return manages and Side(side) not in managed_sides(members)


def managed_sides(members: Iterable[Membership]) -> frozenset[Side]:
    """The sides that somebody, whose end is not set, manages for; an administrator does so for both."""
    found: set[Side] = set()
    for one in members:
        if one.to_day is None and one.person.is_active:
            if one.role == Role.ADMINISTRATOR:
                found |= set(BOTH_SIDES)
            elif one.manages:
                found.add(Side(one.side))
    return frozenset(found)


def members_today(contract: Contract, now: datetime) -> list[Membership]:
    """Who is on the contract today, with their persons. 1 query."""
    rows = Membership.objects.filter(on_contract(now), contract=contract)
    return list(rows.select_related("person").order_by("pk"))


def require_looks_after(
    contract: Contract, actor: Actor, side: str, role: str, now: datetime, *, inviting: bool = False
) -> None:
    """Raise Refused on "role" unless the actor may. A job of the system may."""
    if actor.person is None:
        return
    members = members_today(contract, now)
    by = next((one for one in members if one.person_id == actor.person.pk), None)
    if not (may_invite if inviting else looks_after)(by, side, role, members):
        who = "an administrator of the contract" if side == Side.NEITHER else f"the {contract.word_for(side)}"
        raise Refused("role", f"That is for {who} to do; choose a role of your own side.")


@transaction.atomic
def join(
    contract: Contract, actor: Actor, now: datetime, *, person: Person, role: str, manages: bool = False
) -> Membership:
    """Somebody is on the contract from today, also who was before on the same side. Raises Refused."""
    _lock(contract)
    found = Membership.objects.filter(contract=contract, person=person).first()
    today = london_day(now)
    if found is None:
        return add_member(contract, actor, now, person=person, role=role, from_day=today, manages=manages)
    if found.from_day <= today and (found.to_day is None or found.to_day >= today):
        raise Refused("", f"{person.name} is on this contract already.")
    if found.side != SIDE_OF_ROLE[Role(role)]:
        word = contract.word_for(found.side)
        raise Refused("", f"{person.name} was on this contract for the {word} and keeps that side.")
    found.role, found.manages, found.from_day, found.to_day = Role(role), manages, today, None
    _save(found, "role", "manages", "from_day", "to_day")
    payload = _who(found) | {"role": role, "side": found.side, "from": today}
    ledger.record(contract, actor, "member_added", payload | ({"manages": True} if manages else {}), now)
    return found


@transaction.atomic
def change_role(
    member: Membership, actor: Actor, now: datetime, *, role: str, manages: bool = False
) -> Membership:
    """Another role on the same side, with or without managing. Raises Refused on "role" or "manages".

    From now on they do and are told what the new role does; what waits for the earlier one is not sent.
    """
    locked, before = _locked(member, now)
    contract = locked.contract
    if role not in ROLES_OF[Side(locked.side)]:
        word = contract.word_for(locked.side)
        raise Refused("role", f"Choose a role of the same side, {word}: nobody changes sides on a contract.")
    require_looks_after(contract, actor, locked.side, locked.role, now)
    require_looks_after(contract, actor, locked.side, role, now)
    if manages and role in (Role.AUDITOR, Role.ADMINISTRATOR):
        manages = False if role == Role.ADMINISTRATOR else _auditor()
    if (locked.role, locked.manages) == (role, manages):
        raise Refused("role", f"{locked.person.name} has that role already; choose another.")
    payload = _who(locked) | {"before": locked.role, "after": role}
    if manages != locked.manages:
        payload["manages"] = manages
    locked.role, locked.manages = Role(role), manages
    _save(locked, "role", "manages")
    require_managed(contract, before, now, "role")
    ledger.record(contract, actor, "member_role_changed", payload, now)
    return locked


@transaction.atomic
def end_membership(member: Membership, actor: Actor, now: datetime, *, last_day: Day) -> Membership:
    """The last London day of somebody on the contract; they may do so for themselves. Raises Refused.

    On "last_day" where it has gone by, or lies before their first.
    """
    locked, before = _locked(member, now)
    own = actor.person is not None and actor.person.pk == locked.person_id
    if not own:
        require_looks_after(locked.contract, actor, locked.side, locked.role, now)
    today = london_day(now)
    if last_day < max(today, locked.from_day):
        first = long_day(max(today, locked.from_day))
        raise Refused("last_day", f"Enter {first} or a later day: what was done until now stays as it is.")
    if locked.to_day == last_day:
        raise Refused("last_day", f"{locked.person.name} leaves on {long_day(last_day)} already.")
    locked.to_day = last_day
    _save(locked, "to_day")
    require_managed(locked.contract, before, now, "last_day")
    ledger.record(locked.contract, actor, "member_ended", _who(locked) | {"to": last_day}, now)
    return locked


@transaction.atomic
def keep_on(member: Membership, actor: Actor, now: datetime) -> Membership:
    """Take a last day away that has not gone by. Raises Refused."""
    locked, _ = _locked(member, now)
    require_looks_after(locked.contract, actor, locked.side, locked.role, now)
    if locked.to_day is None:
        raise Refused("", f"No last day is set for {locked.person.name}.")
    if locked.person.ends_on is not None:
        day = long_day(locked.person.ends_on)
        raise Refused("", f"{locked.person.name} leaves Duly on {day}: their organisation set that.")
    locked.to_day = None
    _save(locked, "to_day")
    ledger.record(locked.contract, actor, "member_ended", _who(locked) | {"to": None}, now)
    return locked


@transaction.atomic
def end_all(person: Person, actor: Actor, now: datetime, *, last_day: Day) -> list[Membership]:
    """The last day on every contract of somebody who leaves, where none that is earlier is set.

    Raises Refused on "last_day" where they are the last who manages a contract for a side. ``actor`` need be
    on none of the contracts: who ends people answers for it on each ledger.
    """
    rows = Membership.objects.filter(person=person).filter(Q(to_day__isnull=True) | Q(to_day__gt=last_day))
    contracts = Contract.objects.filter(pk__in=rows.values("contract")).order_by("pk")
    list(contracts.select_for_update().values_list("pk"))
    ended = list(rows.select_related("contract", "person").order_by("contract_id"))
    for member in ended:
        before = managed_sides(members_today(member.contract, now))
        if member.from_day > last_day:  # it never begins
            payload = _who(member) | {"to": last_day, "never_began": True}
            with asking.job(writes.MEMBERS, member.contract_id):
                member.delete()
        else:
            member.to_day = last_day
            _save(member, "to_day")
            payload = _who(member) | {"to": last_day}
        require_managed(member.contract, before, now, "last_day")
        ledger.record(member.contract, actor, "member_ended", payload, now)
    return ended


@transaction.atomic
def let_manage(member: Membership, actor: Actor, now: datetime, *, reason: str) -> Membership:
    """Who runs Duly lets a member manage a contract that nobody manages for their side. Raises Refused.

    The way out where the last who managed can no longer sign in. The ledger has the reason.
    """
    reason = required("reason", reason, "Say why, for the record.", longest=500)
    locked, before = _locked(member, now)
    if locked.side not in BOTH_SIDES:
        raise Refused("member", f"{locked.person.name} acts for neither side; choose a member of a side.")
    if Side(locked.side) in before:
        word = locked.contract.word_for(locked.side)
        raise Refused("member", f"Somebody manages {locked.contract.reference} for the {word}: ask them.")
    locked.manages = True
    _save(locked, "manages")
    payload = _who(locked) | {"before": locked.role, "after": locked.role, "manages": True, "because": reason}
    ledger.record(locked.contract, actor, "member_role_changed", payload, now)
    return locked


def unmanaged(now: datetime) -> list[tuple[Contract, list[Side]]]:
    """The contracts with sides that keep them and that nobody manages for. 2 queries."""
    there: dict[int, list[Membership]] = {}
    for one in Membership.objects.filter(on_contract(now)).select_related("person"):
        there.setdefault(one.contract_id, []).append(one)
    found = []
    for contract in Contract.objects.order_by("reference"):
        managed = managed_sides(there.get(contract.pk, []))
        keeping = [side for side in BOTH_SIDES if contract.kept_by in (KeptBy.BOTH, side)]
        if left := [side for side in keeping if side not in managed]:
            found.append((contract, left))
    return found


def require_managed(contract: Contract, before: frozenset[Side], now: datetime, field: str) -> None:
    """Raise Refused where a side that somebody managed for has nobody left who does."""
    for side in sorted(before - managed_sides(members_today(contract, now))):
        word = contract.word_for(side)
        raise Refused(
            field,
            f"Nobody would be left who manages {contract.reference} for the {word}."
            " Let somebody else manage it first.",
        )


def last_who_manages(contract: Contract, person: Person, members: Iterable[Membership]) -> bool:
    """Whether a side would have nobody who manages without this person. ``members``: who is on it today."""
    members = list(members)
    without = [one for one in members if one.person_id != person.pk]
    return managed_sides(members) != managed_sides(without)


def _auditor() -> bool:
    raise Refused("manages", "An auditor reads only; choose another role for who manages the contract.")


def _lock(contract: Contract) -> None:
    locks.lock(contract)


def _locked(member: Membership, now: datetime) -> tuple[Membership, frozenset[Side]]:
    """The membership as it is now, under the lock of its contract, and the sides that are managed.

    Raises Refused where it has ended.
    """
    _lock(member.contract)
    fresh = Membership.objects.select_related("person", "contract").get(pk=member.pk)
    if fresh.to_day is not None and fresh.to_day < london_day(now):
        raise Refused("", f"{fresh.person.name} left this contract on {long_day(fresh.to_day)}.")
    return fresh, managed_sides(members_today(fresh.contract, now))


def _save(member: Membership, *fields: str) -> None:
    with asking.job(writes.MEMBERS, member.contract_id):
        member.save(update_fields=fields)


def _who(member: Membership) -> dict[str, Any]:
    return {"person": member.person_id, "name": member.person.name}
