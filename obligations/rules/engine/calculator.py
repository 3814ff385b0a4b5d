"""What if: a limit in the contract's own words, counted from a day or a moment that someone types."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from contracts.terms.answers import WeekHours
from contracts.terms.limits import AT_LEAST, Kind, TimeLimit
from contracts.terms.moments import LONDON, When, is_moment, london_day, parse_when, place_in_london
from contracts.terms.periods import Period
from contracts.terms.phrases import parse_limit
from contracts.terms.week_hours import read_week_hours
from obligations.rules.register.limit_keys import quarter_start
from obligations.rules.register.rule import Every, Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.time.counting import LimitError
from obligations.rules.time.deadline_builder import deadline_from
from obligations.rules.time.derivation import Deadline, Skipped, said, said_when
from obligations.rules.time.events import Alternative, Start, start_by
from obligations.rules.time.reckoning import Reckoning, needs_hours
from obligations.rules.time.working_days import DEFAULT_DIVISION, Lists, shipped_lists

NOT_ADVICE = "Worked out by Duly's rules for reading contracts. It is not legal advice."


EARLIEST = 1900
"""The first year that a limit is counted from; what is earlier is taken for a slip."""


def calculate(
    within: str,
    start: str,
    division: str = DEFAULT_DIVISION,
    hours: str | None = None,
    lists: Lists | None = None,
) -> Deadline:
    """The deadline of the limit ``within`` ("sixty (60) Working Days") from ``start``.

    ``start`` is a day, or a moment with its offset; a moment without one is London time, and in the hour that
    October repeats the earlier is meant and the date is flagged (R13). For a limit that counts back it is the
    day or moment of the event (R35). ``hours``: the hours of work, "mon-fri 09:00-17:30", which Working,
    Business and Service Hours need (R41). ``lists``: the bank holidays; without them the newest that are
    shipped. Raises ValueError with one line of reason: an unreadable phrase,
    day, division or hours, hours from a bare day, the hour skipped in March.
    """
    found = read_words(within)
    work = read_week_hours(hours) if hours is not None else None
    if work is None and found.limit is not None and needs_hours(found.limit):
        raise LimitError(
            f"“{found.phrase}” needs the hours of work of the contract: give --hours, for example"
            ' "mon-fri 09:00-17:30"'
        )
    when, repeated_hour = _start(start)
    return deadline_from(
        [start_of_words(found, when, repeated_hour, work)], (lists or shipped_lists()).calendar(division)
    )


def read_words(within: str) -> TimeLimit:
    """A typed limit. Raises ValueError, quoting it, where it says nothing that can be counted."""
    found = parse_limit(within)
    if found.limit is None:
        raise LimitError(f"“{found.phrase}” gives no length of time; give a number and a unit")
    return found


_WITHIN = re.compile(r"\bwithin\b", re.I)
_NOTICE = re.compile(r"\bnotice\b", re.I)


def start_of_words(
    found: TimeLimit, when: When, repeated_hour: bool = False, work: WeekHours | None = None
) -> Start:
    """The clock of a typed limit, started at ``when``; ``work``: the hours of work (R41)."""
    limit = found.limit
    assert limit is not None
    if found.kind is Kind.INTERVAL:
        limit = replace(limit, qualifier=None)
    if found.kind is Kind.STANDSTILL:
        limit = replace(limit, standstill=True)
    if limit.before and limit.qualifier is None and _NOTICE.search(found.phrase):
        limit = replace(limit, qualifier=AT_LEAST)  # N days' notice of a day is at least N days before (R35)
    within = limit.before and bool(_WITHIN.search(found.phrase))
    return start_by(when, limit, Reckoning(limit, work=work, within=within), repeated_hour=repeated_hour)


def start_of_rule(
    rule: Rule, when: When, repeated_hour: bool = False, work: WeekHours | None = None
) -> Start:
    """The clock of a rule's limit, started at ``when``, with the other readings that need no other fact.

    ``work``: the hours of work (R41). Its own calendar is the caller's to count by.
    """
    limit = rule.limit
    assert limit is not None
    begins = london_day(when)
    reckoning = Reckoning(
        limit,
        work=work,
        moved=rule.moved is not None,
        periods_from=quarter_start(rule.periods_from, begins),
        begins=begins,
    )
    others = tuple(
        Alternative(other.name, other.rule, period=Period(rule.amount, other.unit))
        for other in rule.readings
        if other.unit is not None and rule.amount is not None
    )
    return start_by(
        when,
        limit,
        reckoning,
        word=rule.word,
        repeated_hour=repeated_hour,
        alternatives=others,
        citation=rule.citation,
    )


def rules_to_try(book: Rulebook) -> list[Rule]:
    """The rules of a book with a limit that runs from a day; an anniversary is a fixed one."""
    return [rule for rule in book.duties if rule.limit is not None and rule.every is not Every.ANNIVERSARY]


def readings_untried(rule: Rule) -> list[str]:
    """The names of the rule's other readings that need more than one day to be worked out (R12)."""
    return [other.name for other in rule.readings if other.unit is None]


def _start(text: str) -> tuple[When, bool]:
    """The start, and whether it was typed without an offset in the hour that October repeats."""
    when = parse_when(text)
    if when.year < EARLIEST:
        raise LimitError(f"{text.strip()} is before {EARLIEST}: give a day or a moment from {EARLIEST} on")
    if not is_moment(when) or when.tzinfo is not LONDON:
        return when, False
    return place_in_london(when.replace(tzinfo=None))


def as_json(deadline: Deadline) -> dict[str, Any]:
    """The answer of the calculator: a bare limit has no word and nothing to be late against.

    ``window`` and ``opens_at`` are there where the limit is a period that ends on a day, or a standstill.
    """
    form = deadline.as_json()
    always = ("due_date", "due_at", "provisional", "flagged", "readings", "steps")
    return {key: form[key] for key in (*always, *(key for key in ("window", "opens_at") if key in form))}


def as_text(deadline: Deadline) -> str:
    """The answer for people, with its steps, its other readings and what it is not."""
    lines = [in_one_line(deadline) + (" (provisional)" if deadline.provisional else "")]
    lines += ["", "How we worked this out"]
    for step in deadline.steps:
        lines.append(f"  {step.rule:<4}{step.text}")
        lines += [f"        {line}" for line in _skipped(step.skipped)]
    if deadline.readings:
        lines += ["", "Other readings of the words"]
    for reading in deadline.readings:
        when = "nothing is due" if reading.due_at is None else said_when(reading.due_at)
        lines.append(f"  {reading.rule:<4}{reading.reading}: {when}")
    return "\n".join([*lines, "", NOT_ADVICE])


def in_one_line(deadline: Deadline) -> str:
    """When it is due, what the period is, or when the standstill is over. Raises LimitError for no date."""
    if deadline.window is not None:
        first, last = deadline.window
        return f"From {said(first)} to the end of {said(last)}, with no date of its own"
    if deadline.opens_at is not None:
        return f"Not before {said_when(deadline.opens_at)}"
    if deadline.due_at is None or deadline.due_date is None:
        raise LimitError("there is no date to show")
    opening = "Keep through" if any(step.rule == "R8" for step in deadline.steps) else "Due by"
    return f"{opening} {said_when(deadline.due_at)}, a {deadline.due_date:%A}"


def _skipped(skipped: tuple[Skipped, ...]) -> list[str]:
    weekend = [day for day in skipped if day.why in ("Saturday", "Sunday")]
    lines = [f"not {said(day.date)}, {day.why}" for day in skipped if day not in weekend]
    if weekend:
        lines.append(f"not {len(weekend)} Saturdays and Sundays")
    return lines
