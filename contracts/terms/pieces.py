"""A long text in pieces that are read one after the other, so that the work grows no faster than the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 4_000
"""Characters of a piece; a paragraph of a schedule has 400, and few have more than 2,000."""
_BEFORE = 800
"""Characters before a piece that are looked at with it: as far as any word bears on a length."""
_END = re.compile(r"\n|[.;]\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text with what stands before it: its words begin at ``own``, all of it at ``start``."""

    text: str
    start: int
    own: int


def pieces(text: str) -> Iterator[Piece]:
    """The text as one piece, or cut after sentences and lines where it is long."""
    begin = 0
    while begin < len(text):
        end = _cut(text, begin)
        start = max(0, begin - _BEFORE)
        if start and (words := re.compile(r"\s").search(text, start, begin)):
            start = words.end()
        yield Piece(text[start:end], start, begin - start)
        begin = end


def _cut(text: str, begin: int) -> int:
    """Where the piece that begins there ends: after the last sentence in reach, else after a word."""
    reach = begin + LONGEST
    if reach >= len(text):
        return len(text)
    ends = [found.end() for found in _END.finditer(text, begin + LONGEST // 2, reach)]
    if ends:
        return ends[-1]
    return max(text.rfind(" ", begin + 1, reach) + 1, 0) or reach
