"""Laying the variations in force over the words of a contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Contract, Effect, Paragraph, ParagraphVersion, VariationState
from contracts.terms.in_force import EffectOnText, SignedText, changes_to
from contracts.terms.words import Change, Span, lay_over


@transaction.atomic
def lay_variations_over(contract: Contract, editions: Mapping[int, Span] | None = None) -> int:
    """Make the versions of every paragraph agree with the variations in force.

    ``editions``: what a later document says from a day on, by paragraph. Returns the number of paragraphs
    whose versions changed: 0 when they agreed already. Constant queries.
    """
    effects = list(
        Effect.objects.filter(contract=contract, variation__state=VariationState.IN_FORCE)
        .select_related("variation", "paragraph")
        .order_by("variation__applied_at", "variation_id")
    )
    signed = signed_texts(effects)
    changes = {
        paragraph.pk: found
        for paragraph in Paragraph.objects.filter(schedule__in=signed).only("schedule_id", "path")
        if (found := changes_to(paragraph.path, signed[paragraph.schedule_id]))
    }
    new = dict(editions or {})
    for paragraph in new:
        changes.setdefault(paragraph, [])
    versions: dict[int, list[ParagraphVersion]] = defaultdict(list)
    for version in ParagraphVersion.objects.filter(paragraph__in=changes).order_by("in_force"):
        versions[version.paragraph_id].append(version)
    return _store(contract, changes, versions, new)


def signed_texts(effects: Iterable[Effect]) -> dict[int, list[SignedText]]:
    """The variations in force as the rules of words see them, by schedule."""
    found: dict[int, dict[int, SignedText]] = defaultdict(dict)
    for effect in effects:
        variation, there = effect.variation, found[effect.paragraph.schedule_id]
        before = there[variation.pk].effects if variation.pk in there else ()
        one = EffectOnText(effect.paragraph.path, effect.kind, effect.new_text)
        assert variation.effective_day is not None  # in force, so it has one
        there[variation.pk] = SignedText(
            variation.pk, variation.number, variation.effective_day, (*before, one)
        )
    return {schedule: list(variations.values()) for schedule, variations in found.items()}


def _store(
    contract: Contract,
    changes: dict[int, list[Change]],
    versions: dict[int, list[ParagraphVersion]],
    editions: Mapping[int, Span],
) -> int:
    shrunk: list[ParagraphVersion] = []
    gone: list[int] = []
    new: list[ParagraphVersion] = []
    touched = 0
    for paragraph, found in changes.items():
        rows = {_name(_span(version)): version for version in versions[paragraph]}
        spans = _spans(versions[paragraph], found, editions.get(paragraph))
        if spans == [_span(version) for version in versions[paragraph]]:
            continue
        touched += 1
        for span in spans:
            row = rows.pop(_name(span), None)
            (new if row is None else shrunk).append(_row(contract, paragraph, span, row))
        gone += [row.pk for row in rows.values()]
    ParagraphVersion.objects.filter(pk__in=gone).delete()
    ParagraphVersion.objects.bulk_update(shrunk, ["text", "used", "in_force", "document"])
    ParagraphVersion.objects.bulk_create(new)
    return touched


def _spans(versions: list[ParagraphVersion], changes: list[Change], edition: Span | None) -> list[Span]:
    """What one paragraph says over time, by its versions as they are, its changes, and a new edition."""
    base = next((_span(version) for version in versions[:1] if _is_base(version, changes)), None)
    later = [_span(version) for version in versions[1:] if version.begun_by_id is None]
    return lay_over(base, changes, [*later, *([edition] if edition else [])])


def _name(span: Span) -> tuple[int | None, int | None]:
    """What tells a span of one paragraph from its others: the variation or the document that began it."""
    return span.variation, span.source if span.variation is None else None


def _is_base(version: ParagraphVersion, changes: list[Change]) -> bool:
    """The first version is the base, unless a variation inserted the paragraph."""
    return not any(
        change.kind == "inserted" and change.variation == version.begun_by_id for change in changes
    )


def _span(version: ParagraphVersion) -> Span:
    return Span(
        first=version.in_force.lower,
        until=version.in_force.upper,
        text=version.text,
        source=version.document_id,
        used=version.used,
        variation=version.begun_by_id,
    )


def _row(contract: Contract, paragraph: int, span: Span, row: ParagraphVersion | None) -> ParagraphVersion:
    row = row or ParagraphVersion(contract=contract, paragraph_id=paragraph, begun_by_id=span.variation)
    row.text, row.used, row.document_id = span.text, span.used, span.source
    row.in_force = DateRange(span.first, span.until)
    return row
