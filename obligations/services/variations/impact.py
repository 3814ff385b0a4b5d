"""What a variation would do, before anyone signs it: the real engine on would-be terms. Nothing is
written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.access import Access
from contracts.models import (
    Effect,
    EffectKind,
    Interpretation,
    Paragraph,
    ParagraphVersion,
    Variation,
    VariationState,
)
from contracts.selectors import text_as_at
from contracts.services.variations import duty_in_words, figures_in_words
from contracts.terms.comparison import Run, compare
from contracts.terms.moments import Day, london_day, start_of_day
from contracts.terms.references import Hit, dangling
from contracts.terms.variations import covers
from obligations.rules.engine.lifecycle import FINISHED
from obligations.rules.register.amendments import Amendments
from obligations.rules.register.duty import Duty
from obligations.rules.register.rule import Shape
from obligations.rules.register.terms import SignedVariation
from obligations.services.asking import amendment_rows, calendars, engine_input
from obligations.services.asking.vocabulary import vocabulary_in


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as the rules of reference read it: its words, or our summary where it has none."""

    path: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """What becomes of one paragraph: it stops, comes back, appears, or reads otherwise (``runs``)."""

    citation: str
    scope: str
    number: str
    heading: str
    becomes: str
    runs: tuple[Run, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyChange:
    """A duty before and after; None where there is none. Identity as the engine's."""

    before: Duty | None
    after: Duty | None

    @property
    def duty(self) -> Duty:
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Dangling:
    """A paragraph that relies on what is gone, and how the parties read it, if anyone has said."""

    schedule: str
    outline_key: str
    heading: str
    hit: Hit
    readings: tuple[Interpretation, ...] = ()

    @property
    def citation(self) -> str:
        return f"{self.outline_key}/{self.hit.path}"


@dataclass
class Impact:
    """What a variation would do if it took effect on ``day``. Duties: each list in order of due day."""

    day: Day
    text: list[TextChange] = field(default_factory=list)
    ended: list[DutyChange] = field(default_factory=list)
    still_owed: list[DutyChange] = field(default_factory=list)
    redated: list[DutyChange] = field(default_factory=list)
    raised: list[DutyChange] = field(default_factory=list)
    recurring: list[tuple[str, str]] = field(default_factory=list)
    dangling: list[Dangling] = field(default_factory=list)


def impact_of(
    variation: Variation, now: datetime, day: Day | None = None, *, seen_by: Access | None = None
) -> Impact:
    """What the variation would do if both signed on ``day`` (today unless given; once in force, its own day).

    Duties kept from ``seen_by`` are left out. A constant number of queries. Writes nothing.
    """
    day = variation.effective_day or day or london_day(now)
    effects = list(
        variation.effects.select_related("paragraph__schedule", "paragraph__contract", "variation")
    )
    found = Impact(day)
    _of_text(found, variation, effects)
    _of_duties(found, variation, effects, now, seen_by)
    return found


# ---- words


def _of_text(found: Impact, variation: Variation, effects: list[Effect]) -> None:
    """What becomes of the paragraphs, and who is left relying on them."""
    if variation.state == VariationState.IN_FORCE:
        rows = _as_they_were(variation, found.day)
    else:
        rows = [words.version for words in text_as_at(variation.contract, found.day) if words.version]
    by_schedule: dict[int, list[ParagraphVersion]] = defaultdict(list)
    for row in rows:
        by_schedule[row.paragraph.schedule_id].append(row)
    for schedule_id in dict.fromkeys([*by_schedule, *(effect.paragraph.schedule_id for effect in effects)]):
        own = [effect for effect in effects if effect.paragraph.schedule_id == schedule_id]
        versions = by_schedule.get(schedule_id, [])
        found.text += [change for effect in own for change in _text_changes(effect, versions)]
        found.dangling += _left_hanging(variation, versions, own)


def _as_they_were(variation: Variation, day: Day) -> list[ParagraphVersion]:
    """The words just before a variation that is in force: those that it did not begin."""
    rows = (
        ParagraphVersion.objects.filter(contract=variation.contract_id, in_force__startswith__lte=day)
        .exclude(begun_by=variation)
        .select_related("paragraph__schedule")
        .order_by("paragraph__schedule_id", "paragraph__order", "in_force")
    )
    return list({row.paragraph_id: row for row in rows}.values())


def _text_changes(effect: Effect, versions: Iterable[ParagraphVersion]) -> list[TextChange]:
    own, kind = effect.paragraph, EffectKind(effect.kind)
    if kind in (EffectKind.NOT_USED, EffectKind.REINSTATED):
        stops = kind == EffectKind.NOT_USED
        reached = [row for row in versions if covers(own.path, row.paragraph.path) and row.used is stops]
        return [_text_change(row.paragraph, "stops" if stops else "is used again") for row in reached]
    text = next((row.text for row in versions if row.paragraph_id == own.pk), "")
    becomes = "appears" if kind == EffectKind.INSERTED else "changes"
    notes = (*figures_in_words(effect), *duty_in_words(effect, own.contract))
    return [_text_change(own, becomes, tuple(compare(text, effect.new_text or text)), notes)]


def _text_change(
    paragraph: Paragraph, becomes: str, runs: tuple[Run, ...] = (), notes: tuple[str, ...] = ()
) -> TextChange:
    return TextChange(
        paragraph.citation,
        paragraph.scope,
        paragraph.number,
        paragraph.heading or paragraph.summary,
        becomes,
        runs,
        tuple(note.strip() for note in notes),
    )


def _left_hanging(
    variation: Variation, versions: list[ParagraphVersion], effects: list[Effect]
) -> list[Dangling]:
    stopped = [effect.paragraph.path for effect in effects if effect.kind == EffectKind.NOT_USED]
    if not stopped:
        return []
    used = [row for row in versions if row.used]
    passages = [
        Passage(row.paragraph.path, row.paragraph.heading, row.text or row.paragraph.summary) for row in used
    ]
    rows = {row.paragraph.path: row.paragraph for row in used}
    said: dict[tuple[int, str, str], list[Interpretation]] = defaultdict(list)
    for one in variation.interpretations.select_related("said_by"):
        said[one.paragraph_id, one.words, one.about].append(one)
    return [
        Dangling(
            rows[hit.path].schedule.title,
            rows[hit.path].schedule.outline_key,
            rows[hit.path].heading,
            hit,
            tuple(said[rows[hit.path].pk, hit.words, hit.about]),
        )
        for hit in dangling(passages, stopped)
    ]


# ---- duties


def _of_duties(
    found: Impact, variation: Variation, effects: list[Effect], now: datetime, seen_by: Access | None
) -> None:
    """The duties without the variation and with it, side by side."""
    part = engine_input.load(variation.contract, None, seen_by=seen_by)
    without = _without(part, variation)
    calendar = calendars.load().of(variation.contract.division)
    moment = max(now, start_of_day(found.day))
    for book in part.books:
        own = [effect for effect in effects if effect.paragraph.schedule.outline_key == book]
        if not own:
            continue
        changed = _with(without, book, variation, own, found.day)
        before = {duty.identity: duty for duty in without.derive(book, calendar, moment)}
        after = {duty.identity: duty for duty in changed.derive(book, calendar, moment)}
        _compare(found, before, after, variation.number, _stopped(own))
        found.recurring += _recurring_that_stop(changed, book, own)
    for changes in (found.ended, found.still_owed, found.redated, found.raised):
        changes.sort(key=lambda change: (change.duty.deadline.due_date or found.day, change.duty.title))


def _without(part: engine_input.EngineInput, variation: Variation) -> engine_input.EngineInput:
    """The contract as it would be had this variation not been signed."""
    number = variation.number
    books = {
        key: replace(
            book,
            terms=replace(
                book.terms, variations=tuple(v for v in book.terms.variations if v.number != number)
            ),
            amendments=_less(book.amendments, number),
        )
        for key, book in part.books.items()
    }
    return replace(part, books=books)


def _less(one: Amendments, number: str) -> Amendments:
    return Amendments(
        tuple(x for x in one.figures if x.number != number),
        tuple(x for x in one.again if x.number != number),
        tuple(x for x in one.new if x.number != number),
    )


def _with(
    part: engine_input.EngineInput, book: str, variation: Variation, effects: list[Effect], day: Day
) -> engine_input.EngineInput:
    """The contract as it would be with both signatures under this variation on a day."""
    stops = tuple(effect.paragraph.path for effect in effects if effect.kind == EffectKind.NOT_USED)
    terms, there = part.books[book].terms, part.books[book].amendments
    if stops:
        signed = SignedVariation(variation.number, stops, day, day)
        terms = replace(terms, variations=(*terms.variations, signed))
    parts = amendment_rows.Parts(list(there.figures), list(there.again), list(there.new))
    known = vocabulary_in(one.book for there in part.books.values() for one in there.adopted)
    for effect in effects:
        amendment_rows.add(parts, effect, variation.number, day, known)
    changed = replace(part.books[book], terms=terms, amendments=parts.amendments())
    return replace(part, books={**part.books, book: changed})


def _stopped(effects: Iterable[Effect]) -> list[str]:
    """The citations of what the effects switch off."""
    return [effect.paragraph.citation for effect in effects if effect.kind == EffectKind.NOT_USED]


Before = dict[tuple[str, str | None, str], Duty]


def _compare(found: Impact, before: Before, after: Before, number: str, stopped: list[str]) -> None:
    """Sort the duties into what ends, stays owed, is redated and is raised; what is done is left out."""
    for identity, duty in after.items():
        was = before.get(identity)
        group = _group(found, was, duty, number, stopped)
        if group is not None:
            group.append(DutyChange(was, duty))
    for identity, duty in before.items():
        if identity not in after and duty.state not in FINISHED:
            found.ended.append(DutyChange(duty, None))


def _group(
    found: Impact, was: Duty | None, duty: Duty, number: str, stopped: list[str]
) -> list[DutyChange] | None:
    """Where a duty belongs that there is with the variation; None where nothing becomes of it."""
    owed = duty.state not in FINISHED
    if was is None:
        return found.raised if owed else None
    if duty.ended_by == number and was.ended_by != number:
        return found.ended
    if was.deadline.due_at != duty.deadline.due_at:
        return found.redated
    return found.still_owed if owed and any(covers(one, duty.citation) for one in stopped) else None


def _recurring_that_stop(
    part: engine_input.EngineInput, book: str, effects: list[Effect]
) -> list[tuple[str, str]]:
    """Recurring and continuous duties under what the variation switches off: citation and title."""
    stopped = [effect.paragraph.path for effect in effects if effect.kind == EffectKind.NOT_USED]
    return [
        (rule.citation, rule.title)
        for rule in part.books[book].book.duties
        if rule.shape in (Shape.RECURRING, Shape.CONTINUOUS)
        and any(covers(one, rule.path) for one in stopped)
    ]
