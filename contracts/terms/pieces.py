"""A long text in pieces that are read one after the other, so that the work grows no faster than the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_PIECE = 4_000
"""Characters of a piece; a paragraph of a schedule has 400, and few have more than 2,000."""
_BEFORE = 800
"""Characters before a piece that are looked at with it: as far as any word bears on a length."""
_END = re.compile(r"\n|[.;]\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text with what stands before it: its words first at ``own``, all of it at ``start``."""

    text: str
    start: int
    own: int


def pieces(text: str) -> Iterator[Piece]:
    """The text as one piece, or cut after sentences and lines where it is long."""
    first = 0
    while first < len(text):
        end = _cut(text, first)
        start = max(0, first - _BEFORE)
        if start and (words := re.compile(r"\s").search(text, start, first)):
            start = words.end()
        yield Piece(text[start:end], start, first - start)
        first = end


def _cut(text: str, first: int) -> int:
    """Where the piece that begins there ends: after the last sentence in reach, else after a word."""
    reach = first + LONGEST_PIECE
    if reach >= len(text):
        return len(text)
    ends = [found.end() for found in _END.finditer(text, first + LONGEST_PIECE // 2, reach)]
    if ends:
        return ends[-1]
    return max(text.rfind(" ", first + 1, reach) + 1, 0) or reach


class Taken:
    """The places of a text that something has been read from already."""

    def __init__(self, text: str) -> None:
        self._marks = bytearray(len(text))

    def take(self, start: int, end: int) -> bool:
        """Take a span, which holds at least one character; False where any of it was taken before."""
        free = 1 not in self._marks[start:end]
        if free:
            self._marks[start:end] = b"\x01" * (end - start)
        return free
