"""The answers of a draft, read in their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.models import KeptBy, Side
from contracts.outlines import PartyWords, load_outline, outline_keys
from contracts.terms.moments import Day

OWN = "own"
"""Among the schedules: a document of the contract's own, uploaded once the contract is there."""

BOTH, OURS = "both", "ours"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered so far, by step and field. Everything may still be missing.

    Days are London days. ``ours`` is the number of the organisation the person acts for.
    """

    steps: Mapping[str, Mapping[str, Any]]

    def text(self, step: str, field: str) -> str:
        """An answer in words, "" where there is none."""
        return str(self.steps.get(step, {}).get(field) or "")

    def day(self, step: str, field: str) -> Day | None:
        """An answer that is a day."""
        text = self.text(step, field)
        return date.fromisoformat(text) if text else None

    @property
    def ours(self) -> int | None:
        found = self.steps.get("parties", {}).get("ours")
        return found if isinstance(found, int) else None

    @property
    def side(self) -> Side | None:
        """Which side of the contract the person's organisation is."""
        text = self.text("parties", "side")
        return Side(text) if text in (Side.AUTHORITY, Side.SUPPLIER) else None

    @property
    def schedules(self) -> list[str]:
        """The outlines chosen, in the order they are offered."""
        chosen = self.steps.get("schedules", {}).get("schedules", [])
        return [key for key in outline_keys() if key in chosen]

    @property
    def own_documents(self) -> bool:
        """Whether documents of the contract's own are to come."""
        return OWN in self.steps.get("schedules", {}).get("schedules", [])

    @property
    def party_words(self) -> PartyWords:
        """What the contract calls the parties: as answered, else as its first schedule does."""
        usual = PartyWords("Authority", "Supplier")
        if self.schedules:
            usual = load_outline(self.schedules[0]).party_words
        return PartyWords(
            self.text("words", "authority_word") or usual.authority,
            self.text("words", "supplier_word") or usual.supplier,
        )

    @property
    def kept_by(self) -> str:
        """Both parties, or the person's own side alone (R33)."""
        if self.text("kept", "kept") == OURS and self.side is not None:
            return str(self.side)
        return KeptBy.BOTH

    @property
    def manages(self) -> bool:
        """Whether the person looks after the contract beside their role."""
        return bool(self.steps.get("you", {}).get("manages"))

    @property
    def tracked_from(self) -> Day | None:
        """The day from which Duly keeps a contract that was running already (R32)."""
        return self.day("running", "tracked_from") if self.text("running", "running") == YES else None
