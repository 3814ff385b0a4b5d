"""A contract as at a day, and as known on another: its words, its duties and its gates. Writes nothing.

Two clocks (R11, R28): the *day* asked about, and the moment by which things had been recorded. Without that
moment everything on the record today counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from contracts.access import Access
from contracts.models import Contract, Effect, Paragraph, ParagraphVersion, Variation, VariationState
from contracts.selectors import text_as_at
from contracts.services.words import signed_texts
from contracts.terms.comparison import Mark, Run, compare
from contracts.terms.in_force import SignedText, span_on, spans_of
from contracts.terms.moments import Day, Moment, end_of_day, first_moment, london, london_day
from contracts.terms.settings import ContractSettings
from contracts.terms.words import Span
from obligations.models import Becomes, Evidence, FactRecord, Miss
from obligations.rules.engine.lifecycle import FINISHED, state_of
from obligations.rules.register.amendments import Amendments
from obligations.rules.register.duty import Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Shape
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars, engine_input
from obligations.services.asking.books import books_of
from obligations.services.choosing import readings, settings, terms
from obligations.services.reconciling.duty_rows import key_of
from obligations.services.reconciling.holding import holds_of


@dataclass(frozen=True, slots=True)
class Words:
    """What one paragraph says on the day. ``variation``: the number of the one that made it so, "" for
    none.
    """

    paragraph: Paragraph
    text: str
    used: bool
    variation: str

    @property
    def citation(self) -> str:
        return self.paragraph.citation


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register on the day: what a paragraph in force asks of whom, and by which limit."""

    citation: str
    title: str
    party: str
    limit: str


@dataclass(frozen=True, slots=True)
class AsAt:
    """The contract on one day. ``duties``: those that are owed or were met, ended or closed by then."""

    day: Day
    known: Moment | None
    words: tuple[Words, ...]
    duties: tuple[Duty, ...]
    gates: tuple[Duty, ...]
    register: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class WordsApart:
    """A paragraph that reads or stands otherwise on two days. ``runs``: the words, where they differ."""

    citation: str
    heading: str
    before: str
    after: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class DutyApart:
    """A duty that stands otherwise on two days; None where there was none."""

    before: Duty | None
    after: Duty | None


def as_at(
    contract: Contract,
    day: Day,
    now: Moment,
    known: Moment | None = None,
    *,
    seen_by: Access | None = None,
) -> AsAt:
    """The contract on a day, as known at a moment (now unless given). A constant number of queries.

    What is kept from ``seen_by`` is left out.
    """
    moment = min(end_of_day(day), now) if day <= london_day(now) else end_of_day(day)
    if known is not None:
        contract = terms.as_known(contract, known)
    part = engine_input.load(contract, None, seen_by=seen_by)
    if known is not None:
        part = _as_known(contract, part, known, seen_by)
    words = tuple(words_as_at(contract, day, known))
    duties, gates = _duties(contract, part, moment, known)
    return AsAt(day, known, words, tuple(duties), tuple(gates), tuple(_register(part, words, day)))


# ---- words


def words_as_at(contract: Contract, day: Day, known: Moment | None = None) -> list[Words]:
    """Every paragraph on a day in document order, also those not used. A constant number of queries."""
    if known is None:
        rows = text_as_at(contract, day)
        return [
            Words(row.paragraph, row.text, row.used, row.begun_by.number if row.begun_by else "")
            for row in rows
        ]
    return _words_as_known(contract, day, known)


def _words_as_known(contract: Contract, day: Day, known: Moment) -> list[Words]:
    """The variations that had been recorded by a moment, laid over the base."""
    effects = (
        Effect.objects.filter(
            contract=contract, variation__state=VariationState.IN_FORCE, variation__applied_at__lte=known
        )
        .select_related("variation", "paragraph")
        .order_by("pk")
    )
    signed = signed_texts(effects)
    numbers = {one.key: one.number for ones in signed.values() for one in ones}
    base = {
        row.paragraph_id: row
        for row in ParagraphVersion.objects.filter(contract=contract, begun_by=None).order_by("-in_force")
    }
    found = []
    paragraphs = (
        Paragraph.objects.filter(contract=contract)
        .select_related("schedule")
        .order_by("schedule_id", "order")
    )
    for paragraph in paragraphs:
        span = span_on(_spans(paragraph, base.get(paragraph.pk), signed.get(paragraph.schedule_id, [])), day)
        if span is not None:
            found.append(Words(paragraph, span.text, span.used, numbers.get(span.variation or 0, "")))
    return found


