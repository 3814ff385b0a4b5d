"""Walking the chains of the ledger: numbers, hashes, signatures, and the order in which entries came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from typing import Any

from contracts.models import LedgerEntry, OrganisationEntry, RowProof
from contracts.origin import Origin, check, key_name
from contracts.services.canonical import canonical
from contracts.services.seals.payload import Head, chain_name, chain_of
from contracts.services.seals.reading import ends_of_erased
from contracts.services.verifying.findings import Finding, Kind

LEDGER = "ledger"
ORGANISATION = "organisation"
REPLACED = "replaced entry"
"""What the signatures of entries are of (``contracts/origin.py``)."""

Heads = Mapping[str, Head]
"""The last number and hash of each chain, by its name."""

AT_ONCE = 2000


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over the entry's content and the hash before it; ``kept_to`` where it is kept to a list."""
    content = _content(entry) | {"contract": entry.contract_id}
    if entry.kept_to:
        content["kept_to"] = entry.kept_to
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def organisation_hash(entry: OrganisationEntry) -> str:
    """The same of an entry about an organisation, or about the installation.

    Where personal data were replaced in it, the hash it was chained with, if the application signed for that.
    """
    if check(REPLACED, replaced_content(entry), entry.replaced) is Origin.RIGHT:
        return entry.hash
    content = _content(entry) | {"organisation": entry.organisation_id}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def replaced_content(entry: OrganisationEntry) -> str:
    """What is signed of a replaced entry: the hash it was chained with, and what it says now."""
    says = canonical([entry.actor_name, entry.payload])
    return f"{entry.hash} {hashlib.sha256(says.encode()).hexdigest()}"


def replaced_digest(entry: OrganisationEntry) -> bytes:
    """What the write that replaced an entry proves of it (``duly.replace_in_entry``)."""
    return hashlib.sha256(f"{entry.actor_name}\n{canonical(entry.payload)}".encode()).digest()


def _content(entry: LedgerEntry | OrganisationEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "moment": entry.moment.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "verb": entry.verb,
        "payload": entry.payload,
        "previous": entry.previous_hash,
    }


@dataclass
class Walk:
    """What walking chains has come to: how many entries there are, and which chains.

    ``ends``: how far each chain went when its last write was signed; it must go as far, to the same hash.
    """

    ends: Heads = field(default_factory=dict)
    entries: int = 0
    met: set[str] = field(default_factory=set)
    _replaced: Mapping[int, bytes] | None = None

    def contract(self, contract: int, reference: str) -> Iterator[Finding]:
        """What is wrong in the chains of a contract: the one everybody reads, and those kept to a list."""
        rows = LedgerEntry.objects.filter(contract=contract).order_by("kept_to", "number")
        for kept_to, entries in groupby(rows.iterator(chunk_size=AT_ONCE), key=lambda entry: entry.kept_to):
            yield from self._walk(_chain(contract, reference, kept_to), entries, entry_hash)
        first = chain_name(contract)
        for name in sorted(self.ends):
            if name not in self.met and (name == first or name.startswith(f"{first} ")):
                kept_to = name.removeprefix(first).strip()
                yield from self._walk(_chain(contract, reference, kept_to), [], entry_hash)

    def organisation(self, organisation: int | None, called: str) -> Iterator[Finding]:
        """What is wrong in the record of an organisation; None: of the installation."""
        name = chain_name(None, organisation=organisation)
        rows = OrganisationEntry.objects.filter(organisation=organisation).order_by("number")
        chain = _Chain(name=name, called=called, contract="", what=ORGANISATION)
        yield from self._walk(chain, rows.iterator(chunk_size=AT_ONCE), self.hash_on_record)

    def hash_on_record(self, entry: OrganisationEntry) -> str:
        """The hash of an entry; "" where it is signed as replaced and no write replaced it so."""
        if entry.replaced and self._replacements().get(entry.pk) != replaced_digest(entry):
            return ""
        return organisation_hash(entry)

    def _replacements(self) -> Mapping[int, bytes]:
        """What the last write that replaced an entry proves, by the entry's key. 1 query, once."""
        if self._replaced is None:
            proofs = RowProof.objects.filter(table_name=OrganisationEntry._meta.db_table)
            last = proofs.order_by("row", "-pk").distinct("row").values_list("row", "digest")
            self._replaced = {row: bytes(digest) for row, digest in last}
        return self._replaced

    def left_over(self) -> Iterator[Finding]:
        """Chains that were written, of contracts and organisations that are gone without a certificate."""
        erased = ends_of_erased()
        for name in sorted(set(self.ends) - self.met):
            if erased.get(name) == self.ends[name]:
                continue
            contract, kept_to, _ = chain_of(name)
            if contract is None:
                chain = _Chain(name=name, called=name, contract="", what=ORGANISATION)
            else:
                chain = _chain(contract, f"number {contract}", kept_to)
            yield chain.cut(0, self.ends[name][0])

    def _walk(self, chain: _Chain, entries: Iterable[Any], hash_of: Any) -> Iterator[Finding]:
        number, previous, key = 0, "", 0
        last, signed = self.ends.get(chain.name, (0, ""))
        self.met.add(chain.name)
        for entry in entries:
            self.entries += 1
            yield from chain.faults(entry, number, previous, key, hash_of(entry))
            number, previous, key = entry.number, entry.hash, max(key, entry.pk)
            if number == last and previous != signed:
                yield chain.not_the_end(number)
        if number < last:
            yield chain.cut(number, last)


