"""What a date rests on that nobody answered from the contract's words, and the careful day (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.models import Division
from contracts.terms.moments import Day
from contracts.terms.questions import Question
from contracts.terms.settings import CUTOFF
from obligations.models import ACTIVE_PHASES, Duty
from obligations.rules.register.rule import Rule
from obligations.rules.register.vocabulary import shipped_vocabulary
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars, engine_input
from obligations.services.asking.books import books_of
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


def rests_on(duty: Duty, rule: Rule | None, now: datetime) -> list[RestsOn]:
    """The open questions that the date of a duty under a rule rests on.

    Only of a duty that is still to be done and has a date. Writes nothing; no query where its date rests on
    none of them, else a constant number.
    """
    if rule is None or duty.phase not in ACTIVE_PHASES or duty.due_at is None:
        return []
    by_days, by_notice = _by_days(duty, rule), _by_notice(duty, rule)
    if not by_days and not by_notice:
        return []
    asked = {one.question.name: one.question for one in answers.on_record(duty.contract) if one.open}
    found = []
    if by_days and WORKING_DAY in asked:
        found.append(RestsOn(asked[WORKING_DAY], careful=_careful(duty, now)))
    if by_notice and CUTOFF in asked:
        calendar = calendars.load().of(duty.contract.division)
        found.append(RestsOn(asked[CUTOFF], give_by=_safe_day(duty, rule, calendar)))
    return found


def _by_days(duty: Duty, rule: Rule) -> bool:
    """Whether its date leaves out the public holidays of the contract."""
    return rule.calendar is None and any(one.get("rule") == "R3" for one in duty.derivation.get("steps", ()))


def _by_notice(duty: Duty, rule: Rule) -> bool:
    """Whether it is about a notice, and no hour is set after which one counts on the next Working Day."""
    return CUTOFF not in duty.contract.settings and (rule.notice or _began_by_notice(duty))


def _began_by_notice(duty: Duty) -> bool:
    """Whether it was a notice that began it; the kinds of a contract's own are none."""
    kind = shipped_vocabulary().kinds.get(duty.cause.kind) if duty.cause is not None else None
    return kind is not None and kind.notice


def _careful(duty: Duty, now: datetime) -> datetime | None:
    """The date by the holidays that are hardest on who owes the duty; None where it is that already."""
    contract, book = duty.contract, duty.obligation.rulebook_key
    name = (duty.obligation.rule_key, duty.subject or None, duty.occurrence)
    subjects = engine_input.hanging_together(contract, books_of(contract), {duty.subject})
    part = engine_input.load(contract, subjects)
    if book not in part.books:
        return None
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
