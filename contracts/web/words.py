"""How days, moments and lengths of time are written on a page, in GOV.UK style. All of them are London's.

Nothing here asks the time: ``now`` is passed in.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.terms.moments import (
    LAST_SECOND,
    Day,
    When,
    clock_words,
    elapsed,
    is_moment,
    london,
    london_day,
    long_day,
    weekday_day,
)

HOURS_ARE_TOLD = timedelta(hours=48)
"""With less than this left, a limit in hours is told in hours."""


def short_day(day: Day) -> str:
    """Thu 19 Mar 2026, for tables."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def clock(moment: datetime) -> str:
    """The London time of day: 2pm, 2:30pm, midday, midnight; the seconds are left out."""
    return clock_words(london(moment).time())


def moment_words(moment: datetime) -> str:
    """2:30pm on 19 March 2026."""
    return f"{clock(moment)} on {long_day(london_day(moment))}"


def when_words(when: When) -> str:
    """A day as a day, a moment as a moment."""
    return moment_words(when) if is_moment(when) else long_day(when)


def on_or_at(when: When) -> str:
    """As it follows a verb: "on 19 March 2026", "at 2:30pm on 19 March 2026"."""
    return f"{'at' if is_moment(when) else 'on'} {when_words(when)}"


def due_words(due_at: datetime) -> str:
    """The last moment in time: "Thursday 19 March 2026" where it is the end of a day, else with the hour."""
    here = london(due_at)
    if here.time().replace(microsecond=0) == LAST_SECOND:
        return weekday_day(here.date())
    return f"{clock(here)} on {weekday_day(here.date())}"


def ends_a_day(due_at: datetime) -> bool:
    """Whether a limit is the end of a London day, so that only its day need be said."""
    return london(due_at).time().replace(microsecond=0) == LAST_SECOND


def time_left(due_at: datetime, now: datetime) -> str:
    """How long is left, or how late it is: "3 days left", "due tomorrow", "2 days overdue"."""
    if due_at < now:
        return _late(due_at, now)
    days = (london_day(due_at) - london_day(now)).days
    if ends_a_day(due_at):
        return {0: "due today", 1: "due tomorrow"}.get(days, f"{days} days left")
    if (left := elapsed(now, due_at)) < HOURS_ARE_TOLD:
        return f"{length(left)} left"
    return f"{days} days left"


def _late(due_at: datetime, now: datetime) -> str:
    days = (london_day(now) - london_day(due_at)).days
    if days >= 2 or (days == 1 and ends_a_day(due_at)):
        return f"{count(days, 'day')} overdue"
    return f"{length(elapsed(due_at, now))} overdue"


def length(span: timedelta) -> str:
    """A short length of time, rounded down: "50 minutes", "5 hours", "3 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return count(minutes, "minute")
    if minutes < 48 * 60:
        return count(minutes // 60, "hour")
    return count(minutes // (24 * 60), "day")


def count(number: int, noun: str, plural: str = "") -> str:
    """1 duty, 2 duties."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size_words(size: int) -> str:
    """A file's size: "820 bytes", "12 KB", "3.4 MB"."""
    if size < 1000:
        return count(size, "byte")
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"


def listed(items: list[str], last: str = "and") -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
