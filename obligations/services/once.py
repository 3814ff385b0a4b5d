"""One thing, many contracts: recorded once for an organisation, it makes facts in each contract it touches.

What it makes on a contract is what recording it there alone would make: the same service does it, on one
after another, in one transaction. No contract learns of another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from contracts.access import Access, Act, contracts_of, open_contract
from contracts.models import Contract, LedgerEntry, Organisation, Person, Side
from contracts.services.actors import Actor
from contracts.services.canonical import canonical
from contracts.services.errors import Refused
from contracts.services.leaving import actor_of
from contracts.services.organisations import record
from obligations.models import OnceOnContract, RecordedOnce
from obligations.services.reconciling.rehearsal import rehearse

Recording: TypeAlias = Callable[[Contract, Actor, datetime], str]
"""Records the thing on one contract and answers what it is called there. Raises Refused."""

MOST = 100
"""Contracts that one thing is recorded on at a time."""

TOLD = ("title", "label", "subject", "due_date", "careful_at", "phase", "happened")
"""What of an entry of the ledger tells whether it is the one that was shown."""


class Changed(Refused):
    """What would come of it is no longer what was shown."""

    def __init__(self) -> None:
        super().__init__(
            "contracts", "Something came on the record meanwhile. Look at what each would get now."
        )


@dataclass(frozen=True, slots=True)
class Share:
    """What one contract would get, or got: the ``entries`` of its ledger; or why it cannot be recorded there.

    ``subject``: what it is called there.
    """

    access: Access
    subject: str = ""
    entries: Sequence[LedgerEntry] = field(default_factory=list)
    why_not: str = ""

    @property
    def mark(self) -> str:
        """By what it is known again."""
        told = [
            [one.verb, {name: one.payload.get(name) for name in TOLD if name in one.payload}]
            for one in self.entries
        ]
        return sha256(canonical([self.subject, told]).encode()).hexdigest()[:32]


def places(person: Person, organisation: Organisation, now: datetime) -> list[Access]:
    """The person's way into each contract on which they record for this organisation, by reference: the first
    ``MOST`` of them. A query for each contract of the organisation that they are on, and 1.
    """
    theirs = Q(supplier=organisation) | Q(authority=organisation)
    found = []
    for contract in contracts_of(person, now).filter(theirs, closed_at=None).order_by("reference"):
        access = open_contract(person, contract.pk, now)
        ours = {Side.SUPPLIER: contract.supplier_id, Side.AUTHORITY: contract.authority_id}
        if access.may(Act.RECORD_FACT) and ours.get(access.side) == organisation.pk:
            found.append(access)
        if len(found) == MOST:
            break
    return found


def most_of(accesses: list[Access]) -> int:
    """How many contracts are named at most, where there may be more than these; else 0."""
    return MOST if len(accesses) == MOST else 0


def look(accesses: Iterable[Access], now: datetime, recording: Recording) -> list[Share]:
    """What each contract would get. Everything is done and taken back."""
    return [_looked(access, now, recording) for access in accesses]


def _looked(access: Access, now: datetime, recording: Recording) -> Share:
    try:
        return rehearse(lambda: _on_one(access, now, recording))
    except Refused as refused:
        return Share(access, why_not=refused.message)


def _on_one(access: Access, now: datetime, recording: Recording) -> Share:
    """Record it on one contract; what its ledger says of it then."""
    ledger = LedgerEntry.objects.filter(contract=access.contract)
    last = ledger.order_by("-number").values_list("number", flat=True).first() or 0
    subject = recording(access.contract, Actor.of(access.person, access.side), now)
    return Share(access, subject, list(ledger.filter(number__gt=last).order_by("number")))


@transaction.atomic
def record_once(
    organisation: Organisation,
    person: Person,
    now: datetime,
    *,
    way: str,
    title: str,
    said: Sequence[tuple[str, str]],
    accesses: Sequence[Access],
    chosen: Collection[int],
    seen: Mapping[int, str],
    recording: Recording,
) -> RecordedOnce:
    """Record it on the chosen contracts, all or none, and once for the organisation.

    ``accesses``: as ``places`` gives them. ``seen``: the mark of what was shown of each contract. Raises
    Refused on "contracts" where none is chosen, where one refuses it, and Changed where another thing would
    come of it than was shown.
    """
    mine = {access.contract.pk: access for access in accesses}
    if not chosen or not set(chosen) <= mine.keys():
        raise Refused("contracts", "Choose each contract that it touches.")
    shares = []
    for number in sorted(chosen):  # in one order everywhere, so that no two wait for one another
        contract = mine[number].contract
        try:
            share = _on_one(mine[number], now, recording)
        except Refused as refused:
            raise Refused("contracts", f"{contract.reference}: {refused.message}") from refused
        if share.mark != seen.get(number):
            raise Changed()
        shares.append(share)
    once = RecordedOnce.objects.create(
        organisation=organisation,
        way=way,
        title=title[:300],
        said=[list(pair) for pair in said],
        recorded_at=now,
        recorded_by=person,
        recorded_by_name=person.name,
    )
    OnceOnContract.objects.bulk_create(
        OnceOnContract(contract=one.access.contract, once=once, subject=one.subject[:200]) for one in shares
    )
    record(organisation, actor_of(person), "recorded_once", {"once": once.pk, "title": once.title}, now)
    return once


def recorded_by(person: Person, organisation: Organisation, now: datetime) -> QuerySet[RecordedOnce]:
    """What the organisation recorded once, the newest first, as far as it is on contracts that the person may
    see; each with those ``shares`` alone. 2 queries where they are looked at.
    """
    mine = OnceOnContract.objects.filter(contract__in=contracts_of(person, now).values("pk"))
    rows = RecordedOnce.objects.filter(organisation=organisation)
    rows = rows.filter(Exists(mine.filter(once=OuterRef("pk"))))
    theirs = mine.select_related("contract").order_by("contract__reference")
    return rows.prefetch_related(Prefetch("shares", queryset=theirs))
