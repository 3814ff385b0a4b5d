"""What the pages say of deciding what paragraphs ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract, Paragraph, Schedule, Side
from contracts.proposals.proposal import LIKELY, SURE, UNSURE
from contracts.web.text.presenters import place
from contracts.web.variations.presenters import Tag
from contracts.web.words import count, moment_words
from obligations.models import EntryDecision, EntryOpinion, EntryOutcome
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.entries.other_words import on_other_words
from obligations.services.entries.proposing import Prefilled
from obligations.services.entries.standing import Standing
from obligations.web.entries.forms import AcceptForm
from obligations.web.entries.words import MARKS, Card, Piece, card, pieces

CERTAINTY = {
    SURE: Tag("Sure", "green"),
    LIKELY: Tag("Likely", "blue"),
    UNSURE: Tag("Not sure", "yellow"),
}
UNDECIDED = Tag("Not decided", "grey")
OUTCOMES = {
    EntryOutcome.ACCEPTED: Tag("Accepted", "green"),
    EntryOutcome.CORRECTED: Tag("Corrected", "green"),
    EntryOutcome.ADDED: Tag("Added by hand", "green"),
    EntryOutcome.NONE: Tag("Asks for nothing", "turquoise"),
    EntryOutcome.SKIPPED: Tag("Left for later", "yellow"),
}
SHOWN = {
    "": "All paragraphs",
    "undecided": "Not decided",
    "unsure": "Not sure",
    "decided": "Decided",
    "waiting": "Not in force yet",
    "disputed": "Read otherwise by the other side",
    "again": "Words are others now",
}


NOTES = {
    "waiting": "Not in force yet",
    "disputed": "The other side reads it otherwise",
    "again": "Its words are others since it was decided: decide again",
}


@dataclass(frozen=True)
class ParagraphRow:
    """One paragraph in the list."""

    number: str
    says: str
    href: str
    tag: Tag
    certainty: Tag | None
    notes: list[str]


@dataclass(frozen=True)
class Progress:
    """How far the deciding of one schedule is, in words and for a bar (per cent)."""

    schedule: Schedule
    says: str
    decided: int
    total: int
    waiting: int
    in_force: str

    @property
    def per_cent(self) -> int:
        return round(100 * self.decided / self.total) if self.total else 0


@dataclass(frozen=True)
class Said:
    """What was decided before, or by the other side: by whom and when, with its entries."""

    who: str
    tag: Tag
    cards: list[Card]
    why: str
    opinions: list[str]


@dataclass(frozen=True)
class Context:
    """A paragraph's words, or those of one that leads in to it."""

    place: str
    heading: str
    pieces: list[Piece]
    here: bool


def progress(standing: Standing) -> Progress:
    """How far it is."""
    total = len(standing.paragraphs)
    decided = sum(standing.counted(one) is not None for one in standing.paragraphs)
    waiting = sum(not standing.is_in_force(made) for made in standing.counting)
    version = standing.version
    return Progress(
        standing.schedule,
        f"{decided} of {count(total, 'paragraph')} decided",
        decided,
        total,
        waiting,
        f"Version {version.number} is in force" if version else "Nothing is in force yet",
    )


def rows(
    contract: Contract,
    standing: Standing,
    texts: Mapping[int, str],
    proposals: Mapping[int, Sequence[Any]],
    disputed: frozenset[int],
    shown: str,
) -> list[ParagraphRow]:
    """The paragraphs of the list that fit what is to be shown. ``proposals``: their rows, by paragraph."""
    found = []
    again = {made.pk for made in on_other_words(standing, texts)}
    for one in standing.paragraphs:
        made, last = standing.counted(one), standing.last(one)
        stands = _stands(standing, made, proposals.get(one.pk, ()), disputed)
        stands |= {"again"} if made is not None and made.pk in again else set()
        if shown not in stands:
            continue
        says = one.heading or texts.get(one.pk, "")
        found.append(
            ParagraphRow(
                place(one.scope, one.number),
                f"{says[:160]}…" if len(says) > 160 else says,
                reverse("entry_paragraph", args=[contract.pk, one.pk]),
                OUTCOMES[EntryOutcome(last.outcome)] if last is not None else UNDECIDED,
                _certainty(proposals.get(one.pk, ())) if made is None else None,
                [text for name, text in NOTES.items() if name in stands],
            )
        )
    return found


