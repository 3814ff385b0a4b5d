"""The words of the pages that correct a contract, and of the entry that is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from contracts.models import Contract, Division, KeptBy
from contracts.terms.moments import long_day
from contracts.web.words import count, due_words, listed
from obligations.models import Duty
from obligations.services.choosing.terms import DAYS, Changed, Outcome
from obligations.services.reconciling.changes import Changes
from obligations.web.manage.forms import FORMS

MOST = 20
"""Duties named under one heading before "and more"."""

NAMES = {
    "reference": "reference",
    "title": "title",
    "authority": "buyer",
    "supplier": "supplier",
    "authority_word": "word for the buyer",
    "supplier_word": "word for the supplier",
    "agreement_date": "day it was made",
    "start_date": "day it starts",
    "commencement_date": "commencement day",
    "end_date": "last day",
    "division": "public holidays",
    "tracked_from": "day from which Duly keeps it",
    "kept_by": "keeping",
}
NONE = {
    "commencement_date": "the day it starts",
    "end_date": "no fixed end",
    "tracked_from": "its beginning",
}


@dataclass(frozen=True)
class Row:
    """One thing that can be corrected: what it is now, and where."""

    key: str
    value: str
    href: str


@dataclass(frozen=True)
class DutyList:
    """The duties to which the same would happen, each in a line."""

    title: str
    lines: list[str]


def rows(contract: Contract) -> list[Row]:
    """Everything that can be corrected, as it stands."""
    told = {
        "name": [contract.reference, contract.title],
        "parties": [
            f"{contract.authority.name}: the {contract.authority_word}",
            f"{contract.supplier.name}: the {contract.supplier_word}",
        ],
        "words": [f"the {contract.authority_word}, the {contract.supplier_word}"],
        "dates": [
            f"Made on {long_day(contract.agreement_date)}",
            f"Starts on {long_day(contract.start_date)}",
            f"Commences on {value('commencement_date', contract.commencement_date)}",
            f"Last day: {value('end_date', contract.end_date)}",
        ],
        "days": [f"Of {value('division', contract.division)}"],
        "running": [f"From {value('tracked_from', contract.tracked_from)}"],
        "kept": [value("kept_by", contract.kept_by)],
    }
    return [
        Row(form.heading, "\n".join(told[what]), reverse("manage_terms", args=[contract.pk, what]))
        for what, form in FORMS.items()
    ]


def value(field: str, found: Any) -> str:
    """A stored or real value as a page says it."""
    if found in (None, ""):
        return NONE.get(field, "none")
    if field in DAYS:
        return long_day(date.fromisoformat(found) if isinstance(found, str) else found)
    if field == "division" and found in Division.values:
        return str(Division(found).label)
    if field == "kept_by" and found in KeptBy.values:
        return str(KeptBy(found).label)
    return str(found)


def changed_lines(changed: Iterable[Changed]) -> list[str]:
    """Each field with what it was and what it becomes."""
    return [_changed(one.field, one.before, one.after) for one in changed]


def _changed(field: str, before: Any, after: Any) -> str:
    return f"{NAMES.get(field, field)}: “{value(field, after)}” instead of “{value(field, before)}”"


def duty_lists(changes: Changes) -> list[DutyList]:
    """What becomes of duties, by what happens to them; only what happens to some."""
    lists: list[tuple[str, list[Duty]]] = [
        ("Duties that begin", changes.raised),
        ("Duties that get another date", changes.redated),
        ("Duties that are met or closed", changes.closed),
        ("Duties that end", changes.ended),
        ("Duties that nothing calls for any more", changes.withdrawn),
        ("Duties that are owed again", changes.reopened),
    ]
    return [DutyList(title, _lines(changes, duties)) for title, duties in lists if duties]


def _lines(changes: Changes, duties: list[Duty]) -> list[str]:
    more = len(duties) - MOST
    found = [_line(changes, duty) for duty in duties[:MOST]]
    return found + ([f"and {more} more"] if more > 0 else [])


def _line(changes: Changes, duty: Duty) -> str:
    subject = f" ({duty.subject})" if duty.subject else ""
    before, after = changes.due.get(id(duty), (None, duty.due_at))
    due = [due_words(one) if one else "no date" for one in (before, after)]
    if duty in changes.redated:
        return f"{duty.title}{subject}: from {due[0]} to {due[1]}"
    return f"{duty.title}{subject}: {due[1]}"


def followed(outcome: Outcome, changes: Changes) -> str:
    """What came of a change, in a sentence."""
    number = len({id(duty) for duty in changes.every})
    said = f"{count(number, 'duty', 'duties')} changed" if number else "No duty moved"
    return f"It is on the record. {said}."


def contract_changed(contract: Contract, payload: Mapping[str, Any]) -> str:
    """The sentence of the ledger."""
    changes = [_changed(one["field"], one["before"], one["after"]) for one in payload.get("changes", [])]
    return f"Corrected the contract’s {listed(changes)}. {payload.get('reason', '')}"
