"""The next twelve weeks as a picture: one column a week, one mark a duty. The table below says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.access import Access
from contracts.terms.moments import Day, london_day
from contracts.web.words import count, short_day
from obligations.models import Duty
from obligations.rules.engine.standing import Standing
from obligations.web.lines import DutyLine, line

WEEKS = 12
LEFT, RIGHT, TOP = 16, 16, 16
COLUMN = 60
ROW = 18
TALLEST = 12
"""Marks in one day's stack before "and more"."""


@dataclass(frozen=True)
class Mark:
    """A duty in the picture."""

    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True)
class Tick:
    """The line on which a week begins."""

    x: float
    label: str


@dataclass(frozen=True)
class More:
    """How many more a day holds than there is room for."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class WeekRows:
    """The duties of one week in the table."""

    title: str
    lines: list[DutyLine]


@dataclass(frozen=True)
class Picture:
    """Everything that the template places. Lengths are in the picture's own units."""

    width: int
    height: int
    base: int
    today_x: float
    ticks: list[Tick]
    marks: list[Mark]
    more: list[More]
    summary: str
    weeks: list[WeekRows]


def span(today: Day) -> tuple[Day, Day]:
    """From the Monday of this week, for twelve weeks."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=WEEKS * 7 - 1)


def draw(access: Access, duties: list[Duty], now: datetime) -> Picture:
    """The picture of these duties, nearest first."""
    today = london_day(now)
    first, last = span(today)
    stacks: Counter[Day] = Counter(duty.due_date for duty in duties if duty.due_date)
    rows = min(TALLEST, max([4, *stacks.values()]))
    base = TOP + rows * ROW + 8
    return Picture(
        width=LEFT + WEEKS * COLUMN + RIGHT,
        height=base + 34,
        base=base,
        today_x=_x(today, first),
        ticks=[_tick(first + timedelta(weeks=week), first) for week in range(WEEKS)],
        marks=list(_marks(access, duties, first, base, now)),
        more=[
            More(_x(day, first), base - 8 - TALLEST * ROW, f"+{number - TALLEST}")
            for day, number in stacks.items()
            if number > TALLEST
        ],
        summary=f"{count(len(duties), 'duty', 'duties')} due from {short_day(first)} to {short_day(last)}.",
        weeks=_weeks(access, duties, first, now),
    )


def _x(day: Day, first: Day) -> float:
    return round(LEFT + ((day - first).days + 0.5) * COLUMN / 7, 1)


def _tick(monday: Day, first: Day) -> Tick:
    x = LEFT + (monday - first).days * COLUMN / 7
    return Tick(round(x, 1), f"{monday.day} {monday:%b}")


def _marks(access: Access, duties: list[Duty], first: Day, base: int, now: datetime) -> Iterator[Mark]:
    placed: Counter[Day] = Counter()
    for duty in duties:
        if duty.due_date is None or placed[duty.due_date] >= TALLEST:
            continue
        y = base - 12 - placed[duty.due_date] * ROW
        placed[duty.due_date] += 1
        yield Mark(
            _x(duty.due_date, first),
            y,
            _kind(access, duty, now),
            f"{duty.title}, {short_day(duty.due_date)}",
        )


def _kind(access: Access, duty: Duty, now: datetime) -> str:
    stands = duty.standing_at(now)
    if stands is Standing.OVERDUE:
        return "late"
    if stands in (Standing.DUE_TODAY, Standing.DUE_THIS_WEEK):
        return "soon"
    return "mine" if duty.party in (access.side, "both") else "other"


def _weeks(access: Access, duties: list[Duty], first: Day, now: datetime) -> list[WeekRows]:
    found: dict[Day, list[DutyLine]] = {}
    for duty in duties:
        if duty.due_date is not None:
            monday = duty.due_date - timedelta(days=duty.due_date.weekday())
            found.setdefault(monday, []).append(line(access.contract, duty, now))
    return [WeekRows(f"Week of {short_day(monday)}", lines) for monday, lines in sorted(found.items())]
