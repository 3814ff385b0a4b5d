"""Whether a figure of the signed document can be worked with in the place of the register's (R34)."""

from __future__ import annotations

from typing import Protocol

from contracts.terms.limit import Limit
from contracts.terms.limits import Kind
from contracts.terms.periods import Unit
from obligations.rules.register.rule import Rule

_RECURS = {Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS}


class Place(Protocol):
    """The place of the register that a figure is for."""

    @property
    def family(self) -> Kind: ...

    @property
    def limit(self) -> Limit: ...

    @property
    def rules(self) -> tuple[Rule, ...]: ...

    @property
    def by_day(self) -> bool: ...


def not_adoptable(place: Place, limit: Limit) -> str:
    """Why a figure cannot be worked with in this place; empty where it can."""
    return _another_kind(place, limit) or _more_than_fits(place, limit) or _not_countable(place, limit)


def _another_kind(place: Place, limit: Limit) -> str:
    """What is no length, or runs the other way, cannot stand for a length (R35, R40)."""
    if limit.cycle is not None:
        return "It is a place in the calendar, and the standard form’s is a length of time."
    if limit.window:
        return "It is a time that ends on a day, and has no date of its own."
    if limit.standstill != place.limit.standstill:
        return "One says when a thing must be done and the other until when it may not be done."
    if limit.before != place.limit.before:
        return "One counts back from an event and the other counts forwards."
    return ""


def _more_than_fits(place: Place, limit: Limit) -> str:
    """What is worked out beside others takes one length: places of a series, more time, other ratings."""
    if not (limit.joined or limit.hour or limit.inclusive):
        return ""
    if place.family is Kind.INTERVAL:
        return "What comes back has one length, without an hour."
    if place.family is Kind.EXTENSION:
        return "More time is one length, without an hour."
    if any(rule.category for rule in place.rules):
        return "A limit beside which other ratings are shown has one length, without an hour."
    return ""


def _not_countable(place: Place, limit: Limit) -> str:
    units = [length.unit for length in limit.lengths]
    if any(rule.every == "anniversary" for rule in place.rules):
        return "This is a fixed day each year, which has no other figure."
    if place.family is Kind.INTERVAL and not set(units) <= _RECURS:
        return "What comes back is counted in days, weeks, months or years."
    if not any(unit in (Unit.HOURS, Unit.MINUTES) or unit.needs_hours for unit in units):
        return ""
    if place.by_day:
        return "It is recorded by its day, from which hours cannot be counted."
    return "" if limit.hour is None else "It is a limit in hours, which has no hour of the day to end at."
