"""The walk through the body of a Word file: its paragraphs, tables, text boxes and footnotes in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import docx
from docx.oxml.ns import qn

from contracts.reader import footnotes
from contracts.reader.changes import Change
from contracts.reader.held import Tally
from contracts.reader.left_out import LeftOut
from contracts.reader.lines import Line
from contracts.reader.results import Notes
from contracts.reader.unsettled import (
    warn_of_changes,
    warn_of_comments,
    warn_of_footnotes,
    warn_of_left_out,
)
from contracts.reader.word_changes import NoteKey, changes_in, comments_of, count_changes, is_changed
from contracts.reader.word_numbers import BULLET, Element, Numbering
from contracts.reader.word_words import BOX, FALLBACK, Words, is_gone


class Walk:
    """Walks through the body, tables and text boxes in document order. A footnote follows its paragraph."""

    def __init__(self, numbering: Numbering, words: Words, notes: dict[NoteKey, Element]) -> None:
        self.numbering, self.words, self.notes = numbering, words, notes
        self.lines: list[Line] = []
        self.note_lines: dict[NoteKey, int] = {}
        self.kinds: dict[str, int] = {}
        self.changes: list[Change] = []
        self.comments: dict[str, int] = {}
        self.changed = self.tables = self.boxes = 0

    def of(self, body: Element) -> list[Line]:
        """The lines of the body."""
        self._blocks(body)
        return self.lines

    def report(self, document: docx.document.Document, notes: Notes) -> None:
        """Say what was left out, and what was read though it is unsettled or stands elsewhere."""
        unplaced = self._unplaced()
        unplaced.warn(notes, "footnotes_not_read", "notes that nothing refers to are not read")
        warn_of_left_out(self.words.struck, self.words.hidden, notes)
        self._count(unplaced, notes.held)
        notes.changes += self.changes
        counts = count_changes([document.element.body, *self.notes.values()])
        warn_of_changes(counts, self.changed or 1, notes)
        self._comments(comments_of(document), notes)
        warn_of_footnotes(len(self.note_lines), min(self.note_lines.values(), default=1), notes)

    def _count(self, unplaced: LeftOut, held: Tally) -> None:
        for place in unplaced.places:
            held.add("footnotes_unplaced", words=place.words)
        held.add("tables", self.tables)
        held.add("text_boxes", self.boxes)
        held.add("form_fields", self.words.fields)

    def _comments(self, comments: list[tuple[str, Change]], notes: Notes) -> None:
        found = [replace(comment, line=self.comments.get(key, 1)) for key, comment in comments]
        notes.changes += found
        for comment in found:
            notes.held.add("comments", words=comment.words)
        warn_of_comments(len(found), notes)

    def _unplaced(self) -> LeftOut:
        """Notes that nothing refers to but words that are left out themselves. Deleted ones hold no words."""
        left = LeftOut()
        for key, note in self.notes.items():
            if key not in self.note_lines and (words := self._note_words(note)):
                left.add(len(self.lines), words)
        return left

    def _note_words(self, note: Element) -> str:
        return " ".join(" ".join(self._words(paragraph) for paragraph in note.iter(qn("w:p"))).split())

    def _blocks(self, parent: Element) -> None:
        """Paragraphs and tables, also where they stand in content controls."""
        for element in parent.iterchildren():
            if element.tag == qn("w:p"):
                self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                self._table(element)
            elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
                self._blocks(element)

    def _paragraph(self, element: Element) -> None:
        parts = self._words(element).split("\n")
        label, bullet = self._label(element, bool("".join(parts).strip()))
        for place, text in enumerate(parts):
            first = place == 0
            shown = f"· {text}" if first and bullet and text.strip() else text
            self._add(shown, label if first and text.strip() else None)
        self._footnotes()
        for box in _boxes(element):
            self.boxes += 1
            self._blocks(box)

    def _words(self, element: Element) -> str:
        line = len(self.lines) + 1
        if is_changed(element):
            self.changed = self.changed or line
            self.changes += changes_in(element, line)
        for reference in element.iter(qn("w:commentReference")):
            self.comments.setdefault(str(reference.get(qn("w:id"))), line)
        return self.words.of(element, line)

    def _footnotes(self, table: bool = False) -> None:
        """The notes that were referred to since the last call, each a line of its own."""
        referred, self.words.references = self.words.references, []
        for key in referred:
            note = self.notes.get(key)
            if note is None or key in self.note_lines:
                continue
            line = len(self.lines) + 1
            if words := self._note_words(note):
                self.note_lines[key] = line
                number = self.kinds[key[0]] = self.kinds.get(key[0], 0) + 1
                text = footnotes.marked(key[0], number, words)
                self.lines.append(Line(line, text, table=table, note=True))

    def _label(self, element: Element, has_words: bool) -> tuple[str | None, bool]:
        properties = element.find(qn("w:pPr"))
        if not has_words and is_gone(properties):
            return None, False
        found = self.numbering.label(properties)
        if found is None:
            return None, False
        label, form = found
        return (None, True) if form == BULLET else (label.strip() or None, False)

    def _add(self, text: str, label: str | None = None, cell: bool = False, table: bool = False) -> None:
        self.lines.append(Line(len(self.lines) + 1, f"\t{text}" if cell else text, label, cell, table))

    def _table(self, element: Element) -> None:
        self.tables += 1
        self._add("")
        for row in element.iter(qn("w:tr")):
            if next(row.iterancestors(qn("w:tbl"))) is not element:
                continue
            for cell in _cells(row):
                self._cell(cell)
            self._footnotes(table=True)
            self._add("")

    def _cell(self, cell: Element) -> None:
        first = True
        for paragraph in cell.iter(qn("w:p")):
            words = self._words(paragraph)
            label, bullet = self._label(paragraph, bool(words.strip()))
            for text in words.split("\n"):
                shown = f"{label or ('·' if bullet else '')} {text}".strip()
                label, bullet = None, False
                self._add(shown, cell=first, table=True)
                first = False


def _cells(row: Element) -> Iterator[Element]:
    for cell in row.iter(qn("w:tc")):
        if next(cell.iterancestors(qn("w:tr"))) is row:
            yield cell


def _boxes(element: Element) -> Iterator[Element]:
    for box in element.iter(BOX):
        if not any(ancestor.tag == FALLBACK for ancestor in box.iterancestors()):
            yield box
