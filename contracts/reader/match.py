"""Holding a document against a known outline: what matched, what is missing, what is extra."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from contracts.reader.results import ParsedDocument

ENOUGH = 0.5
"""The share of an outline's paragraphs a document must have to be taken for it."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Paths: in both (document order), only in the outline (its order), only in the document."""

    matched: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def share(self) -> float:
        """How much of the outline the document has, 0 to 1."""
        whole = len(self.matched) + len(self.missing)
        return len(self.matched) / whole if whole else 0.0


def match(reading: ParsedDocument, outline_paths: Collection[str]) -> Matched:
    """Compare a document's paragraphs with an outline's."""
    outline = list(dict.fromkeys(outline_paths))
    wanted, found = set(outline), {paragraph.path for paragraph in reading.paragraphs}
    return Matched(
        matched=tuple(p.path for p in reading.paragraphs if p.path in wanted),
        missing=tuple(path for path in outline if path not in found),
        extra=tuple(p.path for p in reading.paragraphs if p.path not in wanted),
    )
