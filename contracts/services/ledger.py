"""Writing to the ledger, and checking that it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from contracts.access import closed_words
from contracts.models import Contract, DistributionList, LedgerEntry
from contracts.offered import offered
from contracts.origin import sign
from contracts.services import locks
from contracts.services.actors import Actor
from contracts.services.canonical import canonical
from contracts.services.errors import Refused
from contracts.services.verifying.chains import LEDGER, Walk
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
        refuse_where_closed(locks.locked(contract, "pk", "reference", "closed_at"), entries)
        numbered, keys = _append({contract.pk: entries}, actor, now)
    return [
        LedgerEntry(
            pk=key,
            contract=contract,
            kept_to=one.kept_to,
            number=one.number,
            moment=now,
            actor=actor.person,
            actor_name=actor.name,
            verb=one.verb,
            payload=json.loads(one.payload),
            previous_hash=one.previous,
            hash=one.hash,
            origin=one.origin,
        )
        for one, key in zip(numbered, keys, strict=True)
    ]


def append(entries: Mapping[int, Sequence[Entry]], actor: Actor, now: datetime) -> int:
    """Append entries to the ledgers of several contracts (by contract number); returns how many.

    For work that touches very many: the caller holds the lock of every contract's row and a transaction.
    3 queries at most.
    """
    numbered, _ = _append(entries, actor, now)
    return len(numbered)


class Written(NamedTuple):
    """An entry as those hear of it who listen to the ledger: its key, contract, chain, verb and payload."""

    pk: int
    contract: int
    kept_to: str
    verb: str
    payload: Mapping[str, Any]


LISTENS = "hears what comes onto the record"
"""What is offered (``contracts/offered.py``) by who is told of every entry in the transaction that writes it:
a function of the entries (``Written``, in order), the actor and the moment. One that raises takes back what
was done.
"""


class _Numbered(NamedTuple):
    """An entry as the database will number and hash it. The payload is text, as ``canonical`` writes it."""

    contract: int
    kept_to: str
    verb: str
    payload: str
    number: int
    previous: str
    hash: str
    origin: str


def _append(
    entries: Mapping[int, Sequence[Entry]], actor: Actor, now: datetime
) -> tuple[list[_Numbered], list[int]]:
    """What was appended, in the order given, and the keys of the rows. Raises IntegrityError where another
    end of a ledger was met, which the lock of the contract rules out.
    """
    numbered = list(_numbered(entries, actor, now))
    if not numbered:
        return [], []
    given = canonical(
        [
            {
                "contract": one.contract,
                "kept_to": one.kept_to,
                "verb": one.verb,
                "payload": one.payload,
                "hash": one.hash,
                "origin": one.origin,
            }
            for one in numbered
        ]
    )
    who = actor.person.pk if actor.person else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT duly.append_to_ledger(%s, %s, %s, %s)", [now, who, actor.name, given])
        keys = [key for (key,) in cursor]
    payloads = (payload for of_one in entries.values() for _, payload in of_one)
    written = [
        Written(key, one.contract, one.kept_to, one.verb, payload)
        for key, one, payload in zip(keys, numbered, payloads, strict=True)
    ]
    for hear in offered(LISTENS):
        hear(written, actor, now)
    return numbered, keys


def _numbered(entries: Mapping[int, Sequence[Entry]], actor: Actor, now: datetime) -> Iterator[_Numbered]:
    """Each entry with the number and hash that follow from the end of its chain, and its signature."""
    chains = chains_of(entries)
    ends = last_of(chains)
    # The keys of ``entry_hash`` in canonical order, with what is the same for every entry filled in.
    who = canonical(actor.person.pk if actor.person else None)
    before = f'{{"actor":{who},"actor_name":{canonical(actor.name)},"contract":'
    moment = now.astimezone(UTC).isoformat(timespec="microseconds")
    told = (entry for of_one in entries.values() for entry in of_one)
    for chain, (verb, payload) in zip(chains, told, strict=True):
        contract, kept_to = chain
        last, previous = ends.get(chain, (0, ""))
        number, text = last + 1, canonical(payload)
        kept = f'"kept_to":{canonical(kept_to)},' if kept_to else ""
        content = (
            f'{before}{contract},{kept}"moment":"{moment}","number":{number},"payload":{text},'
            f'"previous":"{previous}","verb":{canonical(verb)}}}'
        )
        digest = hashlib.sha256(content.encode()).hexdigest()
        ends[chain] = number, digest
        yield _Numbered(contract, kept_to, verb, text, number, previous, digest, sign(LEDGER, digest))


AFTER_CLOSING = frozenset({
    "member_added", "member_role_changed", "member_ended",
    "person_invited", "invitation_sent_again", "invitation_revoked", "invitation_accepted",
    "ending_asked", "ending_withdrawn", "contract_opened_again", "hold_set", "hold_lifted",
    "keeping_lengthened", "record_handed_over", "notices_sent", "notice_given_up",
    "api_token_made", "api_token_ended", "webhook_ended",
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


def verify(contract: Contract) -> int:
    """Walk every chain and return the number of entries. Raises LedgerBroken at the first that is wrong."""
    walk = Walk()
    for finding in walk.contract(contract.pk, contract.reference):
        raise LedgerBroken(finding.says)
    return walk.entries
