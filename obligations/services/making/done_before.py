"""What was done already on a contract that was running when Duly began to keep it (R32).

Duties due before that day are "before Duly" until somebody says when they were done; what comes back runs
from the last time it was done, so the last day is asked of that too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day, london_day, start_of_day
from obligations.models import Duty, EvidenceKind, Phase
from obligations.rules.register.facts import BEFORE_OWED
from obligations.rules.register.kinds import FactKind
from obligations.rules.register.rule import Rule, Shape
from obligations.services.asking.books import books_of
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.recording.evidence import log_evidence
from obligations.services.recording.facts import record_together

NOTE = "Said when Duly began to keep the contract."


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that may be done already. ``kind``: the fact that says so; None where evidence does."""

    duty: Duty
    rule: Rule
    kind: FactKind | None

    @property
    def comes_back(self) -> bool:
        """Whether it is the last time that is asked for."""
        return self.rule.shape is Shape.RECURRING

    @property
    def by_day(self) -> bool:
        """Whether the day alone says it: its kind asks for nothing else and has no page of its own."""
        kind = self.kind
        return kind is None or not (kind.page or kind.required or kind.needs_moment)


def things(contract: Contract) -> list[Thing]:
    """What was due before Duly keeps the contract, and what came back by then; each once, by its paragraph.

    Empty where Duly keeps the contract from its beginning. A constant number of queries.
    """
    if contract.tracked_from is None:
        return []
    began = start_of_day(contract.tracked_from)
    rows = Duty.objects.filter(contract=contract, phase__in=(Phase.BEFORE, Phase.OPEN), owed_from__lt=began)
    books, known = books_of(contract), vocabulary_of(contract)
    found: dict[tuple[int, str], Thing] = {}
    for duty in rows.select_related("obligation__paragraph__schedule").order_by("due_at", "pk"):
        book = books.get(duty.obligation.rulebook_key)
        rule = book.rule(duty.obligation.rule_key) if book else None
        if rule is None or (duty.phase == Phase.OPEN and rule.shape is not Shape.RECURRING):
            continue
        kind = known.kinds.get(rule.met_by[0]) if rule.met_by else None
        found[duty.obligation_id, duty.subject] = Thing(duty, rule, kind)
    return sorted(found.values(), key=_place)


def _place(thing: Thing) -> tuple[int, int, int]:
    paragraph = thing.duty.obligation.paragraph
    return paragraph.schedule_id, paragraph.order, thing.duty.pk


@transaction.atomic
def say_done(contract: Contract, actor: Actor, now: datetime, *, days: Mapping[int, Day]) -> int:
    """Put on the record on which days things were done, all of them or none; returns how many.

    ``days``: by the number of the duty, of those that ``things`` lists with ``by_day``. Raises Refused.
    """
    by_duty = {one.duty.pk: one for one in things(contract) if one.by_day}
    chosen = [(by_duty[number], day) for number, day in days.items() if number in by_duty]
    if not chosen:
        raise Refused("", "Enter the day of one thing at least, or leave the page.")
    facts = [(one.kind.name, day, _details(one, day)) for one, day in chosen if one.kind is not None]
    if facts:
        record_together(contract, actor, now, facts)
    for one, day in chosen:
        if one.kind is None:
            _log(one.duty, day, actor, now)
    return len(chosen)


def _details(thing: Thing, day: Day) -> dict[str, object]:
    """A person names the day for this very duty, so that it counts though it was early (R36)."""
    about: dict[str, object] = {"subject": thing.duty.subject} if thing.duty.subject else {}
    return about | ({BEFORE_OWED: True} if _is_early(thing.duty, day) else {})


def _is_early(duty: Duty, day: Day) -> bool:
    return day < london_day(duty.owed_from)


def _log(duty: Duty, day: Day, actor: Actor, now: datetime) -> None:
    log_evidence(
        Duty.objects.get(pk=duty.pk),
        actor,
        now,
        kind=EvidenceKind.NOTE,
        done=day,
        done_by=actor.name,
        note=NOTE,
        done_before_owed=True if _is_early(duty, day) else None,
    )
