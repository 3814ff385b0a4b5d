"""Working Days: a calendar for each division of the United Kingdom, with names and an edge (R3, R4).

A calendar is laid out once as a table, so that adding Working Days is two look-ups whatever the distance.
"""

from __future__ import annotations

import hashlib
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from contracts.terms.moments import ONE_DAY, Day
from obligations.rules.time.derivation import Skipped

DIVISIONS: Mapping[str, str] = {
    "england-and-wales": "England and Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
    "all": "England and Wales, Scotland and Northern Ireland together",
}
DEFAULT_DIVISION = "england-and-wales"
HORIZON = date(2099, 12, 31)
"""The last day that can be counted to. Beyond a calendar's edge only weekends are known."""

_FOLDER = Path(__file__).resolve().parents[2] / "calendars"
_FIRST = _FOLDER / "uk.toml"
_LATER = _FOLDER / "later"
_WEEKEND = {5: "Saturday", 6: "Sunday"}


class CalendarError(ValueError):
    """A day that no calendar covers, or a division that is not known."""


class Calendar:
    """The Working Days of one division.

    A Working Day is not a Saturday, a Sunday or a public holiday of the division. ``first`` is the first
    day covered and ``edge`` the last day for which holidays are published; from there to ``HORIZON`` only
    weekends are left out, and whoever counts past the edge says that the result is provisional (R4).
    ``published`` is the day on which the list was published, where it is known: days may be proclaimed later
    (R47).
    """

    __slots__ = (
        "_base",
        "_days",
        "_named",
        "_named_ordinals",
        "_rank",
        "division",
        "edge",
        "first",
        "holidays",
        "lists",
        "published",
        "source",
    )

    def __init__(
        self,
        division: str,
        holidays: Mapping[Day, str],
        first: Day,
        edge: Day,
        source: str = "",
        published: Day | None = None,
        lists: Lists | None = None,
    ) -> None:
        self.division = division
        self.lists = lists
        self.holidays: Mapping[Day, str] = dict(sorted(holidays.items()))
        self.first = first
        self.edge = edge
        self.source = source
        self.published = published
        self._base = first.toordinal()
        self._days: list[Day] = []
        self._rank: list[int] = []
        self._lay_out()
        self._named = tuple(
            Skipped(day, name) for day, name in self.holidays.items() if day.weekday() not in _WEEKEND
        )
        self._named_ordinals = [skipped.date.toordinal() for skipped in self._named]

    def _lay_out(self) -> None:
        closed = {day.toordinal() for day in self.holidays}
        for ordinal in range(self._base, HORIZON.toordinal() + 1):
            if 1 <= ordinal % 7 <= 5 and ordinal not in closed:
                self._days.append(date.fromordinal(ordinal))
            self._rank.append(len(self._days))

    def __repr__(self) -> str:
        return f"Calendar({self.division!r}, {len(self.holidays)} holidays, edge {self.edge})"

    def of(self, division: str) -> Calendar:
        """The calendar of another division by the same lists, as a rule with a calendar of its own needs it.

        Raises CalendarError for a division not known.
        """
        if division == self.division:
            return self
        return (self.lists or shipped_lists()).calendar(division)

    @property
    def name(self) -> str:
        """The division's name in plain English."""
        return DIVISIONS.get(self.division, self.division)

    @property
    def version(self) -> str:
        """A short fingerprint of the division, its holidays and its edge, kept with the dates worked out
        from it.
        """
        lines = [self.division, str(self.edge), *(f"{day} {name}" for day, name in self.holidays.items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    def add_working_days(self, day: Day, count: int) -> Day:
        """The ``count``-th Working Day after ``day``, which is itself never counted (R3). Zero gives ``day``.

        Raises CalendarError where ``day`` is before the calendar's first day or the result after its horizon.
        """
        offset = day.toordinal() - self._base
        if offset < 0 or count < 1:
            return self._unusual(day, count)
        try:
            return self._days[self._rank[offset] + count - 1]
        except IndexError:
            raise CalendarError(f"{count} Working Days after {day} lie beyond {HORIZON}") from None

    def working_day_before(self, day: Day, count: int) -> Day:
        """The ``count``-th Working Day before ``day``, which is itself never counted (R35).

        Zero gives ``day``. Raises CalendarError where the result is before the calendar's first day, or
        ``day`` after its horizon.
        """
        if count == 0:
            return day
        place = self._upto(day - ONE_DAY) - count
        if count < 0 or place < 0:
            raise CalendarError(
                f"{count} Working Days before {day} lie before {self.first}, where the calendar begins"
            )
        return self._days[place]

    def _unusual(self, day: Day, count: int) -> Day:
        if count == 0:
            return day
        if count < 0:
            raise CalendarError(f"Working Days are counted forwards, not {count}")
        raise CalendarError(f"{day} is before the first day of the calendar, {self.first}")

    def _upto(self, day: Day) -> int:
        offset = day.toordinal() - self._base
        if offset < -1:
            raise CalendarError(f"{day} is before the first day of the calendar, {self.first}")
        if offset >= len(self._rank):
            raise CalendarError(f"{day} is beyond {HORIZON}")
        return self._rank[offset] if offset >= 0 else 0

    def working_days_between(self, start: Day, end: Day) -> int:
        """How many Working Days come after ``start`` and up to and including ``end``; 0 where end is not
        later.
        """
        return max(0, self._upto(end) - self._upto(start))

    def is_working_day(self, day: Day) -> bool:
        """Whether people are at work. Beyond the edge this knows weekends only (R4)."""
        return self.why_not_working(day) is None

    def why_not_working(self, day: Day) -> str | None:
        """A holiday's name, Saturday or Sunday; None for a Working Day."""
        return self.holidays.get(day) or _WEEKEND.get(day.weekday())

    def skipped_between(self, start: Day, end: Day) -> tuple[Skipped, ...]:
        """Every day after ``start``, up to and including ``end``, that is not a Working Day, and why.

        The holidays that fall on weekdays come first, by date, and then the Saturdays and Sundays.
        """
        low, high = start.toordinal(), end.toordinal()
        named = self._named[
            bisect_right(self._named_ordinals, low) : bisect_right(self._named_ordinals, high)
        ]
        before = _weekend_days_upto(_WEEKENDS_FROM.toordinal() - 1)
        return named + _weekends()[_weekend_days_upto(low) - before : _weekend_days_upto(high) - before]

    def beyond_edge(self, day: Day) -> bool:
        """Whether ``day`` lies past the last published holiday (R4)."""
        return day > self.edge

    def published_before(self, day: Day) -> Day | None:
        """When the list was published, where ``day`` is later: other days may be proclaimed since (R47)."""
        return self.published if self.published is not None and day > self.published else None


_WEEKENDS_FROM = date(2000, 1, 1)


@cache
def _weekends() -> tuple[Skipped, ...]:
    days = (date.fromordinal(n) for n in range(_WEEKENDS_FROM.toordinal(), HORIZON.toordinal() + 1))
    return tuple(Skipped(day, _WEEKEND[day.weekday()]) for day in days if day.weekday() in _WEEKEND)


def _weekend_days_upto(ordinal: int) -> int:
    """Saturdays and Sundays among the ordinals 1 to ``ordinal``; ordinal 1 is a Monday."""
    return 2 * (ordinal // 7) + (ordinal % 7 == 6)


@cache
def load_calendar(division: str = DEFAULT_DIVISION) -> Calendar:
    """The calendar of a division by the newest shipped list. Raises CalendarError, naming the divisions,
    where there is none such.
    """
    return shipped_lists().calendar(division)


def read_calendar(text: str, division: str) -> Calendar:
    """A division's calendar from the text of a calendar file; ``all`` closes whenever any division does."""
    return read_lists(text).calendar(division)


@dataclass(frozen=True)
class Lists:
    """The public holidays of each division, what they cover, where they come from, and their day."""

    days: Mapping[str, Mapping[Day, str]]
    first: Day
    edge: Day
    source: str
    published: Day | None = None
    _laid_out: dict[str, Calendar] = field(default_factory=dict, init=False, compare=False, repr=False)

    def calendar(self, division: str) -> Calendar:
        """The calendar of one division, or of all, laid out once. Raises CalendarError for one not known."""
        if division not in DIVISIONS:
            raise CalendarError(f"unknown division {division!r}; choose one of {', '.join(DIVISIONS)}")
        if division not in self._laid_out:
            holidays = union(self.days) if division == "all" else self.days[division]
            self._laid_out[division] = Calendar(
                division, holidays, self.first, self.edge, self.source, self.published, lists=self
            )
        return self._laid_out[division]


@cache
def newest_shipped() -> int:
    """The number of the newest list that comes with Duly. They are numbered from 1 without a gap."""
    return 1 + len(list(_LATER.glob("*.toml")))


@cache
def shipped_lists(number: int | None = None) -> Lists:
    """The lists that come with Duly: those of one number, or the newest.

    The first is a file of its own, and each later one says what it adds to the one before and takes from it,
    so that an installation that began with an earlier one still has it.
    """
    lists = read_lists(_FIRST.read_text(encoding="utf-8"))
    for later in range(2, (number or newest_shipped()) + 1):
        lists = _read_later(lists, (_LATER / f"{later}.toml").read_text(encoding="utf-8"))
    return lists


def _read_later(lists: Lists, text: str) -> Lists:
    """The lists with what the text of a later one adds and removes."""
    data = tomllib.loads(text)
    days = {}
    for place, known in lists.days.items():
        removed, added = data.get("removed", {}).get(place, {}), data.get("added", {}).get(place, {})
        kept = {day: name for day, name in known.items() if day.isoformat() not in removed}
        days[place] = kept | {date.fromisoformat(day): name for day, name in added.items()}
    source = f"{lists.source}; {data['source']}"
    return Lists(days, lists.first, data.get("edge", lists.edge), source, data["published"])


def read_lists(text: str) -> Lists:
    """The lists in the text of a calendar file."""
    data = tomllib.loads(text)
    days = {
        key: {date.fromisoformat(day): name for day, name in data[key].items()}
        for key in DIVISIONS
        if key != "all"
    }
    return Lists(days, data["first"], data["edge"], data["source"], data.get("published"))


def union(lists: Mapping[str, Mapping[Day, str]]) -> dict[Day, str]:
    """Every holiday of every division, with the divisions named where it is not a holiday in all of them."""
    union: dict[Day, str] = {}
    for day in sorted({day for holidays in lists.values() for day in holidays}):
        where = [DIVISIONS[key] for key, holidays in lists.items() if day in holidays]
        names = " / ".join(dict.fromkeys(holidays[day] for holidays in lists.values() if day in holidays))
        union[day] = names if len(where) == len(lists) else f"{names} ({', '.join(where)})"
    return union
