"""The product's answer to a case of the clock algebra, in the shape that the oracle gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from contracts.terms.limit import read_limit
from contracts.terms.week_hours import read_week_hours
from obligations.rules.time.deadlines import Calendar, Deadline, deadline_from, load_calendar
from obligations.rules.time.events import start_by
from obligations.rules.time.reckoning import Reckoning
from tests.oracle.algebra import Form, Setting, Start
from tests.oracle.cycles import WEEKDAYS


@dataclass(frozen=True)
class Given:
    """``due`` and ``others`` in UTC, ``window``, and when a gate ``opens``."""

    due: datetime | None
    others: frozenset[datetime]
    window: tuple[date, date] | None
    opens: datetime | None
    provisional: bool
    flagged: bool


def deadline(limit: Form, start: Start, setting: Setting) -> Deadline:
    """The product's deadline for a limit. Raises LimitError and CalendarError where it refuses."""
    hours = ", ".join(f"{WEEKDAYS[day - 1][:3]} {begin}-{end}" for day, (begin, end) in setting.hours.items())
    of = Reckoning(
        read_limit(limit),
        work=read_week_hours(hours) if hours else None,
        moved=setting.moved,
        begins=setting.contract_start,
    )
    return deadline_from([start_by(start, of.limit, of)], calendar(setting.division))


@cache
def calendar(division: str) -> Calendar:
    return load_calendar(division)


def given(limit: Form, start: Start, setting: Setting) -> Given:
    """The product's answer."""
    found = deadline(limit, start, setting)
    due = found.due_at and found.due_at.astimezone(UTC)
    others = {each.due_at.astimezone(UTC) for each in found.readings if each.due_at}
    return Given(
        due=due,
        others=frozenset(others) - {due},
        window=found.window,
        opens=found.opens_at and found.opens_at.astimezone(UTC),
        provisional=found.provisional,
        flagged=bool(found.readings),
    )
