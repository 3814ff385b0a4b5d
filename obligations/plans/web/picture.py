"""All clocks of a plan as one picture: a lane for each side, a bar for each clock, a line for today (R27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.models import Contract
from contracts.terms.moments import Day, london_day
from contracts.web.words import count, short_day
from obligations.models import ACTIVE_PHASES, Duty
from obligations.plans.selectors import PlanPage, began
from obligations.rules.standing import Standing
from obligations.web.lines import due

WIDTH, LEFT, RIGHT, TOP = 920, 14, 14, 30
ROW, HEAD, GAP = 38, 26, 10
LANES = ("supplier", "both", "authority")
ROOM = 92
"""The distance at which the label of an event does not run into the next event."""
LONGEST = 500
"""Days that the picture spans at most."""


@dataclass(frozen=True)
class Bar:
    """One clock: from the day it began to run to the day it ends. ``done_x``: when it was met."""

    x: float
    y: float
    width: float
    kind: str
    label: str
    label_x: float
    anchor: str
    done_x: float | None


@dataclass(frozen=True)
class Point:
    """Something that was done with a version."""

    x: float
    y: float
    label: str
    title: str
    anchor: str


@dataclass(frozen=True)
class Lane:
    """The clocks of one side."""

    y: float
    height: float
    title: str
    bars: list[Bar] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)


@dataclass(frozen=True)
class Tick:
    """A line of the scale: a Monday or the first of a month."""

    x: float
    label: str

    @property
    def anchor(self) -> str:
        """Labels at the edges stay inside."""
        return "start" if self.x < LEFT + 20 else "end" if self.x > WIDTH - RIGHT - 20 else "middle"


@dataclass(frozen=True)
class Picture:
    """Everything the template places. Lengths are in the picture's own units."""

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
    """Where a day stands in the picture."""

    first: Day
    last: Day

    def x(self, day: Day) -> float:
        span = max(1, (self.last - self.first).days)
        inside = min(max(day, self.first), self.last)
        return round(LEFT + (inside - self.first).days * (WIDTH - LEFT - RIGHT) / span, 1)


def shown(page: PlanPage) -> list[Duty]:
    """The clocks that matter now: those that run, and those of this round that were met."""
    since = page.round_began
    return [
        duty
        for duty in page.duties
        if duty.phase in ACTIVE_PHASES
        or since is None
        or (duty.done_on or duty.due_date or since) >= since
        or duty.cause_id is None
    ]


def draw(contract: Contract, page: PlanPage, now: datetime) -> Picture | None:
    """The picture, None where no clock runs yet."""
    duties, today = shown(page), london_day(now)
    if not duties:
        return None
    scale = _scale(page, duties, today)
    lanes, y = [], float(TOP)
    for side in LANES:
        lane = _lane(contract, page, [one for one in duties if one.party == side], side, scale, y, now)
        if lane is not None:
            lanes.append(lane)
            y += lane.height + GAP
    x = scale.x(today)
    return Picture(
        width=WIDTH,
        height=y + 26,
        base=y,
        today_x=x,
        today=f"Today, {short_day(today)}",
        today_anchor=_anchor(x),
        ticks=_ticks(scale),
        lanes=lanes,
        summary=f"{count(len(duties), 'clock')} from {short_day(scale.first)} to {short_day(scale.last)}.",
    )


def _scale(page: PlanPage, duties: Sequence[Duty], today: Day) -> Scale:
    days = [today]
    for duty in duties:
        days += [began(duty), *(day for day in (duty.due_date, duty.done_on) if day)]
    days += [day for one in _round(page) for day in (one.submitted_on, one.decided_on) if day]
    first = max(min(days), today - timedelta(days=LONGEST // 2))
    last = min(max(days), first + timedelta(days=LONGEST))
    return Scale(first - timedelta(days=1), max(last, today) + timedelta(days=2))


def _round(page: PlanPage):
    latest = page.latest
    return [one for one in page.versions if latest is not None and one.round == latest.round]


def _lane(
    contract: Contract,
    page: PlanPage,
    duties: Sequence[Duty],
    side: str,
    scale: Scale,
    y: float,
    now: datetime,
) -> Lane | None:
    points = _points(page, side, scale, y + HEAD + 10)
    if not duties and not points:
        return None
    top = y + HEAD + (30 if points else 0)
    bars = [_bar(duty, scale, top + row * ROW, now) for row, duty in enumerate(duties)]
    title = "Both sides" if side == "both" else f"The {contract.word_for(side)}"
    return Lane(y, top - y + len(bars) * ROW + 4, title, bars, points)


def _bar(duty: Duty, scale: Scale, y: float, now: datetime) -> Bar:
    end = duty.due_date or duty.done_on or london_day(now)
    x, to = scale.x(began(duty)), scale.x(end)
    anchor = _anchor(x)
    return Bar(
        x=x,
        y=y + 16,
        width=max(4.0, round(to - x, 1)),
        kind=_kind(duty, now),
        label=f"{duty.title}: {_ends(duty)}",
        label_x=x if anchor == "start" else to,
        anchor=anchor,
        done_x=scale.x(duty.done_on) if duty.done_on else None,
    )


def _ends(duty: Duty) -> str:
    """By when, short: the limit, and the day it was met."""
    limit = f"by {short_day(duty.due_date)}" if duty.due_date else due(duty)
    return f"{limit}, done {short_day(duty.done_on)}" if duty.done_on else limit


def _kind(duty: Duty, now: datetime) -> str:
    stands = duty.standing_at(now)
    if stands is Standing.OVERDUE:
        return "late"
    if duty.phase not in ACTIVE_PHASES:
        return "done"
    return "open" if duty.due_date else "word"


def _points(page: PlanPage, side: str, scale: Scale, y: float) -> list[Point]:
    """What this side did with the versions of this round, in order."""
    found: list[tuple[Day, str]] = []
    for one in _round(page):
        if side == "supplier" and one.submitted_on:
            found.append((one.submitted_on, f"{one.name} submitted"))
        if side == "authority" and one.decided_on:
            word = "approved" if one.approved_sha256 else "refused"
            found.append((one.decided_on, f"{one.name} {word}"))
    points: list[Point] = []
    places = [scale.x(day) for day, _ in sorted(found)]
    for index, (day, label) in enumerate(sorted(found)):
        x = places[index]
        words = label if all(after - x >= ROOM for after in places[index + 1 :]) else ""
        points.append(Point(x, y, words, f"Version {label}, {short_day(day)}", _anchor(x)))
    return points


def _anchor(x: float) -> str:
    return "start" if x < WIDTH * 0.6 else "end"


def _ticks(scale: Scale) -> list[Tick]:
    """Mondays, or the firsts of months where the picture spans many weeks."""
    days = (scale.last - scale.first).days
    every = [scale.first + timedelta(days=number) for number in range(days + 1)]
    if days <= 75:
        marks = [day for day in every if day.weekday() == 0]
        step = 1 if len(marks) <= 8 else 2
        return [Tick(scale.x(day), f"{day.day} {day:%b}") for day in marks[::step]]
    marks = [day for day in every if day.day == 1]
    step = 1 if len(marks) <= 9 else 2
    return [Tick(scale.x(day), f"{day:%b %y}") for day in marks[::step]]