def _chain(contract: int, reference: str, kept_to: str) -> _Chain:
    return _Chain(
        name=chain_name(contract, kept_to),
        called=f"contract {reference}" + (f", {kept_to}" if kept_to else ""),
        contract=reference,
        what=LEDGER,
    )


@dataclass(frozen=True)
class _Chain:
    """A chain: its name among the heads, what people call it, and what its signatures are of."""

    name: str
    called: str
    contract: str
    what: str

    def faults(self, entry: Any, number: int, previous: str, key: int, digest: str) -> Iterator[Finding]:
        """What is wrong with an entry, where the one before it had this number, hash and key."""
        missing = range(number + 1, entry.number)
        for gap in missing:
            yield self._finding(Kind.ENTRY_MISSING, gap, f"entry {gap} of {self.called} is missing")
        name = f"entry {entry.number} of {self.called}"
        if entry.hash != digest or (not missing and entry.previous_hash != previous):
            yield self._finding(Kind.ENTRY_CHANGED, entry.number, f"{name} was changed")
        else:
            yield from self._origin(entry, name)
        if entry.pk < key:
            yield self._finding(
                Kind.ENTRY_OUT_OF_ORDER,
                entry.number,
                f"{name} stands in another place than it was written in",
            )

    def not_the_end(self, number: int) -> Finding:
        says = f"entry {number} of {self.called} is another than the one that was written"
        return self._finding(Kind.ENTRY_FORGED, number, says)

    def cut(self, number: int, last: int) -> Finding:
        """The chain ends with ``number``, and ``last`` had been written."""
        if not number:
            return self._finding(
                Kind.CHAIN_DELETED, last, f"the whole ledger of {self.called} is missing: {last} entries"
            )
        many = f"entry {last} is" if last - number == 1 else f"entries {number + 1} to {last} are"
        return self._finding(Kind.TAIL_CUT, number + 1, f"{many} missing at the end of {self.called}")

    def _origin(self, entry: Any, name: str) -> Iterator[Finding]:
        says = check(self.what, entry.hash, entry.origin)
        if says is Origin.UNKNOWN_KEY:
            yield self._finding(
                Kind.KEY_UNKNOWN,
                entry.number,
                f"{name} was signed with the key {key_name(entry.origin)}, which LEDGER_KEYS does not have",
            )
        elif says is not Origin.RIGHT:
            yield self._finding(
                Kind.ENTRY_FORGED, entry.number, f"{name} was not written by Duly, or its hash was not"
            )

    def _finding(self, kind: Kind, number: int, says: str) -> Finding:
        where = self.called if self.what == ORGANISATION else self.called.removeprefix("contract ")
        return Finding(kind=kind, says=says, contract=self.contract, where=where, number=number)
