"""Each row of the protected tables against its last proof, and what is not protected just now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import connection, transaction

from contracts.proving import triggers
from contracts.proving.install import MADE_TRIGGERS, THERE
from contracts.proving.registry import Protected, protected
from contracts.services.verifying.findings import Finding, Kind


@dataclass(frozen=True, slots=True)
class Told:
    """What the database says of one row that is not as its last proof says. ``write``: that of the proof."""

    row: int
    there: bool
    proved: bool
    deleted: bool
    contract: int | None


def faults(line: Protected, references: Mapping[int, str], only: int | None = None) -> Iterator[Finding]:
    """The rows of a table that are not as they were last written. ``only``: the number of one contract."""
    for told in _told(line):
        if only is not None and told.contract != only:
            continue
        contract = references.get(told.contract or 0, "")
        name = f"{called(line.table)} {told.row}"
        place = f"{name} of contract {contract}" if contract else name
        if not told.proved or (told.there and told.deleted):
            kind, says = Kind.ROW_ADDED, f"{place} was not written by Duly"
        elif not told.there:
            kind, says = Kind.ROW_MISSING, f"{place} is missing"
        else:
            kind, says = Kind.ROW_CHANGED, f"{place} is not as Duly last wrote it"
        yield Finding(kind=kind, says=says, contract=contract, where=line.table, number=told.row)


def _told(line: Protected) -> list[Told]:
    """Compared in the database, by SQL that this code brings and not by functions kept there."""
    versions = " ".join(
        f"WHEN {number} THEN {triggers.digest(columns, 't')}" for number, columns in enumerate(line.lists, 1)
    )
    contract = f"coalesce({line.contract}, p.contract_id)" if line.contract else "NULL"
    statement = f"""
        SELECT coalesce(t.id, p.row), t.id IS NOT NULL, p.row IS NOT NULL,
            coalesce(p.deleted, false), {contract}
        FROM public."{line.table}" AS t
        FULL JOIN (
            SELECT DISTINCT ON (row) row, contract_id, version, digest, deleted FROM public.contracts_rowproof
            WHERE table_name = '{line.table}' ORDER BY row, id DESC
        ) AS p ON p.row = t.id
        WHERE p.row IS NULL OR (t.id IS NULL) <> p.deleted
            OR (t.id IS NOT NULL AND p.digest IS DISTINCT FROM CASE p.version {versions} END)
        ORDER BY 1
    """  # noqa: S608 - names of the registry
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(triggers.AS_TEXT)
        cursor.execute(statement)
        return [Told(*row) for row in cursor.fetchall()]


def unguarded() -> Iterator[Finding]:
    """Tables whose triggers are not there, are switched off, or are not those that the registry makes."""
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        there = {table: (known, made) for table, _, known, made in cursor.fetchall()}
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid"
            " WHERE g.tgname LIKE 'proved\\_%' AND g.tgenabled NOT IN ('O', 'A')"
        )
        switched_off = {table for (table,) in cursor.fetchall()}
    for line in protected():
        if line.table in switched_off or there.get(line.table) != (triggers.known_by(line), MADE_TRIGGERS):
            yield Finding(
                kind=Kind.TRIGGER_OFF,
                says=f"the triggers that prove what is written to {line.table} are off: run migrate",
                where=line.table,
            )


def called(table: str) -> str:
    """What people call a row of a table."""
    return _names().get(table, table)


@cache
def _names() -> Mapping[str, str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: str(model._meta.verbose_name) for model in models}
