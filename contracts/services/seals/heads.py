"""Where the ledger of a contract ends and how far it is sealed, as one person may know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.access import Access
from contracts.models import LedgerEntry, SealedHead


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """A chain of a contract: its last entry, and the last one that a seal covers (0, "" and None: none yet).

    ``kept_to`` is the subject that the chain is kept to, "" for the one that everybody reads. ``seal`` is the
    seal's number.
    """

    kept_to: str
    number: int
    sealed: int
    sealed_hash: str
    sealed_at: datetime | None
    seal: int

    @property
    def tail(self) -> int:
        """How many entries no seal covers yet."""
        return max(0, self.number - self.sealed)


def ends_of(access: Access) -> list[ChainEnd]:
    """The chains of the contract that this person may read, the one everybody reads first. 2 queries."""
    entries = access.only_seen(LedgerEntry.objects.filter(contract=access.contract), "kept_to")
    ends = dict(entries.order_by("kept_to", "-number").distinct("kept_to").values_list("kept_to", "number"))
    heads = access.only_seen(SealedHead.objects.filter(contract=access.contract), "kept_to")
    last = {head.kept_to: head for head in heads.order_by("kept_to", "-number", "-pk").distinct("kept_to")}
    return [_end(kept_to, number, last.get(kept_to)) for kept_to, number in sorted(ends.items())]


def _end(kept_to: str, number: int, head: SealedHead | None) -> ChainEnd:
    if head is None:
        return ChainEnd(kept_to, number, 0, "", None, 0)
    return ChainEnd(kept_to, number, head.number, head.hash, head.sealed_at, head.seal_id)
