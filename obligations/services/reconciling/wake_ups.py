"""When a contract must be looked at again although nobody does anything: the wake-ups (R8, R16, R26).

Recurring duties come round and the count of periods missed grows at a London midnight, so the contract as a
whole is looked at just after each. What has a last day lapses, a time for keeping something ends, and
what waits for the end of the contract is owed then: each wakes its own subject. The clock (``recurring``)
reads only the wake-ups that have come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from contracts.models import Contract
from contracts.terms.moments import ONE_DAY, Moment, after, first_moment, london_day, start_of_day
from contracts.terms.restricted import key_for
from obligations.models import Duty, Phase, WakeUp
from obligations.rules.engine.contract_book import ContractBook, counting
from obligations.rules.engine.contract_end import contract_end
from obligations.rules.engine.lapses import over, rests_on
from obligations.rules.register.facts import Fact
from obligations.rules.register.kinds import Lapse
from obligations.services.asking.engine_input import WHOLE

JUST_AFTER = timedelta(seconds=1)


def reschedule(
    contract: Contract,
    books: Mapping[str, ContractBook],
    subjects: set[str] | None,
    facts: Iterable[Fact],
    rows: Iterable[Duty],
    now: datetime,
) -> None:
    """Replace the wake-ups of these subjects (None: all). 2 queries.

    ``facts`` hold at least the contract-wide ones, ``rows`` the duties about the subjects.
    """
    wanted: dict[str, Moment] = {}
    for subject, at in _moments(books, subjects, facts, rows, now):
        if at > now and (subjects is None or subject in subjects):
            wanted[subject] = min(at, wanted.get(subject, at))
    mine = WakeUp.objects.filter(contract=contract)
    if subjects is not None:
        mine = mine.filter(subject__in=subjects)
    mine.exclude(subject__in=wanted).delete()
    WakeUp.objects.bulk_create(
        [
            WakeUp(pk=key_for(subject), contract=contract, subject=subject, at=at)
            for subject, at in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["contract", "subject"],
        update_fields=["at"],
    )


def _moments(
    books: Mapping[str, ContractBook],
    subjects: set[str] | None,
    facts: Iterable[Fact],
    rows: Iterable[Duty],
    now: datetime,
) -> Iterable[tuple[str, Moment]]:
    if subjects is None or WHOLE in subjects:
        yield WHOLE, start_of_day(london_day(now) + ONE_DAY)
    yield from _lapses(books, facts)
    yield from _waiting_for_the_end(books, facts)
    daily, ending = _by_the_clock(books)
    for row in rows:
        key = row.obligation.rulebook_key, row.obligation.rule_key
        if row.due_at is not None and row.phase == Phase.OPEN and (row.retention or key in ending):
            yield row.subject, after(row.due_at, JUST_AFTER)
        if opens := row.derivation.get("opens_at"):
            yield row.subject, after(datetime.fromisoformat(opens), JUST_AFTER)
    for fact in facts:
        if fact.kind in daily:
            yield fact.subject or WHOLE, start_of_day(london_day(now) + ONE_DAY)


def _by_the_clock(books: Mapping[str, ContractBook]) -> tuple[set[str], set[tuple[str, str]]]:
    """The kinds of fact after which something is owed each day, and the rules that the clock answers (by book
    and key): where silence speaks at the end (R43), or the next is counted from there (R44).
    """
    daily: set[str] = set()
    ending: set[tuple[str, str]] = set()
    for name, book in books.items():
        for version, _, _ in counting(book.adopted):
            for rule in version.duties:
                daily.update(rule.on if rule.each_day_until else ())
                ending.update({(name, rule.key)} if rule.deemed else ())
                ending.update({(name, rule.former)} if rule.former else ())
    return daily, ending


def _lapses(books: Mapping[str, ContractBook], facts: Iterable[Fact]) -> Iterable[tuple[str, Moment]]:
    """When what has a last day lapses, and what rests on another with any of those (R26)."""
    rules = _lapse_rules(books)
    lapsing = [(fact, rules[fact.kind]) for fact in facts if fact.kind in rules]
    resting = {fact.subject or WHOLE for fact, lapse in lapsing if rests_on(fact, lapse)}
    for fact, lapse in lapsing:
        if (end := over(fact, lapse)) is not None:
            for subject in {fact.subject or WHOLE, *resting}:
                yield subject, end


def _lapse_rules(books: Mapping[str, ContractBook]) -> dict[str, Lapse]:
    """What lapses under the versions that count, by the kind of fact."""
    versions = [version for book in books.values() for version, _, _ in counting(book.adopted)]
    return {kind: rule for version in versions for kind, rule in version.vocabulary.lapses.items()}


def _waiting_for_the_end(
    books: Mapping[str, ContractBook], facts: Iterable[Fact]
) -> Iterable[tuple[str, Moment]]:
    """When what waits for the end of the contract is owed, where it runs out by itself (R37, R44)."""
    facts = sorted(facts, key=lambda fact: (first_moment(fact.at), fact.natural_key))
    for book in books.values():
        version = book.version
        last = contract_end(book.terms.end_date, facts, version.vocabulary.ends, version).whole
        end = version.vocabulary.clock("end")
        if last is None or end is None:
            continue
        waiting = {kind for rule in version.duties if end in rule.needs for kind in rule.on}
        for fact in facts:
            if fact.kind in waiting:
                yield fact.subject or WHOLE, start_of_day(last.day + ONE_DAY)
