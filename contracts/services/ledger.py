"""Writing to the ledger, and checking that it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from contracts.access import closed_words
from contracts.models import Contract, DistributionList, LedgerEntry
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.restricted import is_reserved


class LedgerBroken(Exception):
    """An entry does not agree with the hash chain; names the entry."""


Chain = tuple[int, str]
"""A contract's number, and the subject that the chain is kept to ("" for the chain that everybody reads)."""

Entry = tuple[str, Mapping[str, Any]]
"""A verb and its payload. The payload's ``subject`` says what it is about, where it is about one thing."""


def record(
    contract: Contract, actor: Actor, verb: str, payload: Mapping[str, Any], now: datetime
) -> LedgerEntry:
    """Append one entry, in the transaction of what it records.

    Locks the contract's row, so entries of one contract are numbered one by one. What is about a subject with
    a distribution list goes into the chain of that subject.
    """
    return record_many(contract, actor, [(verb, payload)], now)[0]


def record_many(
    contract: Contract, actor: Actor, entries: Sequence[Entry], now: datetime
) -> list[LedgerEntry]:
    """Append several entries with a constant number of queries."""
    with transaction.atomic():
        refuse_where_closed(
            Contract.objects.select_for_update().only("pk", "reference", "closed_at").get(pk=contract.pk),
            entries,
        )
        chains = chains_of({contract.pk: entries})
        ends = last_of(chains)
        rows = []
        for chain, (verb, payload) in zip(chains, entries, strict=True):
            number, previous = ends.get(chain, (0, ""))
            row = LedgerEntry(
                contract=contract,
                kept_to=chain[1],
                number=number + 1,
                moment=now,
                actor=actor.person,
                actor_name=actor.name,
                verb=verb,
                payload=json.loads(canonical(payload)),
                previous_hash=previous,
            )
            row.hash = entry_hash(row)
            ends[chain] = row.number, row.hash
            rows.append(row)
        return LedgerEntry.objects.bulk_create(rows)


AFTER_CLOSING = frozenset({
    "member_added", "member_role_changed", "member_ended",
    "person_invited", "invitation_sent_again", "invitation_revoked", "invitation_accepted",
    "ending_asked", "ending_withdrawn", "contract_opened_again", "hold_set", "hold_lifted",
    "keeping_lengthened", "record_handed_over", "notices_sent", "notice_given_up",
    "api_token_made", "api_token_ended",
})  # fmt: skip
"""What may still come onto the record of a closed contract: its people and their tokens, its end, and mails
under way."""


def refuse_where_closed(contract: Contract, entries: Iterable[Entry]) -> None:
    """Raise Refused where a contract is closed and these entries are about more than its end.

    Every write has an entry, so nothing is written to a closed contract, whichever way it came.
    """
    if contract.closed_at is not None and any(verb not in AFTER_CLOSING for verb, _ in entries):
        raise Refused("", closed_words(contract))


def kept(chains: Iterable[Chain]) -> set[Chain]:
    """The pairs of contract and subject that have, or had, a distribution list. 1 query at most."""
    asked = [chain for chain in set(chains) if is_reserved(chain[1])]
    if not asked:
        return set()
    contracts, subjects = {chain[0] for chain in asked}, {chain[1] for chain in asked}
    lists = DistributionList.objects.filter(contract__in=contracts, subject__in=subjects)
    return set(lists.values_list("contract_id", "subject"))


def chains_of(entries: Mapping[int, Iterable[Entry]]) -> list[Chain]:
    """The chain of each entry, contract by contract in the order given. 1 query at most."""
    asked = [(one, str(payload.get("subject") or "")) for one, told in entries.items() for _, payload in told]
    there = kept(asked)
    return [chain if chain in there else (chain[0], "") for chain in asked]


def last_of(chains: Iterable[Chain]) -> dict[Chain, tuple[int, str]]:
    """The number and the hash of the last entry of each chain that has one. 1 query."""
    wanted = sorted(set(chains))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.contract, c.kept_to, last.number, last.hash"
            " FROM unnest(%s::bigint[], %s::text[]) AS c(contract, kept_to)"
            " CROSS JOIN LATERAL (SELECT number, hash FROM contracts_ledgerentry"
            " WHERE contract_id = c.contract AND kept_to = c.kept_to ORDER BY number DESC LIMIT 1) AS last",
            [[contract for contract, _ in wanted], [kept_to for _, kept_to in wanted]],
        )
        return {(contract, kept_to): (number, digest) for contract, kept_to, number, digest in cursor}


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over the entry's content and the hash before it; ``kept_to`` where it is kept to a list."""
    content: dict[str, Any] = {
        "contract": entry.contract_id,
        "number": entry.number,
        "moment": entry.moment.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "verb": entry.verb,
        "payload": entry.payload,
        "previous": entry.previous_hash,
    }
    if entry.kept_to:
        content["kept_to"] = entry.kept_to
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def verify(contract: Contract) -> int:
    """Walk every chain and return the number of entries. Raises LedgerBroken at the first that is wrong."""
    total = 0
    for kept_to, entries in groupby(_in_order(contract), key=lambda entry: entry.kept_to):
        chain = f"contract {contract.reference}" + (f", {kept_to}" if kept_to else "")
        total += _verify_chain(chain, entries)
    return total


def _verify_chain(name: str, entries: Iterable[LedgerEntry]) -> int:
    count, previous = 0, ""
    for entry in entries:
        count += 1
        if entry.number != count:
            raise LedgerBroken(f"entry {count} of {name} is missing")
        if entry.previous_hash != previous or entry.hash != entry_hash(entry):
            raise LedgerBroken(f"entry {count} of {name} was changed")
        previous = entry.hash
    return count


def _in_order(contract: Contract) -> Iterator[LedgerEntry]:
    rows = LedgerEntry.objects.filter(contract=contract).order_by("kept_to", "number")
    return rows.iterator(chunk_size=2000)


def canonical(value: Any) -> str:
    """The one way a value is written as JSON, so that the same value has the same hash."""
    return _ENCODER.encode(value)


def plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as JSON gives it back: days and moments as text."""
    return dict(json.loads(canonical(payload)))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written to the ledger")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
