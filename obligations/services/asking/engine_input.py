"""The part of a contract that one change can touch, loaded in a constant number of queries.

A duty depends on the facts about its own subject, on the facts about the contract as a whole (those without
a subject, and those of a kind that the vocabulary calls contract-wide) and on the contract's terms. So the
cost of recording a fact grows with what is about its subject, not with what else the contract holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from contracts.access import Access
from contracts.models import Contract, Effect
from contracts.terms.moments import Day, Moment, london
from contracts.terms.setting import SettingsError
from obligations.models import Claim, Duty, Evidence, FactRecord, KnownName, Obligation
from obligations.models.fact import happened
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.register.claims import Claim as FactClaim
from obligations.rules.register.claims import ClaimStatus
from obligations.rules.register.duty import Completion
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.register.facts import Fact
from obligations.rules.register.names import folded
from obligations.rules.register.vocabulary import DONE, IN_PART, PUT_OFF, Vocabulary
from obligations.rules.time.working_days import Calendar
from obligations.services.asking.books import books_of, effects_in_force, unusable
from obligations.services.asking.versions import adopted_by

WHOLE = ""
"""The subject of what is about the contract as a whole."""

NOTHING = Q(pk__in=[])

COLUMNS = (
    "pk",
    "kind",
    "happened_on",
    "happened_at",
    "stamped",
    "recorded_at",
    "details",
    "recorded_by_name",
    "repeated_hour",
    "recorded_side",
    "claim",
)
"""What of a recorded fact the rules see."""


class HasEvidence(Protocol):
    """What is read of a duty of which there may be evidence."""

    pk: Any
    obligation: Any
    subject: str
    occurrence: str


@dataclass
class EngineInput:
    """What is known about some subjects of a contract. ``rows`` are the duties there are."""

    facts: list[Fact]
    obligations: dict[tuple[str, str], list[Obligation]]
    rows: list[Duty]
    completions: list[Completion]
    books: Mapping[str, ContractBook]
    effects: list[Effect] = field(default_factory=list)

    @cached_property
    def variations(self) -> dict[str, int]:
        """The keys of the variations in force by their numbers."""
        return {effect.variation.number: effect.variation_id for effect in self.effects}

    def derive(self, key: str, calendar: Calendar, as_at: Moment) -> list[Derived]:
        """Every duty of one rulebook as at a moment.

        Raises Refused, naming contract, book and setting, where an answer on record cannot be used.
        """
        try:
            return self.books[key].derive(self.facts, self.completions, calendar, as_at)
        except SettingsError as error:
            raise unusable(error) from error


def touched(contract: Contract, kind: str, subject: str) -> set[str] | None:
    """The subjects whose duties a fact may change; None for all of them. 7 queries at most."""
    return touched_together(contract, [(kind, subject)])


def touched_together(contract: Contract, facts: Iterable[tuple[str, str]]) -> set[str] | None:
    """The same for several facts, each its kind and its subject. 6 queries at most for each kind that is
    about the contract as a whole, else 1; and 1 where what may end rests on another (R26).
    """
    vocabularies = [one.book.vocabulary for ones in adopted_by(contract).values() for one in ones]
    found: set[str] = set()
    wide: set[str] = set()
    for kind, subject in facts:
        if kind in (PUT_OFF, IN_PART) or any(kind in known.ends for known in vocabularies):
            return None
        found.add(subject)
        if kind == DONE:
            found.add(WHOLE)
        elif any(kind in known.wide for known in vocabularies):
            wide.add(kind)
    for kind in wide:
        found |= {WHOLE} | _subjects_under(contract, rules_looking_at(books_of(contract), kind))
    return found | _resting(contract, vocabularies, wide)


def _resting(contract: Contract, vocabularies: Iterable[Vocabulary], kinds: set[str]) -> set[str]:
    """What may end because something on which it rests did, where facts of these kinds say that (R26).
    1 query where there may be such a thing.
    """
    lapses = [rule for known in vocabularies for rule in known.lapses.values()]
    of = {rule.of for rule in lapses if rule.rests and rule.kinds & kinds}
    rows = FactRecord.objects.filter(contract=contract, kind__in=of, withdrawn_at=None)
    return set(rows.order_by().values_list("subject", flat=True).distinct()) if of else set()


def rules_looking_at(books: Mapping[str, ContractBook], kind: str) -> set[tuple[str, str]]:
    """(rulebook, rule) of every rule whose duties a fact of this kind may start, date, meet or end.

    By itself, or by what is worked out from it (R26, R27).
    """
    return {
        (key, rule)
        for key, book in books.items()
        for rule in book.looking_at({kind} | book.version.vocabulary.touches(kind))
    }


def hanging_together(
    contract: Contract, books: Mapping[str, ContractBook], subjects: set[str] | None
) -> set[str] | None:
    """These subjects in every spelling, with the contract's series where one belongs there. 2 queries."""
    if subjects is None:
        return None
    subjects = subjects | _spelt_otherwise(contract, subjects)
    whole = whole_of(contract, books)
    return subjects | whole if subjects & whole else subjects


