"""What the words of a time limit say, as a value: lengths, direction, hour of the day, place in the calendar.

The same value stands behind a phrase read from a document, a rule of a rulebook and a figure that a contract
has of its own (R34), so that nothing of a limit is lost on the way from one to the other. When it ends is
worked out in ``obligations.rules.time``. It has one JSON form, which ``read_limit`` reads strictly::

    {"lengths": [{"amount": 30, "unit": "days"}, {"amount": 1, "unit": "months"}], "joined": "earlier",
     "qualifier": "at_most", "before": true, "inclusive": true, "hour": {"at": "10:00", "edge": "before"},
     "cycle": {"of": "month", "place": 5, "unit": "working_days"}, "window": true, "standstill": true}

Only what the words say is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

from contracts.terms.periods import Period, Unit


class LimitFormError(ValueError):
    """A stored limit that cannot be read; the message names the field and what it may be."""


class Joined(StrEnum):
    """How several lengths in one phrase go together (R38)."""

    EARLIER = "earlier"
    """ "Whichever is the earlier", "the earlier of": the one that ends first."""
    LATER = "later"
    """ "Whichever is the later": the one that ends last."""
    EITHER = "either"
    """A bare "or", or a range with two units: two readings, the earlier counting, flagged."""
    PLUS = "plus"
    """ "A plus B": A, then B counted from its end (R7)."""
    LESS = "less"
    """ "A less B": A, then B counted back from its end."""


class Edge(StrEnum):
    """Whether the hour itself is still in time (R39)."""

    BY = "by"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the last day, in London (R39). "By 10:00" includes 10:00:00; "before 10:00" does not.

    ``assumed``: the words name no hour ("close of business"), so the contract's or 17:00 is meant, flagged.
    """

    at: time
    edge: Edge = Edge.BY
    assumed: bool = False

    def as_json(self) -> dict[str, Any]:
        """``{"at": "10:00"}``; ``edge`` and ``assumed`` only where they say something."""
        form: dict[str, Any] = {"at": self.at.strftime("%H:%M")}
        if self.edge is Edge.BEFORE:
            form["edge"] = str(self.edge)
        if self.assumed:
            form["assumed"] = True
        return form


