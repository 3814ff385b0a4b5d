"""What rests on the words of a schedule: its rules, and the figures that they count with.

Rules live in the package above, which offers a way to ask for them (``contracts.offered``); without one
nothing rests on words. It offers three functions, under the names below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.models import Schedule
from contracts.offered import offered
from contracts.services.actors import Actor


@dataclass(frozen=True, slots=True)
class Rests:
    """The rules on one paragraph: what they say, and in what a document's figures disagree, "" in nothing."""

    says: str
    disagrees: str = ""


RESTS = "what rests on words"
"""Takes a schedule and the time limits of a document (as ``Document.reading`` keeps them); gives ``Rests`` by
path.
"""
FOLLOWS = "what follows a later edition"
"""Takes a schedule, what has another path now (old to new), actor and moment, in the same transaction."""
HOLDS = "what may not go from a schedule"
"""Takes a schedule; gives ``Holds``."""


def on_words_of(schedule: Schedule, time_limits: Sequence[Mapping[str, Any]] = ()) -> dict[str, Rests]:
    """What rests on each paragraph of a schedule, by path."""
    found: dict[str, Rests] = {}
    for asked in offered(RESTS):
        found |= asked(schedule, time_limits)
    return found


def follow(schedule: Schedule, renumbered: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Bring what rests on a schedule in line with its new numbers. What it raises stops the edition."""
    for followed in offered(FOLLOWS):
        followed(schedule, renumbered, actor, now)


@dataclass(frozen=True, slots=True)
class HeldWords:
    """Words of a paragraph that something decided rests on: where they stand in its text, or its heading.

    ``by`` is the number of the paragraph that was decided.
    """

    path: str
    start: int
    end: int
    text: str
    heading: bool
    by: str


@dataclass(frozen=True, slots=True)
class Holds:
    """What keeps paragraphs of a schedule from going. ``paragraphs``: by the number of the row why it may not
    go, with what to do first. ``words``: those that may not move.
    """

    paragraphs: Mapping[int, str] = field(default_factory=dict)
    words: tuple[HeldWords, ...] = ()


def holds_of(schedule: Schedule) -> Holds:
    """What keeps paragraphs and words of a schedule where they are."""
    found: list[Holds] = [holding(schedule) for holding in offered(HOLDS)]
    return Holds(
        {row: why for one in found for row, why in one.paragraphs.items()},
        tuple(words for one in found for words in one.words),
    )
