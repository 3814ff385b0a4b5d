"""The walk through a web page: what begins a line, a cell or a list, and what a browser would not show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from lxml import etree

from contracts.reader.changes import Change, ChangeKind, moment_of
from contracts.reader.left_out import LeftOut
from contracts.reader.lines import Line
from contracts.reader.lists import BULLET, FIGURES, NONE, OpenList, label_of
from contracts.reader.results import Notes
from contracts.reader.sheet import Sheet
from contracts.reader.unsettled import warn_of_changes, warn_of_left_out

_SKIPPED = frozenset(
    {"script", "style", "template", "noscript", "head", "svg", "math", "object", "iframe", "title"}
)
_INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "nobr", "output", "q", "rp", "rt",
        "ruby", "s", "option", "samp", "select", "small", "span", "strike", "strong", "sub", "sup",
        "time", "textarea", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
_STRUCK = frozenset({"s", "strike", "del"})
_STYLES = {
    "decimal": FIGURES, "decimal-leading-zero": "01", "none": NONE,
    "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A",
    "lower-roman": "i", "upper-roman": "I", "disc": BULLET, "circle": BULLET, "square": BULLET,
}  # fmt: skip
_LIST_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?\b(" + "|".join(sorted(_STYLES, key=len)[::-1]) + r")\b", re.I
)
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_LINE_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.I)
_BLANKS = re.compile(r"[ \t\n\r\f]+")


class Walk:
    """Walks through a page once, from the first element to the last."""

    def __init__(self, numbered: bool = False) -> None:
        self.numbered = numbered
        self.sheet = Sheet()
        self.lists: list[OpenList] = []
        self.tables = 0
        self.preformatted = 0
        self.struck, self.hidden = LeftOut(), LeftOut()
        self.changed: Counter[str] = Counter()
        self.begins: dict[str, Callable[[Any], None]] = {
            "ol": self._list, "ul": self._list, "menu": self._list, "li": self._item, "table": self._table,
            "td": self._cell, "th": self._cell, "br": lambda _: self.sheet.end(), "img": self._picture,
            "input": self._field, "pre": self._pre, "ins": self._inserted,
        }  # fmt: skip
        self.ends: dict[str, Callable[[], None]] = {
            "ol": self._list_ends, "ul": self._list_ends, "menu": self._list_ends, "table": self._table_ends,
            "tr": self._row_ends, "pre": self._pre_ends,
        }  # fmt: skip

    def of(self, root: Any, notes: Notes) -> list[Line]:
        """The lines of a page."""
        self.notes = notes
        walk = etree.iterwalk(root, events=("start", "end", "comment"))
        left_out: Any = None
        for event, element in walk:
            if event == "comment":
                self._text(element.tail)
            elif event == "start":
                if not self._start(element):
                    walk.skip_subtree()
                    left_out = element
            else:
                self._end(element, element is not left_out)
        self.sheet.end()
        self._report()
        return self.sheet.lines

    def _start(self, element: Any) -> bool:
        """Take in the beginning of an element; whether what is in it is shown."""
        name = element.tag
        if name not in _INLINE:
            self.sheet.end()
        if self._leaves_out(element, name):
            return False
        if self.numbered and (no := element.get("data-line", "")).isdigit() and len(no) < 9:
            self.sheet.end()
            self.sheet.no = int(no)
        if begin := self.begins.get(name):
            begin(element)
        self._text(element.text)
        return True

    def _end(self, element: Any, shown: bool) -> None:
        name = element.tag
        if name not in _INLINE:
            self.sheet.end()
        if shown and (end := self.ends.get(name)):
            end()
        self._text(element.tail)

    def _text(self, words: str | None) -> None:
        if not words:
            return
        if not self.preformatted:
            self.sheet.write(_BLANKS.sub(" ", words))
            return
        for place, line in enumerate(words.split("\n")):
            if place:
                self.sheet.end()
            self.sheet.write(line)

    def _leaves_out(self, element: Any, name: str) -> bool:
        style = element.get("style") or ""
        if name in _SKIPPED or (name == "option" and "selected" not in element.attrib):
            return True
        if name == "nav":
            self.notes.held.add("navigation", words=_words(element))
            return True
        if name in _STRUCK or _LINE_THROUGH.search(style):
            words = _words(element)
            if name == "del" and words:
                self._change(ChangeKind.DELETED, element, words)
            self._leave(self.struck, words)
            return True
        if "hidden" in element.attrib or _UNSEEN.search(style):
            self._leave(self.hidden, _words(element))
            return True
        return False

    def _leave(self, left_out: LeftOut, words: str) -> None:
        if words:
            left_out.add(self.sheet.no, words)

    def _change(self, kind: ChangeKind, element: Any, words: str) -> None:
        moment = moment_of(element.get("datetime"))
        self.notes.changes.append(Change(kind, words, str(element.get("title") or ""), moment, self.sheet.no))
        self.changed["insertion" if kind is ChangeKind.INSERTED else "deletion"] += 1

    def _inserted(self, element: Any) -> None:
        """Words that were inserted; those inside them are not inserted again."""
        if next(element.iterancestors("ins"), None) is None and (words := _words(element)):
            self._change(ChangeKind.INSERTED, element, words)

    def _list(self, element: Any) -> None:
        style = _LIST_STYLE.search(element.get("style") or "")
        form = element.get("type") or FIGURES
        if element.tag != "ol":
            form = BULLET
        if style:
            form = _STYLES[style[1].lower()]
        step = -1 if "reversed" in element.attrib else 1
        start = _whole(element.get("start"))
        if start is None:
            start = sum(1 for child in element if child.tag == "li") if step < 0 else 1
        self.lists.append(OpenList(form, start - step, step))

    def _list_ends(self) -> None:
        if self.lists:
            self.lists.pop()

    def _item(self, element: Any) -> None:
        if not self.lists:
            return
        own = self.lists[-1]
        if own.form == BULLET:
            self.sheet.label(None)
            self.sheet.write("· ")
            return
        own.counted(_whole(element.get("value")))
        label, printed = label_of(self.lists)
        if label:
            self.sheet.label(label, printed)

    def _table(self, element: Any) -> None:
        self.tables += 1
        if self.tables == 1:
            self.notes.held.add("tables")
            self.sheet.row_ends()
            self.sheet.table = True

    def _table_ends(self) -> None:
        self.tables -= 1
        if not self.tables:
            self.sheet.table = False

    def _row_ends(self) -> None:
        if self.tables == 1:
            self.sheet.row_ends()

    def _cell(self, element: Any) -> None:
        if self.tables == 1:
            self.sheet.cell()

    def _pre(self, element: Any) -> None:
        self.preformatted += 1

    def _pre_ends(self) -> None:
        self.preformatted -= 1

    def _picture(self, element: Any) -> None:
        self.notes.held.add("pictures", words=element.get("alt") or "")

    def _field(self, element: Any) -> None:
        kind = (element.get("type") or "text").lower()
        if kind in ("checkbox", "radio"):
            self.sheet.write("☒" if "checked" in element.attrib else "☐")
        elif kind not in ("hidden", "submit", "button", "image", "reset", "file", "password"):
            self.sheet.write(element.get("value") or "")
        else:
            return
        self.notes.held.add("form_fields")

    def _report(self) -> None:
        first = min((change.line for change in self.notes.changes), default=1)
        warn_of_changes(self.changed, first, self.notes)
        warn_of_left_out(self.struck, self.hidden, self.notes)


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext(with_tail=False)).split())


def _whole(said: str | None) -> int | None:
    found = re.match(r"\s*([+-]?\d{1,6})(?!\d)", said or "")
    return int(found[1]) if found else None
