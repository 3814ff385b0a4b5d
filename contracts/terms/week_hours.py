"""Hours of work as a person types them: "mon-fri 09:00-17:30, sat 10:00-13:00" (R41)."""

from __future__ import annotations

import re
from datetime import time

from contracts.terms.answers import WEEKDAYS, WeekHours

_PART = re.compile(
    r"(?P<first>[a-z]{3,9})(?:\s*(?:-|–|to)\s*(?P<last>[a-z]{3,9}))?"
    r"\s+(?P<begins>\d{1,2}:\d\d)\s*(?:-|–|to)\s*(?P<ends>\d{1,2}:\d\d)"
)
HOW = 'write them as "mon-fri 09:00-17:30", with a comma between'


def read_week_hours(text: str) -> WeekHours:
    """The hours of work by weekday, in London. Raises ValueError saying what is wrong and how to write them.

    A day has one span of hours; a span is refused where it is empty, and a day where it is given twice.
    """
    spans: dict[int, tuple[time, time]] = {}
    for part in filter(None, (one.strip().lower() for one in text.split(","))):
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(f"“{part}” is no hours of work: {HOW}")
        begins, ends = _clock(found["begins"]), _clock(found["ends"])
        if not begins < ends:
            raise ValueError(f"“{part}” is empty: it must end later than it begins")
        for day in _days(found["first"], found["last"] or found["first"]):
            if day in spans:
                raise ValueError(
                    f"{WEEKDAYS[day].capitalize()} has hours of work twice: give each day one span"
                )
            spans[day] = begins, ends
    if not spans:
        raise ValueError(f"there are no hours of work: {HOW}")
    return WeekHours(spans)


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        raise ValueError(f"{text} is no time of day: write 09:00") from None


def _days(first: str, last: str) -> list[int]:
    one, other = _day(first), _day(last)
    return list(range(one, other + 1)) if one <= other else [*range(one, 7), *range(other + 1)]


def _day(name: str) -> int:
    for place, day in enumerate(WEEKDAYS):
        if day.startswith(name):
            return place
    raise ValueError(f"“{name}” is no day of the week: write mon, tue, wed, thu, fri, sat or sun")
