"""What is found wrong with the record, named so that somebody can go and look."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is wrong."""

    ENTRY_CHANGED = "entry changed"
    ENTRY_MISSING = "entry missing"
    ENTRY_FORGED = "entry forged"
    """Its hash is right, its signature is not: somebody without the key wrote it, or hashed it anew."""
    ENTRY_OUT_OF_ORDER = "entry out of order"
    TAIL_CUT = "tail cut"
    CHAIN_DELETED = "chain deleted"
    ROW_CHANGED = "row changed"
    ROW_ADDED = "row added"
    ROW_MISSING = "row missing"
    WRITE_FORGED = "write forged"
    """The proofs of a transaction are not those that the application signed."""
    WRITE_MISSING = "write missing"
    KEY_UNKNOWN = "key unknown"
    """It was signed with a key that the settings do not name, so nobody can say."""
    TRIGGER_OFF = "trigger off"
    SEAL_CHANGED = "seal changed"
    SEAL_MISSING = "seal missing"
    SEAL_KEY = "seal of another key"
    SEALED_ENTRY = "sealed entry changed"
    SEALED_WRITE = "sealed write changed"
    """A write, or the proofs of the rows that it wrote, is not as it was sealed."""
    FILE_ALTERED = "file altered"
    FILE_CUT = "file cut"
    FILE_EXCHANGED = "file exchanged"
    FILE_MISSING = "file missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. ``contract`` is a reference, "" where it belongs to none.

    ``where`` is the ledger or the table, ``number`` that of the entry or the row; ``says`` is for people.
    """

    kind: Kind
    says: str
    contract: str = ""
    where: str = ""
    number: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"kind": str(self.kind)}