def _spelt_otherwise(contract: Contract, subjects: set[str]) -> set[str]:
    """The other names under which things of these names were recorded. 1 query."""
    keys = {folded(subject) for subject in subjects if subject}
    known = KnownName.objects.filter(contract=contract, folded__in=keys)
    return set(known.values_list("name", flat=True)) if keys else set()


def whole_of(contract: Contract, books: Mapping[str, ContractBook]) -> set[str]:
    """The subjects that hang together: the contract as a whole and those of its series. 1 query.

    Occurrences of a series that time raises for the whole contract may carry the subject of what was done
    last, and hang together all the same.
    """
    rules = [(key, rule) for key, book in books.items() for rule in book.of_the_whole]
    return {WHOLE} | _subjects_under(contract, rules)


def _subjects_under(contract: Contract, rules: Iterable[tuple[str, str]]) -> set[str]:
    by_book: dict[str, list[str]] = defaultdict(list)
    for book, rule in rules:
        by_book[book].append(rule)
    wanted = NOTHING
    for book, keys in by_book.items():
        wanted |= Q(rulebook_key=book, rule_key__in=keys)
    obligations = Obligation.objects.filter(wanted, contract=contract)
    duties = Duty.objects.filter(obligation__in=obligations.values("pk"))
    return set(duties.order_by().values_list("subject", flat=True).distinct())


def wide_kinds(books: Mapping[str, ContractBook]) -> frozenset[str]:
    """The kinds of fact that are about the contract whatever their subject."""
    return frozenset().union(*(one.book.vocabulary.wide for book in books.values() for one in book.adopted))


def load(
    contract: Contract,
    subjects: set[str] | None,
    *,
    seen_by: Access | None = None,
    books: Mapping[str, ContractBook] | None = None,
    effects: list[Effect] | None = None,
) -> EngineInput:
    """Everything the engine needs for these subjects, or for all of them. A constant number of queries.

    ``books`` and ``effects``: the contract's, where the caller has them already.
    ``seen_by``: who is told of the outcome; what is kept from them is left out. Work leaves out nothing.
    """
    if effects is None:
        effects = effects_in_force(contract)
    if books is None:
        books = books_of(contract, effects)
    facts, duties = facts_about(contract, subjects, books), Duty.objects.filter(contract=contract)
    if seen_by is not None:
        facts, duties = seen_by.only_seen(facts), seen_by.only_seen(duties)
    if subjects is not None:
        duties = duties.filter(subject__among=subjects)
    rows = list(duties)
    obligations: dict[tuple[str, str], list[Obligation]] = defaultdict(list)
    by_pk = obligations_of(contract)
    for obligation in by_pk.values():
        obligations[obligation.rulebook_key, obligation.rule_key].append(obligation)
    for row in rows:
        row.obligation = by_pk[row.obligation_id]
    evidence = Evidence.objects.filter(duty__in=[row.pk for row in rows])
    return EngineInput(
        as_facts(facts), dict(obligations), rows, completions_of(rows, evidence), books, effects
    )


