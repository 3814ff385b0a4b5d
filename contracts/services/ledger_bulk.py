"""Writing very many ledger entries at once: the same entries and the same chain as ``ledger.record_many``.

The rows are copied into the table instead of being inserted one by one, for work that touches every contract.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from contracts.models import LedgerEntry
from contracts.services.actors import Actor
from contracts.services.ledger import Entry, canonical, chains_of, last_of
from contracts.services.rows import copy_in

COLUMNS = (
    "contract_id",
    "kept_to",
    "number",
    "moment",
    "actor_id",
    "actor_name",
    "verb",
    "payload",
    "previous_hash",
    "hash",
)


def append(entries: Mapping[int, Sequence[Entry]], actor: Actor, now: datetime) -> int:
    """Append entries to the ledgers of several contracts (by contract number); returns how many.

    The caller holds the lock of every contract's row and a transaction. 3 queries at most.
    """
    chains = chains_of(entries)
    ends = last_of(chains)
    who = actor.person.pk if actor.person else None
    # The keys of ``ledger.entry_hash`` in canonical order, with what is the same for every entry filled in.
    before = f'{{"actor":{canonical(who)},"actor_name":{canonical(actor.name)},"contract":'
    moment = now.astimezone(UTC).isoformat(timespec="microseconds")
    rows = []
    told = (entry for of_one in entries.values() for entry in of_one)
    for chain, (verb, payload) in zip(chains, told, strict=True):
        contract, kept_to = chain
        number, previous = ends.get(chain, (0, ""))
        text = canonical(payload)
        kept = f'"kept_to":{canonical(kept_to)},' if kept_to else ""
        content = (
            f'{before}{contract},{kept}"moment":"{moment}","number":{number + 1},"payload":{text},'
            f'"previous":"{previous}","verb":"{verb}"}}'
        )
        digest = hashlib.sha256(content.encode()).hexdigest()
        row = (contract, kept_to, number + 1, moment, who, actor.name, verb, text, previous, digest)
        rows.append(row)
        ends[chain] = number + 1, digest
    copy_in(LedgerEntry._meta.db_table, COLUMNS, rows)
    return len(rows)
