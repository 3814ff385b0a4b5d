"""All clocks of a plan as one picture: a lane for each side, a bar for each clock, a line for today (R27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.models import Contract
from contracts.terms.moments import Day, london_day
from contracts.web.words import count, short_day
from obligations.models import ACTIVE_PHASES, Duty, Phase
from obligations.plans.models import PlanVersion
from obligations.plans.selectors import PlanPage, began, closed_by_refusal
from obligations.rules.engine.standing import Standing
from obligations.web.lines import due
from obligations.web.time_line import LEFT, LETTER, TOP, WIDE, Lane, Picture, Scale, Tick

ROW, HEAD, GAP = 38, 26, 10
LANES = ("supplier", "both", "authority")
ROOM = 92
"""The distance at which the label of an event does not run into the next event."""
LONGEST = 500
"""Days that the picture spans at most."""
BEFORE, LEAD = 60, 14
"""Where it would begin more than the first number of days before this round, it begins the second before."""


@dataclass(frozen=True)
class Bar:
    """One clock: from the day it began to run to the day it ends, its label above it.

    What has no date runs on to the edge. ``done_x``: when it was met.
    """

    x: float
    y: float
    width: float
    kind: str
    label: str
    label_width: float
    done_x: float | None


@dataclass(frozen=True)
class Point:
    """Something that was done with a version."""

    x: float
    y: float
    label: str
    title: str
    anchor: str
    under_x: float
    under_width: float


def shown(page: PlanPage) -> list[Duty]:
    """The clocks that matter now: those that run, and those that were met or ended within this round."""
    since = page.round_began
    return [
        duty
        for duty in page.duties
        if duty.phase in ACTIVE_PHASES or since is None or (duty.done_on or duty.due_date or since) >= since
    ]


def draw(contract: Contract, page: PlanPage, now: datetime, width: int = WIDE) -> Picture | None:
    """The picture, so many units wide; None where no clock runs yet."""
    duties, today = shown(page), london_day(now)
    if not duties:
        return None
    scale = _scale(page, duties, today, width)
    lanes, y = [], float(TOP)
    for side in LANES:
        lane = _lane(contract, page, [one for one in duties if one.party == side], side, scale, y, now)
        if lane is not None:
            lanes.append(lane)
            y += lane.height + GAP
    summary = f"{count(len(duties), 'clock')} from {short_day(scale.first)} to {short_day(scale.last)}."
    return scale.picture(today, y, _ticks(scale), lanes, summary)


def _scale(page: PlanPage, duties: Sequence[Duty], today: Day, width: int) -> Scale:
    days = [today]
    for duty in duties:
        days += [began(duty), *(day for day in (_end(page, duty), duty.done_on) if day)]
    days += [day for one in _round(page) for day in (one.submitted_on, one.decided_on) if day]
    first, round_from = min(days), min(page.round_began or today, today)
    if first < round_from - timedelta(days=BEFORE):
        first = round_from - timedelta(days=LEAD)
    first = max(first, today - timedelta(days=LONGEST // 2))
    last = min(max(days), first + timedelta(days=LONGEST))
    return Scale(first - timedelta(days=1), max(last, today) + timedelta(days=2), width)


def _round(page: PlanPage) -> list[PlanVersion]:
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
    bars = [_bar(page, duty, scale, top + row * ROW, now) for row, duty in enumerate(duties)]
    title = "Both sides" if side == "both" else f"The {contract.word_for(side)}"
    return Lane(y, top - y + len(bars) * ROW + 4, title, bars, points)


def ended_on(page: PlanPage, duty: Duty) -> Day | None:
    """The day on which a clock ended with nothing done, by a variation or a second refusal; else None."""
    if closed_by_refusal(page, duty):
        return duty.done_on
    if duty.phase != Phase.ENDED:
        return None
    day = duty.ended_by.effective_day if duty.ended_by else None
    return day or london_day(duty.changed_at)


def _end(page: PlanPage, duty: Duty) -> Day | None:
    """The last day of a clock: its limit, the day it was met without one, or the one it ended on before."""
    last, stopped = duty.due_date or duty.done_on, ended_on(page, duty)
    return min(last or stopped, stopped) if stopped else last


def _bar(page: PlanPage, duty: Duty, scale: Scale, y: float, now: datetime) -> Bar:
    end, stopped = _end(page, duty), ended_on(page, duty)
    x, to = scale.x(began(duty)), scale.x(end) if end else scale.edge
    label = _label(page, duty, scale, stopped)
    return Bar(
        x=x,
        y=y + 16,
        width=max(4.0, round(to - x, 1)),
        kind="ended" if stopped else _kind(duty, now),
        label=label,
        label_width=round(len(label) * LETTER, 1),
        done_x=scale.x(duty.done_on) if duty.done_on and not stopped else None,
    )


def _label(page: PlanPage, duty: Duty, scale: Scale, stopped: Day | None) -> str:
    """What a bar is and by when; on a phone cut to the picture, as the table says all of it."""
    if scale.width == WIDE:
        return f"{duty.title}: {_ends(page, duty, stopped)}"
    word, day = ("ended", stopped) if stopped else ("by", duty.due_date)
    ends = f": {word} {day.day} {day:%b}" if day else ""
    room = int((scale.width - LEFT) / LETTER) - len(ends)
    return (duty.title if len(duty.title) <= room else f"{duty.title[: room - 1]}…") + ends


def timescale_of(page: PlanPage, duty: Duty) -> str:
    """By when the Client required an early change that has no date of the contract's; "" for other duties."""
    if duty.due_at is not None or duty.word or duty.cause is None:
        return ""
    if duty.cause.kind not in page.kind.facts.get("require", ()):
        return ""
    found = (one.timescale for one in page.changes if one.reference == duty.subject and one.timescale)
    return next((f"required {timescale}" for timescale in found), "")


def _ends(page: PlanPage, duty: Duty, stopped: Day | None) -> str:
    """By when, short: the limit, and the day it was met or ended."""
    limit = f"by {short_day(duty.due_date)}" if duty.due_date else timescale_of(page, duty) or due(duty)
    if stopped:
        return f"ended {short_day(stopped)}"
    return f"{limit}, done {short_day(duty.done_on)}" if duty.done_on else limit


def _kind(duty: Duty, now: datetime) -> str:
    stands = duty.standing_at(now)
    if stands is Standing.OVERDUE:
        return "late"
    if duty.phase == Phase.BEFORE:
        return "ended"
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
        anchor, wide = scale.anchor(x + 10, words), round(len(words) * LETTER, 1)
        under = 8.0 if anchor == "start" else -8.0 - wide
        points.append(Point(x, y, words, f"Version {label}, {short_day(day)}", anchor, under, wide))
    return points


def _ticks(scale: Scale) -> list[Tick]:
    """Mondays, or the firsts of months where the picture spans many weeks."""
    days = (scale.last - scale.first).days
    every = [scale.first + timedelta(days=number) for number in range(days + 1)]
    weeks = days <= 75
    marks = [day for day in every if (day.weekday() == 0 if weeks else day.day == 1)]
    step = -(-len(marks) // (9 if scale.width == WIDE else 5)) or 1
    return [scale.tick(day, f"{day.day} {day:%b}" if weeks else f"{day:%b %y}") for day in marks[::step]]
