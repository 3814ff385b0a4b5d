"""Edits of ledgers by somebody who owns the database and has no key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.models import LedgerEntry, OrganisationEntry
from contracts.services.seals.payload import chain_name
from contracts.services.verifying.chains import LEDGER, ORGANISATION, entry_hash, organisation_hash
from contracts.services.verifying.findings import Kind
from tests.support.tampering.edits import CannotBe, Edit, Place
from tests.support.tampering.rows import OnRows


class OnLedgers(OnRows):
    """One edit of each chain, and the rest on rows."""

    def ways_with_chains(self) -> Sequence[Callable[[Chain], Edit]]:
        return (
            self.entry_changed,
            self.entry_unsigned,
            self.entry_with_another_origin,
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
        yield from self.edits_of_chains()
        yield from super().edits(number)

    def edits_of_chains(self) -> Iterator[Edit]:
        """One of each chain, where one could be made."""
        for chain in self._chains():
            yield from self._tried(self.ways_with_chains(), [chain])

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
