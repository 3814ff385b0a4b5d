"""Laying the variations in force over the words of a contract."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Contract, Effect, Paragraph, ParagraphVersion, VariationState
from contracts.terms.variations import covers
from contracts.terms.words import REACHES_BELOW, Change, Span, lay_over


@transaction.atomic
def lay_variations_over(contract: Contract) -> int:
    """Make the versions of every paragraph agree with the variations in force.

    Returns the number of paragraphs whose versions changed: 0 when they agreed already. Constant queries.
    """
    effects = list(
        Effect.objects.filter(contract=contract, variation__state=VariationState.IN_FORCE)
        .select_related("variation", "paragraph")
        .order_by("variation__applied_at", "variation_id")
    )
    schedules = {effect.paragraph.schedule_id for effect in effects}
    changes = {
        paragraph.pk: found
        for paragraph in Paragraph.objects.filter(schedule__in=schedules).only("schedule_id", "path")
        if (found := _changes(paragraph, effects))
    }
    versions: dict[int, list[ParagraphVersion]] = defaultdict(list)
    for version in ParagraphVersion.objects.filter(paragraph__in=changes).order_by("in_force"):
        versions[version.paragraph_id].append(version)
    return _store(contract, changes, versions)


def _changes(paragraph: Paragraph, effects: list[Effect]) -> list[Change]:
    return [
        Change(
            day=effect.variation.effective_day,  # type: ignore[arg-type]  # in force, so it has one
            rank=(place_of_variation, len(effect.paragraph.path)),
            variation=effect.variation_id,
            kind=effect.kind,
            text=effect.new_text,
        )
        for place_of_variation, effect in enumerate(effects)
        if effect.paragraph.schedule_id == paragraph.schedule_id and _reaches(effect, paragraph.path)
    ]


def _reaches(effect: Effect, path: str) -> bool:
    if effect.kind in REACHES_BELOW:
        return covers(effect.paragraph.path, path)
    return effect.paragraph.path == path


def _store(
    contract: Contract, changes: dict[int, list[Change]], versions: dict[int, list[ParagraphVersion]]
) -> int:
    shrunk: list[ParagraphVersion] = []
    gone: list[int] = []
    new: list[ParagraphVersion] = []
    touched = 0
    for paragraph, found in changes.items():
        rows = {version.begun_by_id: version for version in versions[paragraph]}
        base = next((_span(version) for version in versions[paragraph][:1] if _is_base(version, found)), None)
        spans = lay_over(base, found)
        if spans == [_span(version) for version in versions[paragraph]]:
            continue
        touched += 1
        for span in spans:
            row = rows.pop(span.variation, None)
            (new if row is None else shrunk).append(_row(contract, paragraph, span, row))
        gone += [row.pk for row in rows.values()]
    ParagraphVersion.objects.filter(pk__in=gone).delete()
    ParagraphVersion.objects.bulk_update(shrunk, ["text", "used", "in_force", "document"])
    ParagraphVersion.objects.bulk_create(new)
    return touched


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
