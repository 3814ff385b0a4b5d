"""The explanation of a date: what mail, API and pages say beside its steps, from one place. Writes nothing.

The fact and who recorded it, the words then in force, the records that decided steps, and the versions of
the rulebook and the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.models import ParagraphVersion
from contracts.terms.moments import london, london_day
from obligations.models import Duty, FactRecord, Miss
from obligations.rules.time.derivation import iso
from obligations.services.asking.vocabulary import label_of

SHORT = 12
"""Letters of a digest that are shown to people."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands behind a date. ``decisions``: the fact behind each decision that a step names, by its
    key.
    """

    words: ParagraphVersion | None
    decisions: Mapping[str, FactRecord] = field(default_factory=dict)


def around(duty: Duty) -> Around:
    """The words in force when the duty began, and the facts that decided its steps. 2 queries at most."""
    day = london_day(duty.owed_from)
    words = (
        ParagraphVersion.objects.filter(paragraph_id=duty.obligation.paragraph_id, in_force__contains=day)
        .select_related("document", "begun_by")
        .first()
    )
    keys = {str(step.get("decision", "")) for step in duty.derivation.get("steps", ())}
    numbers = [int(key) for key in keys if key.isdigit()]
    facts = FactRecord.objects.filter(contract_id=duty.contract_id, pk__in=numbers) if numbers else ()
    return Around(words, {str(fact.pk): fact for fact in facts})


def rulebook_of(duty: Duty) -> dict[str, Any]:
    """Which rulebook the date was worked out by: key, version, dated, digest. Needs the obligation fetched.

    A date stored before Duly kept this is told with the digest under which the rulebook was adopted.
    """
    stored = duty.derivation.get("rulebook")
    if stored:
        return dict(stored)
    return {"key": duty.obligation.rulebook_key, "digest": duty.obligation.rulebook_digest}


def fact_json(fact: FactRecord) -> dict[str, Any]:
    """A fact with who recorded it and when."""
    return {
        "fact": fact.pk,
        "kind": fact.kind,
        "label": label_of(fact.contract_id, fact.kind),
        "happened": iso(fact.happened),
        "recorded_at": iso(fact.recorded_at),
        "recorded_by": fact.recorded_by_name,
        "recorded_side": fact.recorded_side,
    }


def dates_json(duty: Duty) -> dict[str, str | None]:
    """By when it is due; a careful date beside that, by which it is not (R48)."""
    day, moment = iso(duty.due_date), iso(london(duty.due_at)) if duty.due_at else None
    if duty.careful:
        return {"due_date": None, "due_at": None, "careful_date": day, "careful_at": moment}
    return {"due_date": day, "due_at": moment, "careful_date": None, "careful_at": None}


def as_json(duty: Duty) -> dict[str, Any]:
    """The whole explanation. ``duty`` comes with its obligation, paragraph, schedule and cause. 2 queries."""
    behind, derivation = around(duty), duty.derivation
    return {
        "duty": duty.pk,
        "citation": duty.obligation.paragraph.citation,
        "rule": duty.obligation.rule_key,
        "title": duty.title,
        "subject": duty.subject,
        **dates_json(duty),
        "literal_limit": duty.literal_limit or None,
        "cure_date": derivation.get("cure_date"),
        "word": duty.word or None,
        "provisional": duty.provisional,
        "flagged": duty.flagged,
        "deadline_version": duty.deadline_version,
        "cause": fact_json(duty.cause) if duty.cause else None,
        "words": _words_json(behind.words),
        "steps": [_step_json(step, behind) for step in derivation.get("steps", ())],
        "readings": list(derivation.get("readings", ())),
        "calendar": derivation.get("calendar"),
        "rulebook": rulebook_of(duty),
        "edition": derivation.get("edition"),
        "date_stands": duty.date_stands or None,
        "misses": [_miss_json(miss) for miss in duty.misses.all()],
    }


def _miss_json(miss: Miss) -> dict[str, Any]:
    return {
        "limit": iso(london(miss.limit)),
        "despite": miss.despite or None,
        "instead": iso(london(miss.instead)) if miss.instead else None,
        "until": iso(london(miss.until)) if miss.until else None,
        "because": miss.because or None,
    }


def _words_json(version: ParagraphVersion | None) -> dict[str, Any] | None:
    if version is None or not version.text:
        return None
    return {
        "text": version.text,
        "document": version.document.name if version.document else None,
        "variation": version.begun_by.number if version.begun_by else None,
    }


def _step_json(step: Mapping[str, Any], behind: Around) -> dict[str, Any]:
    fact = behind.decisions.get(str(step.get("decision", "")))
    return dict(step) if fact is None else {**step, "decided": fact_json(fact)}
