"""Which notices a duty deserves, and when. Pure: nothing here knows of a database or a mail server.

A notice tells people once that a duty is owed now, due soon, due today, overdue, has a new date or has ended.
Each stage has a window: it opens at a moment and closes where a later stage says it better, so nobody is told
late what has gone out of date. Times are London working hours, except where the limit runs in hours (R5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from contracts.terms.moments import LONDON, ONE_DAY, Day, Moment, after, elapsed, london_day
from obligations.rules.notices.stages import AGAIN, Owed, Stage
from obligations.rules.time.working_days import Calendar

MORNING = time(8, 0)
"""London time of day at which the day's notices are sent."""

LEADS = ((timedelta(days=180), timedelta(days=28)), (timedelta(0), timedelta(days=7)))
"""How long a duty has from start to limit, at least, and how long before the limit it is due soon."""

HOURS_AHEAD = timedelta(hours=4)
"""The last reminder of a limit that runs in hours comes no later than this before it."""

JUST_AFTER = timedelta(seconds=1)
"""A limit has passed from the second after it."""

NEWS = timedelta(days=1)
"""How long a new duty or a new date is news. After that nobody is told that it came, only when it is due."""

STALE = timedelta(days=7)
"""News that could not be told for so long is no longer told: it is on the record."""

SHORTLY = timedelta(days=31)
"""An ended duty is told only to people who would have had to act on it within this time."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a notice may be sent: from ``opens`` until just before ``closes`` (None: while it is true)."""

    stage: Stage
    opens: Moment
    closes: Moment | None

    def closed_at(self, moment: Moment) -> bool:
        return self.closes is not None and moment >= self.closes


@dataclass(frozen=True, slots=True)
class Planned:
    """One stage of a duty to be told, not before a moment."""

    stage: Stage
    not_before: Moment


def planned(owed: Owed, calendar: Calendar, now: Moment) -> list[Planned]:
    """The notices that a duty deserves from ``now`` on, in order of time.

    None for a duty that is done, suspended, waiting for a decision or from before Duly (R32). Where several
    stages are open at once only the one that says most is told.
    """
    if owed.before_duly:
        return []
    if owed.phase == "ended" and not owed.is_retention:
        return [Planned(Stage.ENDED, now)] if _end_is_news(owed, now) else []
    if owed.phase != "open" or owed.is_retention:
        return []
    return [
        Planned(window.stage, max(window.opens, now))
        for window in windows(owed, calendar)
        if not window.closed_at(now) and not _old_news(window.stage, owed, now)
    ]


def windows(owed: Owed, calendar: Calendar) -> list[Window]:
    """The windows of an open duty: the news of it, then due soon, due today and overdue."""
    by_clock = list(_clock_windows(owed, calendar))
    overdue = next((window.opens for window in by_clock if window.stage is Stage.OVERDUE), None)
    news = _news(owed, overdue)
    if news is None:
        return by_clock
    told_by_the_news = {
        window.stage
        for window in by_clock
        if window.opens <= news.opens and window.stage is not Stage.OVERDUE
    }
    return [news, *(window for window in by_clock if window.stage not in told_by_the_news)]


def _news(owed: Owed, overdue: Moment | None) -> Window | None:
    if owed.version > 1:
        return Window(Stage.REDATED, owed.changed_at, overdue)
    if owed.word or owed.due_at is None or owed.is_careful:
        return Window(Stage.RAISED, owed.raised_at, overdue)
    return None


def _clock_windows(owed: Owed, calendar: Calendar) -> Iterator[Window]:
    if owed.due_at is None:
        return
    today = _last_call(owed, owed.due_at, calendar)
    soon = morning_of_working_day(london_day(owed.due_at) - _lead(owed, owed.due_at), calendar)
    if soon < today:
        yield Window(Stage.DUE_SOON, soon, today)
    just_after = after(owed.due_at, JUST_AFTER)
    yield Window(Stage.DUE_TODAY, today, just_after)
    if owed.is_careful:  # nobody is late by it (R48)
        return
    yield Window(Stage.OVERDUE, just_after if owed.runs_in_hours else _morning_after(owed.due_at), None)


def _lead(owed: Owed, due_at: Moment) -> timedelta:
    length = elapsed(owed.owed_from, due_at)
    return next((lead for least, lead in LEADS if length >= least), LEADS[-1][1])


def _last_call(owed: Owed, due_at: Moment, calendar: Calendar) -> Moment:
    """The morning of the day it is due; where nobody works that day, of the last Working Day before (R2)."""
    morning = morning_of_working_day(london_day(due_at), calendar)
    return min(morning, after(due_at, -HOURS_AHEAD)) if owed.runs_in_hours else morning


def morning_of_working_day(day: Day, calendar: Calendar) -> Moment:
    """When the day's notices are sent on a day, or on the last Working Day before it."""
    while not calendar.is_working_day(day):
        day -= ONE_DAY
    return datetime.combine(day, MORNING, tzinfo=LONDON)


def _morning_after(due_at: Moment) -> Moment:
    return datetime.combine(london_day(due_at) + ONE_DAY, MORNING, tzinfo=LONDON)


def _old_news(stage: Stage, owed: Owed, now: Moment) -> bool:
    since = {Stage.RAISED: owed.raised_at, Stage.REDATED: owed.changed_at}.get(stage)
    return since is not None and elapsed(since, now) >= NEWS


def _end_is_news(owed: Owed, now: Moment) -> bool:
    if elapsed(owed.changed_at, now) >= NEWS:
        return False
    return owed.due_at is None or after(now, -ONE_DAY) <= owed.due_at <= after(now, SHORTLY)


WHY_NOT_OPEN = {
    "awaiting_decision": "evidence is waiting for a decision",
    "suspended": "the duty is suspended",
    "met": "the duty is met",
    "met_late": "the duty is met",
    "ended": "the duty has ended",
    "withdrawn": "what caused the duty was withdrawn",
    "before_duly": "the duty is from before Duly kept the contract (R32)",
}


CLOSED = "the contract was closed"
OLD_NEWS = "it has been on the record for over a week"


def stale(happened: Moment, now: Moment) -> bool:
    """Whether news of this moment is too old to be told."""
    return elapsed(happened, now) >= STALE


def why_not(stage: str, version: int, owed: Owed, calendar: Calendar, now: Moment) -> str | None:
    """Why a planned notice about a duty's date no longer makes sense, or None where it still does.

    ``version`` is the version of the date it was planned for. Not for notices about evidence.
    """
    if stage == Stage.GIVEN_UP:  # somebody was not told: that stays so, whatever becomes of the duty
        return None
    if owed.before_duly:
        return WHY_NOT_OPEN["before_duly"]
    if stage == Stage.ENDED and owed.phase != "ended":
        return "the duty is owed again"
    if stage in (Stage.ENDED, Stage.REDATED) and stale(owed.changed_at, now):
        return OLD_NEWS
    return None if stage == Stage.ENDED else _why_no_reminder(stage, version, owed, calendar, now)


def _why_no_reminder(stage: str, version: int, owed: Owed, calendar: Calendar, now: Moment) -> str | None:
    """The same for what speaks of a duty that is to be done: it needs its date and its time to say so."""
    if owed.phase != "open":
        return WHY_NOT_OPEN.get(owed.phase, f"the duty is {owed.phase}")
    if owed.version != version:
        return "the date has changed since"
    if stage in AGAIN:
        return None
    window = next((window for window in windows(owed, calendar) if window.stage == stage), None)
    if window is None or window.closed_at(now):
        return "a later notice takes its place"
    return None
