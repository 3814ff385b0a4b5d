"""The record held against its seals: those of the database, those of a file, and lines that were mailed.

What was sealed is proved: each chain by its last number and hash, each write with its proofs by a digest. The
rest is the tail, and its length is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from contracts import sealing_key
from contracts.models import (
    Contract,
    LedgerEntry,
    Organisation,
    OrganisationEntry,
    RowProof,
    Seal,
    SealedHead,
    SignedWrite,
)
from contracts.services.seals import kept_outside, reading, stamps
from contracts.services.seals.making import is_in, joined, of_row
from contracts.services.seals.payload import Head, NoSeal, Range, Sealed, chain_name, chain_of, digest_of
from contracts.services.verifying.findings import Finding, Kind

AT_ONCE = 200
"""Seals whose chains are looked up with one question."""

MOST_ROWS_NAMED = 5
LEAF = 32
SEALS = "seals"
WRITES = "writes"
FILE = "file of seals"
"""Where findings are: ledgers and tables have names of their own."""


def _nothing(done: int, of: int) -> None:
    """Where nobody wants to see how far it is."""


@dataclass
class Against:
    """One walk along the seals: what it has come to. ``findings`` walks; the rest is known afterwards.

    ``file``: a file of seals beside those of the database. ``progress`` is told how many of how many seals.
    """

    file: Path | None = None
    progress: Callable[[int, int], object] = _nothing
    seals: int = 0
    last: Sealed | None = None
    unsealed_writes: int = 0
    unsealed_entries: int = 0
    _ranges: list[Range] = field(default_factory=list)
    _heads: dict[str, Head] = field(default_factory=dict)
    _known: dict[int, str] = field(default_factory=dict)
    _upto: int | None = 0
    _erased: Mapping[str, Head] | None = None

    def findings(self) -> Iterator[Finding]:
        """What is wrong, as it is found. Raises OSError where the file cannot be read."""
        yield from self._of_the_database()
        if self.file is not None:
            yield from self._of_the_file(self.file)
        yield from self._of_the_key()
        self._measure_the_tail()

    def _of_the_database(self) -> Iterator[Finding]:
        total, order = Seal.objects.count(), _Order(after=0)
        batch: list[tuple[Sealed, bytes]] = []
        rows = Seal.objects.select_related("stamp").order_by("number").iterator(chunk_size=AT_ONCE)
        for row in rows:
            self.seals += 1
            sealed, wrong = _read(row)
            yield from wrong
            if sealed is None:
                order.before, order.after, self._upto = None, row.number, None
                continue
            if sealed.number != (order.after or 0) + 1:
                self._upto = None
            yield from order.follows(sealed, f"seal {sealed.number}")
            yield from self._columns(row, sealed)
            yield from _stamped(row)
            self._known[sealed.number] = sealed.hash
            if order.believed is not sealed:
                continue
            batch.append((sealed, bytes(row.leaves)))
            if len(batch) == AT_ONCE:
                yield from self._of_a_batch(batch)
                batch = []
                self.progress(self.seals, total)
        yield from self._of_a_batch(batch)
        self.progress(self.seals, total)
        self.last = order.believed

    def _columns(self, row: Seal, sealed: Sealed) -> Iterator[Finding]:
        """Whether the columns that are there to be searched for say what the seal says. By them it is worked
        out what the next seal has to cover.
        """
        covered = max((last for _, last in sealed.ranges), default=0)
        self._upto = row.upto if self._upto is None else max(self._upto, covered)
        if row.moment != sealed.moment or row.upto != self._upto:
            says = f"the moment or the last write beside seal {sealed.number} is not the one that it says"
            yield _finding(Kind.SEAL_CHANGED, sealed.number, says)

    def _of_a_batch(self, batch: Sequence[tuple[Sealed, bytes]]) -> Iterator[Finding]:
        yield from _beside(batch)
        yield from self._held_against(batch)

    def _of_the_file(self, path: Path) -> Iterator[Finding]:
        order = _Order()
        gone: list[tuple[Sealed, bytes]] = []
        for place, text in kept_outside.lines(path):
            try:
                sealed = kept_outside.read_line(text)
            except NoSeal as error:
                says = f"line {place} of {path} is no seal: {error}"
                yield Finding(kind=Kind.SEAL_CHANGED, says=says, where=FILE, number=place)
                order.before = None
                continue
            called = f"seal {sealed.number} in line {place} of {path}"
            if not sealed.is_signed:
                yield _finding(Kind.SEAL_CHANGED, sealed.number, f"{called} is not signed with its key")
                continue
            yield from order.follows(sealed, called)
            there = self._known.get(sealed.number)
            if there == sealed.hash:
                continue
            says = "is missing from the database" if there is None else "is another one in the database"
            yield _finding(Kind.SEAL_MISSING, sealed.number, f"{called} {says}")
            if order.believed is not sealed:
                continue
            gone.append((sealed, b""))
            if len(gone) == AT_ONCE:
                yield from self._held_against(gone)
                gone = []
        yield from self._held_against(gone)
        last = order.believed
        if last is not None and (self.last is None or last.number > self.last.number):
            self.last = last

    def _of_the_key(self) -> Iterator[Finding]:
        """The last seal is that of the key that seals here. Where there is no key here, nothing is said."""
        if self.last is None or not settings.SEAL_KEY:
            return
        own = sealing_key.load(settings.SEAL_KEY).public
        if own not in (self.last.key, self.last.next_key):
            yield _finding(
                Kind.SEAL_KEY,
                self.last.number,
                f"seal {self.last.number} is of the key {sealing_key.fingerprint(self.last.key)}, and"
                f" SEAL_KEY is {sealing_key.fingerprint(own)}: another sealed, or it was changed",
            )

    def _held_against(self, batch: Sequence[tuple[Sealed, bytes]]) -> Iterator[Finding]:
        asked = sorted({(name, head[0]) for sealed, _ in batch for name, head in sealed.heads.items()})
        there = reading.entries_at(asked) if asked else {}
        for sealed, leaves in batch:
            for name, (number, digest) in sealed.heads.items():
                self._heads[name] = max(self._heads.get(name, (0, "")), (number, digest))
                if there.get((name, number)) != digest and number > self._erased_to(name):
                    yield _end_is_not(sealed, name, number, (name, number) in there)
            yield from self._writes(sealed, leaves)
            self._ranges += sealed.ranges

    def _erased_to(self, name: str) -> int:
        """How far a chain went when its contract was erased; 0 where none says that it was."""
        if self._erased is None:
            self._erased = reading.ends_of_erased()
        return self._erased.get(name, (0, ""))[0]

    def _writes(self, sealed: Sealed, leaves: bytes) -> Iterator[Finding]:
        numbers = [number for first, last in sealed.ranges for number in range(first, last + 1)]
        there = dict(reading.leaves(numbers))
        if digest_of(there[number] for number in numbers if number in there) == sealed.digest:
            return
        sealed_leaves = _apart(leaves)
        if len(sealed_leaves) != len(numbers) or digest_of(sealed_leaves) != sealed.digest:
            yield _finding(
                Kind.SEALED_WRITE,
                sealed.number,
                f"what seal {sealed.number} covers is not as it was sealed: one of the writes"
                f" {_said(sealed.ranges)} or its proofs was changed, or is missing",
            )
            return
        for number, leaf in zip(numbers, sealed_leaves, strict=True):
            if there.get(number) != leaf:
                yield _write_is_not(sealed, number, number in there)

    def _measure_the_tail(self) -> None:
        covered = joined(self._ranges)
        numbers = SignedWrite.objects.order_by("pk").values_list("pk", flat=True)
        self.unsealed_writes = sum(not is_in(one, covered) for one in numbers.iterator(chunk_size=5000))
        self.unsealed_entries = sum(
            max(0, number - self._heads.get(name, (0, ""))[0]) for name, (number, _) in reading.ends().items()
        )

    @property
    def tail(self) -> str:
        """How much of the record no seal proves yet."""
        if self.last is None:
            return "nothing is sealed yet"
        since = f"since seal {self.last.number} of {self.last.moment:%Y-%m-%d %H:%M:%S} UTC"
        if not (self.unsealed_writes or self.unsealed_entries):
            return f"everything is sealed, {since.removeprefix('since ')} being the last"
        return (
            f"not sealed yet, {since}: {self.unsealed_entries} ledger entries, {self.unsealed_writes} writes"
            " with their proofs"
        )


def mailed_line(line: str) -> Iterator[Finding]:
    """What is wrong with the record, going by one line of a mail of heads.

    "seal 97 HASH", or the contract's reference (and the subject of a list), the number of an entry and its
    hash. A line that says neither is a finding too.
    """
    said, _, digest = line.strip().rpartition(" ")
    called, _, number = said.rpartition(" ")
    if not (called and number.isdecimal() and len(digest) == 64):
        yield _finding(Kind.SEAL_CHANGED, 0, f"“{line.strip()}” is no line of a mail of heads")
        return
    if called == "seal":
        if not Seal.objects.filter(number=int(number), hash=digest).exists():
            yield _finding(Kind.SEAL_MISSING, int(number), f"seal {number} is not the one that was mailed")
        return
    reference, _, kept_to = called.rpartition(" ")
    rows = LedgerEntry.objects.filter(number=int(number), hash=digest)
    plain = rows.filter(contract__reference=called, kept_to="")
    kept = rows.filter(contract__reference=reference, kept_to=kept_to).exclude(kept_to="")
    if not (plain.exists() or kept.exists()):
        yield Finding(
            kind=Kind.SEALED_ENTRY,
            says=f"entry {number} of {called} is not the one that was mailed, or is missing",
            contract=called,
            where=called,
            number=int(number),
        )


def _read(row: Seal) -> tuple[Sealed | None, Iterable[Finding]]:
    name = f"seal {row.number}"
    try:
        sealed = of_row(row)
    except NoSeal as error:
        return None, [_finding(Kind.SEAL_CHANGED, row.number, f"{name} was changed: {error}")]
    if not sealed.is_signed or sealed.number != row.number:
        return None, [
            _finding(Kind.SEAL_CHANGED, row.number, f"{name} was changed: it is not as it was signed")
        ]
    return sealed, ()


def _beside(batch: Sequence[tuple[Sealed, bytes]]) -> Iterator[Finding]:
    """Whether what stands beside seals, so that it is found quickly, is what they say. 1 query."""
    there: dict[int, list[tuple[str, int, str, datetime]]] = defaultdict(list)
    heads = SealedHead.objects.filter(seal__in=[sealed.number for sealed, _ in batch])
    for row in heads.iterator(chunk_size=5000):
        name = chain_name(row.contract_id, row.kept_to, row.organisation_id)
        there[row.seal_id].append((name, row.number, row.hash, row.sealed_at))
    for sealed, leaves in batch:
        said = [(name, *end, sealed.moment) for name, end in sealed.heads.items()]
        if sorted(there[sealed.number]) != sorted(said):
            says = f"the ends of ledgers kept beside seal {sealed.number} are not those that it says"
            yield _finding(Kind.SEAL_CHANGED, sealed.number, says)
        if digest_of(_apart(leaves)) != sealed.digest:
            says = f"the digests of writes kept beside seal {sealed.number} are not those that it covers"
            yield _finding(Kind.SEAL_CHANGED, sealed.number, says)


def _apart(leaves: bytes) -> list[bytes]:
    return [leaves[place : place + LEAF] for place in range(0, len(leaves), LEAF)]


@dataclass
class _Order:
    """How far a walk along seals has come.

    ``after`` is the number of the last one, also where it cannot be read, None at the beginning of a file;
    ``before`` that seal. ``believed`` is the last one of a key that seals here: what one of another key says
    is sealed counts for nothing.
    """

    before: Sealed | None = None
    after: int | None = None
    believed: Sealed | None = None

    def follows(self, sealed: Sealed, called: str) -> Iterator[Finding]:
        """Whether this one follows those so far."""
        before, after, believed = self.before, self.after, self.believed
        self.before, self.after = sealed, sealed.number
        if after is not None and sealed.number > after + 1:
            first, last = after + 1, sealed.number - 1
            gone = f"seal {first} is" if first == last else f"seals {first} to {last} are"
            yield _finding(Kind.SEAL_MISSING, first, f"{gone} missing before {called}")
        if before is not None and sealed.number == before.number + 1 and sealed.previous != before.hash:
            yield _finding(Kind.SEAL_CHANGED, sealed.number, f"{called} does not follow the one before it")
        if believed is None or sealed.key in (believed.key, believed.next_key):
            self.believed = sealed
            return
        named = sealing_key.fingerprint(sealed.key)
        says = f"{called} is of the key {named}, which no seal before it announced"
        yield _finding(Kind.SEAL_KEY, sealed.number, says)


def _stamped(row: Seal) -> Iterator[Finding]:
    stamp = getattr(row, "stamp", None)
    if stamp is None:
        return
    try:
        found = stamps.checked(bytes(stamp.answer), row.payload)
        if found.tst_info.gen_time != stamp.stamped_at:
            raise stamps.NoStamp("the moment beside it is not the one that it says")
    except stamps.NoStamp as error:
        yield _finding(
            Kind.SEAL_CHANGED, row.number, f"the time stamp of seal {row.number} is wrong: {error}"
        )


def _end_is_not(sealed: Sealed, name: str, number: int, there: bool) -> Finding:
    """Why a chain does not have the entry that was sealed as its last."""
    contract, kept_to, organisation = chain_of(name)
    reference, where, last = _chain(contract, kept_to, organisation)
    called = where if contract is None else f"contract {where}"
    how = f"seal {sealed.number} of {sealed.moment:%Y-%m-%d %H:%M:%S} UTC says that it has {number} entries"
    if there:
        kind, says = Kind.SEALED_ENTRY, f"entry {number} of {called} is not the one that was sealed: {how}"
    elif last is None:
        kind, says = Kind.CHAIN_DELETED, f"the ledger of {called} is deleted: {how}"
    elif last < number:
        kind, says = Kind.TAIL_CUT, f"the ledger of {called} was cut after entry {last}: {how}"
    else:
        kind, says = Kind.ENTRY_MISSING, f"entry {number} of {called} is missing: {how}"
    return Finding(kind=kind, says=says, contract=reference, where=where, number=number)


def _chain(contract: int | None, kept_to: str, organisation: int | None) -> tuple[str, str, int | None]:
    """A chain's contract by reference, its name as the place of findings, and its last number today."""
    if contract is not None:
        reference = Contract.objects.filter(pk=contract).values_list("reference", flat=True).first()
        called = reference or f"number {contract}"
        rows = LedgerEntry.objects.filter(contract=contract, kept_to=kept_to).order_by("-number")
        last = rows.values_list("number", flat=True).first()
        return reference or "", called + (f", {kept_to}" if kept_to else ""), last
    called = "the installation"
    if organisation is not None:
        named = Organisation.objects.filter(pk=organisation).values_list("name", flat=True).first()
        called = f"organisation {named or f'number {organisation}'}"
    others = OrganisationEntry.objects.filter(organisation=organisation).order_by("-number")
    return "", called, others.values_list("number", flat=True).first()


def _write_is_not(sealed: Sealed, number: int, there: bool) -> Finding:
    rows = RowProof.objects.filter(write=number).order_by("pk").values_list("table_name", "row")
    some = [f"{table} {row}" for table, row in rows[: MOST_ROWS_NAMED + 1]]
    more = ", …" if len(some) > MOST_ROWS_NAMED else ""
    about = f" ({', '.join(some[:MOST_ROWS_NAMED])}{more})" if some else ""
    what = (
        f"is not as seal {sealed.number} sealed it" if there else f"is missing; seal {sealed.number} has it"
    )
    says = f"write {number}{about} {what}"
    return Finding(kind=Kind.SEALED_WRITE, says=says, where=WRITES, number=number)


def _said(found: Sequence[Range]) -> str:
    return (
        ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in found) or "of none"
    )


def _finding(kind: Kind, number: int, says: str) -> Finding:
    return Finding(kind=kind, says=says, where=SEALS, number=number)