def _spans(paragraph: Paragraph, row: ParagraphVersion | None, signed: Iterable[SignedText]) -> list[Span]:
    base = None
    if row is not None:
        base = Span(row.in_force.lower, None, row.text, row.document_id, row.used, None)
    return spans_of(paragraph.path, base, signed)


# ---- duties


def _register(part: engine_input.EngineInput, words: Iterable[Words], day: Day) -> Iterator[Entry]:
    """The rules whose paragraphs are in force on the day, each with the limit it has then."""
    used = {one.citation for one in words if one.used}
    for book in part.books.values():
        figures = {figure.rule_key: figure.period for figure in book.figures(day)}
        for rule in book.book.duties:
            if rule.citation in used:
                period = figures.get(rule.key, rule.period)
                limit = f"{rule.word}, {period}" if rule.word and period else str(period or rule.word or "")
                yield Entry(rule.citation, rule.title, rule.party, limit)


def _duties(
    contract: Contract, part: engine_input.EngineInput, moment: Moment, known: Moment | None
) -> tuple[list[Duty], list[Duty]]:
    calendar = calendars.load().of(contract.division)
    part = replace(part, facts=[known_then(fact, moment) for fact in part.facts])
    held = list(_as_held(contract, _derived(part, calendar, moment)))
    duties = list(_as_missed(contract, held, moment, known))
    begun = [duty for duty in duties if duty.owed_from <= moment]
    gates = [duty for duty in begun if duty.shape == Shape.GATE]
    return begun, gates


def _derived(
    part: engine_input.EngineInput, calendar: Calendar, moment: Moment
) -> Iterator[tuple[str, Duty]]:
    for key in part.books:
        for duty in part.derive(key, calendar, moment):
            yield key, duty


def _as_held(contract: Contract, duties: Iterable[tuple[str, Duty]]) -> Iterator[tuple[str, Duty]]:
    """The duties with the dates they have while a later edition of the engine is offered and not taken over.

    1 query. What that edition alone would raise is not owed, and what it would date anew has its old date.
    """
    held = holds_of(contract)
    for book, duty in duties:
        hold = held.get((book, duty.rule_key, duty.subject or "", duty.occurrence))
        if hold is None or hold.due_at != duty.deadline.due_at:
            yield book, duty
        elif hold.becomes == Becomes.REDATED and hold.old_due_at is not None:
            yield book, _due_at(duty, hold.old_due_at)
        elif hold.becomes != Becomes.RAISED:
            yield book, duty


def _as_missed(
    contract: Contract, duties: Iterable[tuple[str, Duty]], moment: Moment, known: Moment | None
) -> Iterator[Duty]:
    """The duties with the limits that were missed and stay so, whatever would move them (R49). 1 query."""
    rows = Miss.objects.filter(duty__contract=contract).select_related("duty__obligation")
    rows = (
        rows.filter(until=None)
        if known is None
        else rows.filter(Q(until=None) | Q(until__gt=known), since__lte=known)
    )
    missed = {key_of(miss.duty): miss.limit for miss in rows}
    for book, duty in duties:
        limit = missed.get((book, duty.rule_key, duty.subject or "", duty.occurrence))
        if limit is None:
            yield duty
            continue
        stands = _due_at(duty, limit)
        state = state_of(
            stands.deadline,
            as_at=moment,
            done=duty.done,
            outcome=duty.outcome,
            ended=duty.ended_by is not None,
        )
        yield replace(stands, state=state)


def _due_at(duty: Duty, at: Moment) -> Duty:
    """The duty with another date than the engine gives it now."""
    due_at = london(at)
    dated = replace(duty.deadline, due_at=due_at, due_date=london_day(due_at), suspended=False, careful=False)
    return replace(duty, deadline=dated)


def known_then(fact: Fact, moment: Moment) -> Fact:
    """A fact that had happened by the day asked about counts, though it was recorded after it; and so does
    the answer to what had been claimed by then (R46).
    """
    if fact.claim is not None:
        fact = replace(fact, claim=fact.claim.decided_by(moment))
    happened_by_then = first_moment(fact.at) <= moment < first_moment(fact.recorded_at)
    return replace(fact, recorded_at=moment) if happened_by_then else fact


