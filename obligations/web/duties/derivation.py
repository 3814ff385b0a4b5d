"""*How we worked this out*: the stored derivation of a date, in words (R3, R4, R10, R12, R23)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from contracts.models import Contract
from contracts.terms.moments import WhenError, long_day, parse_when, weekday_day
from contracts.web.text.presenters import paragraph_href
from contracts.web.words import count, due_words, listed, short_day, when_words
from obligations.models import Duty, FactRecord
from obligations.rules.time.derivation import Deadline, Step, date_stands
from obligations.rules.time.working_days import DIVISIONS, Calendar, load_calendar
from obligations.services.asking.explanation import SHORT, Around, around, rulebook_of
from obligations.services.asking.vocabulary import label_of

WEEKEND = ("Saturday", "Sunday")


@dataclass(frozen=True)
class SkippedDay:
    """A day left out of the count, and why."""

    day: str
    why: str


@dataclass(frozen=True)
class StepRow:
    """One step, the rule it follows, and the days it left out."""

    text: str
    rule: str
    rule_href: str
    paragraph: str
    paragraph_href: str
    decided: str
    decided_href: str
    skipped_in_short: str
    skipped: list[SkippedDay]


@dataclass(frozen=True)
class ReadingRow:
    """Another way to read the words, and the date it gives."""

    reading: str
    due: str
    rule: str
    rule_href: str
    choose_href: str = ""


@dataclass(frozen=True)
class Workings:
    """Everything the panel shows."""

    steps: list[StepRow]
    readings: list[ReadingRow]
    notes: list[str]
    words: str = ""
    words_from: str = ""
    chosen: str = ""
    undo_href: str = ""


def workings(contract: Contract, duty: Duty) -> Workings:
    """The panel of one duty."""
    derivation, behind = duty.derivation or {}, around(duty)
    return Workings(
        words=behind.words.text if behind.words else "",
        words_from=_words_from(behind),
        steps=[_step(contract, one, behind) for one in derivation.get("steps", [])],
        readings=[_reading(one) for one in derivation.get("readings", [])],
        notes=list(_notes(contract, duty, derivation)),
    )


def of_deadline(deadline: Deadline, calendar: Calendar) -> Workings:
    """The panel of a date that belongs to no contract."""
    notes = [_provisional(long_day(calendar.edge))] if deadline.provisional else []
    return Workings(
        steps=[_step(None, one.as_json(), Around(None)) for one in deadline.steps],
        readings=[_reading(one.as_json() | {"rule": one.rule}) for one in deadline.readings],
        notes=notes,
    )


def steps_of(contract: Contract, steps: Iterable[Step]) -> Workings:
    """Steps that are worked out when they are asked for, and stand with no date."""
    rows = [_step(contract, one.as_json(), Around(None)) for one in steps]
    return Workings(steps=rows, readings=[], notes=[])


def rule_href(rule: str) -> str:
    """The address of one of our reading rules."""
    return f"{reverse('reading_rules')}#{rule}"


def _words_from(behind: Around) -> str:
    """Where the words come from: a document, a variation, or both unknown."""
    version = behind.words
    if version is None or not version.text:
        return ""
    if version.begun_by:
        return f"As {version.begun_by} has it."
    return f"From {version.document.name}." if version.document else ""


def _step(contract: Contract | None, step: Mapping[str, Any], behind: Around) -> StepRow:
    skipped = sorted(step.get("skipped", []), key=lambda one: one["date"])
    citation = step.get("citation") or ""
    decision = behind.decisions.get(str(step.get("decision", "")))
    return StepRow(
        text=step["text"],
        rule=step["rule"],
        rule_href=rule_href(step["rule"]),
        paragraph=citation.partition("/")[2].removeprefix("main/"),
        paragraph_href=paragraph_href(contract, citation) if contract and citation else "",
        decided=_decided(decision),
        decided_href=reverse("fact", args=[decision.contract_id, decision.pk]) if decision else "",
        skipped_in_short=_skipped_in_short(skipped),
        skipped=[SkippedDay(short_day(date.fromisoformat(one["date"])), one["why"]) for one in skipped],
    )


def _decided(fact: FactRecord | None) -> str:
    """The fact that decided a step, and who recorded it."""
    if fact is None:
        return ""
    return f"“{label_of(fact.contract_id, fact.kind)}”, recorded by {fact.recorded_by_name}"


def _skipped_in_short(skipped: list[Mapping[str, Any]]) -> str:
    """ "18 days left out: 16 at weekends, Good Friday and Easter Monday"."""
    holidays = [one["why"] for one in skipped if one["why"] not in WEEKEND]
    weekend = len(skipped) - len(holidays)
    parts = [f"{weekend} at weekends"] if weekend else []
    return f"{count(len(skipped), 'day')} left out: {listed(parts + holidays)}" if skipped else ""


def _reading(reading: Mapping[str, Any]) -> ReadingRow:
    rule = reading.get("rule") or "R12"
    return ReadingRow(reading["reading"], _reading_due(reading), rule, rule_href(rule))


def _reading_due(reading: Mapping[str, Any]) -> str:
    if at := reading.get("due_at"):
        return due_words(parse_when(at))  # type: ignore[arg-type]  # stored as a moment
    if day := reading.get("due_date"):
        return weekday_day(date.fromisoformat(day))
    return date_stands(asked) if (asked := reading.get("asks")) else "nothing would be due"


def _notes(contract: Contract, duty: Duty, derivation: Mapping[str, Any]) -> Iterator[str]:
    """What else to know about the date."""
    yield _rulebook(duty)
    calendar = derivation.get("calendar")
    if calendar and duty.due_at is not None:
        yield (
            f"Holidays are those of {DIVISIONS[calendar['division']]}, version {calendar['version']} of the"
            f" calendars, known to {_when(calendar['edge'])}."
        )
    if duty.date_stands and getattr(duty, "missed_by", None) is None:
        yield (f"This date stands: the duty was judged by it before this was taken over: {duty.date_stands}.")
    if duty.provisional:
        known = derivation.get("calendar", {}).get("edge")
        edge = _when(known) if known else long_day(load_calendar(contract.division).edge)
        yield _provisional(edge)
    if cure := derivation.get("cure_date"):
        yield f"The new date to put it right is {_when(cure)}; the date that was missed stays missed (R23)."
    if missed := derivation.get("periods_missed"):
        yield f"{count(missed, 'whole period')} went by without it being done (R16)."


def _rulebook(duty: Duty) -> str:
    book = rulebook_of(duty)
    dated = f", dated {_when(book['dated'])}" if book.get("dated") else ""
    number = f"version {book['version']}, " if book.get("version") else ""
    edition = duty.derivation.get("edition")
    by = f" Worked out by edition {edition} of the engine." if edition else ""
    return f"Rulebook {book['key']}{dated}, {number}digest {book['digest'][:SHORT]}.{by}"


def _provisional(edge: str) -> str:
    return (
        f"This date is provisional: public holidays are published up to {edge}. It is worked out again"
        " when more are published (R4)."
    )


def _when(text: str) -> str:
    try:
        return when_words(parse_when(text))
    except WhenError:
        return text
