"""Reminders that something ends by itself, as rows: a certificate's last day (R26), and what a subject says.

Written whenever what may lapse was looked at, in that transaction, for every step that is still to come;
``delivery`` sends them with everything else. What is renewed, ends on another day or was withdrawn is no
longer told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from django.db.models import QuerySet

from contracts.models import Contract, KeptBy
from contracts.terms.moments import Day, first_moment
from obligations.models import FactRecord, Notice, Stage
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.engine.contract_end import contract_end
from obligations.rules.engine.held import Ahead, lapsing
from obligations.rules.notices.lapsing import STEPS, to_come
from obligations.rules.register.facts import Fact
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary
from obligations.services.asking import calendars
from obligations.services.asking.engine_input import WHOLE, as_facts
from obligations.services.notices.planning import (
    CHANGED,
    Audience,
    Key,
    Planned,
    bring_back,
    new_notice,
)

NO_LONGER = "it no longer ends on that day by itself"

Wanted: TypeAlias = tuple[str, datetime]
"""The name of what ends, and the earliest moment to send a reminder of it."""


def plan(
    contract: Contract,
    books: Mapping[str, ContractBook],
    subjects: set[str] | None,
    facts: Iterable[Fact],
    now: datetime,
) -> Planned:
    """Bring the reminders of a contract in line, where what may lapse is among what was looked at.

    ``subjects`` and ``facts`` as ``reconcile`` looked at them. No query where nothing may lapse, else 7 at
    most. In the caller's transaction.
    """
    known = vocabularies(books)
    kinds = {kind for one in known for kind in one.lapses}
    looked_at = [one for one in facts if one.kind in kinds]
    if subjects is not None and WHOLE not in subjects:
        looked_at = [one for one in looked_at if one.subject in subjects]
    return _aligned(contract, books, known, facts, now) if looked_at else Planned()


def plan_again(contracts: Sequence[int], now: datetime) -> Planned:
    """Write the reminders of contracts that wait for people who joined since. 4 queries at most."""
    waiting = Notice.objects.filter(
        contract__in=contracts, fact__isnull=False, stage=Stage.LAPSES, sent_at=None, cancelled_at=None
    )
    rows = list(waiting.select_related("fact", "contract"))
    return Planned(_for_who_joined(rows, now)) if rows else Planned()


def _key(fact: int, person: int, about: str) -> Key:
    return Key(None, 1, Stage.LAPSES, person, about, fact)


def _for_who_joined(waiting: Sequence[Notice], now: datetime) -> int:
    """The same reminders for whoever is told today and has none. Returns how many were written."""
    audience = Audience({row.contract_id for row in waiting}, now)
    sent = Notice.objects.filter(fact__in={row.fact_id for row in waiting}, stage=Stage.LAPSES)
    there = {Key.of(row) for row in sent}
    new: dict[Key, Notice] = {}
    for row in waiting:
        fact = row.told_fact
        side = side_told(row.contract, fact.kind)
        for person in audience.told(row.contract_id, Stage.LAPSES, side, fact.subject):
            key = _key(fact.pk, person, row.about)
            if key not in there:
                new[key] = new_notice(key, row.contract_id, fact.subject, row.not_before, now)
    Notice.objects.bulk_create(new.values(), ignore_conflicts=True)
    return len(new)


def vocabularies(books: Mapping[str, ContractBook]) -> list[Vocabulary]:
    """What lapses as the contract's own books say it; as is shipped where they speak of nothing that does."""
    own = [book.version.vocabulary for book in books.values() if book.version.vocabulary.lapses]
    return own or [shipped_vocabulary()]


def side_told(contract: Contract, kind: str) -> str:
    """The party that is reminded: whose fact it is; where one side alone keeps the contract, that one."""
    if contract.kept_by != KeptBy.BOTH:
        return str(contract.kept_by)
    about = shipped_vocabulary().kinds.get(kind)
    return about.side if about is not None and about.side != "either" else "both"


