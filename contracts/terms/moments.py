"""Days and moments: two different things that both say "when" (R1, R5, R11, R13).

A **day** is a ``datetime.date`` and means a whole day in London. A **moment** is a timezone-aware
``datetime.datetime``. ``datetime`` is a subclass of ``date`` in Python, so code asks :func:`is_moment`
and never ``isinstance(x, date)``.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias, TypeGuard
from zoneinfo import ZoneInfo

Day: TypeAlias = date
Moment: TypeAlias = datetime
When: TypeAlias = date | datetime

LONDON = ZoneInfo("Europe/London")
LAST_SECOND = time(23, 59, 59)
_HAS_A_TIME = re.compile(r"[T ]\d", re.I)


class WhenError(ValueError):
    """A day or a moment that cannot be read, with the reason and the fix."""


def is_moment(when: When) -> TypeGuard[datetime]:
    """True for a moment, False for a bare day."""
    return isinstance(when, datetime)


def london(moment: Moment) -> Moment:
    """The same moment on the London clock. Raises WhenError where it has no offset."""
    if moment.tzinfo is None:
        raise WhenError(f"the moment {moment.isoformat()} has no UTC offset; add one, for example +00:00")
    return moment.astimezone(LONDON)


def london_day(when: When) -> Day:
    """The London day of a day or a moment."""
    return london(when).date() if is_moment(when) else when


def end_of_day(day: Day) -> Moment:
    """The last second of a London day, 23:59:59 (R1)."""
    return datetime.combine(day, LAST_SECOND, tzinfo=LONDON)


def start_of_day(day: Day) -> Moment:
    """Midnight at which a London day begins."""
    return datetime.combine(day, time(0), tzinfo=LONDON)


def first_moment(when: When) -> Moment:
    """The moment itself, or the start of the day."""
    return when if is_moment(when) else start_of_day(when)


def last_moment(when: When) -> Moment:
    """The moment itself, or the last second of the day."""
    return when if is_moment(when) else end_of_day(when)


def place_in_london(naive: datetime) -> tuple[Moment, bool]:
    """Give a wall-clock time without an offset its London offset (R13).

    Returns the moment and whether it is flagged: in the repeated hour of October the earlier of the
    two is meant, and that is a flagged reading. Raises WhenError in the hour skipped in March.
    """
    earlier = naive.replace(tzinfo=LONDON, fold=0)
    later = naive.replace(tzinfo=LONDON, fold=1)
    if earlier.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != naive:
        half = "am" if naive.hour < 12 else "pm"
        hour = f"{naive.hour % 12 or 12}:{naive:%M}{half}"
        raise WhenError(
            f"{hour} on {long_day(naive.date())} does not exist in London: the clocks go forward in that hour"
        )
    return earlier, earlier.utcoffset() != later.utcoffset()


def parse_when(text: str) -> When:
    """Read ``2026-03-12`` as a day and ``2026-03-12T10:00:00+00:00`` as a moment.

    A moment without an offset is London time (R13). Raises WhenError for anything else.
    """
    text = text.strip()
    try:
        if not _HAS_A_TIME.search(text):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WhenError(
            f"{text!r} is neither a day (2026-03-12) nor a moment (2026-03-12T10:00:00+00:00)"
        ) from error
    return moment if moment.tzinfo else place_in_london(moment)[0]


def long_day(day: Day) -> str:
    """12 March 2026, as GOV.UK writes a day."""
    return f"{day.day} {day:%B %Y}"


def weekday_day(day: Day) -> str:
    """Thursday 12 March 2026."""
    return f"{day:%A} {long_day(day)}"


def clock_words(at: time) -> str:
    """A time of day as GOV.UK writes it: 2pm, 2:30pm, midday, midnight; the seconds are left out."""
    if at.minute == 0 and at.hour in (0, 12):
        return "midday" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


ONE_DAY = timedelta(days=1)


def after(moment: Moment, span: timedelta) -> Moment:
    """The moment so much later (earlier for a negative span), as time goes by, not as clocks show it (R5).

    The answer is on the clock of ``moment``: 9am on 24 October 2026 in London and 72 hours are 8am on
    27 October.
    """
    return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)


def elapsed(since: Moment, until: Moment) -> timedelta:
    """How much time went by from one moment to another, whatever the clocks did in between (R5)."""
    return until.astimezone(UTC) - since.astimezone(UTC)
