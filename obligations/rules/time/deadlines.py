"""Deadlines: everything other rooms need to work out when a thing is due.

``limit`` counts one limit from a day or a moment. ``deadline_from`` turns the events of a deadline's life (a
start, a suspension, an extension, an agreed period, a chosen reading) into a date. Both return a
``Deadline``, which carries its steps, each with its rule in docs/reading-the-contract.md, and the other
readings of the words.
"""

from __future__ import annotations

from obligations.rules.time.counting import AT_LEAST, LimitError, add_months
from obligations.rules.time.deadline_builder import deadline_from, limit
from obligations.rules.time.derivation import Deadline, Reading, Skipped, Step
from obligations.rules.time.events import (
    DEFAULT_READING,
    FRESH,
    PAUSED,
    RETROSPECTIVE,
    AgreePeriod,
    Alternative,
    Choose,
    End,
    Event,
    Extend,
    FixedDay,
    Lowered,
    Resume,
    Start,
    Suspend,
)
from obligations.rules.time.notices_given import given_in_time, notice_day
from obligations.rules.time.working_days import Calendar, CalendarError, load_calendar

__all__ = [
    "AT_LEAST",
    "DEFAULT_READING",
    "FRESH",
    "PAUSED",
    "RETROSPECTIVE",
    "AgreePeriod",
    "Alternative",
    "Calendar",
    "CalendarError",
    "Choose",
    "Deadline",
    "End",
    "Event",
    "Extend",
    "FixedDay",
    "LimitError",
    "Lowered",
    "Reading",
    "Resume",
    "Skipped",
    "Start",
    "Step",
    "Suspend",
    "add_months",
    "deadline_from",
    "given_in_time",
    "limit",
    "load_calendar",
    "notice_day",
]
