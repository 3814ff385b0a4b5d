"""Telling people of what comes onto the record: notices about entries of the ledger, planned with them.

The ledger calls ``hear`` with everything that is appended, in that transaction. Which entries are told, to
whom, and which settle what was to be told is data: the stages (``rules/notices/stages.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from contracts.models import Contract, KeptBy, Membership, Side
from contracts.services.actors import Actor
from contracts.services.ledger import Written
from obligations import subjects
from obligations.models import Notice
from obligations.rules.notices.stages import BOTH, On, Rule
from obligations.services.notices.planning import Audience, Key, new_notice

SIDES = (Side.SUPPLIER.value, Side.AUTHORITY.value)
ALL = (*SIDES, Side.NEITHER.value)


class _Told(NamedTuple):
    """An entry, the stage that it raises or settles, and as what."""

    entry: Written
    rule: Rule
    on: On


def hear(written: Sequence[Written], actor: Actor, now: datetime) -> None:
    """Plan what is to be told of these entries, and cancel what they settle. In the caller's transaction.

    No query where nobody is told and nothing settled; 5 at most, however many entries they are.
    """
    known = [(one, rule) for one in written for rule in subjects.stages_of(one.verb)]
    raised = [_Told(one, rule, on) for one, rule in known if (on := rule.raised_as(one.verb, one.payload))]
    settled = [_Told(one, rule, on) for one, rule in known if (on := rule.settled_as(one.verb, one.payload))]
    if settled:
        _cancel(settled, now)
    if raised:
        _plan(raised, actor, now)


def _cancel(settled: Iterable[_Told], now: datetime) -> None:
    """What waits about the same things, of whoever need not be told any more."""
    theirs = [_same(one) for one in settled]
    waiting = Notice.objects.filter(entry__isnull=False, sent_at__isnull=True, cancelled_at__isnull=True)
    why = "it was settled before it was sent"
    waiting.filter(reduce(or_, theirs)).update(cancelled_at=now, cancelled_why=why, claimed_at=None)


def _same(one: _Told) -> Q:
    entry = one.entry
    same = Q(contract=entry.contract, stage=one.rule.name, about=one.rule.about(entry.payload))
    if not one.on.side:
        return same
    side = Membership.objects.filter(contract=entry.contract, side=entry.payload.get(one.on.side))
    return same & Q(recipient__in=side.values("person"))


def _plan(raised: Sequence[_Told], actor: Actor, now: datetime) -> None:
    contracts = Contract.objects.only("kept_by").in_bulk({one.entry.contract for one in raised})
    audience = Audience(contracts, now)
    own = actor.person.pk if actor.person is not None else None
    Notice.objects.bulk_create(
        new_notice(
            Key(None, 1, rule.name, person, rule.about(entry.payload), entry_id=entry.pk),
            entry.contract,
            str(entry.payload.get("subject") or ""),
            now,
            now,
        )
        for entry, rule, on in raised
        for person in audience.on_sides(
            entry.contract,
            rule,
            _sides(rule, on, entry.payload, contracts[entry.contract], actor.side),
            str(entry.payload.get("subject") or ""),
        )
        if person != own
    )


def _sides(
    rule: Rule, on: On, payload: Mapping[str, object], contract: Contract, acting: str
) -> Iterable[str]:
    """The sides told: as the entry or the stage says; where one side alone keeps the contract, that one.

    Who is of neither side, such as an administrator, is told where the stage has a role for them.
    """
    named = str(payload.get(on.side)) if on.side else rule.side
    if contract.kept_by != KeptBy.BOTH:
        return (str(contract.kept_by), Side.NEITHER)
    if named in SIDES:
        return (named,)
    if named == BOTH or acting not in SIDES:
        return ALL
    return tuple(side for side in ALL if side != acting)
