"""Edits of rows, their proofs and the writes that prove them, by who owns the database and has no key."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

from django.db import Error, transaction

from contracts.proving import triggers
from contracts.proving.registry import Protected, protected
from contracts.services.kept_files import kinds
from contracts.services.verifying.findings import Kind
from contracts.services.verifying.rows import called
from tests.support.tampering.edits import CannotBe, Edit, Place
from tests.support.tampering.sealed import Sealing

NAMING = ("contracts_contract", "contracts_organisation")
"""Tables by whose rows findings call ledgers: changed in batches without edits of ledgers."""

TRIES = 10
ROW = (Kind.ROW_CHANGED,)
FORGED = (Kind.WRITE_FORGED,)


class OnRows:
    """Makes edits with one cursor. No row is touched twice in a batch."""

    left_alone: Collection[str] = NAMING
    """Tables whose rows are not edited."""

    def __init__(self, chance: random.Random, cursor: Any, sealing: Sealing) -> None:
        self.chance, self.cursor, self.sealing = chance, cursor, sealing
        self.used: set[tuple[str, int]] = set()
        self.tables = [line for line in protected() if line.table not in self.left_alone]
        self.empty = {line.table for line in self.tables if not self._keys(line)}
        self.with_files = {model._meta.db_table for model in kinds()}

    def ways_with_rows(self) -> Sequence[Callable[[Protected], Edit]]:
        return (
            self.row_changed,
            self.row_deleted,
            self.row_added,
            self.rows_swapped,
            self.row_changed_and_its_proof_rewritten,
            self.row_changed_with_a_proof_forged,
            self.row_changed_with_a_proof_in_an_old_write,
            self.row_set_back_and_its_proof_deleted,
        )

    def edits(self, number: int) -> Iterator[Edit]:
        """Those that could be made, about so many, table after table."""
        for line in self.tables:
            if line.table in self.empty:
                yield from self._of_a_row((self.row_forged,), line)
        yield from self.edits_of_rows(number)

    def edits_of_rows(self, number: int) -> Iterator[Edit]:
        """Of those tables that have any."""
        tables = [line for line in self.tables if line.table not in self.empty]
        self.chance.shuffle(tables)
        for place in range(number):
            yield from self._of_a_row(self.ways_with_rows(), tables[place % len(tables)])

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

    # What they are made of

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


class OnWrites(OnRows):
    """The same, and edits of whole writes. Here rows by which ledgers are called are edited too."""

    left_alone = ()

    def ways_with_rows(self) -> Sequence[Callable[[Protected], Edit]]:
        return (
            *super().ways_with_rows(),
            self.write_deleted,
            self.write_of_somebody_else,
            self.ends_made_nonsense,
        )

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
