"""Edits by somebody who owns the database and holds the application's signing key, but not that of the seals.

What is sealed they cannot make whole again, whatever they sign anew: it is found at the write, or at the next
end of the ledger that was sealed. Behind the last seal they pass for the application itself: nothing can be
found there, and the tail that is said covers it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any

from contracts.models import OrganisationEntry
from contracts.origin import sign
from contracts.proving.registry import Protected
from contracts.proving.signing import WRITE
from contracts.services.verifying.chains import REPLACED, replaced_content
from contracts.services.verifying.findings import Kind
from tests.support.tampering.edits import CannotBe, Edit, Place
from tests.support.tampering.ledgers import Chain, OnLedgers
from tests.support.tampering.rows import OnRows, OnWrites

SEALED = (Kind.SEALED_WRITE,)
AT_A_HEAD = (Kind.SEALED_ENTRY, Kind.TAIL_CUT, Kind.CHAIN_DELETED, Kind.ENTRY_MISSING)
FAR = 1_000_000


class _WithTheKey(OnRows):
    """What both need: the application's key in hand."""

    def _sign(self, write: int) -> None:
        content = self._one(
            "SELECT duly.content_of(w) FROM contracts_signedwrite AS w WHERE id = %s", [write]
        )
        self.cursor.execute(
            "UPDATE contracts_signedwrite SET origin = %s WHERE id = %s", [sign(WRITE, content), write]
        )

    def _own_write(self, heads: Any = None) -> int:
        """A new write: behind all others or, where a number is free, between those that are sealed."""
        free = None
        if self.chance.random() < 0.5:
            self.cursor.execute(
                "SELECT n FROM generate_series(-9, (SELECT max(id) FROM contracts_signedwrite)) AS n"
                " WHERE NOT EXISTS (SELECT FROM contracts_signedwrite AS w WHERE w.id = n)"
                " AND NOT (n = ANY(%s)) AND NOT (n = ANY(%s))",
                [list(self.sealing.writes), [key for what, key in self.used if what == "whole write"]],
            )
            left = [key for (key,) in self.cursor.fetchall()]
            free = self.chance.choice(left) if left else None
        return int(
            self._one(
                "INSERT INTO contracts_signedwrite (id, moment, who, xact, heads, origin)"
                " SELECT coalesce(%s, nextval(pg_get_serial_sequence('contracts_signedwrite', 'id'))),"
                " moment, who, xact, %s, '' FROM contracts_signedwrite ORDER BY id DESC LIMIT 1 RETURNING id",
                [free, json.dumps(heads or {})],
            )
        )


