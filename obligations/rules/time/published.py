"""Changes of the public holidays: a published list read strictly, held against the lists in use (R3, R4).

A change says which days it adds, removes and names anew in which division, and how far the lists then reach.
Nothing is edited: the lists in use are the shipped ones with every applied change laid over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracts.terms.moments import Day
from obligations.rules.time.working_days import DIVISIONS, HORIZON, Lists

PLACES = tuple(division for division in DIVISIONS if division != "all")
"""The divisions that have a list of their own."""

Days = Mapping[str, Mapping[Day, str]]


class PublishedError(ValueError):
    """A list that cannot be used. ``field`` names the place in it; the message says how to put it right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


@dataclass(frozen=True)
class Published:
    """A published list: the days of each division, and the days it speaks about, the last one included."""

    days: Days
    begins: Day
    edge: Day


@dataclass(frozen=True)
class Change:
    """What becomes of the lists: days added (their names), removed (their old names) and named anew.

    ``published``: the day of the list that says so, where it is a list (R47).
    """

    added: Days = field(default_factory=dict)
    removed: Days = field(default_factory=dict)
    renamed: Days = field(default_factory=dict)
    edge: Day | None = None
    published: Day | None = None

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.edge)

    @property
    def places(self) -> list[str]:
        """The divisions whose days change, in the usual order."""
        named = {*self.added, *self.removed, *self.renamed}
        return [place for place in PLACES if place in named]

    def moving(self) -> dict[str, set[Day]]:
        """By division, the union of all included, the days that begin or cease to be holidays."""
        found = {place: {*self.added.get(place, ()), *self.removed.get(place, ())} for place in PLACES}
        found["all"] = set().union(*found.values())
        return {place: days for place, days in found.items() if days}

    def only_extends(self, edge: Day) -> bool:
        """Whether it says nothing about any day up to ``edge``: new years, and nothing else."""
        return not self.removed and all(
            day > edge for days in (*self.added.values(), *self.renamed.values()) for day in days
        )

    def reversed(self) -> Change:
        """The change that takes the added days back and puts the removed ones back. The edge stays."""
        return Change(added=self.removed, removed=self.added)

    def as_json(self) -> dict[str, Any]:
        """Days as ISO text, for storing."""
        form: dict[str, Any] = {
            name: {
                place: {day.isoformat(): title for day, title in sorted(days.items())}
                for place, days in getattr(self, name).items()
            }
            for name in _KINDS
        }
        days = {"edge": self.edge, "published": self.published}
        return form | {name: day.isoformat() if day else None for name, day in days.items()}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Change:
        """The change that ``as_json`` wrote down."""
        kinds = {
            name: {
                place: {date.fromisoformat(day): title for day, title in days.items()}
                for place, days in form.get(name, {}).items()
            }
            for name in _KINDS
        }
        edge, published = (date.fromisoformat(day) if (day := form.get(name)) else None for name in _DAYS)
        return cls(**kinds, edge=edge, published=published)


_KINDS = ("added", "removed", "renamed")
_DAYS = ("edge", "published")


def laid_over(lists: Lists, change: Change, source: str = "") -> Lists:
    """The lists with a change laid over them."""
    days = {}
    for place, known in lists.days.items():
        gone = change.removed.get(place, {})
        kept = {day: name for day, name in known.items() if day not in gone}
        days[place] = kept | dict(change.renamed.get(place, {})) | dict(change.added.get(place, {}))
    edge = max(lists.edge, change.edge) if change.edge else lists.edge
    published = max((day for day in (lists.published, change.published) if day), default=None)
    return Lists(days, lists.first, edge, source or lists.source, published)


def between(old: Lists, new: Lists, used: Lists) -> Change:
    """What a later shipped list changes of the lists in use: what it says otherwise than the earlier one.

    Days that the lists in use hold already, or hold no more, are left alone.
    """
    added, removed, renamed = {}, {}, {}
    for place in PLACES:
        before, after, known = old.days[place], new.days[place], used.days[place]
        added[place] = {d: n for d, n in after.items() if d not in before and d not in known}
        removed[place] = {d: known[d] for d in before if d not in after and d in known}
        renamed[place] = {d: n for d, n in after.items() if d in known and known[d] == before.get(d) != n}
    edge = new.edge if new.edge > used.edge else None
    return Change(_filled(added), _filled(removed), _filled(renamed), edge, new.published)


def compare(lists: Lists, published: Published) -> Change:
    """What a published list changes. Days before it begins stay: old years are dropped from such lists."""
    added, removed, renamed = {}, {}, {}
    for place in PLACES:
        known, told = lists.days[place], published.days[place]
        spoken = (published.begins, max(told))
        added[place] = {day: name for day, name in told.items() if day not in known}
        renamed[place] = {day: name for day, name in told.items() if known.get(day, name) != name}
        removed[place] = {
            day: name for day, name in known.items() if spoken[0] <= day <= spoken[1] and day not in told
        }
    edge = published.edge if published.edge > lists.edge else None
    return Change(_filled(added), _filled(removed), _filled(renamed), edge)


def _filled(days: dict[str, dict[Day, str]]) -> dict[str, dict[Day, str]]:
    return {place: found for place, found in days.items() if found}


# Reading what GOV.UK publishes


def read_published(data: object) -> Published:
    """A list in the form of GOV.UK's bank-holidays.json. Raises PublishedError naming the place at fault."""
    if not isinstance(data, Mapping):
        raise PublishedError("", "the file must hold one object with a list for each division")
    days = {place: _division(data, place) for place in PLACES}
    begins = min(min(found) for found in days.values()).replace(month=1, day=1)
    return Published(days, begins, min(max(found) for found in days.values()))


def _division(data: Mapping[str, Any], place: str) -> dict[Day, str]:
    division = data.get(place)
    if not isinstance(division, Mapping):
        raise PublishedError(place, f"the list for {DIVISIONS[place]} is missing; use the whole file")
    events = division.get("events")
    if not isinstance(events, list) or not events:
        raise PublishedError(f"{place}.events", "there must be at least one holiday; use the whole file")
    found: dict[Day, str] = {}
    for where, day, name in _events(place, events):
        if day in found:
            raise PublishedError(f"{where}.date", f"{day} is listed twice; take one of the two out")
        found[day] = name
    return found


def _events(place: str, events: list[Any]) -> Iterator[tuple[str, Day, str]]:
    for number, event in enumerate(events):
        where = f"{place}.events[{number}]"
        if not isinstance(event, Mapping):
            raise PublishedError(where, "a holiday must be an object with a title and a date")
        yield where, _day(f"{where}.date", event.get("date")), _title(where, event)


def _day(where: str, written: object) -> Day:
    try:
        day = date.fromisoformat(written) if isinstance(written, str) and len(written) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise PublishedError(where, f"{written!r} is not a day; write it like 2026-12-25")
    if not date(2012, 1, 1) <= day <= HORIZON:
        raise PublishedError(where, f"{day} is out of range; give a day from 2012 to {HORIZON.year}")
    return day


def _title(where: str, event: Mapping[str, Any]) -> str:
    title, notes = event.get("title"), event.get("notes", "")
    if not isinstance(title, str) or not title.strip():
        raise PublishedError(f"{where}.title", "the holiday has no name; give it one")
    if len(title) > 120:
        raise PublishedError(f"{where}.title", "the name is too long; shorten it to 120 characters")
    substitute = isinstance(notes, str) and notes.strip().lower() == "substitute day"
    return f"{title.strip()} (substitute day)" if substitute else title.strip()
