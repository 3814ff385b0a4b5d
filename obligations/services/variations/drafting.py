"""Drafting what touches words and duties both: another figure for a limit, and a paragraph with a duty of
its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from contracts.models import Contract, EffectKind, Paragraph, ParagraphVersion, Variation
from contracts.services.actors import Actor
from contracts.services.effects import EffectDraft
from contracts.services.errors import Refused
from contracts.services.variations import draft_variation
from contracts.terms.moments import Day, london_day
from contracts.terms.periods import Period, Unit
from contracts.terms.phrases import find_limits
from obligations.models import FactRecord
from obligations.rules.register.amendments import NewDutyError, new_rule, read_period
from obligations.rules.register.rule import Rule
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary
from obligations.services.asking.books import books_of
from obligations.services.asking.vocabulary import vocabulary_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """One effect as a person asks for it. ``figures``: rule key to ``{"amount": 14, "unit": "days"}``."""

    path: str
    kind: str
    new_text: str = ""
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    duty: Mapping[str, Any] | None = None


def draft(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    title: str,
    recital: str = "",
    effects: Iterable[Wanted],
    answers: Variation | None = None,
) -> Variation:
    """A draft whose figures and new duties are checked against the rules. Raises Refused naming the field."""
    if FactRecord.objects.filter(
        contract=contract, kind__in=shipped_vocabulary().ends, withdrawn_at=None
    ).exists():
        raise Refused("", "This contract has been terminated: nothing in it can be varied.")
    ready = [_checked(contract, one, number.strip(), london_day(now)) for one in effects]
    return draft_variation(
        contract, actor, now, number=number, title=title, recital=recital, effects=ready, answers=answers
    )


def limits_at(contract: Contract, day: Day) -> dict[str, list[tuple[Rule, Period]]]:
    """The rules with a limit that a variation may change, by citation, with the figure in force on a day."""
    found: dict[str, list[tuple[Rule, Period]]] = {}
    for book in books_of(contract).values():
        amended = {one.rule_key: one.period for one in book.figures(day)}
        for rule in book.book.duties:
            if rule.period is not None and rule.every != "anniversary":
                found.setdefault(rule.citation, []).append((rule, amended.get(rule.key, rule.period)))
    return found


def _checked(contract: Contract, wanted: Wanted, number: str, today: Day) -> EffectDraft:
    one = EffectDraft(wanted.path, wanted.kind, wanted.new_text)
    if wanted.figures:
        if wanted.kind not in (EffectKind.FIGURE, EffectKind.REPLACED):
            raise Refused(
                "effects", f"Choose replaced, or another figure, to change a limit of {wanted.path}."
            )
        one = _with_figures(contract, one, wanted.figures, today)
    if wanted.duty:
        one = replace(one, duty=_duty(contract, wanted, number))
    return one


def _with_figures(
    contract: Contract, one: EffectDraft, figures: Mapping[str, Mapping[str, Any]], today: Day
) -> EffectDraft:
    """The effect with its limits; "another figure" also brings the words with the figure in them changed."""
    paragraph = _paragraph(contract, one.path)
    rules = {
        rule.key: (rule, period) for rule, period in limits_at(contract, today).get(paragraph.citation, [])
    }
    limits, text = [], _text(paragraph, today)
    for key, form in figures.items():
        if key not in rules:
            raise Refused("effects", f"{paragraph.path} has no limit called {key!r} that can be changed.")
        rule, before = rules[key]
        after = _period(form, paragraph.path)
        if after == before:
            raise Refused(
                "effects", f"The limit of {paragraph.path} is {before} already; enter another figure."
            )
        text = _reworded(text, rule, before, after)
        limits.append(
            {"rule": key, **after.as_json(), "title": rule.title, "before": str(before), "after": str(after)}
        )
    words = one.new_text
    if one.kind == EffectKind.FIGURE and not words.strip() and text != _text(paragraph, today):
        words = text
    return replace(one, limits=limits, new_text=words)


def _period(form: Mapping[str, Any], path: str) -> Period:
    try:
        return read_period(form)
    except NewDutyError as error:
        raise Refused("effects", f"{path}: {error}") from error


def _duty(contract: Contract, wanted: Wanted, number: str) -> dict[str, Any]:
    book, _, inner = wanted.path.partition("/")
    path = inner if contract.schedules.filter(outline_key=book).exists() else wanted.path
    known = vocabulary_of(contract)
    try:
        rule = new_rule(book, path, number, wanted.duty or {}, known)
    except NewDutyError as error:
        raise Refused("effects", f"{path}: {error}") from error
    return {**(wanted.duty or {}), "when": when_in_words(rule, known)}


def when_in_words(rule: Rule, known: Vocabulary) -> str:
    """When a new duty is owed: "within 10 Working Days of the variation taking effect"."""
    if rule.every is not None:
        return f"every {rule.period}, first counted from the day the variation takes effect"
    if rule.on:
        limit = f"within {rule.period}" if rule.period else rule.word
        return f"{limit}, each time: {known.kind(rule.on[0]).label}"
    return f"within {rule.period} of the variation taking effect"


def _paragraph(contract: Contract, path: str) -> Paragraph:
    rows = Paragraph.objects.filter(contract=contract).select_related("schedule")
    key, _, inner = path.partition("/")
    found = list(rows.filter(schedule__outline_key=key, path=inner)) or list(rows.filter(path=path))
    if len(found) != 1:
        raise Refused("effects", f"Choose a paragraph of this contract by its full citation: {path}.")
    return found[0]


def _text(paragraph: Paragraph, day: Day) -> str:
    version = ParagraphVersion.objects.filter(paragraph=paragraph, in_force__contains=day).first()
    return version.text if version else ""


def _reworded(text: str, rule: Rule, before: Period, after: Period) -> str:
    """The words with the old figure exchanged; where a rule is for one category, the one nearest its name."""
    spots = [one.span for one in find_limits(text) if one.period == before]
    if not spots:
        return text
    name = max(0, text.find(rule.category)) if rule.category else 0
    start, end = min(spots, key=lambda span: (span[0] < name, abs(span[0] - name)))
    return text[:start] + _exchanged(text[start:end], after) + text[end:]


_FIGURE = re.compile(r"(?:[a-z]+(?:-[a-z]+)?\s*\(\s*\d+\s*\)|\d+)\s+(?:[a-z]+\s+days?|[a-z]+)", re.I)


def _exchanged(phrase: str, after: Period) -> str:
    match = _FIGURE.search(phrase)
    return phrase[: match.start()] + str(after) + phrase[match.end() :] if match else phrase


UNITS = [(str(unit), unit.singular + "s") for unit in Unit if not unit.needs_hours]
"""Units to choose from, with their names."""
