"""Hours of work, counted minute by minute over nights, weekends, holidays and clock changes (R41)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from tests.oracle.oracle import published, wall_clock

UNITS = ("working_hours", "business_hours", "service_hours")
MINUTE = timedelta(minutes=1)
Hours = Mapping[int, tuple[str, str]]


@cache
def _minutes(shown: str) -> int:
    hours, minutes = shown.split(":")
    return int(hours) * 60 + int(minutes)


def works(shown: datetime, hours: Hours, division: str | None, minutes: int = 1) -> bool:
    """Whether any of so many minutes is one of work: in the hours of its weekday, and the day no holiday.

    Without a division holidays are worked: Service Hours that run forward, where that is the earlier end.
    """
    holiday = division is not None and shown.date() in published()[division]
    if shown.isoweekday() not in hours or holiday:
        return False
    begin, end = hours[shown.isoweekday()]
    minute = shown.hour * 60 + shown.minute
    return _minutes(begin) < minute + minutes and minute < _minutes(end)


def _step(shown: datetime, hours: Hours, division: str | None) -> int:
    """An hour by the clock in which nobody works goes by at once."""
    return 1 if shown.minute or works(shown, hours, division, 60) else 60


def forward(start: datetime, amount: int, hours: Hours, division: str | None) -> datetime:
    """The moment at which so many hours of work have gone by."""
    moment, seen = start.astimezone(UTC), 0
    while seen < amount * 60:
        shown = wall_clock(moment)
        seen += 1 if works(shown, hours, division) else 0
        moment += _step(shown, hours, division) * MINUTE
    return moment


def back(end: datetime, amount: int, hours: Hours, division: str | None) -> datetime:
    """The moment from which so many hours of work go by until another."""
    moment, seen = end.astimezone(UTC), 0
    while seen < amount * 60:
        hour_before = wall_clock(moment - 60 * MINUTE)
        idle = _step(hour_before, hours, division) == 60
        moment -= (60 if idle else 1) * MINUTE
        seen += 1 if works(wall_clock(moment), hours, division) else 0
    return moment
