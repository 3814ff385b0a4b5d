"""What a Word file holds beside its text: changes that nobody has accepted, comments and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from contracts.reader.changes import Change, ChangeKind, goes_on, moment_of
from contracts.reader.word_numbers import Element
from contracts.reader.word_words import FALLBACK

CHANGES = {
    qn("w:del"): "deletion",
    qn("w:ins"): "insertion",
    qn("w:moveFrom"): "move",
}
_KINDS = {
    qn("w:ins"): ChangeKind.INSERTED,
    qn("w:del"): ChangeKind.DELETED,
    qn("w:moveFrom"): ChangeKind.MOVED_AWAY,
    qn("w:moveTo"): ChangeKind.MOVED_HERE,
}
_MARKS_ONLY = {qn("w:rPr"), qn("w:trPr"), qn("w:tcPr"), qn("w:numPr")}
_NO_WORDS = {qn(f"w:{name}") for name in ("bookmarkStart", "bookmarkEnd", "proofErr", "commentRangeStart",
                                         "commentRangeEnd", "permStart", "permEnd")}  # fmt: skip
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")

NoteKey = tuple[str, str]
"""Footnote or Endnote, and the id of the note in its part of the file."""


def part_of(document: docx.document.Document, kind: str) -> Element | None:
    """A part of the file beside the body, by the last word of its relation: "footnotes"."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
            return parse_xml(relation.target_part.blob)
    return None


def notes_of(document: docx.document.Document) -> dict[NoteKey, Element]:
    """The footnotes and endnotes of a file, without the lines that part them from the text."""
    found: dict[NoteKey, Element] = {}
    for part, tag, kind in (("footnotes", "w:footnote", "Footnote"), ("endnotes", "w:endnote", "Endnote")):
        element = part_of(document, part)
        for note in element.findall(qn(tag)) if element is not None else []:
            if note.get(qn("w:type")) not in _SEPARATORS:
                found[kind, str(note.get(qn("w:id")))] = note
    return found


def is_changed(paragraph: Element) -> bool:
    """Whether a paragraph holds a change that nobody has accepted."""
    return next(paragraph.iter(*_KINDS), None) is not None


def changes_in(paragraph: Element, line: int) -> Iterator[Change]:
    """The changes of a paragraph's words, in order; those side by side that one person made are one. What
    one person inserted and another deleted counts as deleted.
    """
    last: tuple[Element, Change] | None = None
    for element in paragraph.iter(*_KINDS):
        if element.getparent().tag in _MARKS_ONLY or not (words := _words(element)):
            continue
        if next(element.iterancestors(qn("w:p")), None) is not paragraph:
            continue
        by, at = str(element.get(qn("w:author")) or ""), moment_of(element.get(qn("w:date")))
        change = Change(_KINDS[element.tag], words, by, at, line)
        if last and _beside(last[0], element) and goes_on(last[1], change):
            change = replace(last[1], words=last[1].words + words)
        elif last:
            yield last[1]
        last = (element, change)
    if last:
        yield last[1]


def _beside(before: Element, element: Element) -> bool:
    """Whether no words are kept between two changes."""
    between = element.getprevious()
    while between is not None and between is not before and between.tag in _NO_WORDS:
        between = between.getprevious()
    return between is before


def _words(change: Element) -> str:
    """The words that a change itself brings or takes, without those of changes inside it."""
    parts = []
    for run in change.iter(qn("w:t"), qn("w:delText"), qn("w:tab"), qn("w:br")):
        if next(run.iterancestors(*_KINDS)) is change:
            parts.append(" " if run.tag in (qn("w:tab"), qn("w:br")) else run.text or "")
    return "".join(parts)


def comments_of(document: docx.document.Document) -> list[tuple[str, Change]]:
    """The comments of a file, each with its id; their line is not known here."""
    part = part_of(document, "comments")
    found: list[tuple[str, Change]] = []
    for comment in part.findall(qn("w:comment")) if part is not None else []:
        paragraphs = [
            "".join(run.text or "" for run in one.iter(qn("w:t"))) for one in comment.iter(qn("w:p"))
        ]
        words = " ".join(" ".join(paragraphs).split())
        by, at = str(comment.get(qn("w:author")) or ""), moment_of(comment.get(qn("w:date")))
        found.append((str(comment.get(qn("w:id"))), Change(ChangeKind.COMMENT, words, by, at, 1)))
    return found


def count_changes(roots: list[Element]) -> Counter[str]:
    """The number of changes of each kind: deletion, insertion, move."""
    counts: Counter[str] = Counter()
    for root in roots:
        for change in root.iter(*CHANGES):
            if _counts(change):
                counts[CHANGES[change.tag]] += 1
    return counts


def _counts(change: Element) -> bool:
    """Whether a change is counted by itself. That of a paragraph's end belongs to that of its words."""
    parent = change.getparent()
    if any(ancestor.tag == FALLBACK for ancestor in change.iterancestors()):
        return False
    if parent is None or parent.tag not in _MARKS_ONLY:
        return True
    paragraph = next(change.iterancestors(qn("w:p")), None)
    if parent.tag != qn("w:rPr") or paragraph is None:
        return False
    return all(other.getparent().tag in _MARKS_ONLY for other in paragraph.iter(change.tag))
