"""What rests on the words of a schedule: its rules, and the figures that they count with.

Rules live in the package above, which offers a way to ask for them; without one nothing rests on words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.models import Schedule
from contracts.services.actors import Actor


@dataclass(frozen=True, slots=True)
class Rests:
    """The rules on one paragraph: what they say, and in what a document's figures disagree, "" in nothing."""

    says: str
    disagrees: str = ""


Asked = Callable[[Schedule, Sequence[Mapping[str, Any]]], Mapping[str, Rests]]
"""Takes a schedule and the time limits of a document (as ``Document.reading`` keeps them); by path."""

_asked: list[Asked] = []


def offer(asked: Asked) -> None:
    """Say who knows what rests on words. Offered once, when the application starts."""
    if asked not in _asked:
        _asked.append(asked)


def on_words_of(schedule: Schedule, time_limits: Sequence[Mapping[str, Any]] = ()) -> dict[str, Rests]:
    """What rests on each paragraph of a schedule, by path."""
    found: dict[str, Rests] = {}
    for asked in _asked:
        found |= asked(schedule, time_limits)
    return found


Followed = Callable[[Schedule, Mapping[str, str], Actor, datetime], None]
"""Is told in the same transaction that a later edition was taken: what has another path now, old to new."""

_followed: list[Followed] = []


def offer_to_follow(followed: Followed) -> None:
    """Say who brings in line with a later edition what rests on paragraphs. Once, at the start."""
    if followed not in _followed:
        _followed.append(followed)


def follow(schedule: Schedule, renumbered: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Bring what rests on a schedule in line with its new numbers. What it raises stops the edition."""
    for followed in _followed:
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


Holding = Callable[[Schedule], Holds]

_holding: list[Holding] = []


def offer_to_hold(holding: Holding) -> None:
    """Say who knows what may not go from a schedule. Once, at the start."""
    if holding not in _holding:
        _holding.append(holding)


def holds_of(schedule: Schedule) -> Holds:
    """What keeps paragraphs and words of a schedule where they are."""
    found = [holding(schedule) for holding in _holding]
    return Holds(
        {row: why for one in found for row, why in one.paragraphs.items()},
        tuple(words for one in found for words in one.words),
    )
