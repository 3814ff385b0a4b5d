"""The words of the pages on which the reading of a document is looked at and corrected."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from contracts.models import ReadingCorrection
from contracts.models.correction import UNDO
from contracts.reader.correction_state import Piece, Stray
from contracts.reader.corrections import CorrectionKind
from contracts.services.schedule_readings import ScheduleReading
from contracts.web.text.presenters import depth, place
from contracts.web.words import moment_words

ACTS = {
    CorrectionKind.SPLIT: ("Split it", "A second paragraph begins in its text"),
    CorrectionKind.JOIN: ("Join it with the paragraph before it", "It is the end of that one"),
    CorrectionKind.RENUMBER: ("Change its number", "What stands under it goes along"),
    CorrectionKind.RESCOPE: ("Move it to another part", "An annex, or the body of the document"),
    CorrectionKind.MOVE: ("Move it", "Another place in the order, or under another paragraph"),
    CorrectionKind.HEADING: ("Change where its heading ends", "What is heading and what is text"),
    CorrectionKind.DROP: ("It is no paragraph", "It stays as other text of the document"),
}
"""What can be done about a paragraph, and when."""

DONE = {
    **{kind: says for kind, (says, _) in ACTS.items()},
    CorrectionKind.SPLIT: "Split",
    CorrectionKind.JOIN: "Joined with the paragraph before it",
    CorrectionKind.RENUMBER: "Number changed",
    CorrectionKind.RESCOPE: "Moved to another part",
    CorrectionKind.MOVE: "Moved",
    CorrectionKind.HEADING: "Heading changed",
    CorrectionKind.DROP: "No paragraph",
    CorrectionKind.ADD: "Made a paragraph",
}
SHOWN = 200


@dataclass(frozen=True)
class ReadRow:
    """A paragraph, or other text, as it was read. ``number`` is empty for other text."""

    key: str
    number: str
    part: str
    heading: str
    words: str
    depth: int
    warnings: list[str]
    href: str
    correct: str


def rows(reading: ScheduleReading, contract: int, *, may: bool) -> list[ReadRow]:
    """Everything that the document was read as, in its order, with the reader's warnings where they arose."""
    warned = _warnings(reading)
    found: list[ReadRow] = []
    for one in _in_order(reading):
        href = reverse("reading_piece", args=[contract, reading.schedule.pk, one.key]) if may else ""
        found.append(_row(one, warned.get(one.key, []), href))
    return found


def row_of(one: Piece | Stray, reading: ScheduleReading) -> ReadRow:
    """One of them by itself."""
    return _row(one, _warnings(reading).get(one.key, []), "")


def _row(one: Piece | Stray, warnings: list[str], href: str) -> ReadRow:
    if isinstance(one, Stray):
        words = one.other.text
        return ReadRow(one.key, "", one.other.scope, "", words, 1, warnings, href, "Make it a paragraph")
    said = one.paragraph
    number = place(said.scope, said.number)
    return ReadRow(
        key=one.key,
        number=number,
        part=said.scope,
        heading=said.heading or "",
        words=said.text,
        depth=depth(said.number),
        warnings=warnings,
        href=href,
        correct=f"Correct {number}",
    )


def _in_order(reading: ScheduleReading) -> list[Piece | Stray]:
    """Paragraphs in their order, each piece of other text before the first that begins after it."""
    waiting = sorted(reading.corrected.strays, key=lambda one: one.other.line)
    found: list[Piece | Stray] = []
    at = 0
    for piece in reading.corrected.pieces:
        while at < len(waiting) and waiting[at].other.line < piece.paragraph.line:
            found.append(waiting[at])
            at += 1
        found.append(piece)
    return [*found, *waiting[at:]]


def _warnings(reading: ScheduleReading) -> dict[str, list[str]]:
    """The reader's warnings by the key of what they are about: the last that begins by their line."""
    begins = sorted(
        [(one.paragraph.line, one.key) for one in reading.corrected.pieces]
        + [(one.other.line, one.key) for one in reading.corrected.strays],
        key=lambda pair: pair[0],
    )
    lines = [line for line, _ in begins]
    found: dict[str, list[str]] = defaultdict(list)
    for one in reading.read.warnings:
        at = bisect_right(lines, one.line) - 1
        if at >= 0 and one.line:
            found[begins[at][1]].append(one.text[:1].upper() + one.text[1:])
    return found


@dataclass(frozen=True)
class Act:
    """Something that can be done about a paragraph."""

    says: str
    when: str
    href: str


def acts(contract: int, schedule: int, key: str) -> list[Act]:
    """What can be done about a paragraph."""
    return [
        Act(says, when, reverse("correct_reading", args=[contract, schedule, key, str(kind)]))
        for kind, (says, when) in ACTS.items()
    ]


@dataclass(frozen=True)
class CorrectionRow:
    """One correction in the list of them."""

    number: int
    says: str
    where: str
    words: str
    who: str
    reason: str
    state: str
    undo_href: str


def corrections(reading: ScheduleReading, contract: int, *, may: bool) -> list[CorrectionRow]:
    """All corrections of a schedule, the newest first."""
    return [_correction(row, reading, contract, may) for row in reversed(reading.made)]


def lost(reading: ScheduleReading, contract: int, *, may: bool) -> list[CorrectionRow]:
    """Those of earlier documents whose words are not found any more."""
    return [_correction(row, reading, contract, may) for row in reading.lost]


def _correction(row: ReadingCorrection, reading: ScheduleReading, contract: int, may: bool) -> CorrectionRow:
    state, open_yet = _state(row, reading)
    undo = reverse("undo_correction", args=[contract, reading.schedule.pk, row.pk])
    scope, _, number = row.path.partition("/")
    return CorrectionRow(
        number=row.number,
        says=_says(row, reading.made),
        where=place(scope, number) if row.path else "other text",
        words=_short(row.words),
        who=f"{row.made_by_name}, {moment_words(row.made_at)}",
        reason=row.reason,
        state=state,
        undo_href=undo if may and open_yet else "",
    )


def _says(row: ReadingCorrection, made: Iterable[ReadingCorrection]) -> str:
    if row.kind == UNDO:
        undone = next((one for one in made if one.pk == row.undoes_id), None)
        return f"Correction {undone.number} taken back" if undone else "Taken back"
    what = DONE[CorrectionKind(row.kind)]
    number, scope = row.what.get("number"), row.what.get("scope")
    return f"{what}: {place(scope or 'main', number)}" if number else f"{what}: {scope}" if scope else what


def _state(row: ReadingCorrection, reading: ScheduleReading) -> tuple[str, bool]:
    """How a correction stands, and whether it can be taken back."""
    if row.kind == UNDO:
        return "", False
    if row.pk in {one.undoes_id for one in reading.made}:
        return "Taken back", False
    if row.pk in {one.carried_from_id for one in reading.made}:
        return "Done again to a later edition", False
    if row.document_id != reading.document.pk:
        return "Its words are not in this edition", True
    return ("Done again from an earlier edition" if row.carried_from_id else "Counts"), True


def _short(words: str) -> str:
    said = " ".join(words.split())
    return said if len(said) <= SHOWN else f"{said[:SHOWN].rsplit(' ', 1)[0]} …"
