"""The lines of a document, in one form for every kind of file.

A line that begins with a tab is a cell of a table that was flattened into text; an empty line may end a
row. A Word file also says the number its own list numbering gives a line (``label``), whether the line
stands in a table, and whether it is a footnote of the line before it. ``listed``: it stands under the title
"Contents", as a title and the number of a page. ``printed``: what the page shows where the label says more.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

_BOOKMARK = re.compile(r"\[bookmark:[^\]\n]*\]")
_REFERS = re.compile(
    r"(?:\b(?:paragraphs?|clauses?|sections?|schedules?|annex|appendix|part)|\d\s+(?:and|or|to)|[^;,]\s(?:to|of|in|under|by|with))\s*$",
    re.I,
)
_QUANTITY = re.compile(
    r"^\s*(?:\d{1,3}|\(\d{1,3}\))\s+(?:(?:working|business|clear|calendar)\s+)?(?:minute|hour|day|week|month|year)s?\b",
    re.I,
)
_CONTENTS = re.compile(r"(?:\.{3}|\t)\s*\d{1,3}$")
_AT_THE_END = 60
"""Characters of a line that are looked at for how it ends."""
_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+(?=\S)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_CONTENTS_TITLE = re.compile(r"^\s*(?:table\s+of\s+)?contents\s*:?\s*$", re.I)
_ENDS_IN_A_PAGE = re.compile(r"\s\d{1,3}$")
_TITLED = re.compile(r"^\s*\S+\s+[A-Z\"“']")
_ENDS_OPEN = re.compile(r"[\w,)’'\"”-]\s*$")
_STARTS_SMALL = re.compile(r"^ {0,40}(?![a-z]{1,4}\))[a-z]")
_BEGINS = re.compile(
    r"^\s*(?:\d{1,3}(?:\.\d{1,3})*\.?\s|\d{1,3}(?:\.\d{1,3}){2,}(?=[a-z])|\(?[a-z]{1,4}\)|[·•▪●◦]|(?:part|appendix|annex|schedule)\b"
    r"|(?-i:[A-Z]\d{1,2}(?:\.\d{1,3})+\s|[A-Z]\d{1,2}\s+[A-Z]|(?:Clause|Article)\s+\d{1,3}[.:]?\s+[A-Z]))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its place from 1, its text without bookmarks, and what the file says of it besides."""

    no: int
    text: str
    label: str | None = None
    cell: bool = False
    table: bool = False
    note: bool = False
    listed: bool = False
    printed: str = ""

    @property
    def blank(self) -> bool:
        """Nothing but space, and outside the cells of a table: an empty cell is not a blank line."""
        return not (self.cell or self.table or self.label or self.text.strip())

    @property
    def contents(self) -> bool:
        """Whether it is a line of a table of contents: a title and the number of a page."""
        return self.listed or (not (self.cell or self.note) and _leads_to_a_page(self.text))

    @property
    def takes_no_number(self) -> bool:
        """Whether figures at its beginning are never a paragraph's: in tables, footnotes and contents."""
        return self.table or self.note or self.contents

    @property
    def words(self) -> str:
        """The text without space around it."""
        return self.text.strip()

    @property
    def shown(self) -> str:
        """The words with the label the file gives them, where that is no number we take in."""
        return f"{self.label.strip()} {self.words}".strip() if self.label else self.words


def _leads_to_a_page(text: str) -> bool:
    """Whether a line ends in dots, or a tab, and the number of a page."""
    return text[:1].strip() != "" and bool(_CONTENTS.search(text.rstrip()[-_AT_THE_END:]))


def lines_of(text: str) -> list[Line]:
    """The lines of a plain text, bookmarks taken out, hard-wrapped lines put together again."""
    lines = []
    for no, raw in enumerate(_without_markdown(text.splitlines()), 1):
        bare = _BOOKMARK.sub("", raw.replace("\ufeff", ""))
        lines.append(Line(no, bare, cell=bare.startswith("\t")))
    return rewrapped(lines)


