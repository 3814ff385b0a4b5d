"""What a date rests on that nobody answered from the contract's words, and the careful day (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.models import Division
from contracts.terms.moments import Day
from contracts.terms.questions import Question
from contracts.terms.settings import CUTOFF
from obligations.models import ACTIVE_PHASES, Duty
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.register.rule import Rule
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars, engine_input
from obligations.services.asking.books import book_of, books_of
from obligations.services.choosing import answers

WORKING_DAY = "working_day"


@dataclass(frozen=True, slots=True)
class RestsOn:
    """One open question that a duty's date rests on.

    ``careful``: the date, the earliest that any answer gives (of a minimum the latest); None where the date
    is the careful one itself. ``give_by``: the day on which a notice that is owed is given safely.
    """

    question: Question
    careful: datetime | None = None
    give_by: Day | None = None


def rests_on(duty: Duty, now: datetime) -> list[RestsOn]:
    """The open questions that the date of a duty rests on. A constant number of queries, 1 where it has none.

    Only of a duty that is still to be done and has a date. Writes nothing.
    """
    if duty.phase not in ACTIVE_PHASES or duty.due_at is None:
        return []
    contract, key = duty.contract, duty.obligation.rulebook_key
    open_now = {one.question.name: one.question for one in answers.on_record(contract) if one.open}
    by_days, by_notice = _counts_working_days(duty), CUTOFF not in contract.settings
    if not (WORKING_DAY in open_now and by_days) and not (CUTOFF in open_now and by_notice):
        return []
    book = book_of(contract, key)
    rule = book.rule(duty.obligation.rule_key)
    if rule is None:
        return []
    found = []
    if WORKING_DAY in open_now and by_days and rule.calendar is None:
        found.append(RestsOn(open_now[WORKING_DAY], careful=_careful(duty, now)))
    if CUTOFF in open_now and by_notice and (rule.notice or _began_by_notice(duty, book)):
        calendar = calendars.load().of(contract.division)
        found.append(RestsOn(open_now[CUTOFF], give_by=_safe_day(duty, rule, calendar)))
    return found


def _counts_working_days(duty: Duty) -> bool:
    return any(step.get("rule") == "R3" for step in duty.derivation.get("steps", ()))


def _began_by_notice(duty: Duty, book: ContractBook) -> bool:
    if duty.cause is None:
        return False
    kind = book.version.vocabulary.kinds.get(duty.cause.kind)
    return kind is not None and kind.notice


def _careful(duty: Duty, now: datetime) -> datetime | None:
    """The date by the holidays that are hardest on who owes the duty; None where it is that already."""
    contract, book = duty.contract, duty.obligation.rulebook_key
    name = (duty.obligation.rule_key, duty.subject or None, duty.occurrence)
    subjects = engine_input.hanging_together(contract, books_of(contract), {duty.subject})
    part = engine_input.load(contract, subjects)
    known = calendars.load()
    dates = [
        one.deadline.due_at
        for division in Division.values
        if division != contract.division
        for one in part.derive(book, known.of(division), now)
        if one.identity == name and one.deadline.due_at is not None
    ]
    assert duty.due_at is not None
    hardest = max if duty.retention else min
    careful = hardest([duty.due_at, *dates])
    return None if careful == duty.due_at else careful


def _safe_day(duty: Duty, rule: Rule, calendar: Calendar) -> Day | None:
    """The last Working Day up to the date, where what is owed is a notice: given early that day it counts."""
    if not rule.notice or duty.due_date is None:
        return None
    day = duty.due_date
    return day if calendar.is_working_day(day) else calendar.working_day_before(day, 1)
