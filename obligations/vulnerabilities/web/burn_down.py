"""How many vulnerabilities were open over time: an area for all, a red line for those past their date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.web.words import count, short_day
from obligations.vulnerabilities.performance import Week
from obligations.web.time_line import TOP, WIDE, Picture, Scale

HEIGHT = 220
STEPS = (1, 2, 5)
LINES = 4
"""About so many lines of the scale."""


@dataclass(frozen=True)
class Level:
    """A line of the scale of numbers."""

    y: float
    label: str


@dataclass(frozen=True)
class BurnDown:
    """Everything the template places. ``open`` is the area, ``edge`` its upper edge; points of SVG."""

    frame: Picture
    levels: list[Level]
    open: str
    edge: str
    late: str


def draw(weeks: Sequence[Week], width: int = WIDE) -> BurnDown:
    """The picture, so many units wide."""
    scale = Scale(weeks[0].last, weeks[-1].last, width)
    step = _step(max(week.total for week in weeks))
    top = max(step * -(-max(week.total for week in weeks) // step), step)
    base = TOP + HEIGHT

    def y(number: int) -> float:
        return round(base - number * (HEIGHT - 14) / top, 1)

    def line(numbers: Sequence[int]) -> str:
        pairs = zip(weeks, numbers, strict=True)
        return " ".join(f"{scale.x(week.last)},{y(number)}" for week, number in pairs)

    edge = line([week.total for week in weeks])
    first, last = scale.x(weeks[0].last), scale.x(weeks[-1].last)
    every = max(1, len(weeks) // (6 if width == WIDE else 3))
    marks = [week.last for week in weeks[:-1:every]]
    ticks = [scale.tick(day, f"{day.day} {day:%b}") for day in marks]
    frame = scale.picture(weeks[-1].last, base, ticks, [], _summary(weeks))
    levels = [Level(y(number), f"{number:,}") for number in range(0, top + 1, step)]
    return BurnDown(
        frame, levels, f"{first},{base} {edge} {last},{base}", edge, line([week.late for week in weeks])
    )


def _summary(weeks: Sequence[Week]) -> str:
    first, last = weeks[0], weeks[-1]
    return (
        f"{count(last.total, 'vulnerability is', 'vulnerabilities are')} open today, {last.late:,} of them"
        f" past the date; on {short_day(first.last)} {count(first.total, 'was', 'were')}."
    )


def _step(most: int) -> int:
    """The distance of the lines: 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for step in STEPS:
            if most <= step * size * LINES:
                return step * size
        size *= 10