def facts_about(
    contract: Contract, subjects: set[str] | None, books: Mapping[str, ContractBook]
) -> QuerySet[FactRecord]:
    """The facts that count and that the engine needs for these subjects, or for all of them."""
    facts = FactRecord.objects.filter(contract=contract, withdrawn_at=None)
    if subjects is None:
        return facts
    wide = wide_kinds(books) | ({DONE} if WHOLE in subjects else set())
    return facts.filter(Q(subject__among={*subjects, WHOLE}) | Q(kind__in=wide))


def obligations_of(contract: Contract) -> dict[int, Obligation]:
    """The contract's obligations with their paragraphs, those in force last. 1 query."""
    owed = Obligation.objects.filter(contract=contract).select_related("paragraph__schedule")
    return {obligation.pk: obligation for obligation in owed.order_by("in_force")}


def as_facts(records: QuerySet[FactRecord]) -> list[Fact]:
    """Recorded facts as ``as_fact`` gives each, in the order of the records. 2 queries at most."""
    rows = list(records.values_list(*COLUMNS))
    claims = Claim.objects.in_bulk([row[-1] for row in rows if row[-1] is not None])
    return [_as_fact(claims.get(row[-1]), *row[:-1]) for row in rows]


def as_fact(row: FactRecord) -> Fact:
    """A recorded fact as the rules see it; its key is its number in the record.

    The database gives moments in UTC, which is no stamp of anybody's: they are put back on the clock they
    were written by, London's unless another, so that half past midnight in summer is not taken for a moment
    stamped abroad (R13).
    """
    values = [getattr(row, name) for name in COLUMNS[:-1]]
    return _as_fact(getattr(row, "claim", None), *values)


def _as_fact(
    claim: Claim | None,
    pk: int,
    kind: str,
    happened_on: Day,
    happened_at: Moment | None,
    stamped: str,
    recorded_at: Moment,
    details: Mapping[str, Any],
    recorded_by: str,
    repeated_hour: bool,
    recorded_side: str,
) -> Fact:
    return Fact(
        kind=kind,
        at=happened(happened_on, happened_at, stamped),
        recorded_at=london(recorded_at),
        details=details,
        key=str(pk),
        recorded_by=recorded_by,
        repeated_hour=repeated_hour,
        recorded_side=recorded_side,
        claim=_as_claim(claim),
    )


def _as_claim(row: Claim | None) -> FactClaim | None:
    """What the rules see of a claim; None for a fact that is established (R46)."""
    if row is None:
        return None
    return FactClaim(
        ClaimStatus(row.state),
        london(row.made_at),
        london(row.decided_at) if row.decided_at else None,
        row.waits_for,
        row.agreement,
        row.citation,
    )


def completions_of(rows: Iterable[HasEvidence], evidence: QuerySet[Evidence]) -> list[Completion]:
    """What was done about these duties, from the evidence about them. 1 query."""
    by_pk = {row.pk: row for row in rows}
    counts = evidence.filter(fact__withdrawn_at=None).select_related("decision", "early_confirmation")
    return [_completion(by_pk[proof.duty_id], proof) for proof in counts.order_by("submitted_at", "pk")]


def _completion(row: HasEvidence, proof: Evidence) -> Completion:
    decision = getattr(proof, "decision", None)
    return Completion(
        citation=row.obligation.paragraph.citation,
        subject=row.subject or None,
        occurrence=row.occurrence,
        done=proof.done,
        outcome=decision.outcome if decision else "undecided",
        key=f"evidence {proof.pk}",
        rule_key=row.obligation.rule_key,
        fact=str(proof.fact_id) if proof.fact_id else None,
        before_owed=hasattr(proof, "early_confirmation"),
    )
