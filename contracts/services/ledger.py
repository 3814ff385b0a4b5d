"""Writing to the ledger, and checking that it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from contracts.models import Contract, LedgerEntry
from contracts.services.actors import Actor


class LedgerBroken(Exception):
    """An entry does not agree with the hash chain; names the entry."""


def record(
    contract: Contract, actor: Actor, verb: str, payload: Mapping[str, Any], now: datetime
) -> LedgerEntry:
    """Append one entry, in the transaction of what it records.

    Locks the contract's row, so entries of one contract are numbered one by one.
    """
    return record_many(contract, actor, [(verb, payload)], now)[0]


def record_many(
    contract: Contract, actor: Actor, entries: Sequence[tuple[str, Mapping[str, Any]]], now: datetime
) -> list[LedgerEntry]:
    """Append several entries with a constant number of queries."""
    with transaction.atomic():
        Contract.objects.select_for_update().only("pk").get(pk=contract.pk)
        last = LedgerEntry.objects.filter(contract=contract).order_by("-number").first()
        number, previous = (last.number, last.hash) if last else (0, "")
        rows = []
        for verb, payload in entries:
            number += 1
            row = LedgerEntry(
                contract=contract,
                number=number,
                moment=now,
                actor=actor.person,
                actor_name=actor.name,
                verb=verb,
                payload=json.loads(canonical(payload)),
                previous_hash=previous,
            )
            row.hash = previous = entry_hash(row)
            rows.append(row)
        return LedgerEntry.objects.bulk_create(rows)


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over the entry's content and the hash before it."""
    content = {
        "contract": entry.contract_id,
        "number": entry.number,
        "moment": entry.moment.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "verb": entry.verb,
        "payload": entry.payload,
        "previous": entry.previous_hash,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def verify(contract: Contract) -> int:
    """Walk the chain and return the number of entries. Raises LedgerBroken at the first that is wrong."""
    count, previous = 0, ""
    for entry in _in_order(contract):
        count += 1
        if entry.number != count:
            raise LedgerBroken(f"entry {count} of contract {contract.reference} is missing")
        if entry.previous_hash != previous or entry.hash != entry_hash(entry):
            raise LedgerBroken(f"entry {count} of contract {contract.reference} was changed")
        previous = entry.hash
    return count


def _in_order(contract: Contract) -> Iterator[LedgerEntry]:
    return LedgerEntry.objects.filter(contract=contract).order_by("number").iterator(chunk_size=2000)


def canonical(value: Any) -> str:
    """The one way a value is written as JSON, so that the same value has the same hash."""
    return _ENCODER.encode(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written to the ledger")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
