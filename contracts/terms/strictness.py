"""Which of two time limits is the stricter: said only where it is certain, whenever they begin to run.

A length of time in days, months or Working Days is no fixed number of hours: it depends on the day it runs
from and on holidays. Of two lengths in different units one is the stricter only where its longest is no
longer than the other's shortest. What the limits run from is not compared: a person looks at that.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from contracts.terms.limit import Joined, Limit
from contracts.terms.limits import Kind
from contracts.terms.periods import Period, Unit


class Strictness(StrEnum):
    """How a contract's term stands to a standard."""

    STRICTER = "stricter"
    LOOSER = "looser"
    SAME = "the same"
    UNKNOWN = "cannot be compared"


@dataclass(frozen=True, slots=True)
class Term:
    """A limit and what it limits."""

    limit: Limit
    kind: Kind

    @classmethod
    def of(cls, limit: Limit, read_as: Kind = Kind.DEADLINE) -> Term:
        """The term that a limit is. ``read_as``: what the words around it, or the shape of its entry, make of
        it, where the limit does not say it by itself.
        """
        if read_as in (Kind.INTERVAL, Kind.EXTENSION):
            return cls(limit, read_as)
        if limit.standstill:
            return cls(limit, Kind.STANDSTILL)
        if limit.before:
            return cls(limit, Kind.NOTICE)
        least = limit.qualifier == "at_least" and read_as is not Kind.NOTICE
        return cls(limit, Kind.RETENTION if least else read_as)


@dataclass(frozen=True, slots=True)
class Compared:
    """The result, and why it cannot be told where it cannot."""

    result: Strictness
    why: str = ""


LONGER_IS_STRICTER = frozenset({Kind.RETENTION, Kind.NOTICE, Kind.STANDSTILL})
"""A minimum asks for more where it is longer; what must be done by then, where it is shorter."""

_NAMES = {
    Kind.DEADLINE: "a limit to do something by",
    Kind.INTERVAL: "how often something is done",
    Kind.RETENTION: "a minimum to keep something for",
    Kind.NOTICE: "a time before something",
    Kind.EXTENSION: "more time that may be given",
    Kind.STANDSTILL: "a time in which something may not be done",
}


def compare_terms(standard: Term, theirs: Term) -> Compared:
    """How a contract's term stands to a standard."""
    if standard.kind != theirs.kind:
        return _unknown(f"one is {_NAMES[standard.kind]}, the other {_NAMES[theirs.kind]}")
    if standard.limit == theirs.limit:
        return Compared(Strictness.SAME)
    if why := _not_comparable(standard.limit) or _not_comparable(theirs.limit):
        return _unknown(why)
    if standard.limit.hour != theirs.limit.hour:
        return _by_hour(standard, theirs)
    order = _order(standard.limit, theirs.limit)
    if order is None:
        return _unknown("which of the two is longer depends on the day it runs from, and on holidays")
    if order == 0:
        return Compared(Strictness.SAME)
    longer = order > 0
    stricter = longer == (theirs.kind in LONGER_IS_STRICTER)
    return Compared(Strictness.STRICTER if stricter else Strictness.LOOSER)


def _unknown(why: str) -> Compared:
    return Compared(Strictness.UNKNOWN, why)


def _not_comparable(limit: Limit) -> str:
    if limit.cycle is not None:
        return "a place in the calendar is no length of time"
    if limit.window:
        return "a period with a first and a last day is no length of time"
    return "one length is taken off another" if limit.joined is Joined.LESS else ""


def _by_hour(standard: Term, theirs: Term) -> Compared:
    """With an hour of the last day the same length is over sooner than with the whole day."""
    ours, other = standard.limit, theirs.limit
    same = (ours.lengths, ours.inclusive) == (other.lengths, other.inclusive)
    if not same or theirs.kind is not Kind.DEADLINE:
        return _unknown("one of the two names an hour of the day")
    if ours.hour is None:
        return Compared(Strictness.STRICTER)
    if other.hour is None:
        return Compared(Strictness.LOOSER)
    return _unknown("the two name different hours of the day")


