"""The words of a Word paragraph as it prints. What is deleted, struck through or hidden is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docx.oxml.ns import qn

from contracts.reader.left_out import LeftOut
from contracts.reader.word_numbers import Element, value_of

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
BOX = qn("w:txbxContent")
NOTE_REFERENCES = {qn("w:footnoteReference"): "Footnote", qn("w:endnoteReference"): "Endnote"}
_GONE = {qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText")}
_ELSEWHERE = {FALLBACK, BOX, qn("w:pPr"), qn("w:rPr"), qn("w:p")}
_SPACES = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_FORM_FIELD = qn("w:ffData")
_OFF = frozenset({"0", "false", "off", "none"})
_STRUCK = ("w:strike", "w:dstrike")
_HIDDEN = "w:vanish"


@dataclass(frozen=True, slots=True)
class _Style:
    base: str | None
    marks: dict[str, bool]


class Words:
    """Gives the words of paragraphs one after the other, and gathers what it leaves out and refers to."""

    def __init__(self, styles: Element | None) -> None:
        self.styles, self.default = _styles(styles)
        self.struck, self.hidden = LeftOut(), LeftOut()
        self.fields = 0
        """Fields of forms that were met, filled in or not."""
        self.references: list[tuple[str, str]] = []
        """Notes that the paragraphs refer to since this was last emptied: kind and id."""

    def of(self, paragraph: Element, line: int) -> str:
        """The text of a paragraph that begins on a line: insertions in, deletions and field codes out."""
        style = value_of(paragraph.find(qn("w:pPr")), "w:pStyle") or self.default
        self.struck.open = self.hidden.open = False
        before = len(self.struck.places) + len(self.hidden.places)
        text = "".join(self._inside(paragraph, style, line))
        left_out = len(self.struck.places) + len(self.hidden.places) > before
        return re.sub(r" {2,}", " ", text) if left_out else text

    def _inside(self, element: Element, style: str | None, line: int) -> Iterator[str]:
        for child in element.iterchildren():
            if child.tag in _GONE or child.tag in _ELSEWHERE:
                continue
            if child.tag == qn("w:t"):
                yield child.text or ""
            elif child.tag in _SPACES:
                yield _SPACES[child.tag]
            elif child.tag == _FORM_FIELD:
                self.fields += 1
                yield _chosen(child)
            elif child.tag in NOTE_REFERENCES:
                self.references.append((NOTE_REFERENCES[child.tag], str(child.get(qn("w:id")))))
            elif child.tag == qn("w:r"):
                yield self._run(child, style, line)
            elif isinstance(child.tag, str):
                yield from self._inside(child, style, line)

    def _run(self, run: Element, style: str | None, line: int) -> str:
        referred = len(self.references)
        text = "".join(self._inside(run, style, line))
        left_out = self._left_out(run.find(qn("w:rPr")), style)
        if left_out is None:
            if text:
                self.struck.open = self.hidden.open = False
            return text
        del self.references[referred:]
        if not text.strip():
            return text
        left_out.add(line, text, goes_on=True)
        return " " if text != text.strip() else ""

    def _left_out(self, properties: Element | None, style: str | None) -> LeftOut | None:
        if self._is_on(_HIDDEN, properties, style):
            return self.hidden
        return self.struck if any(self._is_on(mark, properties, style) for mark in _STRUCK) else None

    def _is_on(self, mark: str, properties: Element | None, style: str | None) -> bool:
        """The run's own word counts; else that of its two styles, of which one undoes the other."""
        own = _said(properties, mark)
        if own is not None:
            return own
        return self._of_style(style, mark) != self._of_style(value_of(properties, "w:rStyle"), mark)

    def _of_style(self, name: str | None, mark: str) -> bool:
        seen: set[str] = set()
        while name and name in self.styles and name not in seen:
            seen.add(name)
            if mark in self.styles[name].marks:
                return self.styles[name].marks[mark]
            name = self.styles[name].base
        return False


def _chosen(field: Element) -> str:
    """What a field of a form shows that is nowhere else: the ticked box, the line chosen from a list."""
    box, choice = field.find(qn("w:checkBox")), field.find(qn("w:ddList"))
    if box is not None:
        state = value_of(box, "w:checked")
        state = value_of(box, "w:default") if state is None else state
        return "☐" if state is None or state in _OFF else "☒"
    if choice is None:
        return ""
    lines = [str(entry.get(qn("w:val"))) for entry in choice.findall(qn("w:listEntry"))]
    place = value_of(choice, "w:result") or value_of(choice, "w:default") or "0"
    return lines[int(place)] if place.isdigit() and int(place) < len(lines) else ""


def is_gone(properties: Element | None) -> bool:
    """Whether the end of a paragraph is deleted, moved away or hidden: empty, it is not there at all."""
    marks = properties.find(qn("w:rPr")) if properties is not None else None
    if marks is None:
        return False
    return any(marks.find(qn(name)) is not None for name in ("w:del", "w:moveFrom")) or bool(
        _said(marks, _HIDDEN)
    )


def _said(properties: Element | None, mark: str) -> bool | None:
    value = value_of(properties, mark)
    return None if value is None else value not in _OFF


def _styles(styles: Element | None) -> tuple[dict[str, _Style], str | None]:
    """The styles by id, and the id of that of paragraphs which name none."""
    found: dict[str, _Style] = {}
    default = None
    for style in styles.findall(qn("w:style")) if styles is not None else []:
        key = str(style.get(qn("w:styleId")))
        properties = style.find(qn("w:rPr"))
        said = {mark: _said(properties, mark) for mark in (*_STRUCK, _HIDDEN)}
        marks = {mark: value for mark, value in said.items() if value is not None}
        found[key] = _Style(value_of(style, "w:basedOn"), marks)
        if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true"):
            default = key
    return found, default
