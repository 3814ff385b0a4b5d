"""Word files (.docx) as lines, with the numbers that Word would print."""

from __future__ import annotations

import io

import docx

from contracts.reader import packages
from contracts.reader.lines import Line
from contracts.reader.results import Notes, ReaderError
from contracts.reader.word_beside import count_beside
from contracts.reader.word_changes import notes_of
from contracts.reader.word_numbers import Element, Numbering
from contracts.reader.word_walk import Walk
from contracts.reader.word_words import Words


def lines_of_word(data: bytes, notes: Notes) -> list[Line]:
    """The lines of a Word file, with warnings of what it holds that is not read, or is read as something
    that nobody has settled. Raises ReaderError where it is damaged, locked or another kind of zip.
    """
    packages.check(data, "Word")
    try:
        document = docx.Document(io.BytesIO(data))
        numbering = Numbering(_numbering(document), document.styles.element)
        walk = Walk(numbering, Words(document.styles.element), notes_of(document))
        lines = walk.of(document.element.body)
        walk.report(document, notes)
        count_beside(document, notes)
        return lines
    except (ReaderError, MemoryError):
        raise
    except Exception as error:
        raise ReaderError(packages.why_not(error, "Word")) from error


def _numbering(document: docx.document.Document) -> Element | None:
    """The part with the lists; a document without lists has none, and the library would make one up."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/numbering"):
            return relation.target_part.element
    return None