def _order(standard: Limit, theirs: Limit) -> int | None:
    """1 where theirs is longer, -1 where it is shorter, 0 where both are the same; None where it depends."""
    exact = _exact(standard, theirs)
    if exact is not None:
        return exact
    ours, other = _span(standard), _span(theirs)
    if ours is None or other is None or _open(standard) or _open(theirs):
        return None
    if other[1] <= ours[0]:
        return -1
    return 1 if other[0] >= ours[1] else None


def _open(limit: Limit) -> bool:
    """Whether it is longer than its length by a part that is not said."""
    return limit.qualifier == "more_than"


_MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60}
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}


def _exact(standard: Limit, theirs: Limit) -> int | None:
    """Single lengths that are counted alike."""
    if len(standard.lengths) != 1 or len(theirs.lengths) != 1 or standard.inclusive != theirs.inclusive:
        return None
    ours, other = _counted(standard.lengths[0]), _counted(theirs.lengths[0])
    if ours[0] != other[0]:
        return None
    one, two = (ours[1], _open(standard)), (other[1], _open(theirs))
    return (two > one) - (two < one)


def _counted(period: Period) -> tuple[str, int]:
    """By what a length is counted, and how many of it."""
    for name, units in (("minutes", _MINUTES), ("days", _DAYS), ("months", _MONTHS)):
        if period.unit in units:
            return name, period.amount * units[period.unit]
    return str(period.unit), period.amount


Span = tuple[float, float]
"""The shortest and the longest that a length may take, in hours."""


def _span(limit: Limit) -> Span | None:
    spans = [_span_of(one, limit.inclusive) for one in limit.lengths]
    known = [one for one in spans if one is not None]
    if len(known) != len(spans):
        return None
    lows, highs = [low for low, _ in known], [high for _, high in known]
    match limit.joined:
        case Joined.EARLIER:
            return min(lows), min(highs)
        case Joined.LATER:
            return max(lows), max(highs)
        case Joined.PLUS:
            return sum(lows), sum(highs)
    return min(lows), max(highs)


def _span_of(period: Period, inclusive: bool) -> Span | None:
    """A day that is counted ends at its midnight, so a length in days may be up to a day longer than its
    hours (R1); one that is "beginning with" the day up to a day shorter.
    """
    kind, amount = _counted(period)
    if kind == "minutes":
        return amount / 60, amount / 60
    days = {
        "days": (amount, amount),
        "months": _days_of_months(amount) if kind == "months" else (0, 0),
        "working_days": _days_of_working_days(amount),
        "business_days": _days_of_working_days(amount),
    }.get(kind)
    if days is None:
        return None
    least, most = days
    return (24 * (least - 1), 24 * most) if inclusive else (24 * least, 24 * (most + 1))


@lru_cache(maxsize=512)
def _days_of_months(months: int) -> tuple[int, int]:
    """The fewest and the most days that so many months have, from any day of any year."""
    found = []
    for year in (*range(1896, 1905), *range(1996, 2005)):
        for month in range(1, 13):
            last = monthrange(year, month)[1]
            ends, number = divmod(month - 1 + months, 12)
            end_last = monthrange(year + ends, number + 1)[1]
            for day in {1, 28, last}:
                end = date(year + ends, number + 1, min(day, end_last))
                found.append((end - date(year, month, day)).days)
    return min(found), max(found)


def _days_of_working_days(number: int) -> tuple[int, int]:
    """The fewest calendar days that so many Working Days take, and more than they ever take: with every
    weekend, and with more days off than any year has in a row, those of a contract's own among them.
    """
    off = 10 + number // 5
    return number + 2 * ((number - 1) // 5), number + off + 2 * ((number + off) // 5 + 1)
