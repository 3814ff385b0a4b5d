"""The walk through an OpenDocument text: paragraphs, headings, lists, tables, notes and tracked changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from contracts.reader import footnotes
from contracts.reader.left_out import LeftOut
from contracts.reader.lines import Line
from contracts.reader.lists import OpenList
from contracts.reader.odt_changes import Tracked, words_in
from contracts.reader.odt_names import q
from contracts.reader.odt_numbers import DEEPEST, Numbering, whole
from contracts.reader.odt_styles import Styles
from contracts.reader.results import Notes
from contracts.reader.sheet import Sheet
from contracts.reader.unsettled import warn_of_footnotes, warn_of_left_out

_P, _H, _SPAN = q("text:p"), q("text:h"), q("text:span")
_LIST, _ITEM = q("text:list"), q("text:list-item")
_CITED, _MOST_SPACES = q("text:note-citation"), 100


class Walk:
    """Walks through the body once, element by element; however deep they are nested, it does not recurse."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.styles, self.numbering = styles, numbering
        self.sheet = Sheet()
        self.lists: list[tuple[dict[int, OpenList], str]] = []
        self.waiting: Any = None
        self.tables = 0
        self.struck, self.hidden = LeftOut(), LeftOut()
        self.footnotes: list[str] = []
        self.first_note = 0
        self.counted = {"Footnote": 0, "Endnote": 0}
        self.tracked = Tracked()
        begins: dict[str, Callable[[Any], None]] = {
            "text:p": self._paragraph, "text:h": self._paragraph, "text:list": self._list,
            "text:list-item": self._item, "text:s": self._spaces, "text:tab": lambda _: self._write("\t"),
            "text:line-break": lambda _: self.sheet.end(), "table:table": self._table,
            "table:table-cell": self._cell, "draw:image": self._picture,
            "text:change-start": self.tracked.begins,
            "text:change-end": lambda element: self.tracked.ends(element, self.sheet.no),
            "text:change": lambda element: self.tracked.point(element, self.sheet.no),
            "draw:text-box": lambda _: self.notes.held.add("text_boxes"), "draw:object": self._object,
        }  # fmt: skip
        ends: dict[str, Callable[[Any], None]] = {
            "text:p": self._paragraph_ends, "text:h": self._paragraph_ends, "text:list": self._list_ends,
            "table:table": self._table_ends, "table:table-row": self._row_ends,
        }  # fmt: skip
        self.begins = {q(name): act for name, act in begins.items()}
        self.ends = {q(name): act for name, act in ends.items()}
        self.leaves: dict[str, Callable[[Any], None]] = {
            q("text:note"): self._note, q("text:tracked-changes"): self.tracked.regions,
            q("office:annotation"): lambda element: self.tracked.comment(element, self.sheet.no),
            q("text:hidden-text"): lambda element: self._leave(self.hidden, element),
            q("office:forms"): lambda _: None, q("office:annotation-end"): lambda _: None,
            q("text:sequence-decls"): lambda _: None, q("text:variable-decls"): lambda _: None,
        }  # fmt: skip

    def of(self, body: Any, notes: Notes) -> list[Line]:
        """The lines of the body."""
        self.notes = notes
        walk = etree.iterwalk(body, events=("start", "end"))
        left_out: Any = None
        for event, element in walk:
            if event == "start":
                if self._is_left_out(element):
                    walk.skip_subtree()
                    left_out = element
                    continue
                if begin := self.begins.get(element.tag):
                    begin(element)
                self._write(element.text)
            else:
                if element is not left_out and (end := self.ends.get(element.tag)):
                    end(element)
                if element is not body:
                    self._write(element.tail)
        self.sheet.end()
        self._report()
        return self.sheet.lines

    def _write(self, words: str | None) -> None:
        if words:
            self.sheet.write(words)
            self.tracked.heard(words)

    def _is_left_out(self, element: Any) -> bool:
        if leave := self.leaves.get(element.tag):
            leave(element)
            return True
        if element.get(q("text:display")) == "none" or element.get(q("text:is-hidden")) == "true":
            self._leave(self.hidden, element)
            return True
        if element.tag in (_P, _H, _SPAN):
            family = "text" if element.tag == _SPAN else "paragraph"
            style = element.get(q("text:style-name"))
            for is_so, left in ((self.styles.is_hidden, self.hidden), (self.styles.is_struck, self.struck)):
                if is_so(family, style):
                    self._leave(left, element)
                    return True
        return False

    def _leave(self, left_out: LeftOut, element: Any) -> None:
        if words := words_in(element):
            left_out.add(self.sheet.no, words)

    def _paragraph(self, element: Any) -> None:
        self.sheet.end()
        if element.tag == _H:
            self._heading(element)
        elif self.waiting is not None:
            self._number(self.waiting)
        self.waiting = None

    def _paragraph_ends(self, element: Any) -> None:
        self.sheet.end()
        if element.getparent().tag != q("text:note-body"):
            self._put_notes()

    def _heading(self, element: Any) -> None:
        if self.waiting is not None:
            self._number(self.waiting)
            return
        level = whole(element.get(q("text:outline-level")))
        if element.get(q("text:is-list-header")) == "true" or level is None:
            return
        if self.styles.list_of(element.get(q("text:style-name"))) == "":
            return
        restarts = element.get(q("text:restart-numbering")) == "true"
        start = whole(element.get(q("text:start-value")))
        self._label(self.numbering.heading(level, start, restarts))

    def _label(self, found: tuple[str, str, bool]) -> None:
        label, printed, bullet = found
        if bullet:
            self.sheet.label(None)
            self.sheet.write("· ")
        elif label:
            self.sheet.label(label, printed)

    def _list(self, element: Any) -> None:
        self.sheet.end()
        if self.lists:
            levels, style = self.lists[-1]
            style = element.get(q("text:style-name")) or style
        else:
            style = element.get(q("text:style-name")) or ""
            levels = self.numbering.levels_for(element, style)
        self.lists.append((levels, style))

    def _list_ends(self, element: Any) -> None:
        if self.lists:
            self.lists.pop()
        self.waiting = None

    def _item(self, element: Any) -> None:
        """A list item is numbered by its first paragraph; a list that stands first in it has its own."""
        self.sheet.end()
        first = next((child for child in element if isinstance(child.tag, str)), None)
        self.waiting = element if first is not None and first.tag != _LIST else None

    def _number(self, item: Any) -> None:
        if not self.lists:
            return
        levels, style = self.lists[-1]
        start = whole(item.get(q("text:start-value")))
        self._label(self.numbering.item(levels, style, min(len(self.lists), DEEPEST), start))

    def _spaces(self, element: Any) -> None:
        self._write(" " * min(whole(element.get(q("text:c"))) or 1, _MOST_SPACES))

    def _table(self, element: Any) -> None:
        self.tables += 1
        if self.tables == 1:
            self.notes.held.add("tables")
            self.sheet.row_ends()
            self.sheet.table = True

    def _table_ends(self, element: Any) -> None:
        self.tables -= 1
        if not self.tables:
            self.sheet.table = False

    def _row_ends(self, element: Any) -> None:
        if self.tables == 1:
            self.sheet.row_ends()

    def _cell(self, element: Any) -> None:
        if self.tables == 1:
            self.sheet.cell()

    def _picture(self, element: Any) -> None:
        self.notes.held.add("pictures")

    def _object(self, element: Any) -> None:
        self.notes.held.add("embedded_files")

    def _note(self, element: Any) -> None:
        kind = "Endnote" if element.get(q("text:note-class")) == "endnote" else "Footnote"
        cited = element.find(_CITED)
        words = words_in(element)
        if cited is not None:
            words = words.removeprefix(words_in(cited)).strip()
        if words:
            self.counted[kind] += 1
            self.footnotes.append(footnotes.marked(kind, self.counted[kind], words))

    def _put_notes(self) -> None:
        """The notes of a paragraph follow it, each a line of its own."""
        for words in self.footnotes:
            self.first_note = self.first_note or self.sheet.no
            self.sheet.note = True
            self.sheet.write(words)
            self.sheet.end()
            self.sheet.note = False
        self.footnotes.clear()

    def _report(self) -> None:
        self.tracked.report(self.notes)
        warn_of_left_out(self.struck, self.hidden, self.notes)
        warn_of_footnotes(sum(self.counted.values()), self.first_note, self.notes)
