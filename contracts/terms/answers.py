"""What a setting of a contract may be answered with: yes or no, a day, hours of work; and how it is written.

Three ways of writing: as stored (JSON), as a condition of a rule names it (``as_text``), and in words for a
page and the ledger (``in_words``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from typing import Any, TypeAlias

from contracts.terms.moments import clock_words, long_day
from contracts.terms.periods import Period

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

TRUE, FALSE = "true", "false"


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Hours of work by weekday (0 is Monday), from and to a London time of day; no entry is no work."""

    spans: Mapping[int, tuple[time, time]]

    def on(self, day: date) -> tuple[time, time] | None:
        """The hours of work on the weekday of this day."""
        return self.spans.get(day.weekday())

    def as_json(self) -> dict[str, list[str]]:
        """``{"monday": ["09:00", "17:00"], ...}``, in the order of the week."""
        return {WEEKDAYS[day]: [f"{one:%H:%M}" for one in self.spans[day]] for day in sorted(self.spans)}

    def __str__(self) -> str:
        """Monday to Thursday from 9am to 5pm, Friday from 9am to 4pm."""
        runs = groupby(sorted(self.spans), key=self._first_alike)
        return ", ".join(_run(list(days), *self.spans[first]) for first, days in runs)

    def _first_alike(self, day: int) -> int:
        """The first day of the run of days with the same hours that this day stands in."""
        while day - 1 in self.spans and self.spans[day - 1] == self.spans[day]:
            day -= 1
        return day


def _run(days: list[int], begins: time, ends: time) -> str:
    names = WEEKDAYS[days[0]].capitalize()
    if len(days) > 1:
        names += f" to {WEEKDAYS[days[-1]].capitalize()}"
    return f"{names} from {clock_words(begins)} to {clock_words(ends)}"


Answer: TypeAlias = bool | str | int | time | date | Period | WeekHours


def as_stored(answer: Answer) -> Any:
    """The answer as a JSON value."""
    match answer:
        case Period() | WeekHours():
            return answer.as_json()
        case time():
            return f"{answer:%H:%M}"
        case date():
            return answer.isoformat()
    return answer


def as_text(answer: Answer | None) -> str:
    """The answer as conditions write it: true, authority, 17:00, 2026-03-12, 5 working_days; "" for none.

    Hours of work cannot be held against a list, so they have no such form.
    """
    match answer:
        case bool():
            return TRUE if answer else FALSE
        case Period():
            return f"{answer.amount} {answer.unit}"
        case None | WeekHours():
            return ""
    return str(as_stored(answer))


def in_words(answer: Answer, labels: Mapping[str, str]) -> str:
    """The answer as a page says it. ``labels``: those of a choice."""
    match answer:
        case bool():
            return "Yes" if answer else "No"
        case str():
            return labels.get(answer, answer)
        case time():
            return clock_words(answer)
        case date():
            return long_day(answer)
        case int():
            return f"{answer:,}"
    return str(answer)
