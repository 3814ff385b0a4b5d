"""Places in the calendar that come round, found by looking at one day after another (R40)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from tests.oracle import oracle
from tests.oracle.oracle import DAY, is_working

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_MONTHS = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "half_year": (1, 7), "year": (1,)}


def begins(day: date, of: str, anchor: date | None) -> bool:
    """Whether a period of this kind begins with a day.

    Contract years run from their anchor; Quarters too where one is given, else from January.
    """
    if of == "week":
        return day.isoweekday() == 1
    if anchor is None or of not in ("quarter", "contract_year"):
        return day.day == 1 and day.month in FIRST_MONTHS[of]
    months = (day.month - anchor.month) % (3 if of == "quarter" else 12)
    return months == 0 and oracle.corresponding(day, anchor.day)


@cache
def period(day: date, of: str, anchor: date | None) -> tuple[date, ...]:
    """Every day of the period that a day lies in."""
    first = day
    while not begins(first, of, anchor):
        first -= DAY
    days = [first]
    while not begins(days[-1] + DAY, of, anchor):
        days.append(days[-1] + DAY)
    return tuple(days)


def counts_working_days(cycle: Mapping[str, Any]) -> bool:
    return "working_days" in (cycle.get("unit"), cycle.get("offset", {}).get("unit"))


def places(
    cycle: Mapping[str, Any], start: date, division: str, anchor: date | None = None
) -> Iterator[tuple[date, date]]:
    """Each place on or after a day, of the first period that ends on or after it and of those that follow.

    With each the last day that was looked at: what is counted from a period's end rests on its last days.
    """
    day = start
    while True:
        days = period(day, cycle["of"], anchor)
        place = _place(cycle, days, division)
        if place is not None and place >= start:
            yield place, _looked_at(cycle, place, days[-1])
        day = days[-1] + DAY


def _looked_at(cycle: Mapping[str, Any], place: date, end: date) -> date:
    if cycle.get("before"):
        return end - DAY
    return end if cycle.get("place", 1) < 0 else place


def _place(cycle: Mapping[str, Any], days: tuple[date, ...], division: str) -> date | None:
    if "month" in cycle:
        return next(
            day for day in days if day.month == cycle["month"] and oracle.corresponding(day, cycle["day"])
        )
    if "offset" in cycle:
        return _beside_the_end(cycle, days[-1], division)
    unit, place = cycle["unit"], cycle["place"]
    counted = [day for day in days if _counts(day, unit, division)]
    if unit == "days":  # the 31st of a month of 30 days is its last (R6)
        place = max(-len(counted), min(place, len(counted)))
    index = place - 1 if place > 0 else place
    return counted[index] if -len(counted) <= index < len(counted) else None


def _counts(day: date, unit: str, division: str) -> bool:
    if unit == "working_days":
        return is_working(day, division)
    return unit == "days" or WEEKDAYS[day.isoweekday() - 1] == unit


def _beside_the_end(cycle: Mapping[str, Any], end: date, division: str) -> date:
    """So long after the last day of a period, or before it; that day is left out."""
    amount, unit = cycle["offset"]["amount"], cycle["offset"]["unit"]
    if not cycle.get("before"):
        return oracle.count(end, amount, unit, division).day
    day, seen = end, 0
    while seen < amount * (7 if unit == "weeks" else 1):
        day -= DAY
        if unit == "months":
            seen += 1 if oracle.corresponding(day, end.day) else 0
        else:
            seen += 1 if unit != "working_days" or is_working(day, division) else 0
    return day
