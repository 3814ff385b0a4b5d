"""When people are reminded that something ends by itself: a certificate with a last day (R26), and what holds
for some time only.

Pure, as ``windows`` is. Days are London's; moments are aware.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from contracts.terms.moments import ONE_DAY, Day, Moment, start_of_day
from obligations.rules.notices.windows import morning_of_working_day
from obligations.rules.time.working_days import Calendar

STEPS = (90, 60, 30, 14, 7, 1)
"""How many days before the last day somebody is reminded."""

_ABOUT = re.compile(r"(\d+) days before (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of a last day: from when it may be sent, and from when it no longer may.

    ``days``: the step, one of STEPS. On the morning so many days before the last day, or on the last Working
    Day before that morning; until the next step takes its place, the last one until the last day is over.
    """

    days: int
    last: Day
    opens: Moment
    closes: Moment

    @property
    def about(self) -> str:
        """What tells it from the other reminders of one thing: "30 days before 2026-03-31"."""
        return f"{self.days} days before {self.last.isoformat()}"


def reminders(day: Day, calendar: Calendar) -> list[Reminder]:
    """Every reminder of a last day, in order of time."""
    opens = [morning_of_working_day(day - timedelta(days=days), calendar) for days in STEPS]
    closes = [*opens[1:], over(day)]
    return [Reminder(days, day, *times) for days, *times in zip(STEPS, opens, closes, strict=True)]


def to_come(day: Day, calendar: Calendar, now: Moment, *, within: int = STEPS[0]) -> list[Reminder]:
    """Those of them that may be sent from ``now`` on; of the steps none that is further off than ``within``
    days.
    """
    return [one for one in reminders(day, calendar) if one.days <= within and now < one.closes]


def over(day: Day) -> Moment:
    """When a last day is over: 00:00 in London of the next, at which what ends lapses."""
    return start_of_day(day + ONE_DAY)


def last_day_of(about: str) -> Day | None:
    """The last day that a reminder is about; None for what is no reminder."""
    found = _ABOUT.fullmatch(about)
    return Day.fromisoformat(found[2]) if found else None


def why_not(about: str, calendar: Calendar, now: Moment) -> str | None:
    """Why a reminder that was planned no longer makes sense, or None where it still does."""
    last = last_day_of(about)
    if last is None:
        return "it is about no last day"
    if now >= over(last):
        return "its last day is over"
    there = any(one.about == about for one in to_come(last, calendar, now))
    return None if there else "a later notice takes its place"
