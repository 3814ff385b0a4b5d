"""An oracle of another kind: it walks day by day and shares no code with the product.

Holidays come straight from the list that the govuk-bank-holidays package carries, London's clock from
the rule for summer time (01:00 UTC on the last Sundays of March and October), and every period is counted by
going forward one day at a time. It is slow and plain on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import govuk_bank_holidays

DAY = timedelta(days=1)
NATIONS = ("england-and-wales", "scotland", "northern-ireland")

PROCLAIMED = {"scotland": frozenset({date(2026, 6, 15)})}
"""Proclaimed on 4 February 2026, after the list that the package carries was drawn up."""


@dataclass(frozen=True)
class Answer:
    """The last day, the last second, and whether a published holiday could still change it."""

    day: date
    second: datetime
    provisional: bool = False


@cache
def published() -> dict[str, frozenset[date]]:
    """The published holidays of each nation, and of all three together."""
    path = Path(govuk_bank_holidays.__file__).parent / "bank-holidays.json"
    lists = json.loads(path.read_text())
    holidays = {
        nation: frozenset(date.fromisoformat(event["date"]) for event in lists[nation]["events"])
        | PROCLAIMED.get(nation, frozenset())
        for nation in NATIONS
    }
    return {**holidays, "all": frozenset().union(*holidays.values())}


@cache
def edge(division: str) -> date:
    """The last day the list speaks about; for all three, the earliest of their edges."""
    nations = NATIONS if division == "all" else (division,)
    return min(max(published()[nation]) for nation in nations)


def is_working(day: date, division: str) -> bool:
    return day.isoweekday() < 6 and day not in published()[division]


@cache
def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    while day.isoweekday() != 7:
        day -= DAY
    return day


def summer(moment: datetime) -> bool:
    """Whether London is an hour ahead of UTC at a moment in UTC."""
    begins, ends = last_sunday(moment.year, 3), last_sunday(moment.year, 10)
    start = datetime(begins.year, begins.month, begins.day, 1, tzinfo=UTC)
    end = datetime(ends.year, ends.month, ends.day, 1, tzinfo=UTC)
    return start <= moment < end


def wall_clock(moment: datetime) -> datetime:
    """What London's clocks show at a moment, without an offset."""
    utc = moment.astimezone(UTC)
    return (utc + timedelta(hours=1 if summer(utc) else 0)).replace(tzinfo=None)


def last_second(day: date) -> datetime:
    """23:59:59 in London, in UTC. The clocks never change at that hour."""
    shown = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
    return shown - timedelta(hours=1) if summer(shown - timedelta(hours=1)) else shown


def first_counted(start: date | datetime, inclusive: bool) -> date:
    """The first day that counts: the earliest that the start allows (R1, R12, R13)."""
    if not isinstance(start, datetime):
        return start if inclusive else start + DAY
    shown = wall_clock(start)
    begins_here = inclusive or (shown.hour, shown.minute, shown.second, shown.microsecond) == (0, 0, 0, 0)
    from_london = shown.date() if begins_here else shown.date() + DAY
    from_stamp = start.date() if inclusive else start.date() + DAY
    return min(from_london, from_stamp)


def length_of_month(year: int, month: int) -> int:
    day = date(year, month, 28)
    while day.month == month:
        day += DAY
    return (day - DAY).day


def corresponding(day: date, number: int) -> bool:
    """Whether ``day`` is the date that corresponds to day ``number`` of a month (R6)."""
    return day.day == min(number, length_of_month(day.year, day.month))


def walk_days(first: date, amount: int, counts: Callable[[date], bool]) -> date:
    """The day on which the ``amount``-th day that counts falls, ``first`` being the first that may."""
    day, seen = first - DAY, 0
    while seen < amount:
        day += DAY
        seen += 1 if counts(day) else 0
    return day


def walk_months(first: date, months: int) -> date:
    """The end of so many months of which ``first`` is the first day that counts.

    From a day left out, the month ends on the corresponding date. A period that begins with a day ends
    the day before the corresponding date, which is the same walk where both dates exist.
    """
    left_out = first - DAY
    day, seen = left_out, 0
    while seen < months:
        day += DAY
        seen += 1 if corresponding(day, left_out.day) else 0
    return day


def walk_months_beginning_with(first: date, months: int) -> date:
    day, seen = first, 0
    while seen < months:
        day += DAY
        seen += 1 if corresponding(day, first.day) else 0
    exists = day.day == first.day
    return day - DAY if exists else day


def count(start: date | datetime, amount: int, unit: str, division: str, inclusive: bool = False) -> Answer:
    """The end of a period, for every unit."""
    if unit in ("hours", "minutes"):
        assert isinstance(start, datetime)
        seconds = amount * (3600 if unit == "hours" else 60)
        end = start.astimezone(UTC) + timedelta(seconds=seconds)
        return Answer(wall_clock(end).date(), end)
    first = first_counted(start, inclusive)
    if unit in ("working_days", "business_days"):
        day = walk_days(first, amount, lambda each: is_working(each, division))
        return Answer(day, last_second(day), day > edge(division))
    if unit in ("months", "years"):
        months = amount * (12 if unit == "years" else 1)
        whole = inclusive or (isinstance(start, datetime) and wall_clock(start).time() == time.min)
        day = walk_months_beginning_with(first, months) if whole else walk_months(first, months)
        return Answer(day, last_second(day))
    day = walk_days(first, amount * (7 if unit == "weeks" else 1), lambda each: True)
    return Answer(day, last_second(day))


def extend(answer: Answer, amount: int, unit: str, division: str) -> Answer:
    """A further period after the end, counted the same way (R7)."""
    if unit in ("hours", "minutes"):
        return count(answer.second, amount, unit, division)
    further = count(answer.day, amount, unit, division)
    return Answer(further.day, further.second, further.provisional or answer.provisional)


def paused(start: date, amount: int, unit: str, division: str, stopped: date, resumed: date) -> Answer:
    """The end where days from ``stopped`` up to and without ``resumed`` do not count (R21)."""

    def counts(day: date) -> bool:
        if stopped <= day < resumed:
            return False
        return is_working(day, division) if unit == "working_days" else True

    day = walk_days(start + DAY, amount * (7 if unit == "weeks" else 1), counts)
    return Answer(day, last_second(day), unit == "working_days" and day > edge(division))
