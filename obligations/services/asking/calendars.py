"""The calendars in use: the shipped lists it began with, and what was applied since (R3, R4).

``load`` asks the database once for the version in use; the calendars of a version are laid out once in a
process. Whoever works out dates loads them once and passes them down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection

from contracts.services.errors import Refused
from contracts.terms.moments import When, is_moment, london_day, long_day
from obligations.models import CalendarChange
from obligations.rules.time.published import laid_over
from obligations.rules.time.working_days import Calendar, Lists, shipped_lists

SHIPPED_VERSION = 1
IN_USE = """
    SELECT max(id), max(version), (SELECT number FROM obligations_calendarbase)
    FROM obligations_calendarchange WHERE version IS NOT NULL
"""


@dataclass
class Calendars:
    """Every division's calendar in one version. ``lists`` are the holidays, ``version`` counts changes."""

    version: int
    lists: Lists
    _calendars: dict[str, Calendar] = field(default_factory=dict)
    _proofs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, division: str) -> Calendar:
        """The calendar of one division, laid out on first use. Raises CalendarError for one not known."""
        if division not in self._calendars:
            self._calendars[division] = self.lists.calendar(division)
        return self._calendars[division]

    def as_json(self, division: str) -> dict[str, Any]:
        """What a deadline's derivation says of its calendar: division, version, edge and fingerprint."""
        if division not in self._proofs:
            calendar = self.of(division)
            self._proofs[division] = {
                "division": division,
                "version": self.version,
                "edge": calendar.edge.isoformat(),
                "fingerprint": calendar.version,
            }
        return self._proofs[division]


def load() -> Calendars:
    """The calendars in use. 1 query, and 1 more in the first call after a change."""
    with connection.cursor() as cursor:
        cursor.execute(IN_USE)
        newest, version, base = cursor.fetchone()
    return _as_of(version or SHIPPED_VERSION, newest, base)


@lru_cache(maxsize=4)
def _as_of(version: int, newest: int | None, base: int | None) -> Calendars:
    lists = shipped_lists(base)
    if newest is not None:
        for change in CalendarChange.objects.filter(version__lte=version).order_by("version"):
            lists = laid_over(lists, change.change)
    return Calendars(version, lists)


def within(when: When, field: str) -> None:
    """Refuses a day that no calendar covers, so that no date could be worked out from it.

    Raises Refused on ``field``.
    """
    first = shipped_lists().first
    written = when.date() if is_moment(when) else when
    if min(written, london_day(when)) < first:
        began = long_day(first)
        raise Refused(field, f"This is before {began}, where the lists of public holidays begin: check it.")


def with_change(calendars: Calendars, change: CalendarChange) -> Calendars:
    """The calendars as they will be with a change that is not applied yet, under the version it would get."""
    return Calendars(calendars.version + 1, laid_over(calendars.lists, change.change))
