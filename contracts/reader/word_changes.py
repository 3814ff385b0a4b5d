"""What a Word file holds beside its text: changes that nobody has accepted, comments and notes."""

from __future__ import annotations

from collections import Counter

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from contracts.reader.results import Notes
from contracts.reader.word_numbers import Element
from contracts.reader.word_words import FALLBACK

CHANGES = {
    qn("w:del"): "deletion",
    qn("w:ins"): "insertion",
    qn("w:moveFrom"): "move",
}
_MARKS_ONLY = {qn("w:rPr"), qn("w:trPr"), qn("w:tcPr"), qn("w:numPr")}
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
    return next(paragraph.iter(*CHANGES), None) is not None


def warn_of_changes(roots: list[Element], line: int, notes: Notes) -> None:
    """One warning with the number of changes of each kind. ``line``: of the first of them."""
    counts: Counter[str] = Counter()
    for root in roots:
        for change in root.iter(*CHANGES):
            if _counts(change):
                counts[CHANGES[change.tag]] += 1
    if not counts:
        return
    said = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in sorted(counts.items()))
    why = f"the file has changes that nobody has accepted; read as if accepted ({said})"
    notes.warn(line, "tracked_changes", why)


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


def warn_of_comments(document: docx.document.Document, notes: Notes) -> None:
    """One warning with the number of comments in the margin, which are not read."""
    part = part_of(document, "comments")
    count = len(part.findall(qn("w:comment"))) if part is not None else 0
    if count:
        said = "1 comment that is" if count == 1 else f"{count} comments that are"
        notes.warn(1, "comments", f"the file has {said} not read: look at it in a word processor")