def _aligned(
    contract: Contract,
    books: Mapping[str, ContractBook],
    known: Sequence[Vocabulary],
    facts: Iterable[Fact],
    now: datetime,
) -> Planned:
    """Write what is missing, bring back what makes sense again and cancel what does not any more."""
    kinds = {kind for one in known for rule in one.lapses.values() for kind in rule.kinds}
    records = FactRecord.objects.filter(contract=contract, withdrawn_at=None, kind__in=kinds)
    rows = Notice.objects.filter(fact__in=records.values("pk"))
    ahead = _ahead(known, as_facts(records), now)
    return align(contract, rows, before_the_end(contract, books, facts, ahead), now)


def align(
    contract: Contract,
    rows: QuerySet[Notice],
    ahead: Iterable[Ahead],
    now: datetime,
    *,
    within: int = STEPS[0],
) -> Planned:
    """Make these reminders those of what is ahead, in the caller's transaction. 5 queries at most.

    ``within``: how many days before its last day somebody is told first.
    """
    wanted = dict(_wanted(contract, ahead, now, within))
    there = {Key.of(row): row for row in rows.select_for_update().filter(stage=Stage.LAPSES).order_by("pk")}
    revived, cancelled = _settled(there, wanted, now)
    Notice.objects.bulk_update([*revived, *cancelled], CHANGED)
    new = [new_notice(key, contract.pk, *wanted[key], now) for key in wanted if key not in there]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return Planned(len(new), len(revived), len(cancelled))


def _settled(
    there: Mapping[Key, Notice], wanted: Mapping[Key, Wanted], now: datetime
) -> tuple[list[Notice], list[Notice]]:
    """The rows that come back, and those that are cancelled; saves nothing."""
    revived, cancelled = [], []
    for key, row in there.items():
        if key in wanted and row.cancelled_at is not None and not row.is_final:
            bring_back(row, wanted[key][1])
            revived.append(row)
        elif key not in wanted and row.sent_at is None and row.cancelled_at is None:
            row.cancelled_at, row.cancelled_why = now, NO_LONGER
            cancelled.append(row)
    return revived, cancelled


def _ahead(known: Sequence[Vocabulary], held: Sequence[Fact], now: datetime) -> list[Ahead]:
    """What will lapse, each once."""
    found: dict[str, Ahead] = {}
    for one in (one for vocabulary in known for one in lapsing(held, vocabulary, now)):
        first = found.setdefault(one.fact.source, one)
        found[one.fact.source] = min(first, one, key=lambda each: each.last)
    return list(found.values())


def before_the_end(
    contract: Contract, books: Mapping[str, ContractBook], facts: Iterable[Fact], ahead: Iterable[Ahead]
) -> list[Ahead]:
    """Those of them that end while the contract runs: what ends with it or later starts nothing (R37)."""
    end = _last_day(contract, books, facts)
    return [one for one in ahead if end is None or one.last < end]


def _wanted(
    contract: Contract, ahead: Iterable[Ahead], now: datetime, within: int
) -> Iterator[tuple[Key, Wanted]]:
    """Every reminder to come, with the subject and the earliest moment of each. 2 queries."""
    calendar = calendars.load().of(contract.division)
    audience = Audience([contract.pk], now)
    for one in ahead:
        subject = one.fact.subject or ""
        told = audience.told(contract.pk, Stage.LAPSES, side_told(contract, one.fact.kind), subject)
        for reminder in to_come(one.last, calendar, now, within=within):
            for person in told:
                key = _key(int(one.fact.source), person, reminder.about)
                yield key, (subject, max(reminder.opens, now))


def _last_day(contract: Contract, books: Mapping[str, ContractBook], facts: Iterable[Fact]) -> Day | None:
    """The last day of the contract: what lapses on it or after it starts nothing (R37)."""
    facts = sorted(facts, key=lambda fact: (first_moment(fact.at), fact.natural_key))
    if not books:
        return contract.end_date
    ends = [
        contract_end(book.terms.end_date, facts, book.version.vocabulary.ends, book.version).whole
        for book in books.values()
    ]
    days = [one.day for one in ends if one is not None]
    return max(days) if len(days) == len(ends) else None
