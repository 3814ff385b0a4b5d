"""What if: a limit in the contract's own words, counted from a day or a moment that someone types."""

from __future__ import annotations

from typing import Any

from contracts.terms.limits import Kind, TimeLimit
from contracts.terms.moments import LONDON, When, is_moment, parse_when, place_in_london
from contracts.terms.periods import Period
from contracts.terms.phrases import parse_limit
from obligations.rules.register.rule import Every, Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.time.counting import LimitError
from obligations.rules.time.deadline_builder import deadline_from
from obligations.rules.time.derivation import Deadline, Skipped, said, said_when
from obligations.rules.time.events import Alternative, Start
from obligations.rules.time.working_days import DEFAULT_DIVISION, load_calendar

NOT_ADVICE = "Worked out by Duly's rules for reading contracts. It is not legal advice."


def calculate(within: str, start: str, division: str = DEFAULT_DIVISION) -> Deadline:
    """The deadline of the limit ``within`` ("sixty (60) Working Days") from ``start``.

    ``start`` is a day, or a moment with its offset; a moment without one is London time, and in the hour that
    October repeats the earlier is meant and the date is flagged (R13). Raises ValueError with one line of
    reason: an unreadable phrase, day or division, hours from a bare day, the hour skipped in March.
    """
    found = read_words(within)
    when, repeated_hour = _start(start)
    return deadline_from([start_of_words(found, when, repeated_hour)], load_calendar(division))


def read_words(within: str) -> TimeLimit:
    """A typed limit. Raises ValueError where it has no length or counts back from an event."""
    found = parse_limit(within)
    if found.limit is not None and (found.period is None or found.period.unit.needs_hours):
        raise LimitError(f"“{found.phrase}” is read, and cannot be counted from one day alone")
    if found.period is None:
        raise LimitError(f"“{found.phrase}” gives no length of time; give a number and a unit")
    if found.before:
        raise LimitError(
            f"“{found.phrase}” counts back from an event; only limits that run forwards are counted"
        )
    return found


def start_of_words(found: TimeLimit, when: When, repeated_hour: bool = False) -> Start:
    """The clock of a typed limit, started at ``when``."""
    return Start(
        when,
        found.period,
        qualifier=None if found.kind is Kind.INTERVAL else found.qualifier,
        inclusive=found.inclusive,
        repeated_hour=repeated_hour,
    )


def start_of_rule(rule: Rule, when: When, repeated_hour: bool = False) -> Start:
    """The clock of a rule's limit, started at ``when``, with the other readings that need no other fact."""
    others = tuple(
        Alternative(other.name, other.rule, period=Period(rule.amount, other.unit))
        for other in rule.readings
        if other.unit is not None and rule.amount is not None
    )
    return Start(
        when,
        rule.period,
        qualifier=rule.qualifier,
        word=rule.word,
        repeated_hour=repeated_hour,
        alternatives=others,
        citation=rule.citation,
    )


def rules_to_try(book: Rulebook) -> list[Rule]:
    """The rules of a book with a limit that runs from something that happened; an anniversary is a fixed
    day.
    """
    return [rule for rule in book.duties if rule.period is not None and rule.every is not Every.ANNIVERSARY]


def readings_untried(rule: Rule) -> list[str]:
    """The names of the rule's other readings that need more than one day to be worked out (R12)."""
    return [other.name for other in rule.readings if other.unit is None]


def _start(text: str) -> tuple[When, bool]:
    """The start, and whether it was typed without an offset in the hour that October repeats."""
    when = parse_when(text)
    if not is_moment(when) or when.tzinfo is not LONDON:
        return when, False
    return place_in_london(when.replace(tzinfo=None))


def as_json(deadline: Deadline) -> dict[str, Any]:
    """The answer of the calculator: a bare limit has no word and nothing to be late against."""
    form = deadline.as_json()
    return {key: form[key] for key in ("due_date", "due_at", "provisional", "flagged", "readings", "steps")}


def as_text(deadline: Deadline) -> str:
    """The answer for people, with its steps, its other readings and what it is not."""
    if deadline.due_at is None or deadline.due_date is None:
        raise LimitError("there is no date to show")
    due = said_when(deadline.due_at)
    opening = "Keep through" if any(step.rule == "R8" for step in deadline.steps) else "Due by"
    lines = [
        f"{opening} {due}, a {deadline.due_date:%A}" + (" (provisional)" if deadline.provisional else "")
    ]
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


def _skipped(skipped: tuple[Skipped, ...]) -> list[str]:
    weekend = [day for day in skipped if day.why in ("Saturday", "Sunday")]
    lines = [f"not {said(day.date)}, {day.why}" for day in skipped if day not in weekend]
    if weekend:
        lines.append(f"not {len(weekend)} Saturdays and Sundays")
    return lines
