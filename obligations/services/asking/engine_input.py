"""The part of a contract that one change can touch, loaded in a constant number of queries.

A duty depends on the facts about its own subject, on the facts about the contract as a whole (those without
a subject, and those of a kind that the vocabulary calls contract-wide) and on the contract's terms. So the
cost of recording a fact grows with what is about its subject, not with what else the contract holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from django.db.models import Prefetch, Q

from contracts.access import Access
from contracts.models import (
    Contract,
    Effect,
    EffectKind,
    FigureDecision,
    Side,
    Signature,
    Variation,
    VariationState,
)
from contracts.services.errors import Refused
from contracts.terms.moments import Day, Moment, end_of_day, london, london_day
from contracts.terms.periods import Period, Unit
from contracts.terms.setting import SettingsError
from contracts.terms.settings import ContractSettings
from obligations.models import Duty, Evidence, FactRecord, Obligation
from obligations.rules.engine.amended import amended, derive_amended
from obligations.rules.register.amendments import Amendments, Figure
from obligations.rules.register.contract_figures import ContractFigure, with_contract_figures
from obligations.rules.register.duty import Completion
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule, Shape
from obligations.rules.register.rulebook import Rulebook, known_rulebooks, load_rulebook
from obligations.rules.register.terms import ContractTerms, SignedVariation
from obligations.rules.register.vocabulary import DONE, shipped_vocabulary
from obligations.rules.time.working_days import Calendar
from obligations.services.asking.amendment_rows import amendments_of

WHOLE = ""
"""The subject of what is about the contract as a whole."""

NOTHING = Q(pk__in=[])

BROUGHT = "variation "
"""How the keys of rules begin that a variation brought to the contract."""


@dataclass
class EngineInput:
    """What is known about some subjects of a contract. ``rows`` are the duties there are."""

    facts: list[Fact]
    obligations: dict[tuple[str, str], list[Obligation]]
    rows: list[Duty]
    completions: list[Completion]
    variations: dict[str, int] = field(default_factory=dict)
    terms: dict[str, ContractTerms] = field(default_factory=dict)
    amendments: dict[str, Amendments] = field(default_factory=dict)

    def book(self, key: str) -> Rulebook:
        """The rulebook with the contract's own figures and the rules that variations brought to it."""
        own = self.terms[key].contract_figures if key in self.terms else ()
        return amended(with_contract_figures(load_rulebook(key), own), self.amendments.get(key, Amendments()))

    def figures(self, key: str, day: Day) -> list[Figure]:
        """The figures changed by a day, in the order they were."""
        return list(self.amendments.get(key, Amendments()).by(end_of_day(day)).figures)

    def derive(self, key: str, calendar: Calendar, as_at: Moment) -> list[Derived]:
        """Every duty of one rulebook as at a moment.

        Raises Refused, naming contract, book and setting, where an answer on record cannot be used.
        """
        amendments = self.amendments.get(key, Amendments())
        try:
            return derive_amended(
                load_rulebook(key), self.terms[key], amendments, self.facts, self.completions, calendar, as_at
            )
        except SettingsError as error:
            raise unusable(error) from error


def wide_kinds() -> frozenset[str]:
    """The kinds of fact that are about the contract whatever their subject."""
    return shipped_vocabulary().wide


@cache
def rules_looking_at(kind: str) -> frozenset[tuple[str, str]]:
    """(rulebook, rule) of every rule whose duties a fact of this kind may start, date, meet or end.

    By itself, or by what is worked out from it (R26, R27).
    """
    kinds = {kind} | shipped_vocabulary().touches(kind)
    return frozenset(
        (book, rule.key)
        for book, rule in _rules()
        if kinds & {*rule.on, *rule.met_by, *rule.aware_by, *rule.ends_on, rule.anchor}
    )


@cache
def scheduled_rules() -> frozenset[tuple[str, str]]:
    """(rulebook, rule) of every rule that time raises for the contract as a whole.

    Occurrences of such a series may carry the subject of what was done last, and hang together all the same.
    """
    return frozenset((book, rule.key) for book, rule in _rules() if is_of_the_whole(rule))


