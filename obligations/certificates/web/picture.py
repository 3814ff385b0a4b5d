"""When certificates are in force, as a picture: a lane for each scheme, gaps in red, a line for today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from contracts.terms.moments import ONE_DAY, Day, Moment, london_day
from contracts.web.words import count, short_day
from obligations.certificates.selectors import Certificates, SchemeCover
from obligations.web.time_line import TOP, WIDE, Lane, Picture, Scale, Tick

LANE, GAP = 58, 8
BEFORE, AHEAD = timedelta(days=3 * 366), timedelta(days=2 * 366)
"""The picture begins and ends no further from today."""


@dataclass(frozen=True)
class Bar:
    """A certificate or a gap: from its first day to its last. ``kind``: done, open, late."""

    x: float
    y: float
    width: float
    kind: str
    title: str


def draw(found: Certificates, width: int = WIDE) -> Picture | None:
    """The picture, so many units wide; None where there is no certificate."""
    if not found.schemes:
        return None
    scale = _scale(found, width)
    lanes = [
        Lane(TOP + place * (LANE + GAP), LANE, one.name, list(_bars(one, found.now, scale, place)))
        for place, one in enumerate(found.schemes)
    ]
    base = TOP + len(lanes) * (LANE + GAP)
    today = london_day(found.now)
    return scale.picture(today, base, _ticks(scale), lanes, _summary(found))


def _summary(found: Certificates) -> str:
    there = sum(len(one.kept) for one in found.schemes)
    missing = sum(len(one.gaps) for one in found.schemes)
    without = count(missing, "time", "times") + " without one" if missing else "no time without one"
    return f"{count(there, 'certificate')} of {count(len(found.schemes), 'scheme')}, {without}."


def _scale(found: Certificates, width: int) -> Scale:
    today = london_day(found.now)
    days = [today]
    for scheme in found.schemes:
        for one in scheme.kept:
            days.append(london_day(one.held.begins))
            days.append(one.held.last_day or today)
    first_day, last_day = max(min(days), today - BEFORE), min(max(days), today + AHEAD)
    room = timedelta(days=max(10, (last_day - first_day).days // 30))
    return Scale(first_day - room, last_day + room, width)


def _bars(scheme: SchemeCover, now: Moment, scale: Scale, place: int) -> Iterator[Bar]:
    y = TOP + place * (LANE + GAP) + 30
    for one in scheme.kept:
        last_day = one.held.last_day
        until = last_day + ONE_DAY if last_day else scale.last
        past = one.held.ends is not None and one.held.ends <= now
        through = f"to {short_day(last_day)}" if last_day else "with no last day"
        title = f"{one.held.fact.subject or one.scheme}, {short_day(london_day(one.held.begins))} {through}"
        yield _bar(scale, london_day(one.held.begins), until, y, "done" if past else "open", title)
    for gap in scheme.gaps:
        last_day = gap.last or london_day(now)
        until = last_day + ONE_DAY
        last_words = f"to {short_day(last_day)}" if gap.last else "on"
        yield _bar(scale, gap.first, until, y, "late", f"None from {short_day(gap.first)} {last_words}")


def _bar(scale: Scale, first: Day, until: Day, y: float, kind: str, title: str) -> Bar:
    x = scale.x(first)
    return Bar(x, y, max(3.0, round(scale.x(until) - x, 1)), kind, title)


def _ticks(scale: Scale) -> list[Tick]:
    """Firsts of months, so many that their labels have room."""
    firsts = []
    day = scale.first.replace(day=1)
    while day < scale.last:
        day = Day(day.year + day.month // 12, day.month % 12 + 1, 1)
        firsts.append(day)
    room = 9 if scale.width == WIDE else 4
    step = next((size for size in (1, 2, 3, 6, 12) if len(firsts) / size <= room), 24)
    marks = [one for one in firsts if (one.month - 1 + 12 * one.year) % step == 0 and one < scale.last]
    return [scale.tick(one, f"{one:%b %y}") for one in marks]
