"""A date and how it was worked out: the deadline, its steps and its other readings (R4, R9, R10, R12)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from contracts.terms.moments import LONDON, Day, Moment, When, end_of_day, is_moment, long_day

OWN_CALENDAR = "This clock counts by a calendar of its own, whatever the contract’s"
"""The step of a rule that has its own calendar, by which its duties are found when a list changes."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that does not count as a Working Day, and why: a holiday's name, Saturday or Sunday (R3)."""

    date: Day
    why: str

    def as_json(self) -> dict[str, str]:
        """``{"date": "2026-04-03", "why": "Good Friday"}``."""
        return {"date": self.date.isoformat(), "why": self.why}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation in plain English, with the rule it follows (``R1`` to ``R33``).

    ``citation`` is the paragraph that calls for it and ``decision`` the key of the record that decided it,
    where there is one. ``skipped`` lists every day left out of a count of Working Days: the holidays by
    name first, in order of date, then the Saturdays and Sundays.
    """

    rule: str
    text: str
    citation: str | None = None
    skipped: tuple[Skipped, ...] = ()
    decision: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The rule and the text; the other fields only where they say something."""
        form: dict[str, Any] = {"rule": self.rule, "text": self.text}
        if self.citation is not None:
            form["citation"] = self.citation
        if self.decision is not None:
            form["decision"] = self.decision
        if self.skipped:
            form["skipped"] = [day.as_json() for day in self.skipped]
        return form


@dataclass(frozen=True, slots=True)
class Reading:
    """Another way to read the words, and the date it gives (R12).

    No date means that nothing would be due; with ``asks``, that what it counts from is not on the record: the
    duty keeps its date until that is entered.
    """

    reading: str
    rule: str
    due_date: Day | None
    due_at: Moment | None
    asks: str = ""

    @property
    def without_date(self) -> str:
        """What a reading without a date comes to, in words."""
        return date_stands(self.asks) if self.asks else "nothing would be due"

    def as_json(self) -> dict[str, Any]:
        """The reading and its day; the moment too where it is not the end of that day."""
        form: dict[str, Any] = {"reading": self.reading, "due_date": iso(self.due_date)}
        if self.due_at is not None and self.due_date is not None and self.due_at != end_of_day(self.due_date):
            form["due_at"] = iso(self.due_at)
        if self.asks:
            form["asks"] = self.asks
        return form


def date_stands(asked: str) -> str:
    """What to say of a reading whose moment is not on the record: ``asked`` names that moment."""
    return f"the date stands until this is entered: {asked}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a thing is due and every step that led there.

    ``due_at`` is the last moment in time, on the London clock, and ``due_date`` its London day; both are
    None for a word without a number (R9) and while suspended (R21). ``literal_limit`` is the limit that was
    already gone when the duty first bit (R10). ``cure_date`` is the new date where an extension or an
    agreed period came too late to undo a miss (R23). ``word`` is the contract's own word. ``hour_clock``
    marks a limit that runs from moment to moment (R5) or ends at an hour (R39), for which the moment done
    decides and not the day (R15). ``window``: the first and the last day of a period that ends on a day, and
    ``opens_at``: when a gate that stood still opens; neither has a date of its own (R35). ``careful``: the
    date is no limit and nobody is late by it: the day that the clock runs from is to be found, and by the
    earliest that it may have been the limit would end then (R48).
    """

    due_date: Day | None
    due_at: Moment | None
    literal_limit: When | None = None
    provisional: bool = False
    steps: tuple[Step, ...] = ()
    readings: tuple[Reading, ...] = ()
    word: str | None = None
    cure_date: Day | None = None
    suspended: bool = False
    hour_clock: bool = False
    window: tuple[Day, Day] | None = None
    opens_at: Moment | None = None
    careful: bool = False

    @property
    def flagged(self) -> bool:
        """Whether the words allow another reading (R12), or the date is a careful one (R48)."""
        return bool(self.readings) or self.careful

    @property
    def limit_at(self) -> Moment | None:
        """The last moment in time; None where the date is a careful one, which is no limit (R48)."""
        return None if self.careful else self.due_at

    def as_json(self) -> dict[str, Any]:
        """The form of the command line and the API. ``cure_date``, ``window``, ``opens_at``, and
        ``careful_date`` with ``careful_at``, are there only where there is one; a careful date is no date by
        which it is due.
        """
        form: dict[str, Any] = {
            "due_date": None if self.careful else iso(self.due_date),
            "due_at": iso(self.limit_at),
            "literal_limit": iso(self.literal_limit),
            "word": self.word,
            "provisional": self.provisional,
            "flagged": self.flagged,
            "readings": [reading.as_json() for reading in self.readings],
            "steps": [step.as_json() for step in self.steps],
        }
        if self.cure_date is not None:
            form["cure_date"] = iso(self.cure_date)
        if self.window is not None:
            first, last = self.window
            form["window"] = {"first": iso(first), "last": iso(last)}
        if self.opens_at is not None:
            form["opens_at"] = iso(self.opens_at)
        if self.careful:
            form |= {"careful_date": iso(self.due_date), "careful_at": iso(self.due_at)}
        return form


def iso(when: When | None) -> str | None:
    """A day or a moment as the JSON forms write it; moments on the London clock."""
    if when is None:
        return None
    return when.astimezone(LONDON).isoformat() if is_moment(when) else when.isoformat()


@lru_cache(maxsize=65_536)
def said(day: Day) -> str:
    """A day as a step says it: 12 March 2026. Remembered, because the same days are said over and over."""
    return long_day(day)


def said_when(when: When) -> str:
    """A day, or a moment on the London clock: 10:00 GMT on 12 March 2026."""
    if not is_moment(when):
        return said(when)
    moment = when.astimezone(LONDON)
    clock = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return f"{clock} {moment.tzname()} on {said(moment.date())}"