def _as_known(
    contract: Contract, part: engine_input.EngineInput, known: Moment, seen_by: Access | None
) -> engine_input.EngineInput:
    """The part without what was recorded after a moment, with what was only withdrawn or changed after it."""
    facts = FactRecord.objects.filter(contract=contract, recorded_at__lte=known)
    facts = facts if seen_by is None else seen_by.only_seen(facts)
    facts = facts.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=known))
    evidence = {
        f"evidence {row.pk}": row
        for row in Evidence.objects.filter(contract=contract, submitted_at__lte=known).select_related(
            "decision"
        )
    }
    applied = set(
        Variation.objects.filter(contract=contract, applied_at__lte=known).values_list("number", flat=True)
    )
    completions = []
    for one in part.completions:
        row = evidence.get(one.key)
        if row is not None:
            decision = getattr(row, "decision", None)
            decided = decision is not None and decision.decided_at <= known
            completions.append(one if decided else replace(one, outcome="undecided"))
    books = books_of(contract, part.effects, known)
    stored = settings.known_at(contract, known) | {"readings": readings.known_at(contract, known)}
    then = ContractSettings.from_json(stored, where=f"Contract {contract.reference}")
    return replace(
        part,
        facts=[_as_known_fact(row, known) for row in facts.select_related("claim")],
        completions=completions,
        books={
            key: replace(
                book,
                terms=replace(
                    book.terms,
                    variations=tuple(v for v in book.terms.variations if v.number in applied),
                    settings=then,
                ),
                amendments=_only(book.amendments, applied),
            )
            for key, book in books.items()
        },
    )


def _as_known_fact(row: FactRecord, known: Moment) -> Fact:
    fact = engine_input.as_fact(row)
    return fact if fact.claim is None else replace(fact, claim=fact.claim.as_known_at(known))


def _only(one: Amendments, numbers: set[str]) -> Amendments:
    return Amendments(
        tuple(x for x in one.figures if x.number in numbers),
        tuple(x for x in one.again if x.number in numbers),
        tuple(x for x in one.new if x.number in numbers),
    )


# ---- two days side by side


def words_apart(one: AsAt, two: AsAt) -> list[WordsApart]:
    """The paragraphs that read or stand otherwise on the two days, in document order of the later."""
    before = {words.paragraph.pk: words for words in one.words}
    after = {words.paragraph.pk: words for words in two.words}
    found = []
    for words in [*two.words, *(gone for pk, gone in before.items() if pk not in after)]:
        apart = _apart(words, before.get(words.paragraph.pk), after.get(words.paragraph.pk))
        if apart is not None:
            found.append(apart)
    return found


def _apart(words: Words, was: Words | None, now: Words | None) -> WordsApart | None:
    """How one paragraph (``words``: on either day) differs, or None where it does not."""
    runs = tuple(compare(was.text if was else "", now.text if now else ""))
    same_words = all(run.mark == Mark.SAME for run in runs)
    if same_words and _stands(was) == _stands(now):
        return None
    heading = words.paragraph.heading or words.paragraph.summary
    return WordsApart(words.citation, heading, _stands(was), _stands(now), () if same_words else runs)


def _stands(words: Words | None) -> str:
    if words is None:
        return "not in the contract"
    return (
        "in force"
        if words.used
        else f"not used (Variation {words.variation})"
        if words.variation
        else "not used"
    )


def duties_apart(one: AsAt, two: AsAt) -> list[DutyApart]:
    """The duties that were owed on one of the days and stand otherwise on the other."""
    before = {duty.identity: duty for duty in one.duties}
    after = {duty.identity: duty for duty in two.duties}
    found = []
    for identity in dict.fromkeys([*before, *after]):
        was, now = before.get(identity), after.get(identity)
        if _says(was) != _says(now):
            found.append(DutyApart(was, now))
    return found


def _says(duty: Duty | None) -> tuple[object, ...] | None:
    return None if duty is None else (duty.state, duty.deadline.due_at, duty.ended_by)


def still_owed(duties: Iterable[Duty]) -> list[Duty]:
    """Those with something left to do."""
    return [duty for duty in duties if duty.state not in FINISHED and duty.shape != Shape.GATE]


def parse_known(day: Day | None) -> datetime | None:
    """The end of a London day as the moment by which things were known; None for everything."""
    return end_of_day(day) if day is not None else None
