"""What an upload is, in words: where its words differ, side by side, and what the reader found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.forms.boundfield import BoundField

from contracts.reader import ParsedDocument
from contracts.reader.editions import Edition, How, Pair
from contracts.reader.judged import Differing, Why
from contracts.services.judging import Outcome
from contracts.web.documents import warned
from contracts.web.documents.deciding_forms import EachForm
from contracts.web.text.presenters import depth, place
from contracts.web.words import count, listed

MOST_SHOWN = 400
"""Paragraphs of a reading that are shown before "and more"."""

WHY = {
    Why.FIGURE: "A rule counts with another figure.",
    Why.UNLIKE: "These words share next to nothing with what Duly knows of this paragraph.",
    Why.CHANGED: "These words differ from those it had.",
}


@dataclass(frozen=True)
class Piece:
    """Some of the words of a text; ``changed`` where the other text has others."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Compared:
    """One paragraph with two texts side by side, and the field in which a person chooses."""

    where: str
    why: str
    says: str
    rests: bool
    before_title: str
    before: list[Piece]
    now_title: str
    now: list[Piece]
    field: BoundField

    @property
    def question(self) -> str:
        """The legend of its choice."""
        return f"{self.where}: which words?"


@dataclass(frozen=True)
class Line:
    """One paragraph of a reading, as a line."""

    where: str
    text: str
    depth: int


def said(path: str) -> str:
    """A paragraph as people say it."""
    scope, _, number = path.partition("/")
    return f"Paragraph {place(scope, number)}"


def about(found: Outcome) -> list[str]:
    """Why a person is asked about a known schedule."""
    judged = found.judged
    assert judged is not None
    matched, whole = len(judged.matched.matched), len(judged.matched.matched) + len(judged.matched.missing)
    told = [f"It has {matched} of the {count(whole, 'paragraph')} of {found.schedule.title}."]
    if judged.matched.extra:
        told.append(f"{count(len(judged.matched.extra), 'paragraph')} of it are not in that schedule.")
    told.append(f"{round(judged.like * 100)} % of the paragraphs in both read like themselves.")
    resting = sum(one.rests for one in judged.differing)
    if resting:
        told.append(
            f"{count(resting, 'paragraph')} that rules rest on {'says' if resting == 1 else 'say'} something"
            " else than the rules do."
        )
    return told


def differing(form: EachForm, ones: Sequence[Differing]) -> list[Compared]:
    """The differing paragraphs."""
    rows = []
    for one in ones:
        known = one.why is Why.UNLIKE or (one.why is Why.FIGURE)
        before, now = _sides(one.before, one.now, marked=one.why is Why.CHANGED)
        telling = f"Changed: {one.says}." if one.why is Why.CHANGED and one.says else one.says
        rows.append(
            Compared(
                said(one.path), WHY[one.why], telling, one.rests,
                "What Duly knows of it" if known else "The words it has", before,
                "This document", now, form[form.field_of[one.path]],
            )
        )  # fmt: skip
    return rows


def pairs(form: EachForm, ones: Sequence[Pair]) -> list[Compared]:
    """Paragraphs of a later edition with other words, or without any."""
    rows = []
    for one in ones:
        assert one.before is not None
        before, now = _sides(one.before.words, one.now.text if one.now else "", marked=one.now is not None)
        moved = f"It was {said(one.before.path).lower()} before." if one.renumbered else ""
        why = "These words differ." if one.now else "It is not in this document."
        rows.append(
            Compared(
                said(one.path), why, moved, one.rests, "The words it has", before,
                "This document", now, form[form.field_of[one.path]],
            )
        )  # fmt: skip
    return rows


def moved(edition: Edition) -> list[str]:
    """What has another number now and says the same."""
    found = [(pair.before, pair.path) for pair in edition.those(How.MOVED)]
    return [f"{said(before.path)} is {said(path).lower()} now" for before, path in found if before]


def added(edition: Edition) -> list[Line]:
    """What is new."""
    return [
        _line(pair.path, pair.now.text, pair.now.heading) for pair in edition.those(How.ADDED) if pair.now
    ]


def edition_counts(edition: Edition) -> str:
    """What became of the paragraphs, in numbers."""
    words = {
        How.SAME: "unchanged", How.MOVED: "unchanged at another number", How.CHANGED: "with other words",
        How.ADDED: "new", How.GONE: "left out",
    }  # fmt: skip
    counts = [(len(edition.those(how)), told) for how, told in words.items()]
    return listed([f"{number} {told}" for number, told in counts if number])


def others(outcomes: Iterable[Outcome]) -> list[str]:
    """Why it is none of the schedules there are, one sentence for each."""
    told = []
    for one in outcomes:
        if one.judged is not None:
            matched = len(one.judged.matched.matched)
            whole = matched + len(one.judged.matched.missing)
            why = f"it has {matched} of its {whole} paragraphs"
            if matched * 2 >= whole:
                why += f", and {round(one.judged.like * 100)} % of them read like it"
        else:
            assert one.edition is not None
            why = f"{round(one.edition.like * 100)} % of its words are found again"
        told.append(f"{one.schedule.title}: {why}.")
    return told


def found(reading: ParsedDocument) -> str:
    """What the reader found, in numbers."""
    numbers = [
        count(len(reading.paragraphs), "paragraph"),
        count(len(reading.time_limits), "time limit"),
        count(len(reading.warnings), "warning"),
    ]
    return listed(numbers)


def warnings(reading: ParsedDocument) -> list[warned.Group]:
    """Its warnings, in groups."""
    return warned.groups(one.as_json() for one in reading.warnings)


def paragraphs(reading: ParsedDocument) -> list[Line]:
    """The paragraphs that were read, as far as they are shown."""
    return [_line(one.path, one.text, one.heading) for one in reading.paragraphs[:MOST_SHOWN]]


def _line(path: str, text: str, heading: str | None) -> Line:
    scope, _, number = path.partition("/")
    words = " ".join(f"{heading or ''} {text}".split())
    return Line(place(scope, number), words if len(words) <= 300 else f"{words[:299]}…", depth(number))


def _sides(before: str, now: str, *, marked: bool) -> tuple[list[Piece], list[Piece]]:
    """Two texts; ``marked``: in pieces, so that what differs can be marked."""
    if not marked:
        return [Piece(text) for text in (before,) if text], [Piece(text) for text in (now,) if text]
    one, other = before.split(), now.split()
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        for side, words in zip(sides, (one[i:j], other[k:m]), strict=True):
            if words:
                side.append(Piece(" ".join(words), tag != "equal"))
    return sides
