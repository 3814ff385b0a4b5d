"""Edits of seals, what stands beside them, and their file, by somebody who has not the key of the seals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contracts import sealing_key
from contracts.services.canonical import canonical
from contracts.services.seals.payload import hash_of
from contracts.services.seals.verifying import FILE, SEALS
from contracts.services.verifying.findings import Kind
from tests.support.tampering.edits import Edit, Place
from tests.support.tampering.rows import OnRows

CHANGED = (Kind.SEAL_CHANGED,)
MISSING = (Kind.SEAL_MISSING,)
OF_ANOTHER_KEY = (Kind.SEAL_KEY,)
FAR = 1_000_000
COLUMNS = {
    "payload": 'replace(payload, \'"moment":"20\', \'"moment":"19\')',
    "payload cut": "left(payload, -9)",
    "hash": "encode(sha256(hash::bytea), 'hex')",
    "signature": "translate(left(signature, 20), 'abcXYZ', 'bcdYZX') || 'A' || substr(signature, 22)",
    "moment": "moment - interval '1 hour'",
    "upto": "upto + 1000",
    "leaves": "sha256(leaves) || substr(leaves, 33)",
    "leaves cut": "substr(leaves, 33)",
}
"""What is changed of a seal, as SQL."""


class OnSeals(OnRows):
    """Some edits of seals and of their file, and the rest on rows."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.free = [one.number for one in self.sealing.seals]
        self.out: set[int] = set()

    def edits(self, number: int) -> Iterator[Edit]:
        ways: Sequence[Callable[[int], Edit]] = (
            self.seal_edited,
            self.seal_edited,
            self.seal_hashed_anew,
            self.seal_forged,
            self.seal_deleted,
            self.seals_swapped,
            self.end_beside_a_seal_edited,
            self.stamp_forged,
            self.line_edited,
            self.line_taken_out,
            self.lines_swapped,
        )
        made = [self.seal_forged_at_the_end()] if self.chance.random() < 0.5 else []
        while seal := self._some_seal():
            made += self._tried(ways, seal)
        yield from self._with_the_lines(made)
        yield from self.edits_of_rows(number)

    def _with_the_lines(self, made: Sequence[Edit]) -> Sequence[Edit]:
        """Take the lines out that are to go, and count those that were edited as they stand then."""
        self._keep([one for number, one in enumerate(self._lines(), 1) if number not in self.out])
        for edit in made:
            if edit.place[0] == FILE:
                number = edit.place[1] or 0
                edit.place = FILE, number - sum(gone < number for gone in self.out)
        return made

    def _some_seal(self) -> list[int]:
        """A seal that has others on both sides, none of which is edited; none once there is no such seal."""
        left = [one for one in self.free[1:-2] if {one - 1, one + 1, one + 2} <= set(self.free)]
        return [self.chance.choice(left)] if left else []

    def seal_edited(self, number: int) -> Edit:
        what, value = self.chance.choice(list(COLUMNS.items()))
        column = what.partition(" ")[0]
        self._one(
            f"UPDATE contracts_seal AS s SET {column} = {value} WHERE number = %s"
            f" AND {column} <> ({value}) RETURNING number",
            [number],
        )
        return self._edit(f"seal edited: {what}", number, CHANGED)

    def seal_hashed_anew(self, number: int) -> Edit:
        """What it says changed, with the right hash, and the signature it had."""
        text = self._said(number, moment="2026-01-01T00:00:00.000000+00:00")
        self._write_seal(number, text, None)
        return self._edit("seal edited and hashed anew", number, CHANGED)

    def seal_forged(self, number: int) -> Edit:
        """Signed, with a key of one's own."""
        key = sealing_key.load(sealing_key.made())
        text = self._said(number, key=key.public)
        self._write_seal(number, text, key.sign(text))
        return self._edit("seal signed with another key", number, OF_ANOTHER_KEY)

    def seal_forged_at_the_end(self) -> Edit:
        """It says that everything is sealed, and is believed in nothing."""
        last = self.sealing.seals[-1]
        key = sealing_key.load(sealing_key.made())
        self.cursor.execute("SELECT id FROM contracts_signedwrite ORDER BY id")
        writes = {"ranges": [[key, key] for (key,) in self.cursor.fetchall()], "digest": "0" * 64}
        said = {"number": last.number + 1, "previous": last.hash, "key": key.public, "writes": writes}
        text = self._said(last.number, **said)
        self.cursor.execute(
            "INSERT INTO contracts_seal (number, moment, payload, hash, signature, leaves, upto)"
            " SELECT number + 1, moment, %s, %s, %s, leaves, upto FROM contracts_seal WHERE number = %s",
            [text, hash_of(text), key.sign(text), last.number],
        )
        return self._edit("seal forged at the end", last.number + 1, OF_ANOTHER_KEY)

    def seal_deleted(self, number: int) -> Edit:
        for table, column in (("sealstamp", "seal_id"), ("sealedhead", "seal_id"), ("seal", "number")):
            self.cursor.execute(f"DELETE FROM contracts_{table} WHERE {column} = %s", [number])
        return self._edit("seal deleted", number, MISSING)

    def seals_swapped(self, number: int) -> Edit:
        for old, new in ((number, FAR), (number + 1, number), (FAR, number + 1)):
            self.cursor.execute("UPDATE contracts_seal SET number = %s WHERE number = %s", [new, old])
        edit = self._edit("seals swapped", number, CHANGED, number + 1)
        edit.explains.add((SEALS, number + 2))
        return edit

    def end_beside_a_seal_edited(self, number: int) -> Edit:
        change = self.chance.choice(
            (
                "UPDATE contracts_sealedhead SET number = number + 1 WHERE id = %s",
                "UPDATE contracts_sealedhead SET hash = repeat('0', 64) WHERE id = %s",
                "UPDATE contracts_sealedhead SET sealed_at = sealed_at - interval '1 day' WHERE id = %s",
                "DELETE FROM contracts_sealedhead WHERE id = %s",
                "INSERT INTO contracts_sealedhead (seal_id, contract_id, kept_to, organisation_id, number,"
                " hash, sealed_at) SELECT seal_id, contract_id, 'X', organisation_id, number, hash, sealed_at"
                " FROM contracts_sealedhead WHERE id = %s",
            )
        )
        head = self._one(
            "SELECT id FROM contracts_sealedhead WHERE seal_id = %s AND contract_id IS NOT NULL LIMIT 1",
            [number],
        )
        self.cursor.execute(change, [head])
        return self._edit("end of a ledger beside a seal edited", number, CHANGED)

    def stamp_forged(self, number: int) -> Edit:
        self.cursor.execute(
            "INSERT INTO contracts_sealstamp (seal_id, stamped_at, answer) VALUES (%s, now(), %s)",
            [number, self.chance.randbytes(200)],
        )
        return self._edit("time stamp forged", number, CHANGED)

    # The file: a line for each seal, from the first

    def line_edited(self, number: int) -> Edit:
        lines = self._lines()
        place = lines[number - 1].index('\\"moment\\"') + self.chance.randrange(5, 25)
        was = lines[number - 1]
        lines[number - 1] = was[:place] + ("7" if was[place] != "7" else "8") + was[place + 1 :]
        self._keep(lines)
        edit = self._edit("line of the file of seals edited", number, CHANGED)
        edit.explains.add(edit.place)
        edit.place = (FILE, number)
        return edit

    def line_taken_out(self, number: int) -> Edit:
        self.out.add(number)
        return self._edit("line taken out of the file of seals", number, MISSING)

    def lines_swapped(self, number: int) -> Edit:
        lines = self._lines()
        lines[number - 1], lines[number] = lines[number], lines[number - 1]
        self._keep(lines)
        edit = self._edit("lines of the file of seals swapped", number, MISSING, number + 1)
        edit.explains.add((SEALS, number + 2))
        return edit

    # What they are made of

    def _edit(self, what: str, number: int, kinds: tuple[Kind, ...], *also: int) -> Edit:
        """Of one seal, and others; the next may be said not to follow it."""
        self.free = [one for one in self.free if one not in (number, *also)]
        beside: set[Place] = {(SEALS, number), (SEALS, number + 1)}
        return Edit(what, (SEALS, number), kinds, beside)

    def _said(self, number: int, /, **other: Any) -> str:
        said = json.loads(self._one("SELECT payload FROM contracts_seal WHERE number = %s", [number]))
        return canonical(said | other)

    def _write_seal(self, number: int, text: str, signature: str | None) -> None:
        self.cursor.execute(
            "UPDATE contracts_seal SET payload = %s, hash = %s, signature = coalesce(%s, signature)"
            " WHERE number = %s",
            [text, hash_of(text), signature, number],
        )

    def _lines(self) -> list[str]:
        return self.sealing.file.read_text(encoding="utf-8").split("\n")

    def _keep(self, lines: Sequence[str]) -> None:
        self.sealing.file.write_text("\n".join(lines), encoding="utf-8")
