"""The paragraphs of a schedule in words: what each asks, and what nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from contracts.models import Contract
from contracts.terms.limit_words import in_words
from contracts.web.text.presenters import paragraph_href, place, scope_name
from contracts.web.variations.presenters import Tag
from contracts.web.words import count
from obligations.models import StandardTerm
from obligations.services.coverage.paragraphs import CoveredEntry, CoveredParagraph, Read
from obligations.services.standards import against
from obligations.web.standards.presenters import sentence

SHAPES = {
    "one_off": "Once",
    "event": "Each time something happens",
    "recurring": "Again and again",
    "continuous": "At all times",
    "on_request": "On request",
    "gate": "Before something else may happen",
    "right": "A right",
    "definition": "A definition",
}
CERTAIN = {"sure": "sure", "likely": "likely", "unsure": "not sure"}
BAR = 560
LABEL = 140
ROW = 34
PARTS = {
    "asks": ("asks for something", "ask for something"),
    "nothing": ("asks for nothing", "ask for nothing"),
    "undecided": ("undecided", "undecided"),
}
"""How paragraphs are read, said of one and of several."""


@dataclass(frozen=True)
class EntryRow:
    """One thing that a paragraph asks."""

    title: str
    says: str
    tag: Tag | None
    standard: str = ""


@dataclass(frozen=True)
class NumberRow:
    """A number that was read as no limit, and why."""

    words: str
    reason: str


@dataclass(frozen=True)
class CoverageRow:
    """One paragraph."""

    place: str
    heading: str
    href: str
    words: str
    summary: str
    stopped: str
    tag: Tag
    entries: list[EntryRow]
    why: str
    template: str
    proposed: list[str]
    left: list[str]
    numbers: list[NumberRow]
    duties: str
    citation: str
    entries_href: str
    entries_text: str


@dataclass(frozen=True)
class Piece:
    """A piece of a bar, in the picture's own units."""

    kind: str
    x: float
    width: float
    number: int
    title: str


@dataclass(frozen=True)
class Bar:
    """One part of the schedule: a bar in the picture and a line in the table."""

    name: str
    y: int
    total: int
    asks: int
    nothing: int
    undecided: int
    pieces: list[Piece]


@dataclass(frozen=True)
class Picture:
    """A bar for each part of a schedule; the table says the same."""

    width: int
    height: int
    summary: str
    bars: list[Bar]


def row(
    contract: Contract, one: CoveredParagraph, standards: Mapping[str, StandardTerm] | None = None
) -> CoverageRow:
    """One paragraph in words. ``standards``: the standard terms of the viewer's organisation, by topic."""
    paragraph, standards = one.paragraph, standards or {}
    return CoverageRow(
        place=place(paragraph.scope, paragraph.number),
        heading=paragraph.heading,
        href=paragraph_href(contract, paragraph.citation),
        words=one.text,
        summary="" if one.text else paragraph.summary,
        stopped="Not used today" if one.text and not one.used else "",
        tag=tag(one),
        entries=[_entry(contract, each, standards) for each in one.entries],
        why=one.why,
        template=one.template,
        proposed=_proposed(contract, one, standards) if one.read is Read.UNDECIDED else [],
        left=[_said(limit.phrase) for limit in one.left],
        numbers=[NumberRow(each.phrase, each.reason) for each in one.numbers],
        duties=count(one.duties, "duty", "duties") if one.duties else "",
        citation=paragraph.citation,
        entries_href=reverse("entry_paragraph", args=[contract.pk, paragraph.pk])
        if paragraph.schedule.own
        else "",
        entries_text="Decide what it asks" if one.read is Read.UNDECIDED else "See what was decided",
    )


def tag(one: CoveredParagraph) -> Tag:
    """How far a paragraph is read."""
    if one.read is Read.UNDECIDED:
        return Tag("Left for later", "yellow") if one.later else Tag("Undecided", "yellow")
    if not one.in_force:
        return Tag("Decided, not in force", "orange")
    return Tag("Asks for nothing", "grey") if one.read is Read.NOTHING else Tag("In force", "green")


def _entry(contract: Contract, one: CoveredEntry, standards: Mapping[str, StandardTerm]) -> EntryRow:
    said = [SHAPES.get(one.shape, one.shape)]
    if one.shape not in ("definition",):
        said.append(contract.word_for(one.party))
    said += [limit_words(one)] if one.limit is not None else []
    said += [f"“{one.word}”"] if one.word else []
    shown = None
    if not one.counts:
        shown = Tag("In force until the next version", "grey")
    elif not one.in_force:
        shown = Tag("Decided", "orange")
    found = against(standards, one.topic, one.limit, one.shape)
    return EntryRow(one.title, ". ".join(said), shown, sentence(found) if found else "")


PROPOSED = {
    "duty": "a duty",
    "prohibition": "something that may not be done",
    "right": "a right",
    "gate": "something to be done before something else",
    "definition": "a definition",
    "none": "nothing",
}


def _proposed(contract: Contract, one: CoveredParagraph, standards: Mapping[str, StandardTerm]) -> list[str]:
    """What Duly takes an undecided paragraph to ask, and how certain it is."""
    said = []
    for each in one.proposed:
        whose = f" of the {contract.word_for(each.party)}" if each.party else ""
        found = against(standards, each.topic, each.limit, each.limit_kind)
        beside = f", {sentence(found)}" if found else ""
        said.append(f"{PROPOSED[each.kind]}{whose} ({CERTAIN[each.certainty]}){beside}")
    return said


def limit_words(one: CoveredEntry) -> str:
    """The limit of an entry, as it is meant."""
    if one.limit is None:
        return ""
    said = in_words(one.limit)
    if one.limit.qualifier == "at_least" and not one.limit.before:
        return f"At least {said}"
    return said[:1].upper() + said[1:]


def _said(phrase: str) -> str:
    return " ".join(phrase.split())


def picture(rows: Iterable[CoveredParagraph]) -> Picture:
    """A bar for each part of the schedule, as long as its share of the longest one."""
    parts = [(scope, list(ones)) for scope, ones in groupby(rows, key=lambda one: one.paragraph.scope)]
    longest = max((len(ones) for _, ones in parts), default=1)
    bars = [_bar(scope, ones, number, longest) for number, (scope, ones) in enumerate(parts)]
    every = [one for _, ones in parts for one in ones]
    return Picture(LABEL + BAR + 20, len(bars) * ROW + 12, summary(every), bars)


def summary(rows: list[CoveredParagraph]) -> str:
    """The whole schedule in one sentence."""
    numbers = _numbers(rows)
    said = ", ".join(count(numbers[kind], *words) for kind, words in PARTS.items())
    return f"Of {count(len(rows), 'paragraph')}, {said}."


def _numbers(rows: list[CoveredParagraph]) -> dict[str, int]:
    return {kind: sum(one.read == kind for one in rows) for kind in PARTS}


def _bar(scope: str, rows: list[CoveredParagraph], place: int, longest: int) -> Bar:
    numbers, x, pieces = _numbers(rows), float(LABEL), []
    for kind, words in PARTS.items():
        width = numbers[kind] * BAR / longest
        if numbers[kind]:
            title = f"{scope_name(scope)}: {count(numbers[kind], *words)}"
            pieces.append(Piece(kind, round(x, 1), round(width, 1), numbers[kind], title))
        x += width
    return Bar(scope_name(scope), place * ROW + 8, len(rows), **numbers, pieces=pieces)
