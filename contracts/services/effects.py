"""What a variation may do to which paragraph: each effect checked before it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from contracts.models import Contract, Effect, EffectKind, Paragraph, ParagraphVersion, Schedule, Variation
from contracts.services.errors import Refused
from contracts.terms.moments import Day, long_day
from contracts.terms.variations import covers
from contracts.terms.words import REACHES_BELOW


@dataclass(frozen=True, slots=True)
class EffectDraft:
    """One effect as a draft asks for it. ``path``: of a paragraph, or its whole citation.

    ``limits`` and ``duty`` as ``contracts.models.Effect`` keeps them; whoever makes them has checked them
    against the rulebook (``obligations.services.variations.drafting``).
    """

    path: str
    kind: str
    new_text: str = ""
    limits: Sequence[Mapping[str, Any]] = ()
    duty: Mapping[str, Any] | None = None


def effects_of(
    contract: Contract, variation: Variation, drafts: Iterable[EffectDraft | tuple[str, str, str]], today: Day
) -> list[Effect]:
    """The effects, ready to be kept. Raises Refused on "effects", naming the paragraph and the reason."""
    wanted = [one if isinstance(one, EffectDraft) else EffectDraft(*one) for one in drafts]
    rows = [_effect(contract, variation, one) for one in wanted]
    if not rows:
        raise Refused("effects", "Add at least one paragraph that the variation changes.")
    _no_paragraph_twice(rows)
    _fits_what_is_in_force(rows, today)
    return rows


def _no_paragraph_twice(rows: list[Effect]) -> None:
    """One effect a paragraph, also where one of them reaches it from above."""
    seen: set[int] = set()
    for row in rows:
        if row.paragraph_id in seen:
            raise Refused("effects", f"Name {row.paragraph.path} only once.")
        seen.add(row.paragraph_id)
    for above in rows:
        for row in rows:
            same_schedule = row.paragraph.schedule_id == above.paragraph.schedule_id
            reached = above.kind in REACHES_BELOW and covers(above.paragraph.path, row.paragraph.path)
            if row is not above and same_schedule and reached:
                raise Refused(
                    "effects",
                    f"{row.paragraph.path} stands under {above.paragraph.path}, which the variation changes"
                    " with everything under it. Take one of the two out.",
                )


def _fits_what_is_in_force(rows: list[Effect], today: Day) -> None:
    """Only what is used can be switched off or changed, and only what is not used can be reinstated."""
    on_the_day = ParagraphVersion.objects.filter(
        paragraph__in=[row.paragraph_id for row in rows], in_force__contains=today
    )
    used = dict(on_the_day.values_list("paragraph_id", "used"))
    for row in rows:
        path, there = row.paragraph.path, row.paragraph_id in used
        if row.kind == EffectKind.INSERTED:
            continue
        if not there:
            raise Refused("effects", f"{path} is not in the contract on {long_day(today)}.")
        if row.kind == EffectKind.REINSTATED and used[row.paragraph_id]:
            raise Refused("effects", f"{path} is in force already: there is nothing to reinstate.")
        if row.kind != EffectKind.REINSTATED and not used[row.paragraph_id]:
            raise Refused("effects", f"{path} is not in force on {long_day(today)}: reinstate it first.")


def _effect(contract: Contract, variation: Variation, draft: EffectDraft) -> Effect:
    path, kind, new_text = draft.path, draft.kind, draft.new_text
    if kind not in EffectKind.values:
        raise Refused("effects", f"Choose what happens to {path}: one of {', '.join(EffectKind.values)}.")
    new_text = new_text.strip().replace("\r\n", "\n")
    brings_words = kind in (EffectKind.REPLACED, EffectKind.INSERTED)
    if brings_words and not new_text:
        raise Refused("effects", f"Enter the new words of {path}.")
    if kind == EffectKind.FIGURE and not draft.limits:
        raise Refused("effects", f"Enter the new figure of {path}.")
    if draft.duty is not None and kind != EffectKind.INSERTED:
        raise Refused("effects", f"Only an inserted paragraph brings a duty; {path} is not one.")
    if new_text and kind in REACHES_BELOW:
        raise Refused("effects", f"Leave the new words of {path} empty, or choose replaced.")
    find = _inserted_paragraph if kind == EffectKind.INSERTED else _paragraph
    return Effect(
        contract=contract,
        variation=variation,
        paragraph=find(contract, path),
        kind=kind,
        new_text=new_text,
        limits=list(draft.limits),
        duty=dict(draft.duty) if draft.duty is not None else None,
    )


def _paragraph(contract: Contract, path: str) -> Paragraph:
    found = _matching(contract, path)
    if not found:
        raise Refused("effects", f"Choose a paragraph of this contract; it has no {path!r}.")
    if len(found) > 1:
        raise Refused("effects", f"Name the schedule too ({found[0].citation}): {path!r} is in two.")
    return found[0]


def _matching(contract: Contract, path: str) -> list[Paragraph]:
    rows = Paragraph.objects.filter(contract=contract).select_related("schedule")
    key, _, inner = path.partition("/")
    return list(rows.filter(schedule__outline_key=key, path=inner)) or list(rows.filter(path=path))


def _inserted_paragraph(contract: Contract, path: str) -> Paragraph:
    """A paragraph that no version shows yet, placed after the paragraphs it stands under or beside."""
    key, _, inner = path.partition("/")
    schedules = list(Schedule.objects.filter(contract=contract))
    named = [schedule for schedule in schedules if schedule.outline_key == key]
    inner, schedules = (inner, named) if named else (path, schedules)
    scope, _, number = inner.partition("/")
    if len(schedules) != 1 or not scope or not number:
        raise Refused("effects", "Cite the new paragraph in full, for example dmp_schedule_23/main/5A.")
    if existing := Paragraph.objects.filter(schedule=schedules[0], path=inner).first():
        if existing.versions.exists():
            raise Refused("effects", f"{path} exists already; choose replaced, or another number.")
        return existing
    return Paragraph.objects.create(
        contract=contract,
        schedule=schedules[0],
        path=inner,
        scope=scope,
        number=number,
        order=_place(schedules[0], scope, inner),
    )


def _place(schedule: Schedule, scope: str, path: str) -> int:
    """After all that is under the nearest paragraph above it; else at the end of its scope, or of all."""
    rows = Paragraph.objects.filter(schedule=schedule)
    above = [row for row in rows.filter(scope=scope).only("path") if covers(row.path, path)]
    if above:
        nearest = max(above, key=lambda row: len(row.path))
        under = [row.order for row in rows.filter(scope=scope) if covers(nearest.path, row.path)]
        return max(under) + 1
    last: int | None = rows.filter(scope=scope).aggregate(last=Max("order"))["last"]
    of_all: int = last if last is not None else rows.aggregate(last=Max("order"))["last"]
    return of_all + 1
