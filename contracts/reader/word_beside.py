"""What stands beside the body of a Word file: page headers and footers, pictures, files inside the file."""

from __future__ import annotations

from collections.abc import Iterator

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from contracts.reader.results import Notes
from contracts.reader.word_numbers import Element
from contracts.terms.phrases import find_limits

_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
)


def count_beside(document: docx.document.Document, notes: Notes) -> None:
    """Count them; a time limit in a header or a footer is warned of."""
    for words in _headers(document):
        notes.held.add("headers", words=words)
        for limit in find_limits(words):
            notes.warn(1, "limit_outside", f'"{limit.phrase}" stands in a page header or footer')
    notes.held.add("pictures", sum(1 for _ in document.element.body.iter(*_PICTURES)))
    kinds = [relation.reltype.rpartition("/")[2] for relation in document.part.rels.values()]
    notes.held.add("embedded_files", sum(kind in ("oleObject", "package") for kind in kinds))


def _headers(document: docx.document.Document) -> Iterator[str]:
    """The words of each header and footer, once where several say the same."""
    seen: set[str] = set()
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/header", "/footer")):
            continue
        words = " ".join(" ".join(_texts(parse_xml(relation.target_part.blob))).split())
        if any(letter.isalpha() for letter in words) and words not in seen:
            seen.add(words)
            yield words


def _texts(part: Element) -> Iterator[str]:
    for paragraph in part.iter(qn("w:p")):
        yield "".join(run.text or "" for run in paragraph.iter(qn("w:t")))