class WritesWithTheKey(_WithTheKey, OnWrites):
    """On rows and writes alone, so that no edit is found by what one of a ledger did to the same write."""

    def ways_with_rows(self) -> Sequence[Callable[[Protected], Edit]]:
        return (
            self.proof_rewritten_and_signed,
            self.row_added_to_an_old_write_and_signed,
            self.row_undone_with_its_proof_and_signed,
            self.row_changed_in_a_write_of_its_own,
            self.row_added_in_a_write_of_its_own,
            self.write_said_to_be_of_somebody_else_and_signed,
            self.write_taken_back,
        )

    def edits(self, number: int) -> Iterator[Edit]:
        return self.edits_of_rows(number)

    def proof_rewritten_and_signed(self, line: Protected) -> Edit:
        row = self._row_of_a_part(line)
        write = self._write(line, row, shared=True)
        proof = self._proof(line, row)
        if self.chance.random() < 0.3:
            self.cursor.execute(f'DELETE FROM "{line.table}" WHERE id = %s', [row])
            self.cursor.execute("UPDATE contracts_rowproof SET deleted = true WHERE id = %s", [proof])
            return self._of_a_write("row deleted, its proof rewritten and signed", write, line, row)
        self._change(line, row)
        self.cursor.execute(
            "UPDATE contracts_rowproof SET digest = %s, version = %s WHERE id = %s",
            [self._digest(line, row), line.version, proof],
        )
        return self._of_a_write("row changed, its proof rewritten and signed", write, line, row)

    def row_added_to_an_old_write_and_signed(self, line: Protected) -> Edit:
        write = self._write(line, self._row_of_a_part(line), shared=True)
        new = int(self.row_added(line).place[1] or 0)
        self._prove(line, new, write)
        return self._of_a_write("row added, proved by an old write and signed", write, line, new)

    def row_undone_with_its_proof_and_signed(self, line: Protected) -> Edit:
        """A row that was written once: with its proof gone nothing says that it was there."""
        row = self._row_of_a_part(line)
        if len(self._proofs(line, row)) != 1:
            raise CannotBe
        write = self._write(line, row, shared=True)
        self.cursor.execute(
            "DELETE FROM contracts_rowproof WHERE table_name = %s AND row = %s", [line.table, row]
        )
        self.cursor.execute(f'DELETE FROM "{line.table}" WHERE id = %s', [row])
        return self._of_a_write("row undone with its proof, the write signed", write, line, row)

    def row_changed_in_a_write_of_its_own(self, line: Protected) -> Edit:
        row = self._row(line)
        self._change(line, row)
        write = self._own_write()
        self._prove(line, row, write)
        return self._of_a_write("row changed in a write of its own, signed", write, line, row)

    def row_added_in_a_write_of_its_own(self, line: Protected) -> Edit:
        new = int(self.row_added(line).place[1] or 0)
        write = self._own_write()
        self._prove(line, new, write)
        return self._of_a_write("row added in a write of its own, signed", write, line, new)

    def write_said_to_be_of_somebody_else_and_signed(self, line: Protected) -> Edit:
        row = self._row_of_a_part(line)
        write = self._write(line, row)
        change = self.chance.choice(("who = 'person 1' || who", "moment = moment - interval '1 day'"))
        self.cursor.execute(f"UPDATE contracts_signedwrite SET {change} WHERE id = %s", [write])
        return self._of_a_write("write said to be of another person or day, signed", write, line, row)

    def write_taken_back(self, line: Protected) -> Edit:
        """With everything that it alone wrote."""
        own = self._row_of_a_part(line)
        write = self._write(line, own)
        self.cursor.execute(
            "SELECT p.table_name, p.row, (SELECT count(*) FROM contracts_rowproof AS o"
            " WHERE (o.table_name, o.row) = (p.table_name, p.row)) FROM contracts_rowproof AS p"
            " WHERE p.write_id = %s",
            [write],
        )
        rows = self.cursor.fetchall()
        places = {(table, row) for table, row, _ in rows}
        if any(many != 1 for *_, many in rows) or self.used & (places - {(line.table, own)}):
            raise CannotBe
        for table, row in places:
            self.used.add((table, row))
            self.cursor.execute(f'DELETE FROM "{table}" WHERE id = %s', [row])
        self.cursor.execute("DELETE FROM contracts_rowproof WHERE write_id = %s", [write])
        self.cursor.execute("DELETE FROM contracts_signedwrite WHERE id = %s", [write])
        sealed = write in self.sealing.writes
        return Edit("write taken back as a whole", ("writes", write), SEALED if sealed else ())

    # What they are made of

    def _row_of_a_part(self, line: Protected) -> int:
        """A row; in half of the cases one that was last written behind the last seal, if there is any."""
        if self.chance.random() < 0.5:
            self.cursor.execute(
                "SELECT row FROM contracts_rowproof WHERE table_name = %s AND NOT (write_id = ANY(%s))"
                f' AND row IN (SELECT id FROM "{line.table}") ORDER BY id',
                [line.table, list(self.sealing.writes)],
            )
            left = [row for (row,) in self.cursor.fetchall() if (line.table, row) not in self.used]
            if left:
                row = int(self.chance.choice(left))
                self.used.add((line.table, row))
                return row
        return self._row(line)

    def _proofs(self, line: Protected, row: int) -> list[int]:
        self.cursor.execute(
            "SELECT id FROM contracts_rowproof WHERE table_name = %s AND row = %s", [line.table, row]
        )
        return [key for (key,) in self.cursor.fetchall()]

    def _of_a_write(self, what: str, write: int, line: Protected, row: int) -> Edit:
        """An edit of what a write proves, or that is proved by a new one; it is signed anew."""
        self._sign(write)
        kinds = SEALED if write in self.sealing.writes else ()
        return Edit(what, ("writes", write), kinds, self._file_of(line.table, row))

    def _prove(self, line: Protected, row: int, write: int) -> None:
        contract = f'(SELECT {line.contract} FROM "{line.table}" AS t WHERE t.id = {row})'
        self.cursor.execute(
            "INSERT INTO contracts_rowproof"
            " (write_id, table_name, row, contract_id, version, digest, deleted)"
            f" SELECT %s, %s, %s, {contract if line.contract else 'NULL'}, %s, %s, false",
            [write, line.table, row, line.version, self._digest(line, row)],
        )