class Span(StrEnum):
    """What comes round again and again: the period that a place in the calendar is a place of (R40)."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    CONTRACT_YEAR = "contract_year"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLACED = ("days", "working_days", *WEEKDAYS)
"""What a place counts within its period: its days, its Working Days, its Mondays."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A place in the calendar that comes round: a limit that is no length (R40). Exactly one of three kinds.

    - ``place`` and ``unit``: the n-th of the period's ``unit`` (``PLACED``), from its end where negative.
      "The fifth Working Day of each month" is 5, "the last day of each Quarter" -1.
    - ``month`` and ``day``: the fixed day of each year, "by 31 March each year"; of ``year`` only.
    - ``offset``: so long after the period's last day, before it with ``before``: "within 5 Working Days of
      the end of each Quarter".
    """

    of: Span
    place: int | None = None
    unit: str | None = None
    month: int | None = None
    day: int | None = None
    offset: Period | None = None
    before: bool = False

    def as_json(self) -> dict[str, Any]:
        """``{"of": "month", "place": 5, "unit": "working_days"}``, ``{"of": "year", "month": 3, "day": 31}``
        or ``{"of": "quarter", "offset": {"amount": 5, "unit": "working_days"}}``.
        """
        form: dict[str, Any] = {"of": str(self.of)}
        for name in ("place", "unit", "month", "day"):
            if getattr(self, name) is not None:
                form[name] = getattr(self, name)
        if self.offset is not None:
            form["offset"] = self.offset.as_json()
        if self.before:
            form["before"] = True
        return form


@dataclass(frozen=True, slots=True)
class Limit:
    """All that the words of one limit say.

    ``lengths``: one length, or several that go together as ``joined`` says; none where the limit is a
    ``cycle``. ``qualifier``: ``at_least``, ``at_most``, ``more_than`` (R8). ``before``: counted back from an
    event (R35). ``inclusive``: "beginning with" the day (R1). ``hour``: of the last day (R39). ``window``:
    the period that ends on a day, "the two months ending on the Expiry Date", which has a first and a last
    day and no date of its own (R35). ``standstill``: "may not until": a gate that opens at its end (R35).
    """

    lengths: tuple[Period, ...] = ()
    joined: Joined | None = None
    qualifier: str | None = None
    before: bool = False
    inclusive: bool = False
    hour: Hour | None = None
    cycle: Cycle | None = None
    window: bool = False
    standstill: bool = False

    @property
    def period(self) -> Period | None:
        """Its first length; None for a place in the calendar."""
        return self.lengths[0] if self.lengths else None

    def as_json(self) -> dict[str, Any]:
        """The JSON form above, only with what the words say."""
        form: dict[str, Any] = {}
        if self.lengths:
            form["lengths"] = [length.as_json() for length in self.lengths]
        if self.joined is not None:
            form["joined"] = str(self.joined)
        if self.qualifier is not None:
            form["qualifier"] = self.qualifier
        for name in ("before", "inclusive", "window", "standstill"):
            if getattr(self, name):
                form[name] = True
        if self.hour is not None:
            form["hour"] = self.hour.as_json()
        if self.cycle is not None:
            form["cycle"] = self.cycle.as_json()
        return form


QUALIFIERS = ("at_least", "at_most", "more_than")


def read_limit(form: object) -> Limit:
    """A limit from its JSON form. Raises LimitFormError naming the field and the fix."""
    table = _table(form, "a limit", tuple(Limit.__slots__))
    lengths = tuple(read_period(one) for one in _list(table.get("lengths", []), "lengths"))
    cycle = read_cycle(table["cycle"]) if "cycle" in table else None
    joined = _one_of(Joined, table["joined"], "joined") if "joined" in table else None
    if (cycle is None) == (not lengths):
        raise LimitFormError("a limit has lengths or a cycle, one of the two")
    if (joined is not None) != (len(lengths) > 1):
        raise LimitFormError("joined goes with two lengths or more: it says how they go together")
    qualifier = table.get("qualifier")
    if qualifier is not None and qualifier not in QUALIFIERS:
        raise LimitFormError(f"qualifier {qualifier!r} is not one of {', '.join(QUALIFIERS)}")
    return Limit(
        lengths=lengths,
        joined=joined,
        qualifier=qualifier,
        hour=read_hour(table["hour"]) if "hour" in table else None,
        cycle=cycle,
        **{name: _flag(table, name) for name in ("before", "inclusive", "window", "standstill")},
    )


def read_period(form: object) -> Period:
    """A length from ``{"amount": 30, "unit": "days"}``. Raises LimitFormError."""
    table = _table(form, "a length", ("amount", "unit"))
    amount = _number(table.get("amount"), "amount of a length")
    if amount < 1:
        raise LimitFormError("amount of a length must be a whole number from 1")
    return Period(amount, _one_of(Unit, table.get("unit"), "unit of a length"))


def read_hour(form: object) -> Hour:
    """An hour of the day from ``{"at": "10:00"}``. Raises LimitFormError."""
    table = _table(form, "hour", ("at", "edge", "assumed"))
    try:
        at = time.fromisoformat(str(table.get("at")))
    except ValueError:
        raise LimitFormError(f"hour: at {table.get('at')!r} is no time of day; write 17:00") from None
    if at.tzinfo is not None:
        raise LimitFormError("hour: at is a time of day in London, without an offset")
    return Hour(at, _one_of(Edge, table.get("edge", Edge.BY), "edge of hour"), _flag(table, "assumed"))


def read_cycle(form: object) -> Cycle:
    """A place in the calendar from its JSON form. Raises LimitFormError."""
    table = _table(form, "cycle", tuple(Cycle.__slots__))
    of = _one_of(Span, table.get("of"), "of of cycle")
    kinds = [name for name in ("place", "month", "offset") if name in table]
    if len(kinds) != 1:
        raise LimitFormError(
            "cycle: give its place: place and unit, or month and day, or offset; one of the three"
        )
    before = _flag(table, "before")
    if before and kinds != ["offset"]:
        raise LimitFormError("cycle: before goes with offset")
    if kinds == ["place"]:
        place, unit = _number(table["place"], "place of cycle"), table.get("unit")
        if place == 0 or unit not in PLACED:
            raise LimitFormError(f"cycle: place is not 0, and unit one of {', '.join(PLACED)}")
        return Cycle(of, place=place, unit=unit)
    if kinds == ["offset"]:
        return Cycle(of, offset=read_period(table["offset"]), before=before)
    month, day = _number(table["month"], "month of cycle"), _number(table.get("day"), "day of cycle")
    try:
        date(2000, month, day)
    except ValueError:
        raise LimitFormError(f"cycle: no year has a day {day} in month {month}") from None
    if of is not Span.YEAR:
        raise LimitFormError("cycle: month and day are of a year")
    return Cycle(of, month=month, day=day)


def _table(form: object, name: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(form, Mapping):
        raise LimitFormError(f"{name} must be a table")
    if unknown := sorted(set(form) - set(known)):
        raise LimitFormError(f"{name}: unknown key {unknown[0]!r}; known are {', '.join(known)}")
    return form


def _list(value: object, name: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise LimitFormError(f"{name} must be a list")
    return value


def _number(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise LimitFormError(f"{name} must be a whole number")
    return value


def _flag(table: Mapping[str, Any], name: str) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise LimitFormError(f"{name} must be true or false")
    return value


def _one_of(kind: Any, value: object, name: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise LimitFormError(f"{name} {value!r} is not one of {', '.join(kind)}") from None
