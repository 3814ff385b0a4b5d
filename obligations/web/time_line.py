"""A picture over time: its scale of days, the marks on it, today's line and its lanes, in its own units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.terms.moments import Day
from contracts.web.words import short_day

WIDTHS = WIDE, NARROW = 920, 350
"""How wide the picture is on a screen and on a phone."""
LEFT, RIGHT, TOP = 14, 14, 30
LETTER = 6.6
"""How wide a letter of a label is, about."""


@dataclass(frozen=True)
class Tick:
    """A line of the scale."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Lane:
    """What belongs together, one above another."""

    y: float
    height: float
    title: str
    bars: Sequence[Any]
    points: Sequence[Any] = ()

    @property
    def title_width(self) -> float:
        """How wide the title is, about, in bold letters."""
        return round(len(self.title) * LETTER * 1.15, 1)


@dataclass(frozen=True)
class Picture:
    """Everything the template places."""

    width: int
    height: float
    base: float
    today_x: float
    today: str
    today_anchor: str
    ticks: list[Tick]
    lanes: list[Lane]
    summary: str


@dataclass(frozen=True)
class Scale:
    """Where a day begins in the picture, so many units wide."""

    first: Day
    last: Day
    width: int

    @property
    def edge(self) -> float:
        """Where what has no end goes on to."""
        return self.width - RIGHT

    def x(self, day: Day) -> float:
        """A day outside of the picture stands at its edge."""
        span = max(1, (self.last - self.first).days)
        inside = min(max(day, self.first), self.last)
        return round(LEFT + (inside - self.first).days * (self.width - LEFT - RIGHT) / span, 1)

    def anchor(self, x: float, words: str) -> str:
        """Which way words go from a place so that they stay inside."""
        return "start" if x + len(words) * LETTER <= self.width else "end"

    def tick(self, day: Day, label: str) -> Tick:
        """The mark of a day, its label inside the picture."""
        x = self.x(day)
        anchor = "start" if x < LEFT + 20 else "end" if x > self.edge - 20 else "middle"
        return Tick(x, label, anchor)

    def picture(self, today: Day, base: float, ticks: list[Tick], lanes: list[Lane], summary: str) -> Picture:
        """The whole of it, with a line for today. ``base``: where the lanes end."""
        x, said = self.x(today), f"Today, {short_day(today)}"
        return Picture(
            width=self.width,
            height=base + 26,
            base=base,
            today_x=x,
            today=said,
            today_anchor=self.anchor(x, said),
            ticks=ticks,
            lanes=lanes,
            summary=summary,
        )
