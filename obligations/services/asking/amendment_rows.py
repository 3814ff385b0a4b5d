"""What the variations of a contract do to its rules, read from their effects: figures, use again, new
duties.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable

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


def amendments_of(effects: Iterable[Effect]) -> dict[str, Amendments]:
    """The amendments that effects of variations in force make, by rulebook. Needs variation and paragraph."""
    parts: dict[str, dict[str, list]] = defaultdict(lambda: {"figures": [], "again": [], "new": []})
    for effect in effects:
        variation, book = effect.variation, effect.paragraph.schedule.outline_key
        if variation.effective_day is not None:
            add(parts[book], effect, variation.number, variation.effective_day)
    return {book: frozen(found) for book, found in parts.items()}


def add(parts: dict[str, list], effect: Effect, number: str, day: Day) -> None:
    """Put what one effect does to the rules, from a day on, into the lists of its rulebook."""
    path, book = effect.paragraph.path, effect.paragraph.schedule.outline_key
    if effect.kind == EffectKind.REINSTATED:
        parts["again"].append(UsedAgain(number, day, path))
    if effect.duty:
        parts["new"].append(NewDuty(number, day, new_rule(book, path, number, effect.duty)))
    for one in effect.limits:
        parts["figures"].append(Figure(number, day, one["rule"], read_period(one)))


def frozen(parts: dict[str, list]) -> Amendments:
    return Amendments(tuple(parts["figures"]), tuple(parts["again"]), tuple(parts["new"]))


def adopt_new_duties(contract: Contract) -> int:
    """Make the obligations of duties that variations in force brought. Doing it again changes nothing."""
    effects = Effect.objects.filter(
        contract=contract, duty__isnull=False, variation__state=VariationState.IN_FORCE
    ).select_related("variation", "paragraph__schedule")
    there = set(Obligation.objects.filter(contract=contract).values_list("rulebook_key", "rule_key"))
    rows = []
    for effect in effects:
        book = effect.paragraph.schedule.outline_key
        rule = new_rule(book, effect.paragraph.path, effect.variation.number, effect.duty or {})
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
