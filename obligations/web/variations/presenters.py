"""A variation's page: its text and hash, its effects, who signed, and what followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.access import Access, Act
from contracts.models import Contract, Effect, EffectKind, KeptBy, Side, Variation, VariationState
from contracts.services.variations import signing_text
from contracts.terms.moments import long_day
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.variations.presenters import EFFECT_WORDS, Tag, note, tag
from contracts.web.words import moment_words
from obligations.models import Duty
from obligations.web.lines import DutyLine, line


@dataclass(frozen=True)
class EffectRow:
    """What the variation does to one paragraph."""

    paragraph: str
    heading: str
    href: str
    does: str
    new_words: str


@dataclass(frozen=True)
class SignatureRow:
    """One side's signature, or that it is still missing."""

    side: str
    signed: bool
    who: str
    day: str
    recorded: str


@dataclass(frozen=True)
class Page:
    """Everything the page places."""

    name: str
    title: str
    tag: Tag
    note: str
    flagged: str
    recital: str
    effects: list[EffectRow]
    text: str
    hash: str
    signatures: list[SignatureRow]
    may_share: bool
    may_withdraw: bool
    may_sign: bool
    may_answer: bool
    why_not_sign: str
    ended: list[DutyLine]


def page(access: Access, variation: Variation, ended: list[Duty], now: datetime) -> Page:
    contract = access.contract
    own = access.may(Act.DRAFT_VARIATION) and _is_ours(access, variation)
    why_not = why_not_sign(access, variation)
    unsigned = variation.state in (VariationState.DRAFT, VariationState.SHARED)
    return Page(
        name=str(variation),
        title=variation.title,
        tag=tag(variation),
        note=note(contract, variation),
        flagged=_flagged(contract, variation),
        recital=variation.recital,
        effects=[_effect(contract, effect) for effect in variation.effects.all()],
        text=signing_text(variation),
        hash=variation.text_hash,
        signatures=[_signature(contract, variation, side) for side in (Side.SUPPLIER, Side.AUTHORITY)],
        may_share=own and variation.state == VariationState.DRAFT,
        may_withdraw=own and unsigned,
        may_sign=not why_not,
        may_answer=access.may(Act.DRAFT_VARIATION)
        and variation.state == VariationState.SHARED
        and access.side not in (Side.NEITHER, variation.drafted_side),
        why_not_sign=why_not if unsigned else "",
        ended=[line(contract, duty, now) for duty in ended],
    )


def _is_ours(access: Access, variation: Variation) -> bool:
    alone = access.contract.kept_by != KeptBy.BOTH
    return access.side != Side.NEITHER and (alone or variation.drafted_side == access.side)


def why_not_sign(access: Access, variation: Variation) -> str:
    """Why the person cannot sign, or "" where they can. The service has the last word."""
    contract = access.contract
    signed = {signature.side for signature in variation.signatures.all()}
    if variation.state == VariationState.DRAFT:
        return "It can be signed once it is shared: then nothing in it changes any more."
    if variation.state != VariationState.SHARED:
        return f"It cannot be signed now: {variation.get_state_display().lower()}."
    if access.side == Side.NEITHER:
        return "Only a person of one of the two parties signs."
    if not access.may(Act.SIGN_VARIATION):
        return f"Your role, {access.role.label.lower()}, does not sign variations."
    if access.side in signed and contract.kept_by == KeptBy.BOTH:
        return f"The {contract.word_for(access.side)} has signed already."
    return ""


def _flagged(contract: Contract, variation: Variation) -> str:
    if not variation.effective_flagged:
        return ""
    return (
        f"The {contract.supplier_word} signed after the {contract.authority_word}, so the later day counts. "
        "That is one reading of the words (R28)."
    )


def _effect(contract: Contract, effect: Effect) -> EffectRow:
    paragraph = effect.paragraph
    return EffectRow(
        paragraph=place(paragraph.scope, paragraph.number),
        heading=paragraph.heading or paragraph.summary,
        href=paragraph_href(contract, paragraph.citation),
        does=EFFECT_WORDS[EffectKind(effect.kind)],
        new_words=effect.new_text,
    )


def _signature(contract: Contract, variation: Variation, side: str) -> SignatureRow:
    word = contract.word_for(side)
    found = next((one for one in variation.signatures.all() if one.side == side), None)
    if found is None:
        return SignatureRow(word, False, "Not signed", "", "")
    by = f"Recorded at {moment_words(found.recorded_at)} by {found.recorded_by.name}"
    return SignatureRow(word, True, f"{found.name}, {found.job_title}", long_day(found.signed_on), by)


def what_happened(variation: Variation, ended: int) -> str:
    """What the last signature did, in one or two sentences."""
    if variation.state != VariationState.IN_FORCE or variation.effective_day is None:
        return "Your signature is recorded. It takes effect once both sides have signed."
    duties = {0: "No duty ended", 1: "1 duty ended"}.get(ended, f"{ended} duties ended")
    day = long_day(variation.effective_day)
    return f"Both sides have signed. {variation} is in force from {day}. {duties}."
