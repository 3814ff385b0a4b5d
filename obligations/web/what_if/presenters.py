"""The answer of the calculator in words, and its months day by day."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.limit_words import in_words
from contracts.terms.moments import long_day
from contracts.web.words import count, due_words, ends_a_day, when_words
from obligations.rules.engine.calculator import readings_untried
from obligations.rules.register.rule import Rule
from obligations.rules.time.counting import MINIMA, LimitError
from obligations.rules.time.derivation import Deadline
from obligations.rules.time.events import Start
from obligations.rules.time.month_view import MarkedDay, Month, month_view
from obligations.rules.time.working_days import Calendar
from obligations.web.duties.derivation import Workings, of_deadline

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Cell:
    """One day of a month: its number in the month, what to say of it, and how it looks."""

    day: int
    look: str
    notes: list[str]
    left_out: str
    left_out_short: str


@dataclass(frozen=True)
class MonthTable:
    """One month. ``gap_after``: what is left out between it and the next."""

    title: str
    weeks: list[list[Cell | None]]
    gap_after: str = ""


@dataclass(frozen=True)
class Answer:
    """Everything the page says."""

    label: str
    day: str
    asked: str
    workings: Workings
    untried: list[str]
    months: list[MonthTable]
    counted_by: str


def answer(rule: Rule | None, typed: str, start: Start, deadline: Deadline, calendar: Calendar) -> Answer:
    """The answer to what was asked."""
    label, day = _said(start, deadline)
    limit = in_words(rule.limit) if rule and rule.limit else ""
    return Answer(
        label=label,
        day=day,
        asked=f"{rule.title}: {limit}" if rule else typed,
        workings=of_deadline(deadline, calendar),
        untried=readings_untried(rule) if rule else [],
        months=_months(start, deadline, calendar),
        counted_by=f"Public holidays of {calendar.name}, published up to {long_day(calendar.edge)}.",
    )


def _said(start: Start, deadline: Deadline) -> tuple[str, str]:
    """What the answer is, and when: a day, a period, or the end of a standstill. Raises LimitError."""
    if deadline.window is not None:
        first, last = deadline.window
        return "The period, with no date of its own", f"{long_day(first)} to {long_day(last)}"
    if deadline.opens_at is not None:
        return "It may be done from", when_words(deadline.opens_at)
    if deadline.due_at is None:
        raise LimitError("there is no date to show")
    keep = start.qualifier in MINIMA
    return _label(keep, ends_a_day(deadline.due_at)), due_words(deadline.due_at)


def _label(keep: bool, whole_day: bool) -> str:
    if keep:
        return "Keep at least until the end of" if whole_day else "Keep at least until"
    return "Due by the end of" if whole_day else "Due by"


def _months(start: Start, deadline: Deadline, calendar: Calendar) -> list[MonthTable]:
    view = month_view(start, deadline, calendar)
    if view is None:
        return []
    tables = []
    for place, month in enumerate(view.months, 1):
        gap = count(view.left_out, "month") if place == view.before_gap else ""
        tables.append(_table(month, start, f"{gap} between these are not shown." if gap else ""))
    return tables


def _table(month: Month, start: Start, gap: str) -> MonthTable:
    weeks = [[_cell(day, start) if day else None for day in week] for week in month.weeks]
    return MonthTable(f"{month.first:%B %Y}", weeks, gap)


def _cell(marked: MarkedDay, start: Start) -> Cell:
    notes = []
    if marked.start:
        notes.append("start")
    if marked.number is not None:
        notes.append(f"day {marked.number}")
    elif marked.start and not marked.skipped:
        notes.append("left out" if _is_left_out(start) else "")
    if marked.due:
        notes.append("keep until the end" if start.qualifier in MINIMA else "due")
    weekend = marked.skipped in ("Saturday", "Sunday")
    return Cell(
        day=marked.day.day,
        look=_look(marked),
        notes=[note for note in notes if note],
        left_out=marked.skipped,
        left_out_short=marked.skipped[:3] if weekend else "",
    )


def _is_left_out(start: Start) -> bool:
    """Whether the first day is one that is not counted; hours run from within it (R1, R5)."""
    assert start.period is not None
    return not start.inclusive and start.period.unit not in ("minutes", "hours")


def _look(marked: MarkedDay) -> str:
    if not marked.inside:
        return "outside"
    if marked.due:
        return "due"
    if marked.start:
        return "start"
    return "skipped" if marked.skipped else "counted" if marked.number is not None else "running"