def _stands(
    standing: Standing, made: EntryDecision | None, proposed: Sequence[Any], disputed: frozenset[int]
) -> set[str]:
    """How a paragraph stands, by the names of what the list shows."""
    if made is None:
        doubt = any(one.certainty == UNSURE for one in proposed)
        return {"", "undecided", "unsure"} if doubt else {"", "undecided"}
    found = {"", "decided"}
    found |= {"waiting"} if not standing.is_in_force(made) else set()
    return found | ({"disputed"} if made.pk in disputed else set())


def _certainty(proposed: Iterable[Any]) -> Tag | None:
    found = Counter(one.certainty for one in proposed)
    return next((CERTAINTY[name] for name in (UNSURE, LIKELY, SURE) if found[name]), None)


def cards(contract: Contract, proposed: Sequence[Prefilled], known: Vocabulary) -> list[Card]:
    """What is proposed, in words."""
    return [
        card(
            contract,
            one.entry,
            known,
            trigger=one.new_kind,
            certainty=one.proposal.certainty,
            notes=one.left,
        )
        for one in proposed
        if one.entry
    ]


def said(
    contract: Contract, made: EntryDecision, opinions: Iterable[EntryOpinion], known: Vocabulary
) -> Said:
    """One decision, with what the other side said of it."""
    return Said(
        f"{made.decided_by_name}, {contract.word_for(made.decided_side)}, {moment_words(made.decided_at)}",
        OUTCOMES[EntryOutcome(made.outcome)],
        [card(contract, entry, known) for entry in made.entries],
        made.why,
        [_opinion(contract, one) for one in opinions],
    )


def _opinion(contract: Contract, one: EntryOpinion) -> str:
    who = f"{one.given_by_name}, {contract.word_for(one.given_side)}, {moment_words(one.given_at)}"
    says = "We read it so too." if one.agrees else "We read it otherwise."
    return f"{who}: {says} {one.words}".strip()


def contexts(
    paragraph: Paragraph,
    around: Sequence[tuple[Paragraph, str]],
    rests_on: Sequence[Mapping[str, Any]],
) -> list[Context]:
    """The words of the paragraphs that lead in and its own, marked. ``around``: in order, its own last."""
    return [
        Context(
            place(one.scope, one.number),
            one.heading,
            pieces(one.path, text, rests_on),
            one.pk == paragraph.pk,
        )
        for one, text in around
    ]


def may_answer(access: Access, made: EntryDecision | None) -> bool:
    """Whether the person speaks for the side that did not decide."""
    return (
        made is not None
        and access.side != Side.NEITHER
        and access.side != made.decided_side
        and access.may(Act.DECIDE_ENTRY)
    )


def legend(rests_on: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The marks that may be met on the page, with what each means."""
    return [(name, says) for name, says in MARKS.items() if any(rests.get(name) for rests in rests_on)]


def asked_of(form: AcceptForm) -> list[list[Any]]:
    """The fields that stand on each proposed entry."""
    return [form.asked(at) for at in range(len(form.asking))]


def doubts(proposed: Sequence[Prefilled]) -> list[str]:
    """What was not understood of a paragraph that is taken to ask nothing."""
    return [text for one in proposed if not one.entry for text in one.proposal.not_understood]


def certainty_of(proposed: Sequence[Prefilled]) -> Tag | None:
    """The least certain of what is proposed."""
    return _certainty([one.proposal for one in proposed])


@dataclass(frozen=True)
class News:
    """One decision that is not in force yet."""

    place: str
    href: str
    tag: Tag
    says: str


def news(contract: Contract, made: EntryDecision) -> News:
    """The decision in a line."""
    says = "; ".join(str(entry["title"]) for entry in made.entries) or made.why
    paragraph = made.paragraph
    href = reverse("entry_paragraph", args=[contract.pk, paragraph.pk])
    return News(place(paragraph.scope, paragraph.number), href, OUTCOMES[EntryOutcome(made.outcome)], says)
