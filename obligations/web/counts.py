"""The numbers at the top of a page, each a link to what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.models import Side

LABELS = {
    "overdue": "overdue",
    "owed_now": "owed now",
    "this_week": "due this week",
    "to_decide": "for you to decide",
    "claims": "claimed, for you to answer",
}
COLOURS = {"overdue": "red", "owed_now": "red", "this_week": "amber", "to_decide": "blue", "claims": "blue"}


OF_A_SIDE = ("to_decide", "claims")


@dataclass(frozen=True)
class Count:
    """A number, what it counts, where to see it, and a colour that is never the only sign."""

    number: int
    label: str
    href: str
    colour: str


def counts(board: str, numbers: Mapping[str, int], side: str) -> list[Count]:
    """The four numbers, and claims where any wait; who takes no side has nothing to decide."""
    names = [name for name in LABELS if name not in OF_A_SIDE or side != Side.NEITHER]
    names = [name for name in names if name != "claims" or numbers.get(name)]
    return [
        Count(
            numbers[name],
            LABELS[name],
            _address(board, name) if numbers[name] else "",
            COLOURS[name] if numbers[name] else "none",
        )
        for name in names
    ]


def _address(board: str, name: str) -> str:
    return f"{board}#claims" if name == "claims" else f"{board}?standing={name}"
