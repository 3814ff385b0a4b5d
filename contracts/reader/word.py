"""Word files (.docx) as lines, with the numbers that Word would print."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.oxml.ns import qn

from contracts.reader.lines import Line
from contracts.reader.results import ReaderError
from contracts.reader.word_numbers import BULLET, Element, Numbering, value_of

LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes of all parts of the file together, once unpacked."""

_GONE = {qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = qn("w:txbxContent")
_SPACES = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def lines_of_word(data: bytes) -> list[Line]:
    """The lines of a Word file. Raises ReaderError where it is damaged, locked or another kind of zip."""
    _check(data)
    try:
        document = docx.Document(io.BytesIO(data))
        numbering = Numbering(_numbering(document), document.styles.element)
        body = document.element.body
        return _Lines(numbering).of(body)
    except ReaderError:
        raise
    except Exception as error:
        raise ReaderError(
            f"the Word file is damaged ({type(error).__name__}): open it and save it again"
        ) from error


def _check(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            size = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ReaderError("the Word file is damaged: open it and save it again") from error
    if "word/document.xml" not in names:
        raise ReaderError("this is not a Word file: give a plain-text (.txt), Word (.docx) or PDF file")
    if size > LARGEST_UNPACKED:
        raise ReaderError("the Word file unpacks to more than 200 MB: save it again without its pictures")


def _numbering(document: docx.document.Document) -> Element | None:
    """The part with the lists; a document without lists has none, and the library would make one up."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/numbering"):
            return relation.target_part.element
    return None


class _Lines:
    """Walks through the body, tables and text boxes in document order."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.lines: list[Line] = []

    def of(self, body: Element) -> list[Line]:
        self._blocks(body)
        return self.lines

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
        parts = "".join(_words(element)).split("\n")
        label, bullet = self._label(element, bool("".join(parts).strip()))
        for place, text in enumerate(parts):
            first = place == 0
            shown = f"· {text}" if first and bullet and text.strip() else text
            self._add(shown, label if first and text.strip() else None)
        for box in _boxes(element):
            self._blocks(box)

    def _label(self, element: Element, has_words: bool) -> tuple[str | None, bool]:
        properties = element.find(qn("w:pPr"))
        if not has_words and _struck_out(properties):
            return None, False
        found = self.numbering.label(properties)
        if found is None:
            return None, False
        label, form = found
        return (None, True) if form == BULLET else (label.strip() or None, False)

    def _add(self, text: str, label: str | None = None, cell: bool = False, table: bool = False) -> None:
        self.lines.append(Line(len(self.lines) + 1, f"\t{text}" if cell else text, label, cell, table))

    def _table(self, element: Element) -> None:
        self._add("")
        for row in element.iter(qn("w:tr")):
            if next(row.iterancestors(qn("w:tbl"))) is not element:
                continue
            for cell in _cells(row):
                self._cell(cell)
            self._add("")

    def _cell(self, cell: Element) -> None:
        first = True
        for paragraph in cell.iter(qn("w:p")):
            label, bullet = self._label(paragraph, True)
            for text in "".join(_words(paragraph)).split("\n"):
                shown = f"{label or ('·' if bullet else '')} {text}".strip()
                label, bullet = None, False
                self._add(shown, cell=first, table=True)
                first = False


def _cells(row: Element) -> Iterator[Element]:
    for cell in row.iter(qn("w:tc")):
        if next(cell.iterancestors(qn("w:tr"))) is row:
            yield cell


def _words(element: Element) -> Iterator[str]:
    """The text of a paragraph as it prints: insertions in, deletions and field codes out."""
    for child in element.iterchildren():
        if child.tag in _GONE or child.tag in (_FALLBACK, _BOX, qn("w:pPr"), qn("w:rPr")):
            continue
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag == qn("w:p"):
            continue
        elif isinstance(child.tag, str):
            yield from _words(child)


def _boxes(element: Element) -> Iterator[Element]:
    for box in element.iter(_BOX):
        if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
            yield box


def _struck_out(properties: Element | None) -> bool:
    """Whether the end of the paragraph is deleted: then an empty paragraph is not there at all."""
    marks = properties.find(qn("w:rPr")) if properties is not None else None
    return marks is not None and value_of(marks, "w:del") is not None
