"""The lines of a document, in one form for every kind of file.

A line that begins with a tab is a cell of a table that was flattened into text; an empty line may end a
row. A Word file also says the number its own list numbering gives a line (``label``) and whether the
line stands in a table.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

_BOOKMARK = re.compile(r"\[bookmark:[^\]\n]*\]")
_ENDS_OPEN = re.compile(r"[\w,)’'\"”-]\s*$")
_STARTS_SMALL = re.compile(r"^ {0,40}[a-z]")
_BEGINS = re.compile(
    r"^\s*(?:\d{1,3}(?:\.\d{1,3})*\.?\s|\(?[a-z]{1,4}\)|[·•▪●◦]|(?:part|appendix|annex|schedule)\b)", re.I
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its place from 1, its text without bookmarks, and what the file says of it besides."""

    no: int
    text: str
    label: str | None = None
    cell: bool = False
    table: bool = False

    @property
    def blank(self) -> bool:
        """Nothing but space, and no cell either: an empty cell is not a blank line."""
        return not self.cell and not self.text.strip() and not self.label

    @property
    def words(self) -> str:
        """The text without space around it."""
        return self.text.strip()


def lines_of(text: str) -> list[Line]:
    """The lines of a plain text, bookmarks taken out, hard-wrapped lines put together again."""
    lines = []
    for no, raw in enumerate(text.splitlines(), 1):
        bare = _BOOKMARK.sub("", raw.replace("\ufeff", ""))
        lines.append(Line(no, bare, cell=bare.startswith("\t")))
    return unwrap(lines) if _is_wrapped(lines) else lines


def _is_wrapped(lines: list[Line]) -> bool:
    """Whether many lines merely continue the one before: then the text was wrapped at a fixed width."""
    pairs = [(one, two) for one, two in itertools.pairwise(lines) if not (one.blank or two.blank)]
    plain = [(one, two) for one, two in pairs if not (one.cell or two.cell)]
    broken = [pair for pair in plain if _continues(*pair)]
    return len(plain) >= 10 and len(broken) * 5 >= len(plain)


def _continues(one: Line, two: Line) -> bool:
    open_end = bool(_ENDS_OPEN.search(one.text))
    return open_end and bool(_STARTS_SMALL.match(two.text)) and not _BEGINS.match(two.text)


def unwrap(lines: list[Line], width: int | None = None) -> list[Line]:
    """Join the lines that a page broke. ``width``: the page's, in characters (default: its longest line)."""
    longest = width or max((len(line.text.rstrip()) for line in lines), default=0)
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last and not (last.blank or line.blank or line.cell or last.cell) and _flows(last, line, longest):
            joined[-1] = replace(last, text=f"{last.text.rstrip()} {line.text.strip()}")
        else:
            joined.append(line)
    return joined


def _flows(last: Line, line: Line, longest: int) -> bool:
    if _BEGINS.match(line.text):
        return False
    if _continues(last, line):
        return True
    tail = last.text.rstrip()
    return len(tail) > longest * 0.8 and not tail.endswith((".", ":", ";"))
