"""Drafting a variation, sharing it to be signed, and withdrawing it. ``obligations.services`` signs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from contracts.models import (
    Contract,
    Effect,
    EffectKind,
    KeptBy,
    Paragraph,
    Schedule,
    Side,
    Variation,
    VariationState,
)
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import long_day
from contracts.terms.variations import covers

EffectInput = tuple[str, str, str]
"""(path or citation of a paragraph, kind of effect, new text or "")."""


@transaction.atomic
def draft_variation(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    title: str,
    recital: str = "",
    effects: Iterable[EffectInput] = (),
) -> Variation:
    """A draft with its effects. It changes nothing until both sides have signed (R28).

    A path is ``main/5``, or a whole citation where two schedules of the contract have that path. Raises
    Refused naming the field.
    """
    person = _a_person(actor, "draft a variation")
    if actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties drafts a variation.")
    lock(contract)
    number = required("number", number, "Enter the variation's number, for example 001.", longest=20)
    if Variation.objects.filter(contract=contract, number=number).exclude(state="withdrawn").exists():
        raise Refused("number", f"Variation {number} exists already; enter another number.")
    variation = Variation.objects.create(
        contract=contract,
        number=number,
        title=required("title", title, "Enter a title that says what the variation does.", longest=200),
        recital=recital.strip().replace("\r\n", "\n"),
        drafted_by=person,
        drafted_side=actor.side,
        drafted_at=now,
    )
    rows = [_effect(contract, variation, effect) for effect in effects]
    if not rows:
        raise Refused("effects", "Add at least one paragraph that the variation changes.")
    _no_paragraph_twice(rows)
    Effect.objects.bulk_create(rows)
    ledger.record(contract, actor, "variation_drafted", described(variation), now)
    return variation


@transaction.atomic
def share_variation(variation: Variation, actor: Actor, now: datetime) -> Variation:
    """Fix the text and offer it to both sides to sign. From here on nothing in it changes. Raises Refused."""
    lock(variation.contract)
    variation.refresh_from_db()
    if variation.state != VariationState.DRAFT:
        raise Refused("", f"{variation} is not a draft any more: {variation.get_state_display().lower()}.")
    _by_its_own_side(variation, actor, "share")
    variation.text = signing_text(variation)
    variation.text_hash = _sha256(variation.text)
    variation.state = VariationState.SHARED
    variation.shared_at = now
    variation.save(update_fields=["text", "text_hash", "state", "shared_at"])
    payload = described(variation) | {"text_hash": variation.text_hash}
    ledger.record(variation.contract, actor, "variation_shared", payload, now)
    return variation


@transaction.atomic
def withdraw_variation(variation: Variation, actor: Actor, now: datetime, *, reason: str) -> Variation:
    """Take back a variation that is not yet signed by both. It stays on the record. Raises Refused."""
    reason = required("reason", reason, "Say why the variation is withdrawn.")
    lock(variation.contract)
    variation.refresh_from_db()
    if variation.state not in (VariationState.DRAFT, VariationState.SHARED):
        raise Refused("", f"{variation} cannot be withdrawn: {variation.get_state_display().lower()}.")
    _by_its_own_side(variation, actor, "withdraw")
    variation.state = VariationState.WITHDRAWN
    variation.save(update_fields=["state"])
    payload = described(variation) | {"reason": reason}
    ledger.record(variation.contract, actor, "variation_withdrawn", payload, now)
    return variation


def signing_text(variation: Variation) -> str:
    """The exact text the two sides sign: kept as shared, or as it would be shared now."""
    if variation.text:
        return variation.text
    contract = variation.contract
    lines = [
        f"Variation {variation.number}: {variation.title}",
        "",
        f"Contract {contract.reference}, {contract.title}, made on {long_day(contract.agreement_date)}",
        f"between {contract.authority.name} ({contract.authority_word})",
        f"and {contract.supplier.name} ({contract.supplier_word}).",
        "",
        *([variation.recital, ""] if variation.recital else []),
        "The contract is changed as follows:",
        "",
        *(_effect_in_words(effect) for effect in _effects(variation)),
        "",
        f"It takes effect on the day the {contract.authority_word} signs, once both parties have signed.",
        "In everything else the contract stays as it is.",
        "",
    ]
    return "\n".join(lines)


def text_hash(variation: Variation) -> str:
    """SHA-256, in hexadecimal, of the text that is signed."""
    return variation.text_hash or _sha256(signing_text(variation))


def described(variation: Variation) -> dict[str, Any]:
    """The variation for a ledger entry: its number, title and effects by citation."""
    return {
        "variation": variation.pk,
        "number": variation.number,
        "title": variation.title,
        "effects": [
            {"citation": effect.paragraph.citation, "kind": effect.kind} for effect in _effects(variation)
        ],
    }


def lock(contract: Contract) -> None:
    """Hold the contract's row until the transaction ends, so that writes on one contract come one by one."""
    Contract.objects.select_for_update().only("pk").get(pk=contract.pk)


def _effects(variation: Variation) -> list[Effect]:
    return list(
        variation.effects.select_related("paragraph__schedule").order_by(
            "paragraph__schedule_id", "paragraph__order"
        )
    )


def _effect_in_words(effect: Effect) -> str:
    paragraph = effect.paragraph
    name = f"{paragraph.schedule.title}, paragraph {paragraph.path}"
    if paragraph.heading:
        name += f" ({paragraph.heading})"
    return {
        EffectKind.NOT_USED: f"- {name} and everything under it: not used.",
        EffectKind.REINSTATED: f"- {name} and everything under it: used again.",
        EffectKind.REPLACED: f"- {name} is replaced by:\n\n  {effect.new_text}\n",
        EffectKind.INSERTED: f"- {name} is inserted:\n\n  {effect.new_text}\n",
    }[EffectKind(effect.kind)]


def _effect(contract: Contract, variation: Variation, effect: EffectInput) -> Effect:
    path, kind, new_text = effect
    if kind not in EffectKind.values:
        raise Refused("effects", f"Choose what happens to {path}: one of {', '.join(EffectKind.values)}.")
    new_text = new_text.strip().replace("\r\n", "\n")
    brings_words = kind in (EffectKind.REPLACED, EffectKind.INSERTED)
    if brings_words and not new_text:
        raise Refused("effects", f"Enter the new words of {path}.")
    if new_text and not brings_words:
        raise Refused("effects", f"Leave the new words of {path} empty, or choose replaced.")
    find = _inserted_paragraph if kind == EffectKind.INSERTED else _paragraph
    return Effect(
        contract=contract,
        variation=variation,
        paragraph=find(contract, path),
        kind=kind,
        new_text=new_text,
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
    last = rows.filter(scope=scope).aggregate(last=Max("order"))["last"]
    return (last if last is not None else rows.aggregate(last=Max("order"))["last"]) + 1


def _no_paragraph_twice(rows: list[Effect]) -> None:
    seen: set[int] = set()
    for row in rows:
        if row.paragraph_id in seen:
            raise Refused("effects", f"Name {row.paragraph.path} only once.")
        seen.add(row.paragraph_id)


def _by_its_own_side(variation: Variation, actor: Actor, verb: str) -> None:
    _a_person(actor, f"{verb} a variation")
    alone = variation.contract.kept_by != KeptBy.BOTH
    if actor.side != variation.drafted_side and not alone:
        word = variation.contract.word_for(variation.drafted_side)
        raise Refused("", f"Only the {word}, who drafted {variation}, can {verb} it.")


def _a_person(actor: Actor, act: str) -> Any:
    if actor.person is None:
        raise Refused("", f"Only a person can {act}.")
    return actor.person


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
