"""What the variations of a contract do to its rules, read from their effects: figures, use again, new
duties.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Contract, Effect, EffectKind, VariationState
from contracts.terms.moments import Day
from obligations.models import Obligation
from obligations.rules.register.amendments import (
    Amendments,
    Figure,
    NewDuty,
    UsedAgain,
    new_rule,
    read_period,
)
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.asking.vocabulary import vocabulary_of


@dataclass
class Parts:
    """What is gathered of one rulebook's amendments, effect by effect."""

    figures: list[Figure] = field(default_factory=list)
    again: list[UsedAgain] = field(default_factory=list)
    new: list[NewDuty] = field(default_factory=list)

    def amendments(self) -> Amendments:
        return Amendments(tuple(self.figures), tuple(self.again), tuple(self.new))


def amendments_of(effects: Iterable[Effect], known: Vocabulary) -> dict[str, Amendments]:
    """The amendments that effects of variations in force make, by rulebook. Needs variation and paragraph.

    ``known``: the facts that the contract has.
    """
    parts: dict[str, Parts] = defaultdict(Parts)
    for effect in effects:
        variation, book = effect.variation, effect.paragraph.schedule.outline_key
        if variation.effective_day is not None:
            add(parts[book], effect, variation.number, variation.effective_day, known)
    return {book: found.amendments() for book, found in parts.items()}


def add(parts: Parts, effect: Effect, number: str, day: Day, known: Vocabulary) -> None:
    """Put what one effect does to the rules, from a day on, into the lists of its rulebook."""
    path, book = effect.paragraph.path, effect.paragraph.schedule.outline_key
    if effect.kind == EffectKind.REINSTATED:
        parts.again.append(UsedAgain(number, day, path))
    if effect.duty:
        parts.new.append(NewDuty(number, day, new_rule(book, path, number, effect.duty, known), known))
    for one in effect.limits:
        parts.figures.append(Figure(number, day, one["rule"], read_period(one)))


def adopt_new_duties(contract: Contract) -> int:
    """Make the obligations of duties that variations in force brought. Doing it again changes nothing."""
    effects = Effect.objects.filter(
        contract=contract, duty__isnull=False, variation__state=VariationState.IN_FORCE
    ).select_related("variation", "paragraph__schedule")
    there = set(Obligation.objects.filter(contract=contract).values_list("rulebook_key", "rule_key"))
    rows, facts = [], vocabulary_of(contract)
    for effect in effects:
        book = effect.paragraph.schedule.outline_key
        rule = new_rule(book, effect.paragraph.path, effect.variation.number, effect.duty or {}, facts)
        if (book, rule.key) not in there:
            rows.append(
                Obligation(
                    contract=contract,
                    paragraph=effect.paragraph,
                    rule_key=rule.key,
                    rulebook_key=book,
                    rulebook_digest=hashlib.sha256(
                        json.dumps(effect.duty, sort_keys=True).encode()
                    ).hexdigest(),
                    party=rule.party,
                    title=rule.title,
                    in_force=DateRange(effect.variation.effective_day, None),
                )
            )
    Obligation.objects.bulk_create(rows)
    return len(rows)
