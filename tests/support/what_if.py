"""Short what-ifs for tests of the engine: facts as text, duties back."""

from __future__ import annotations

from datetime import date
from typing import Any

from contracts.terms.moments import last_moment, parse_when
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.derive import Completion, ContractTerms, Duty, Fact, SignedVariation, derive
from obligations.rules.register.facts import check
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.time.working_days import load_calendar
from tests.support.wording import well_said

DMP = "dmp_schedule_23"
ORDER = "order_schedule_9"
CVE = "CVE-2026-0001"


def fact(
    kind: str, at: str, subject: str | None = None, *, recorded: str | None = None, **details: Any
) -> Fact:
    """A fact that happened ``at`` and was recorded then, unless ``recorded`` says later."""
    if subject is not None:
        details["subject"] = subject
    made = Fact(kind, parse_when(at), parse_when(recorded or at), details)
    assert check(made) == [], f"a fact with details that are not used: {made}"
    return made


def variation(
    authority: str | None, supplier: str | None, *stopped: str, number: str = "001"
) -> SignedVariation:
    """A variation that switches paragraphs off, with the days each side signed."""
    days = [parse_when(day) if day else None for day in (supplier, authority)]
    return SignedVariation(number, stopped or ("main/5", "main/7"), *days)


def done(
    citation: str, on: str, subject: str | None = None, outcome: str = "undecided", **more: Any
) -> Completion:
    """Evidence of something done on a day."""
    return Completion(citation, subject, more.pop("occurrence", None), parse_when(on), outcome, **more)


def duties(
    book: str,
    *facts: Fact,
    as_at: str,
    start: str = "2019-04-30",
    end: str | None = "2029-04-29",
    completions: tuple[Completion, ...] = (),
    variations: tuple[SignedVariation, ...] = (),
    settings: dict[str, Any] | None = None,
    commencement: str | None = None,
    tracked_from: str | None = None,
    division: str = "england-and-wales",
    continuous: bool = False,
) -> list[Duty]:
    """The duties of a contract as at a day's end, or a moment."""
    terms = ContractTerms(
        start_date=date.fromisoformat(start),
        end_date=date.fromisoformat(end) if end else None,
        division=division,
        commencement_date=date.fromisoformat(commencement) if commencement else None,
        settings=ContractSettings.from_json(settings or {}),
        variations=variations,
        tracked_from=date.fromisoformat(tracked_from) if tracked_from else None,
    )
    calendar = load_calendar(division)
    moment = last_moment(parse_when(as_at))
    found = derive(load_rulebook(book), terms, facts, completions, calendar, moment, continuous=continuous)
    well_said(found)
    return found


def of(found: list[Duty], key: str, subject: str | None = None) -> list[Duty]:
    """The duties of one rule, and of one subject where it is given."""
    return [duty for duty in found if duty.rule_key == key and (subject is None or duty.subject == subject)]


def only(found: list[Duty], key: str, subject: str | None = None) -> Duty:
    """The one duty of a rule; fails where there is none or more than one."""
    (duty,) = of(found, key, subject)
    return duty


def due(duty: Duty) -> str | None:
    """The due day as text."""
    day = duty.deadline.due_date
    return day.isoformat() if day else None


def others(duty: Duty) -> dict[str, str | None]:
    """The other readings, each with its day."""
    return {
        reading.reading: reading.due_date.isoformat() if reading.due_date else None
        for reading in duty.deadline.readings
    }


def rules(duty: Duty) -> list[str]:
    """The numbers of the rules that its steps name."""
    return [step.rule for step in duty.deadline.steps]