class LedgersWithTheKey(_WithTheKey, OnLedgers):
    """On ledgers alone, for the same reason: every write that says where a chain ended is signed anew too."""

    def ways_with_chains(self) -> Sequence[Callable[[Chain], Edit]]:
        return (
            self.entry_changed_and_signed,
            self.entry_deleted_and_signed,
            self.entry_put_between_and_signed,
            self.entries_swapped_and_signed,
            self.tail_cut_and_signed,
            self.chain_deleted_and_signed,
            self.entry_added_and_signed,
            self.signed_but_for_the_writes,
            self.entry_said_to_be_replaced,
        )

    def edits(self, number: int) -> Iterator[Edit]:
        return self.edits_of_chains()

    def entry_changed_and_signed(self, chain: Chain) -> Edit:
        entries = self._part(chain)
        place = self.chance.randrange(*entries)
        return self._anew("entry changed, everything signed anew", chain, place, self._changed)

    def entry_deleted_and_signed(self, chain: Chain) -> Edit:
        place = self.chance.randrange(*self._part(chain))
        return self._anew(
            "entry deleted, everything signed anew", chain, place, lambda rows, at: rows.pop(at)
        )

    def entry_put_between_and_signed(self, chain: Chain) -> Edit:
        place = self.chance.randrange(*self._part(chain))

        def put(rows: list[Any], at: int) -> None:
            rows.insert(at, copy(rows[at]))
            rows[at].verb += "s"

        return self._anew("entry put between, everything signed anew", chain, place, put)

    def entries_swapped_and_signed(self, chain: Chain) -> Edit:
        first, end = self._part(chain)
        if end - first < 2:
            raise CannotBe
        place = self.chance.randrange(first, end - 1)

        def swap(rows: list[Any], at: int) -> None:
            rows[at], rows[at + 1] = rows[at + 1], rows[at]

        return self._anew("two entries swapped, everything signed anew", chain, place, swap)

    def tail_cut_and_signed(self, chain: Chain) -> Edit:
        first, end = self._part(chain)
        place = self.chance.randrange(max(first, 1), end)

        def cut(rows: list[Any], at: int) -> None:
            del rows[at:]

        return self._anew("tail cut, every write signed anew", chain, place, cut)

    def chain_deleted_and_signed(self, chain: Chain) -> Edit:
        return self._anew("chain deleted, every write signed anew", chain, 0, lambda rows, at: rows.clear())

    def entry_added_and_signed(self, chain: Chain) -> Edit:
        """At the end, in a write of its own: as the application does it."""
        last = chain.entries()[-1]
        last.pk, last.number, last.previous_hash = None, last.number + 1, last.hash
        last.verb += "s"
        last.hash = chain.hash_of(last)
        last.origin = sign(chain.signed_as, last.hash)
        self._insert(chain, last)
        write = self._own_write({chain.head: [last.number, last.hash]})
        self._sign(write)
        return Edit("entry added at the end, signed", ("writes", write), ())

    def signed_but_for_the_writes(self, chain: Chain) -> Edit:
        """What the writes say of the ledger's end gives it away."""
        place = self.chance.randrange(*self._part(chain))
        last = max(number for number, *_ in self._heads(chain))
        before = chain.all()
        self._rewrite(chain, place, self.chance.choice((self._changed, lambda rows, at: rows.pop(at))))
        return Edit(
            "entry changed or deleted, all but the writes signed anew",
            (chain.where, last),
            (Kind.ENTRY_FORGED, Kind.TAIL_CUT, Kind.CHAIN_DELETED),
            before,
        )

    def entry_said_to_be_replaced(self, chain: Chain) -> Edit:
        """As personal data are: the hash stays, and the application signs for what it says now."""
        if chain.table != OrganisationEntry._meta.db_table:
            raise CannotBe
        entry = self.chance.choice(chain.entries())
        entry.actor_name, entry.payload = "Former user 1", {**entry.payload, "name": "Former user 1"}
        signature = sign(REPLACED, replaced_content(entry))
        self.cursor.execute(
            f"UPDATE {chain.table} SET actor_name = %s, payload = %s, replaced = %s WHERE id = %s",
            [entry.actor_name, json.dumps(entry.payload), signature, entry.pk],
        )
        return Edit("entry said to be replaced, signed", (chain.where, entry.number), (Kind.ENTRY_CHANGED,))

    # What they are made of

    def _part(self, chain: Chain) -> tuple[int, int]:
        """Where in a chain it is edited, from and to: in what is sealed or, where there is any, behind it."""
        many = len(chain.entries(2))
        sealed = max(self.sealing.heads.get(chain.head, [0]))
        if 0 < sealed < many and self.chance.random() < 0.5:
            return sealed, many
        return 0, many

    @staticmethod
    def _changed(rows: list[Any], place: int) -> None:
        rows[place].payload = {**rows[place].payload, "a": "b"}

    def _heads(self, chain: Chain) -> list[tuple[int, int]]:
        """What the writes say of where a chain ends: a number, and the write's."""
        self.cursor.execute(
            "SELECT (heads -> %s ->> 0)::integer, id FROM contracts_signedwrite WHERE heads ? %s ORDER BY id",
            [chain.head, chain.head],
        )
        found = self.cursor.fetchall()
        if not found:
            raise CannotBe
        return list(found)

    def _rewrite(self, chain: Chain, place: int, change: Any) -> tuple[list[Any], int]:
        """Change what a chain says, and number, hash and sign all of it; what it is now, and how much longer.

        Keys stay in their order: it is what the entries say that moves.
        """
        rows = chain.entries()
        keys, many = [one.pk for one in rows], len(rows)
        says = [copy(one) for one in rows]
        change(says, place)
        self.cursor.execute(f"UPDATE {chain.table} SET number = number + {FAR} WHERE id = ANY(%s)", [keys])
        self.cursor.execute(f"DELETE FROM {chain.table} WHERE id = ANY(%s)", [keys[len(says) :]])
        previous = ""
        for number, entry in enumerate(says, 1):
            entry.number, entry.previous_hash = number, previous
            entry.hash = chain.hash_of(entry)
            if number > many or rows[number - 1].hash != entry.hash:
                entry.origin = sign(chain.signed_as, entry.hash)
            if number > many:
                entry.pk = None
                self._insert(chain, entry)
            else:
                self.cursor.execute(
                    f"UPDATE {chain.table} SET number = %s, previous_hash = %s, hash = %s, origin = %s,"
                    " moment = %s, actor_id = %s, actor_name = %s, verb = %s, payload = %s WHERE id = %s",
                    [number, previous, entry.hash, entry.origin, entry.moment, entry.actor_id,
                     entry.actor_name, entry.verb, json.dumps(entry.payload), keys[number - 1]],
                )  # fmt: skip
            previous = entry.hash
        return says, len(says) - many

    def _anew(self, what: str, chain: Chain, place: int, change: Any) -> Edit:
        """Change a chain from a place on, hash and sign it anew, and every write that says where it ended."""
        heads, explains = self._heads(chain), chain.all()
        says, longer = self._rewrite(chain, place, change)
        for number, write in heads:
            moved = number + longer if abs(longer) == 1 and number > place else min(number, len(says))
            end = json.dumps([moved, says[moved - 1].hash]) if moved > 0 else None
            self.cursor.execute(
                "UPDATE contracts_signedwrite SET heads = CASE WHEN %s::text IS NULL THEN heads - %s"
                " ELSE heads || jsonb_build_object(%s::text, %s::jsonb) END WHERE id = %s",
                [end, chain.head, chain.head, end, write],
            )
            self._sign(write)
            explains.add(("writes", write))
        sealed = self.sealing.head_at(chain.head, place + 1)
        explains |= self._sealed_ends(chain)
        if sealed is None:
            return Edit(what, (chain.where, place + 1), (), explains)
        return Edit(what, (chain.where, sealed), AT_A_HEAD, explains)

    def _sealed_ends(self, chain: Chain) -> set[Place]:
        return {(chain.where, number) for number in self.sealing.heads.get(chain.head, ())}
