"""The limit of a rule as a clock of the counting core: what rule and contract say for it (R35 to R42)."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any, Protocol

from contracts.terms.answers import WeekHours
from contracts.terms.moments import Day, When
from contracts.terms.periods import Unit
from contracts.terms.settings import WORKING_HOURS, ContractSettings
from obligations.rules.register.limit_keys import quarter_start
from obligations.rules.register.rule import Rule
from obligations.rules.time.derivation import OWN_CALENDAR, Step
from obligations.rules.time.events import Start, start_by
from obligations.rules.time.reckoning import Reckoning
from obligations.rules.time.working_days import Calendar


class Asked(Protocol):
    """What of a question to the engine a limit needs."""

    @property
    def calendar(self) -> Calendar: ...

    @property
    def settings(self) -> ContractSettings: ...

    @property
    def commencement(self) -> Day: ...


def clock(asked: Asked, rule: Rule, at: When, **details: Any) -> Start:
    """The clock of a rule's limit, started at ``at``; ``details`` are the other fields of ``Start``."""
    if rule.counts_simply:
        return Start(at, rule.period, qualifier=rule.qualifier, **details)
    limit = rule.limit
    if limit is None:
        return Start(at, None, **details)
    start = start_by(at, limit, reckoning_of(asked, rule), **details)
    if rule.calendar is None:
        return start
    own = Step("R3", OWN_CALENDAR, rule.citation)
    return replace(start, notes=(*start.notes, own))


def reckoning_of(asked: Asked, rule: Rule) -> Reckoning:
    """The limit of a rule with what the contract says for it: its hours, its close of business, its start."""
    limit = rule.limit
    assert limit is not None
    return Reckoning(
        limit,
        work=_hours(asked.settings, rule),
        close=_close(asked.settings),
        moved=rule.moved is not None,
        periods_from=quarter_start(rule.periods_from, asked.commencement),
        begins=asked.commencement,
    )


def calendar_of(asked: Asked, rule: Rule) -> Calendar:
    """The calendar that a rule counts by: its own, or the contract's."""
    return asked.calendar if rule.calendar is None else asked.calendar.of(rule.calendar)


def _hours(settings: ContractSettings, rule: Rule) -> WeekHours | None:
    """The hours of work: under the setting that the rule names, else those of every contract.

    Service Hours are the contract's only where the rule names its setting: they are no Working Hours (R41).
    """
    if rule.hours is not None:
        return settings.hours_of_work(rule.hours)
    lengths = rule.limit.lengths if rule.limit is not None else ()
    if any(one.unit is Unit.SERVICE_HOURS for one in lengths) or WORKING_HOURS not in settings.declared:
        return None
    return settings.hours_of_work(WORKING_HOURS)


def _close(settings: ContractSettings) -> time | None:
    return settings.close_of_business
