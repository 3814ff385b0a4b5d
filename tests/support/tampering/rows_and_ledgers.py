"""Edits of rows, proofs, writes and ledgers by somebody who owns the database and has no key."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import Error, transaction

from contracts.models import LedgerEntry, OrganisationEntry
from contracts.proving import triggers
from contracts.proving.registry import Protected, protected
from contracts.services.kept_files import kinds
from contracts.services.seals.payload import chain_name
from contracts.services.verifying.chains import LEDGER, ORGANISATION, entry_hash, organisation_hash
from contracts.services.verifying.findings import Kind
from contracts.services.verifying.rows import called
from tests.support.tampering.edits import CannotBe, Edit, Place
from tests.support.tampering.sealed import Sealing

NAMING = ("contracts_contract", "contracts_organisation")
"""Tables by whose rows findings call ledgers: changed in batches without edits of ledgers."""

TRIES = 10
ROW = (Kind.ROW_CHANGED,)
FORGED = (Kind.WRITE_FORGED,)


class Tamperer:
    """Makes edits with one cursor. No row and no chain is touched twice in a batch.

    ``chains``: on ledgers and rows, else on whole writes, on what ledgers are called by, and rows.
    """

    def __init__(self, chance: random.Random, cursor: Any, sealing: Sealing, chains: bool) -> None:
        self.chance, self.cursor, self.sealing, self.chains = chance, cursor, sealing, chains
        self.used: set[tuple[str, int]] = set()
        self.tables = [line for line in protected() if not (chains and line.table in NAMING)]
        self.empty = {line.table for line in self.tables if not self._keys(line)}
        self.with_files = {model._meta.db_table for model in kinds()}
        self.on_rows = (
            self.row_changed,
            self.row_deleted,
            self.row_added,
            self.rows_swapped,
            self.row_changed_and_its_proof_rewritten,
            self.row_changed_with_a_proof_forged,
            self.row_changed_with_a_proof_in_an_old_write,
            self.row_set_back_and_its_proof_deleted,
            *(() if chains else (self.write_deleted, self.write_of_somebody_else, self.ends_made_nonsense)),
        )
        self.on_entries = (self.entry_changed, self.entry_unsigned, self.entry_with_another_origin)
        self.on_chains = (
            self.entry_deleted,
            self.entries_swapped,
            self.entry_moved,
            self.keys_swapped,
            self.changed_and_rehashed,
            self.deleted_and_rehashed,
            self.forged_at_the_end,
            self.tail_cut,
            self.chain_deleted,
        )

    def edits(self, number: int) -> Iterator[Edit]:
        """Those that could be made: one for each chain, and about so many on rows, table after table."""
        for chain in self._chains() if self.chains else ():
            yield from self._tried((*self.on_entries, *self.on_chains), [chain])
        for line in self.tables:
            if line.table in self.empty:
                yield from self._of_a_row((self.row_forged,), line)
        yield from self.edits_of_rows(number)

    def edits_of_rows(self, number: int) -> Iterator[Edit]:
        """Of those tables that have any."""
        tables = [line for line in self.tables if line.table not in self.empty]
        self.chance.shuffle(tables)
        for place in range(number):
            yield from self._of_a_row(self.on_rows, tables[place % len(tables)])

    def _of_a_row(self, ways: Sequence[Callable[..., Edit]], line: Protected) -> Iterator[Edit]:
        for edit in self._tried(ways, [line]):
            edit.table = line.table
            edit.explains |= {one for place in edit.places for one in self._file_of(*place)}
            yield edit

    def _file_of(self, table: str, row: int | None) -> set[Place]:
        """Where the file of a row is named: it is looked for by what the row says."""
        return {(called(table), row)} if table in self.with_files else set()

    def _tried(self, ways: Sequence[Callable[..., Edit]], places: Sequence[Any]) -> Iterator[Edit]:
        """One edit, in some way at some place: others are tried where it cannot be."""
        for _ in range(TRIES):
            before = set(self.used)
            try:
                with transaction.atomic():
                    edit = self.chance.choice(ways)(self.chance.choice(places))
            except (Error, CannotBe):
                self.used = before
            else:
                yield edit
                return

    # Rows

    def row_changed(self, line: Protected) -> Edit:
        row = self._row(line)
        what = self._change(line, row)
        return Edit(f"row changed: {what}", (line.table, row), ROW)

    def row_deleted(self, line: Protected) -> Edit:
        row = self._row(line)
        self.cursor.execute(f'DELETE FROM "{line.table}" WHERE id = %s', [row])
        return Edit("row deleted", (line.table, row), (Kind.ROW_MISSING,))

    def row_added(self, line: Protected) -> Edit:
        row, new = self._row(line), self._free(line)
        self.cursor.execute(
            f'CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM "{line.table}" WHERE id = %s', [row]
        )
        self.cursor.execute("UPDATE copied SET id = %s", [new])
        for name, kind in self._types(line.table):
            if kind in ("character varying", "text"):
                limit = f"left(\"{name}\", 30) || ' {new}'"
                with suppress(Error), transaction.atomic():
                    self.cursor.execute(f'UPDATE copied SET "{name}" = {limit} WHERE "{name}" <> \'\'')
        try:
            with transaction.atomic():
                self.cursor.execute(f'INSERT INTO "{line.table}" SELECT * FROM copied')
        finally:
            self.cursor.execute("DROP TABLE copied")
        return Edit("row added", (line.table, new), (Kind.ROW_ADDED,))

    def row_forged(self, line: Protected) -> Edit:
        """In a table that has none, with whatever its columns take."""
        new = self._free(line)
        self.cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f', 'x')",
            [line.table],
        )
        for (name,) in self.cursor.fetchall():
            self.cursor.execute(f'ALTER TABLE "{line.table}" DROP CONSTRAINT "{name}"')
        self.cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = %s AND is_nullable = 'NO' AND column_name <> 'id'",
            [line.table],
        )
        columns = [(name, ANYTHING[kind]) for name, kind in self.cursor.fetchall()]
        names = ", ".join(f'"{name}"' for name, _ in [("id", ""), *columns])
        values = ", ".join([str(new), *(value for _, value in columns)])
        self.cursor.execute(f'INSERT INTO "{line.table}" ({names}) VALUES ({values})')
        return Edit("row forged in an empty table", (line.table, new), (Kind.ROW_ADDED,))

    def rows_swapped(self, line: Protected) -> Edit:
        one, other = self._row(line), self._row(line)
        if self._record(line, one) == self._record(line, other):
            raise CannotBe
        spare = self._free(line)
        for old, new in ((one, spare), (other, one), (spare, other)):
            self.cursor.execute(f'UPDATE "{line.table}" SET id = %s WHERE id = %s', [new, old])
        return Edit("two rows swapped", (line.table, one), ROW, {(line.table, other)})

    def row_changed_and_its_proof_rewritten(self, line: Protected) -> Edit:
        row = self._row(line)
        self._change(line, row)
        beside = self._beside(line, row) | {("writes", self._write(line, row, shared=True))}
        self.cursor.execute(
            "UPDATE contracts_rowproof SET digest = %s, version = %s WHERE id = %s",
            [self._digest(line, row), line.version, self._proof(line, row)],
        )
        return Edit("row changed, its proof rewritten", (line.table, row), FORGED, beside)

    def row_changed_with_a_proof_forged(self, line: Protected) -> Edit:
        """In a write of its own, which is not signed, or signed with what another was signed with."""
        row = self._row(line)
        self._change(line, row)
        origin = self._one("SELECT origin FROM contracts_signedwrite ORDER BY random() LIMIT 1")
        write = self._one(
            "INSERT INTO contracts_signedwrite (moment, who, xact, heads, origin)"
            " SELECT moment, who, xact, '{}', %s FROM contracts_signedwrite ORDER BY random() LIMIT 1"
            " RETURNING id",
            [self.chance.choice(("", origin))],
        )
        self._add_proof(line, row, write)
        return Edit("row changed, a proof forged", (line.table, row), FORGED)

    def row_changed_with_a_proof_in_an_old_write(self, line: Protected) -> Edit:
        row = self._row(line)
        self._change(line, row)
        write = self._write(line, row, shared=True)
        self._add_proof(line, row, write)
        beside = self._beside(line, row) | {("writes", write)}
        return Edit("row changed, a proof added to an old write", (line.table, row), FORGED, beside)

    def row_set_back_and_its_proof_deleted(self, line: Protected) -> Edit:
        """What the write of that proof proves is then not what was signed."""
        row = self._row(line)
        last, beside = self._proof(line, row), self._beside(line, row)
        write = self._write(line, row, shared=True)
        self.cursor.execute("DELETE FROM contracts_rowproof WHERE id = %s", [last])
        if self.chance.random() < 0.5:
            self.cursor.execute(f'DELETE FROM "{line.table}" WHERE id = %s', [row])
        beside |= {(line.table, row), ("writes", write)}
        kinds = (Kind.ROW_CHANGED, Kind.ROW_ADDED, Kind.WRITE_FORGED)
        return Edit("row set back, its proof deleted", (line.table, row), kinds, beside, anywhere=True)

    def write_deleted(self, line: Protected) -> Edit:
        row = self._row(line)
        beside, write = self._beside(line, row), self._write(line, row)
        beside |= {("writes", write)}
        self.cursor.execute("DELETE FROM contracts_signedwrite WHERE id = %s", [write])
        return Edit("write deleted", (line.table, row), (Kind.WRITE_MISSING,), beside)

    def write_of_somebody_else(self, line: Protected) -> Edit:
        row = self._row(line)
        beside, write = self._beside(line, row), self._write(line, row)
        beside |= {("writes", write)}
        self._one("UPDATE contracts_signedwrite SET who = who || '1' WHERE id = %s RETURNING id", [write])
        return Edit("write said to be of somebody else", (line.table, row), FORGED, beside)

    def ends_made_nonsense(self, line: Protected) -> Edit:
        """What is no list of ends must stop no check."""
        row = self._row(line)
        beside, write = self._beside(line, row), self._write(line, row)
        heads = self.chance.choice(
            ("[]", '"x"', '{"contract 1": 7}', '{"contract x": [1, "y"]}', '{"": [null, 3]}')
        )
        self.cursor.execute("UPDATE contracts_signedwrite SET heads = %s WHERE id = %s", [heads, write])
        beside |= {("writes", write)}
        return Edit("ends of ledgers made nonsense", (line.table, row), FORGED, beside)

    # Entries and chains

    def entry_changed(self, chain: Chain) -> Edit:
        entry = self.chance.choice(chain.entries())
        column, value = self.chance.choice(
            (
                ("payload", "jsonb_build_object('due_at', 'tomorrow')"),
                ("actor_name", "actor_name || '.'"),
                ("verb", "verb || 's'"),
                ("moment", "moment - interval '1 day'"),
                ("hash", f"'{hashlib.sha256(str(entry.pk).encode()).hexdigest()}'"),
            )
        )
        self.cursor.execute(f"UPDATE {chain.table} SET {column} = {value} WHERE id = %s", [entry.pk])
        after = {(chain.where, entry.number + 1), *chain.all()} if column == "hash" else set()
        return Edit(f"entry changed: {column}", (chain.where, entry.number), (Kind.ENTRY_CHANGED,), after)

    def entry_unsigned(self, chain: Chain) -> Edit:
        entry = self.chance.choice(chain.entries())
        self.cursor.execute(f"UPDATE {chain.table} SET origin = '' WHERE id = %s", [entry.pk])
        return Edit("entry without its signature", (chain.where, entry.number), (Kind.ENTRY_FORGED,))

    def entry_with_another_origin(self, chain: Chain) -> Edit:
        one, other = self.chance.sample(chain.entries(2), 2)
        self.cursor.execute(f"UPDATE {chain.table} SET origin = %s WHERE id = %s", [other.origin, one.pk])
        return Edit("entry with the signature of another", (chain.where, one.number), (Kind.ENTRY_FORGED,))

    def entry_deleted(self, chain: Chain) -> Edit:
        entry = self.chance.choice(chain.entries(2)[:-1])
        self.cursor.execute(f"DELETE FROM {chain.table} WHERE id = %s", [entry.pk])
        return Edit("entry deleted", (chain.where, entry.number), (Kind.ENTRY_MISSING,))

    def entries_swapped(self, chain: Chain) -> Edit:
        one, other = self.chance.sample(chain.entries(2), 2)
        for key, number in ((one.pk, 0), (other.pk, one.number), (one.pk, other.number)):
            self.cursor.execute(f"UPDATE {chain.table} SET number = %s WHERE id = %s", [number, key])
        kinds = (Kind.ENTRY_CHANGED,)
        return Edit("two entries swapped", (chain.where, one.number), kinds, chain.all())

    def entry_moved(self, chain: Chain) -> Edit:
        """To the end of the chain of another contract, or of what is kept to a list."""
        entry = self.chance.choice(chain.entries(2)[:-1])
        if chain.table != "contracts_ledgerentry":
            raise CannotBe
        self.cursor.execute(
            "UPDATE contracts_ledgerentry SET kept_to = 'OFFSEN-1999-MOVED', number = 1 WHERE id = %s",
            [entry.pk],
        )
        moved = (f"{entry.contract.reference}, OFFSEN-1999-MOVED", 1)
        return Edit("entry moved", (chain.where, entry.number), (Kind.ENTRY_MISSING,), {moved})

    def keys_swapped(self, chain: Chain) -> Edit:
        one, other = sorted(self.chance.sample(chain.entries(2), 2), key=lambda entry: entry.number)
        for old, new in ((one.pk, -1), (other.pk, one.pk), (-1, other.pk)):
            self.cursor.execute(f"UPDATE {chain.table} SET id = %s WHERE id = %s", [new, old])
        return Edit("keys swapped", (chain.where, other.number), (Kind.ENTRY_OUT_OF_ORDER,), chain.all())

    def changed_and_rehashed(self, chain: Chain) -> Edit:
        entry = self.chance.choice(chain.entries())
        self.cursor.execute(
            f"UPDATE {chain.table} SET payload = payload || jsonb_build_object('a', 'b') WHERE id = %s",
            [entry.pk],
        )
        self._rehash(chain)
        return Edit(
            "entry changed, the rest rehashed", (chain.where, entry.number), (Kind.ENTRY_FORGED,), chain.all()
        )

    def deleted_and_rehashed(self, chain: Chain) -> Edit:
        entry, before = self.chance.choice(chain.entries(2)[:-1]), chain.all()
        self.cursor.execute(f"DELETE FROM {chain.table} WHERE id = %s", [entry.pk])
        self._rehash(chain)
        place = chain.where, entry.number
        return Edit("entry deleted, the rest rehashed", place, (Kind.ENTRY_FORGED,), before)

    def forged_at_the_end(self, chain: Chain) -> Edit:
        """With the right number and hash, and a signature that was copied."""
        last = chain.entries()[-1]
        number = last.number + 1
        last.pk, last.number, last.previous_hash = None, number, last.hash
        last.hash = chain.hash_of(last)
        self._insert(chain, last)
        return Edit("entry forged at the end", (chain.where, number), (Kind.ENTRY_FORGED,))

    def tail_cut(self, chain: Chain) -> Edit:
        entries = chain.entries(2)
        cut = self.chance.choice(entries[1:][-20:])
        self.cursor.execute(
            f"DELETE FROM {chain.table} WHERE id = ANY(%s)",
            [[one.pk for one in entries if one.number >= cut.number]],
        )
        gone = {(chain.where, one.number) for one in entries if one.number > cut.number}
        return Edit("tail cut", (chain.where, cut.number), (Kind.TAIL_CUT,), gone)

    def chain_deleted(self, chain: Chain) -> Edit:
        entries, gone = chain.entries(), chain.all()
        self.cursor.execute(f"DELETE FROM {chain.table} WHERE id = ANY(%s)", [[one.pk for one in entries]])
        return Edit("chain deleted", (chain.where, entries[-1].number), (Kind.CHAIN_DELETED,), gone)

    # What they are made of

    def _chains(self) -> list[Chain]:
        found: list[Chain] = []
        of_contracts = LedgerEntry.objects.values_list("contract_id", "contract__reference", "kept_to")
        for contract, reference, kept_to in sorted(set(of_contracts.order_by())):
            rows = LedgerEntry.objects.filter(contract_id=contract, kept_to=kept_to).order_by("number")
            where = reference + (f", {kept_to}" if kept_to else "")
            name = chain_name(contract, kept_to)
            found.append(Chain("contracts_ledgerentry", where, rows, entry_hash, name, LEDGER))
        of_organisations = OrganisationEntry.objects.values_list("organisation_id", "organisation__name")
        for organisation, name in sorted(set(of_organisations.order_by()), key=str):
            rows = OrganisationEntry.objects.filter(organisation_id=organisation).order_by("number")
            where = f"organisation {name}" if organisation else "the installation"
            named = chain_name(None, organisation=organisation)
            found.append(
                Chain("contracts_organisationentry", where, rows, organisation_hash, named, ORGANISATION)
            )
        return found

    def _insert(self, chain: Chain, entry: Any) -> None:
        columns = [one.column for one in entry._meta.concrete_fields if not one.primary_key]
        values = [getattr(entry, one.attname) for one in entry._meta.concrete_fields if not one.primary_key]
        values = [json.dumps(one) if isinstance(one, (dict, list)) else one for one in values]
        self.cursor.execute(
            f"INSERT INTO {chain.table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(values))})",
            values,
        )

    def _rehash(self, chain: Chain) -> None:
        previous = ""
        for number, entry in enumerate(chain.entries(), 1):
            if (entry.number, entry.previous_hash) != (number, previous) or entry.hash != chain.hash_of(
                entry
            ):
                entry.number, entry.previous_hash = number, previous
                entry.hash = chain.hash_of(entry)
                self.cursor.execute(
                    f"UPDATE {chain.table} SET number = %s, previous_hash = %s, hash = %s WHERE id = %s",
                    [number, previous, entry.hash, entry.pk],
                )
            previous = entry.hash

    def _one(self, statement: str, parameters: list[Any] | None = None) -> Any:
        self.cursor.execute(statement, parameters)
        row = self.cursor.fetchone()
        if row is None:
            raise CannotBe
        return row[0]

    def _row(self, line: Protected) -> int:
        """A row that nothing was done to yet."""
        rows = self._keys(line)
        left = [row for row in rows if (line.table, row) not in self.used]
        if not left:
            raise CannotBe
        row = self.chance.choice(left)
        self.used.add((line.table, row))
        return row

    def _keys(self, line: Protected) -> list[int]:
        self.cursor.execute(f'SELECT id FROM "{line.table}" ORDER BY id')
        return [key for (key,) in self.cursor.fetchall()]

    def _free(self, line: Protected) -> int:
        highest = int(self._one(f'SELECT coalesce(max(id), 0) FROM "{line.table}"'))
        free = next(one for one in range(highest + 1, highest + 1000) if (line.table, one) not in self.used)
        self.used.add((line.table, free))
        return free

    def _types(self, table: str) -> list[tuple[str, str]]:
        self.cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
            [table],
        )
        return list(self.cursor.fetchall())

    def _change(self, line: Protected, row: int) -> str:
        """Another value in one proved column; what kind of column it was."""
        before = self._record(line, row)
        columns = [(name, kind) for name, kind in self._types(line.table) if name in line.lists[-1]]
        self.chance.shuffle(columns)
        for name, kind in columns:
            value = OTHERWISE.get(kind)
            if value is None:
                continue
            try:
                with transaction.atomic():
                    self.cursor.execute(
                        f'UPDATE "{line.table}" SET "{name}" = {value.format(name=name)} WHERE id = %s', [row]
                    )
                    if self._record(line, row) == before:
                        raise CannotBe
                return kind
            except (Error, CannotBe):
                continue
        raise CannotBe

    def _record(self, line: Protected, row: int) -> str:
        said = f'SELECT {triggers.record(line.lists[-1], "t")}::text FROM "{line.table}" AS t WHERE id = %s'
        return str(self._one(said, [row]))

    def _digest(self, line: Protected, row: int) -> bytes:
        said = f'SELECT {triggers.digest(line.lists[-1], "t")} FROM "{line.table}" AS t WHERE id = %s'
        return bytes(self._one(said, [row]))

    def _proof(self, line: Protected, row: int) -> int:
        return int(
            self._one(
                "SELECT id FROM contracts_rowproof WHERE table_name = %s AND row = %s"
                " ORDER BY id DESC LIMIT 1",
                [line.table, row],
            )
        )

    def _write(self, line: Protected, row: int, *, shared: bool = False) -> int:
        """The write of a row's last proof. Unless it is shared nothing else is done to it, or was."""
        write = int(
            self._one("SELECT write_id FROM contracts_rowproof WHERE id = %s", [self._proof(line, row)])
        )
        if ("whole write", write) in self.used or (not shared and ("part of write", write) in self.used):
            raise CannotBe
        self.used.add(("part of write" if shared else "whole write", write))
        return write

    def _add_proof(self, line: Protected, row: int, write: int) -> None:
        self.cursor.execute(
            f"INSERT INTO contracts_rowproof ({triggers.PROOF})"
            " SELECT %s, table_name, row, contract_id, %s, %s, false FROM contracts_rowproof WHERE id = %s",
            [write, line.version, self._digest(line, row), self._proof(line, row)],
        )

    def _beside(self, line: Protected, row: int) -> set[Place]:
        """What else the write of a row's last proof proves: it is named too, since all of it is in doubt."""
        self.cursor.execute(
            "SELECT table_name, row FROM contracts_rowproof"
            " WHERE write_id = (SELECT write_id FROM contracts_rowproof WHERE id = %s)",
            [self._proof(line, row)],
        )
        return set(self.cursor.fetchall())


