"""Lines in the making: what a walk through a marked-up file (a web page, OpenDocument) writes on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from contracts.reader.lines import Line

_GAPS = re.compile(r"[^\S\t]+")
_OWN_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})+\.?|\(?(?:\d{1,3}|[a-z]|[ivxlc]{1,6})[.)])(?:\s|$)", re.I)


@dataclass(slots=True)
class Sheet:
    """Words are written until the line ends. A label waits for the next line that has words, and gives way
    to a number or a letter that those words begin with themselves.
    """

    lines: list[Line] = field(default_factory=list)
    table: bool = False
    note: bool = False
    no: int = 1
    """The number of the line being written, from 1."""
    _words: list[str] = field(default_factory=list)
    _label: str | None = None
    _printed: str = ""
    _cell: bool = False

    def write(self, words: str) -> None:
        """Words of the line."""
        self._words.append(words)

    def label(self, label: str | None, printed: str = "") -> None:
        """The number or letter of the next line with words; ``printed`` where the page shows another."""
        self.end()
        if self._label is not None:
            self._add("")
        self._label, self._printed = label, printed

    def cell(self) -> None:
        """The next line begins a cell of a table."""
        self.end()
        if self._cell:
            self._add("")
        self._cell = True

    def row_ends(self) -> None:
        """A row of a table is over, or a table begins."""
        self.end()
        if self._cell:
            self._add("")
        self.lines.append(Line(self.no, ""))
        self.no += 1

    def end(self) -> None:
        """The line is over. One without words is none."""
        text = _GAPS.sub(" ", "".join(self._words)).strip()
        self._words.clear()
        if text:
            self._add(text)

    def _add(self, text: str) -> None:
        label = None if _OWN_NUMBER.match(text) else self._label
        if self.table and label:
            text, label = f"{self._printed or label} {text}".strip(), None
        shown = f"\t{text}" if self._cell else text
        self.lines.append(
            Line(
                self.no,
                shown,
                label,
                self._cell,
                self.table,
                self.note,
                printed=self._printed if label else "",
            )
        )
        self.no += 1
        self._label, self._printed, self._cell = None, "", False