def touched(contract: Contract, kind: str, subject: str) -> set[str] | None:
    """The subjects whose duties a fact may change; None for all of them. 1 query at most."""
    if kind in shipped_vocabulary().ends:
        return None
    if kind == DONE:
        return {WHOLE, subject}
    if kind not in wide_kinds():
        return {subject}
    return {WHOLE, subject} | _subjects_under(contract, rules_looking_at(kind))


def hanging_together(contract: Contract, subjects: set[str] | None) -> set[str] | None:
    """These subjects, with those of the contract's series where one of them belongs there. 1 query."""
    if subjects is None:
        return None
    whole = whole_of(contract)
    return subjects | whole if subjects & whole else subjects


def whole_of(contract: Contract) -> set[str]:
    """The subjects that hang together: the contract as a whole and those of its series. 1 query."""
    return {WHOLE} | _subjects_under(contract, scheduled_rules(), Q(rule_key__startswith=BROUGHT))


def is_of_the_whole(rule: Rule) -> bool:
    """Whether time raises it for the contract as a whole, whatever subject its occurrences carry."""
    return rule.shape in (Shape.RECURRING, Shape.ONE_OFF) and rule.series == "contract"


def _subjects_under(contract: Contract, rules: Iterable[tuple[str, str]], also: Q = NOTHING) -> set[str]:
    by_book: dict[str, list[str]] = defaultdict(list)
    for book, rule in rules:
        by_book[book].append(rule)
    wanted = also
    for book, keys in by_book.items():
        wanted |= Q(rulebook_key=book, rule_key__in=keys)
    obligations = Obligation.objects.filter(wanted, contract=contract)
    duties = Duty.objects.filter(obligation__in=obligations.values("pk"))
    return set(duties.order_by().values_list("subject", flat=True).distinct())


def _rules() -> Iterator[tuple[str, Rule]]:
    for key in known_rulebooks():
        for rule in load_rulebook(key).duties:
            yield key, rule


def load(
    contract: Contract,
    subjects: set[str] | None,
    *,
    lean: bool = False,
    seen_by: Access | None = None,
) -> EngineInput:
    """Everything the engine needs for these subjects, or for all of them. A constant number of queries.

    ``lean`` leaves the stored proofs of the duties' dates in the database, for whoever does not need them.
    ``seen_by``: who is told of the outcome; what is kept from them is left out. Work leaves out nothing.
    """
    facts = FactRecord.objects.filter(contract=contract, withdrawn_at=None)
    duties = Duty.objects.filter(contract=contract)
    if seen_by is not None:
        facts, duties = seen_by.only_seen(facts), seen_by.only_seen(duties)
    duties = duties.defer("derivation") if lean else duties
    if subjects is not None:
        wide = {*wide_kinds(), DONE} if WHOLE in subjects else wide_kinds()
        about = Q(subject__in={*subjects, WHOLE}) | Q(kind__in=wide)
        facts, duties = facts.filter(about), duties.filter(subject__in=subjects)
    rows = list(duties)
    obligations: dict[tuple[str, str], list[Obligation]] = defaultdict(list)
    owed = Obligation.objects.filter(contract=contract).select_related("paragraph__schedule")
    by_pk = {obligation.pk: obligation for obligation in owed.order_by("in_force")}
    for obligation in by_pk.values():
        obligations[obligation.rulebook_key, obligation.rule_key].append(obligation)
    for row in rows:
        row.obligation = by_pk[row.obligation_id]
    effects = effects_in_force(contract)
    numbers, terms = _terms(contract, {book for book, _ in obligations}, effects)
    for book, own in contract_figures(contract).items():
        if book in terms:
            terms[book] = replace(terms[book], contract_figures=own)
    known = [as_fact(row) for row in facts]
    return EngineInput(
        known, dict(obligations), rows, _completions(rows), numbers, terms, amendments_of(effects)
    )


def as_fact(row: FactRecord) -> Fact:
    """A recorded fact as the rules see it; its key is its number in the record.

    The database gives moments in UTC, which is no stamp of anybody's: they are put back on the clock they
    were written by, London's unless another, so that half past midnight in summer is not taken for a moment
    stamped abroad (R13).
    """
    return Fact(
        kind=row.kind,
        at=row.happened,
        recorded_at=london(row.recorded_at),
        details=row.details,
        key=str(row.pk),
        recorded_by=row.recorded_by_name,
        repeated_hour=row.repeated_hour,
    )