def rewrapped(lines: list[Line]) -> list[Line]:
    """The lines, put together again where a fixed width broke them."""
    return unwrap(lines) if _is_wrapped(lines) else lines


def _without_markdown(raw: list[str]) -> list[str]:
    """The lines of a Markdown file as they print: without the signs that make headings and bold words."""
    if sum(bool(_MARKDOWN_HEADING.match(line)) for line in raw) < 2:
        return raw
    return [_BOLD.sub(r"\2", _MARKDOWN_HEADING.sub("", line)) for line in raw]


def mark_contents(lines: list[Line]) -> list[Line]:
    """The lines, those under the title "Contents" marked that end in the number of a page."""
    start = next((place for place, line in enumerate(lines) if _CONTENTS_TITLE.match(line.text)), None)
    if start is None:
        return lines
    end = start + 1
    while end < len(lines) and (not lines[end].words or _ends_in_a_page(lines[end].words)):
        end += 1
    marked = [replace(line, listed=bool(line.words)) for line in lines[start + 1 : end]]
    return [*lines[: start + 1], *marked, *lines[end:]]


def _ends_in_a_page(words: str) -> bool:
    """Whether a line is words, and after them the number of a page: "Bells and ropes 9"."""
    found = _ENDS_IN_A_PAGE.search(words)
    before = words[: found.start()].split()[-1:] if found else []
    return bool(before) and len(words) > 3 and any(letter.isalpha() for letter in before[0])


def _is_wrapped(lines: list[Line]) -> bool:
    """Whether many lines merely continue the one before: then the text was wrapped at a fixed width."""
    pairs = [(one, two) for one, two in itertools.pairwise(lines) if not (one.blank or two.blank)]
    plain = [(one, two) for one, two in pairs if not (one.cell or two.cell)]
    broken = [pair for pair in plain if _continues(*pair)]
    return len(plain) >= 10 and len(broken) * 5 >= len(plain)


def _continues(one: Line, two: Line) -> bool:
    open_end = bool(_ENDS_OPEN.search(one.text.rstrip()[-_AT_THE_END:]))
    return open_end and bool(_STARTS_SMALL.match(two.text) or _QUANTITY.match(two.text))


def unwrap(lines: list[Line], page: bool = False) -> list[Line]:
    """Join the lines that a fixed width broke. On a ``page`` a full line always goes on in the next one,
    unless that one begins with a number, a letter or a bullet of its own.
    """
    longest = max((len(line.text.rstrip()) for line in lines if not line.cell), default=0)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _flows(groups[-1][-1], line, longest, page):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_joined(group) for group in groups]


def _joined(group: list[Line]) -> Line:
    """One line made of several; a word broken at a hyphen is put together, the hyphen kept."""
    if len(group) == 1:
        return group[0]
    parts = [group[0].text.rstrip()]
    for line in group[1:]:
        together = re.search(r"\w-$", parts[-1][-2:]) and line.words[:1].islower()
        parts.append(line.words if together else f" {line.words}")
    return replace(group[0], text="".join(parts))


def refers(text: str) -> bool:
    """Whether a text stops before the number it refers to: "in accordance with paragraph"."""
    return bool(_REFERS.search(text.rstrip()[-_AT_THE_END:]))


def _flows(last: Line, line: Line, longest: int, page: bool) -> bool:
    """Whether a line goes on in the next one."""
    if any((last.blank, line.blank, line.cell, last.cell, line.label, last.note, line.note)):
        return False
    if refers(last.text) and not _TITLED.match(line.text):
        return True
    if _BEGINS.match(line.text) and not _QUANTITY.match(line.text):
        return False
    if _continues(last, line):
        return True
    full = len(last.text.rstrip()) > longest * 0.8
    return full and (page or not last.text.rstrip().endswith((".", ":", ";")))
