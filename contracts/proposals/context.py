"""What a sentence is read in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """The paragraph a sentence is of, the headings above it, the nearest first, the party that the sentence
    before spoke of, and the paragraphs that the document has.
    """

    path: str
    headings: tuple[str, ...] = ()
    side: str = ""
    known: frozenset[str] = frozenset()
