"""Changes to a text that nobody has accepted, and comments on it: what, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts.terms.moments import LONDON, Moment
from contracts.terms.paragraphs import Paragraph


class ChangeKind(StrEnum):
    """What a change does with its words. Moved words have two: where they were, and where they went.
    The words of a comment are about the paragraph, and no part of it.
    """

    INSERTED = "inserted"
    DELETED = "deleted"
    MOVED_AWAY = "moved_away"
    MOVED_HERE = "moved_here"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its words, who made it, when, and the paragraph and line of the document it stands in.

    ``by`` is empty and ``at`` None where the file does not say; a moment without an offset is London's.
    ``scope`` and ``paragraph`` are empty for what stands in no paragraph.
    """

    kind: ChangeKind
    words: str
    by: str
    at: Moment | None
    line: int
    scope: str = ""
    paragraph: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form of the command line and the API."""
        return {
            "kind": str(self.kind),
            "words": self.words,
            "by": self.by,
            "at": self.at.isoformat() if self.at else None,
            "line": self.line,
            "scope": self.scope,
            "paragraph": self.paragraph,
        }


def moment_of(said: str | None) -> Moment | None:
    """The moment a file gives for a change; None where it gives none that can be read."""
    try:
        when = datetime.fromisoformat((said or "").strip())
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=LONDON)


def goes_on(before: Change, change: Change) -> bool:
    """Whether one and the same person made both as one: of adjacent changes."""
    return (before.kind, before.by, before.at, before.line) == (
        change.kind,
        change.by,
        change.at,
        change.line,
    )


def placed(changes: Sequence[Change], paragraphs: Sequence[Paragraph]) -> tuple[Change, ...]:
    """The changes, each with the paragraph that its line belongs to: the last that begins at it or before."""
    order = sorted(paragraphs, key=lambda paragraph: paragraph.line)
    found: list[Change] = []
    place = 0
    for change in sorted(changes, key=lambda change: change.line):
        while place < len(order) and order[place].line <= change.line:
            place += 1
        if place:
            paragraph = order[place - 1]
            change = replace(change, scope=paragraph.scope, paragraph=paragraph.number)
        found.append(change)
    return tuple(found)
