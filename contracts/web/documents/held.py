"""What a file held and what became of it, in words: counts, and its tracked changes and comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.terms.moments import london, long_day
from contracts.web.text.presenters import place
from contracts.web.words import count

MOST_CHANGES = 300
"""Changes named of one person and day; the number counts them all."""

CHANGES = {
    "inserted": ("insertion", "read as if accepted"),
    "deleted": ("deletion", "left out as if accepted"),
    "moved_away": ("move away", "left out here"),
    "moved_here": ("move to here", "read here"),
    "comment": ("comment", "not read as text"),
}


@dataclass(frozen=True)
class HeldRow:
    """Things of one kind: how many, what became of them, and the words of the first few."""

    named: str
    outcome: str
    words: list[str]


@dataclass(frozen=True)
class ChangeGroup:
    """Changes of one kind by one person on one day, each with where it is and its words."""

    title: str
    outcome: str
    rows: list[tuple[str, str]]
    more: int


def rows(reading: Mapping[str, Any]) -> list[HeldRow]:
    """What the file held. Empty for a document that was read before it was counted."""
    counted = [
        HeldRow(one["named"], one["outcome"], [str(word) for word in one["words"]])
        for one in reading.get("held", ())
    ]
    if not counted:
        return []
    limits, numbers = len(reading.get("time_limits", ())), len(reading.get("unclaimed", ()))
    counted.append(HeldRow(count(limits, "time limit"), "found, each with its paragraph", []))
    if numbers:
        counted.append(
            HeldRow(f"{count(numbers, 'number')} beside a word of time", "no limit: listed below", [])
        )
    return counted


def changes(reading: Mapping[str, Any]) -> list[ChangeGroup]:
    """Tracked changes and comments by kind, person and day, in the order in which they stand."""
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for one in reading.get("changes", ()):
        key = str(one["kind"]), str(one["by"]), _day(one["at"])
        where = place(one["scope"], one["paragraph"]) if one["paragraph"] else "Outside the paragraphs"
        found.setdefault(key, []).append((where, str(one["words"])))
    return [_group(*key, ones) for key, ones in found.items()]


def _group(kind: str, by: str, day: str, ones: list[tuple[str, str]]) -> ChangeGroup:
    noun, outcome = CHANGES.get(kind, (kind.replace("_", " "), ""))
    several = "moves away" if kind == "moved_away" else "moves to here" if kind == "moved_here" else ""
    who = f" by {by}" if by else ""
    when = f" on {day}" if day else ""
    title = f"{count(len(ones), noun, several) if several else count(len(ones), noun)}{who}{when}"
    return ChangeGroup(title, outcome, ones[:MOST_CHANGES], max(0, len(ones) - MOST_CHANGES))


def _day(at: str | None) -> str:
    return long_day(london(datetime.fromisoformat(at)).date()) if at else ""