@dataclass
class Chain:
    """A chain to tamper with: its table, what findings call it, how its entries are hashed, what writes and
    seals call it, and what the signatures of its entries are of.
    """

    table: str
    where: str
    rows: Any
    hash_of: Callable[[Any], str]
    head: str
    signed_as: str

    def entries(self, at_least: int = 1) -> list[Any]:
        found = list(self.rows.all())
        if len(found) < at_least:
            raise CannotBe
        return found

    def all(self) -> set[Place]:
        return {(self.where, entry.number) for entry in self.rows.all()}


OTHERWISE = {
    "boolean": 'NOT "{name}"',
    "smallint": '"{name}" + 1',
    "integer": '"{name}" + 1',
    "bigint": '"{name}" + 1',
    "date": '"{name}" + 1',
    "timestamp with time zone": "\"{name}\" + interval '1 minute'",
    "character varying": "left(\"{name}\", 9) || 'x'",
    "text": "\"{name}\" || '.'",
    "jsonb": 'jsonb_build_array("{name}")',
    "daterange": 'daterange(lower("{name}") + 1, upper("{name}") + 1)',
}
"""Another value of each type, as SQL."""

ANYTHING = {
    "boolean": "false",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "character varying": "'x'",
    "text": "'x'",
    "jsonb": "'{}'",
    "daterange": "'[2026-01-01,2026-02-01)'",
    "bytea": "''",
    "ARRAY": "'{}'",
    "inet": "'127.0.0.1'",
    "uuid": "gen_random_uuid()",
    "numeric": "1",
}
"""Some value of each type, as SQL."""
