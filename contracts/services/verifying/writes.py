"""The signatures of writes: each transaction that wrote, with all it proves, as the application signed it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction

from contracts.origin import Origin, check, key_name
from contracts.proving import triggers
from contracts.proving.signing import WRITE
from contracts.services.seals.payload import ends_said
from contracts.services.verifying.findings import Finding, Kind
from contracts.services.verifying.rows import called

#: As duly.content_of, but of every write, and by SQL that this code brings.
CONTENTS = """
    SELECT w.id, w.origin, w.heads::text, w.xact = pg_current_xact_id_if_assigned()::text::bigint,
        ROW(w.id, w.moment, w.who, w.heads)::text || E'\\n' || coalesce(p.digest, '')
    FROM public.contracts_signedwrite AS w
    LEFT JOIN (
        SELECT p.write_id, encode(sha256(string_agg(sha256(convert_to(
            ROW(p.id, p.table_name, p.row, p.contract_id, p.version, encode(p.digest, 'hex'),
                p.deleted)::text, 'UTF8')), ''::bytea ORDER BY p.id)), 'hex') AS digest
        FROM public.contracts_rowproof AS p GROUP BY p.write_id
    ) AS p ON p.write_id = w.id
    ORDER BY w.id
"""
ORPHANS = """
    SELECT p.write_id, p.table_name, p.row, p.contract_id FROM public.contracts_rowproof AS p
    WHERE NOT EXISTS (SELECT FROM public.contracts_signedwrite AS w WHERE w.id = p.write_id) ORDER BY p.id
"""
PROVED = "SELECT table_name, row, contract_id FROM public.contracts_rowproof WHERE write_id = %s ORDER BY id"
AT_ONCE = 2000


class Writes:
    """What looking at the writes has come to: how many there are, and where the ledgers must end by them."""

    def __init__(self) -> None:
        self.count = 0
        self.ends: dict[str, tuple[int, str]] = {}

    def faults(self, references: Mapping[int, str]) -> Iterator[Finding]:
        """Writes that are not as they were signed, each row they prove by itself; proofs without a write."""
        for write, origin, unfinished, content in self._all():
            says = check(WRITE, content, origin)
            if says is Origin.RIGHT or (says is Origin.NONE and unfinished):
                continue
            if says is Origin.UNKNOWN_KEY:
                name = key_name(origin)
                yield Finding(
                    kind=Kind.KEY_UNKNOWN,
                    says=f"write {write} was signed with the key {name}, which LEDGER_KEYS does not have",
                    where="writes",
                    number=write,
                )
                continue
            why = f"what write {write} says of it is not what Duly signed"
            yield from _each_row(PROVED, [write], Kind.WRITE_FORGED, why, references, write)
        with connection.cursor() as cursor:
            cursor.execute(ORPHANS)
            for write, table, row, contract in cursor.fetchall():
                why = f"its write {write} is missing"
                yield _of_row(table, row, references.get(contract or 0, ""), Kind.WRITE_MISSING, why)

    def _all(self) -> Iterator[tuple[int, str, bool, str]]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(triggers.AS_TEXT)
            cursor.execute(f"DECLARE duly_writes NO SCROLL CURSOR FOR {CONTENTS}")
            while True:
                cursor.execute(f"FETCH {AT_ONCE} FROM duly_writes")
                rows = cursor.fetchall()
                if not rows:
                    break
                for write, origin, heads, unfinished, content in rows:
                    self.count += 1
                    self._take(heads)
                    yield write, origin, bool(unfinished), content
            cursor.execute("CLOSE duly_writes")

    def _take(self, heads: str) -> None:
        for name, (number, digest) in ends_said(json.loads(heads)):
            if number > self.ends.get(name, (0, ""))[0]:
                self.ends[name] = number, digest


def _each_row(
    statement: str, parameters: list[Any], kind: Kind, why: str, references: Mapping[int, str], write: int
) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    if not rows:
        yield Finding(kind=kind, says=f"write {write} is not what Duly signed", where="writes", number=write)
    for table, row, contract in rows:
        yield _of_row(table, row, references.get(contract or 0, ""), kind, why)


def _of_row(table: str, row: int, contract: str, kind: Kind, why: str) -> Finding:
    name = f"{called(table)} {row}" + (f" of contract {contract}" if contract else "")
    return Finding(kind=kind, says=f"{name}: {why}", contract=contract, where=table, number=row)
