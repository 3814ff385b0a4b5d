"""How variations are listed, and the paragraphs to choose from when one is drafted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from contracts.models import Contract, EffectKind, Side, Variation, VariationState
from contracts.selectors import WordsAsAt
from contracts.terms.moments import long_day
from contracts.web.text.presenters import depth, place, scope_name, stopped_words
from contracts.web.words import count, listed

FIRST_TO_LOOK = ("main", "Part A")
"""The parts of a schedule that are open when a variation is drafted."""

COLOURS = {
    VariationState.DRAFT: "grey",
    VariationState.SHARED: "yellow",
    VariationState.SIGNED: "blue",
    VariationState.IN_FORCE: "green",
    VariationState.WITHDRAWN: "grey",
}
EFFECT_WORDS = {
    EffectKind.NOT_USED: "Not used, with everything under it",
    EffectKind.REINSTATED: "Used again, with everything under it",
    EffectKind.REPLACED: "Its words are replaced",
    EffectKind.INSERTED: "Inserted",
    EffectKind.FIGURE: "Another figure",
}


@dataclass(frozen=True)
class Tag:
    """A GOV.UK tag: its words and colour."""

    text: str
    colour: str = ""


@dataclass(frozen=True)
class VariationRow:
    """One line of the list."""

    name: str
    title: str
    href: str
    tag: Tag
    effects: str
    note: str


@dataclass(frozen=True)
class Choice:
    """One paragraph to tick."""

    id: str
    value: str
    number: str
    says: str
    stopped: str
    depth: int
    chosen: bool


@dataclass(frozen=True)
class ChoiceGroup:
    """The paragraphs of one part of one schedule."""

    title: str
    total: str
    choices: list[Choice]
    open: bool


def tag(variation: Variation) -> Tag:
    state = VariationState(variation.state)
    return Tag(state.label, COLOURS[state])


def row(contract: Contract, variation: Variation) -> VariationRow:
    return VariationRow(
        name=str(variation),
        title=variation.title,
        href=reverse("variation", args=[contract.pk, variation.pk]),
        tag=tag(variation),
        effects=effects_in_short(variation),
        note=note(contract, variation),
    )


def effects_in_short(variation: Variation) -> str:
    """ "Paragraphs 5 and 7 not used"."""
    effects = list(variation.effects.all())
    places = [place(effect.paragraph.scope, effect.paragraph.number) for effect in effects[:4]]
    if len(effects) > len(places):
        places.append(f"{len(effects) - len(places)} more")
    kinds = {effect.kind for effect in effects}
    noun = "Paragraph" if len(effects) == 1 else "Paragraphs"
    end = f" {EffectKind(kinds.pop()).label.lower()}" if len(kinds) == 1 else " changed"
    return f"{noun} {listed(places)}{end}" if effects else "No effects"


def note(contract: Contract, variation: Variation) -> str:
    """Where it stands, in one sentence."""
    signed = {signature.side for signature in variation.signatures.all()}
    if variation.state == VariationState.IN_FORCE and variation.effective_day:
        return f"In force from {long_day(variation.effective_day)}"
    if variation.state == VariationState.SIGNED and variation.effective_day:
        return f"Signed by both. Takes effect on {long_day(variation.effective_day)}"
    if variation.state == VariationState.SHARED:
        waiting = [contract.word_for(side) for side in (Side.SUPPLIER, Side.AUTHORITY) if side not in signed]
        return f"Waiting for the signature of the {listed(waiting)}"
    if variation.state == VariationState.DRAFT:
        return f"Drafted by {variation.drafted_by.name} on {long_day(variation.drafted_at.date())}"
    return "Has no effect"


def choice_groups(text: Iterable[WordsAsAt], chosen: Iterable[str]) -> list[ChoiceGroup]:
    """The paragraph tree to tick, by schedule and part; a part with a tick in it is open."""
    ticked, groups, number = set(chosen), [], 0
    for (_, scope), rows in groupby(text, key=lambda one: (one.paragraph.schedule_id, one.paragraph.scope)):
        choices = []
        for one in rows:
            number += 1
            schedule = one.paragraph.schedule.title
            choices.append(_choice(one, number, one.paragraph.citation in ticked))
        opened = scope in FIRST_TO_LOOK or any(choice.chosen for choice in choices)
        groups.append(
            ChoiceGroup(f"{schedule}: {scope_name(scope)}", count(len(choices), "paragraph"), choices, opened)
        )
    return groups


def _choice(one: WordsAsAt, number: int, chosen: bool) -> Choice:
    paragraph = one.paragraph
    return Choice(
        id="id_paragraphs" if number == 1 else f"id_paragraphs-{number}",
        value=paragraph.citation,
        number=paragraph.number,
        says=paragraph.heading or paragraph.summary,
        stopped=stopped_words(one.version),
        depth=depth(paragraph.number),
        chosen=chosen,
    )
