"""Drafting a variation, sharing it to be signed, and withdrawing it. ``obligations.services`` signs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import (
    Contract,
    Effect,
    EffectKind,
    KeptBy,
    Side,
    Variation,
    VariationState,
)
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.effects import EffectDraft, effects_of
from contracts.services.errors import Refused, required
from contracts.services.locks import lock
from contracts.terms.moments import london_day, long_day

EffectInput = EffectDraft | tuple[str, str, str]
"""An effect, or (path or citation of a paragraph, kind of effect, new text or "")."""


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
    answers: Variation | None = None,
) -> Variation:
    """A draft with its effects. It changes nothing until both sides have signed (R28).

    A path is ``main/5``, or a whole citation where two schedules of the contract have that path.
    ``answers``: the other side's variation, shared and not signed by both, to which this is a
    counter-proposal. The record says that there is a draft, and not what is in it, which is its own side's
    until it is shared. Raises Refused naming the field.
    """
    person = _a_person(actor, "draft a variation")
    if actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties drafts a variation.")
    lock(contract)
    _not_ended(contract, now)
    if answers is not None:
        _can_be_answered(answers, contract, actor)
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
        answers=answers,
    )
    rows = effects_of(contract, variation, effects, london_day(now))
    Effect.objects.bulk_create(rows)
    payload = {"variation": variation.pk, "side": actor.side, "effects": len(rows)}
    ledger.record(contract, actor, "variation_drafted", payload, now)
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
    if variation.answers is not None:
        _replace_by_answer(variation.answers, variation, actor, now)
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
    never_shared = variation.state == VariationState.DRAFT
    variation.state = VariationState.WITHDRAWN
    variation.save(update_fields=["state"])
    about = {"variation": variation.pk, "side": actor.side} if never_shared else described(variation)
    payload = about | {"reason": reason}
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
        "effects": [_ledger_payload(effect) for effect in _effects(variation)],
    }


def _ledger_payload(effect: Effect) -> dict[str, Any]:
    told: dict[str, Any] = {"citation": effect.paragraph.citation, "kind": effect.kind}
    if effect.new_text:
        told["new_text"] = effect.new_text
    if effect.limits:
        told["limits"] = effect.limits
    if effect.duty:
        told["duty"] = effect.duty
    return told


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
    words = {
        EffectKind.NOT_USED: f"- {name} and everything under it: not used.",
        EffectKind.REINSTATED: f"- {name} and everything under it: used again.",
        EffectKind.REPLACED: f"- {name} is replaced by:\n\n  {effect.new_text}\n",
        EffectKind.INSERTED: f"- {name} is inserted:\n\n  {effect.new_text}\n",
        EffectKind.FIGURE: f"- {name}: another figure.",
    }[EffectKind(effect.kind)]
    return "\n".join([words, *figures_in_words(effect), *duty_in_words(effect, paragraph.contract)])


def figures_in_words(effect: Effect) -> list[str]:
    """ "Apply Important patches: 30 days becomes 14 days.", for each figure it changes."""
    return [f"  {one['title']}: {one['before']} becomes {one['after']}." for one in effect.limits]


def duty_in_words(effect: Effect, contract: Contract) -> list[str]:
    """What the duty of an inserted paragraph asks for, of whom and when."""
    if not effect.duty:
        return []
    return [
        f"  The {contract.word_for(effect.duty['party'])}: {effect.duty['title']} ({effect.duty['when']})."
    ]


def _not_ended(contract: Contract, now: datetime) -> None:
    if contract.end_date is not None and london_day(now) > contract.end_date:
        raise Refused(
            "", f"This contract ended on {long_day(contract.end_date)}: nothing in it can be varied."
        )


def _can_be_answered(answers: Variation, contract: Contract, actor: Actor) -> None:
    answers.refresh_from_db()
    if answers.contract_id != contract.pk or answers.state != VariationState.SHARED:
        raise Refused("", f"{answers} cannot be answered: {answers.get_state_display().lower()}.")
    if answers.drafted_side == actor.side:
        raise Refused("", f"{answers} is your own side's: withdraw it and draft another.")


def _replace_by_answer(original: Variation, answer: Variation, actor: Actor, now: datetime) -> None:
    """A counter-proposal takes the place of what it answers, unless both have signed that meanwhile."""
    original.refresh_from_db()
    if original.state != VariationState.SHARED:
        raise Refused(
            "", f"{original} is {original.get_state_display().lower()}: it cannot be answered any more."
        )
    original.state = VariationState.WITHDRAWN
    original.save(update_fields=["state"])
    payload = described(original) | {"answered_by": answer.number, "reason": f"Answered by {answer}"}
    ledger.record(original.contract, actor, "variation_withdrawn", payload, now)


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
