"""What rests on the words of a schedule: its rules, and the figures that they count with.

Rules live in the package above, which offers a way to ask for them; without one nothing rests on words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
