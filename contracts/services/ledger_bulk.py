"""Writing very many ledger entries at once: the same entries and the same chain as ``ledger.record_many``.

The rows are copied into the table instead of being inserted one by one, for work that touches every contract.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from contracts.models import LedgerEntry
from contracts.services.actors import Actor
from contracts.services.ledger import canonical
from contracts.services.rows import copy_in

COLUMNS = (
    "contract_id",
    "number",
    "moment",
    "actor_id",
    "actor_name",
    "verb",
    "payload",
    "previous_hash",
    "hash",
)


def append(
    entries: Mapping[int, Iterable[tuple[str, Mapping[str, Any]]]], actor: Actor, now: datetime
) -> int:
    """Append entries to the ledgers of several contracts (by contract number); returns how many.

    The caller holds the lock of every contract's row and a transaction. 2 queries.
    """
    last = _last(list(entries))
    who = actor.person.pk if actor.person else None
    # The keys of ``ledger.entry_hash`` in canonical order, with what is the same for every entry filled in.
    before = f'{{"actor":{canonical(who)},"actor_name":{canonical(actor.name)},"contract":'
    moment = now.astimezone(UTC).isoformat(timespec="microseconds")
    rows = []
    for contract, told in entries.items():
        number, previous = last.get(contract, (0, ""))
        for verb, payload in told:
            number += 1
            text = canonical(payload)
            content = (
                f'{before}{contract},"moment":"{moment}","number":{number},"payload":{text},'
                f'"previous":"{previous}","verb":"{verb}"}}'
            )
            digest = hashlib.sha256(content.encode()).hexdigest()
            rows.append((contract, number, moment, who, actor.name, verb, text, previous, digest))
            previous = digest
    copy_in(LedgerEntry._meta.db_table, COLUMNS, rows)
    return len(rows)


def _last(contracts: list[int]) -> dict[int, tuple[int, str]]:
    """The number and hash of each contract's last entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, last.number, last.hash FROM unnest(%s::bigint[]) AS c(id)"
            " CROSS JOIN LATERAL (SELECT number, hash FROM contracts_ledgerentry"
            " WHERE contract_id = c.id ORDER BY number DESC LIMIT 1) AS last",
            [contracts],
        )
        return {contract: (number, digest) for contract, number, digest in cursor.fetchall()}