def _completions(rows: Sequence[Duty]) -> list[Completion]:
    by_pk = {row.pk: row for row in rows}
    evidence = (
        Evidence.objects.filter(duty__in=list(by_pk), fact__withdrawn_at=None)
        .select_related("decision")
        .order_by("submitted_at", "pk")
    )
    return [_completion(by_pk[proof.duty_id], proof) for proof in evidence]


def _completion(row: Duty, proof: Evidence) -> Completion:
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
    )


def effects_in_force(contract: Contract) -> list[Effect]:
    """Every effect of the contract's variations in force, with their signatures. 2 queries."""
    return list(
        Effect.objects.filter(contract=contract, variation__state=VariationState.IN_FORCE)
        .select_related("variation", "paragraph__schedule")
        .prefetch_related(Prefetch("variation__signatures", Signature.objects.all()))
    )


def contract_figures(
    contract: Contract, known: Moment | None = None
) -> dict[str, tuple[ContractFigure, ...]]:
    """The contract's own figures by rulebook, as decided by a moment (now unless given). 1 query."""
    decisions = FigureDecision.objects.filter(contract=contract).order_by("pk")
    if known is not None:
        decisions = decisions.filter(decided_at__lte=known)
    latest = {(row.rulebook_key, row.limit_key): row for row in decisions.select_related("paragraph")}
    found: dict[str, list[ContractFigure]] = defaultdict(list)
    for row in latest.values():
        if row.own:
            found[row.rulebook_key].append(_contract_figure(row))
    return {book: tuple(figures) for book, figures in found.items()}


def period_of(row: FigureDecision) -> Period:
    """The figure that a decision lets count."""
    return Period(row.amount, Unit(row.unit))


def _contract_figure(row: FigureDecision) -> ContractFigure:
    return ContractFigure(
        key=row.limit_key,
        path=row.paragraph.path,
        period=period_of(row),
        standard=Period(row.standard_amount, Unit(row.standard_unit)),
        decided_by=row.decided_by_name,
        decided_on=london_day(row.decided_at),
        decision=f"figure {row.pk}",
    )


def _terms(
    contract: Contract, books: Iterable[str], effects: Iterable[Effect]
) -> tuple[dict[str, int], dict[str, ContractTerms]]:
    """The numbers of the variations in force, and the contract's terms for each rulebook."""
    numbers: dict[str, int] = {}
    paths: dict[tuple[str, int], list[str]] = defaultdict(list)
    variations = {}
    for effect in effects:
        variations[effect.variation_id] = effect.variation
        numbers[effect.variation.number] = effect.variation_id
        if effect.kind == EffectKind.NOT_USED:
            key = (effect.paragraph.schedule.outline_key, effect.variation_id)
            paths[key].append(effect.paragraph.path)
    terms = {}
    for book in books:
        signed = [
            _signed(variations[variation], found) for (key, variation), found in paths.items() if key == book
        ]
        terms[book] = terms_of(contract, signed)
    return numbers, terms


def _signed(variation: Variation, paths: list[str]) -> SignedVariation:
    days: dict[str, Day] = {one.side: one.signed_on for one in variation.signatures.all()}
    return SignedVariation(variation.number, tuple(paths), days.get(Side.SUPPLIER), days.get(Side.AUTHORITY))


def terms_of(contract: Contract, signed: Iterable[SignedVariation] = ()) -> ContractTerms:
    """The contract's terms as the rules see them. Raises Refused where a setting on record cannot be used."""
    return ContractTerms(
        start_date=contract.start_date,
        end_date=contract.end_date,
        division=contract.division,
        commencement_date=contract.commencement_date,
        settings=settings_of(contract),
        variations=tuple(signed),
        tracked_from=contract.tracked_from,
    )


def settings_of(contract: Contract) -> ContractSettings:
    """The contract's settings. Raises Refused, naming contract and setting, where one cannot be used."""
    try:
        return contract.terms_settings
    except SettingsError as error:
        raise unusable(error) from error


def unusable(error: SettingsError) -> Refused:
    """The refusal of whatever needs a setting whose answer on record is not of its type."""
    return Refused("", f"{error}. Answer it again on the contract’s page of settings.")
