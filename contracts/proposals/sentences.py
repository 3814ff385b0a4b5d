"""A text into sentences, by nupunkt, whose model of legal English ships with it: nothing is downloaded.

A line that is wrapped goes on; one that ends in a stop, a colon or a semicolon ends there.
"""

from __future__ import annotations

import re

_HARD_BREAK = re.compile(r"(?<=[.;:])[^\S\n]*\n|\n(?=\s*(?:[•●▪*-]|\([a-z]{1,4}\)|\d+[.)])\s)")
_SEVERAL = re.compile(r"[.!?]['”\")\]]*\s+\S")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends, blanks at its ends left out."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.start() for match in _HARD_BREAK.finditer(text)), len(text)]:
        spans += _within(text, start, end)
        start = end
    return spans


def _within(text: str, start: int, end: int) -> list[tuple[int, int]]:
    part = text[start:end].replace("\n", " ")
    found = _split(part) if _SEVERAL.search(part) else [(0, len(part))]
    trimmed = (_trimmed(part, first, last) for first, last in found)
    return [(start + first, start + last) for first, last in trimmed if first < last]


def _split(part: str) -> list[tuple[int, int]]:
    import nupunkt  # its model takes a tenth of a second to load: only where there is something to split

    return [(first, last) for first, last in nupunkt.sent_spans(part)]


def _trimmed(part: str, first: int, last: int) -> tuple[int, int]:
    piece = part[first:last]
    return first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip())
