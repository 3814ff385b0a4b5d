"""Words of a PDF that have lost letters: its typeface joins "ti" or "tt", and the file says one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contracts.reader.results import Notes

_COMMON = (
    "notify notification notice obligation obligations written information termination section parties"
    " conditions implementation authority quantities continuity"
)
_JOINED = ("ti", "tt")
_ENOUGH, _SHOWN = 3, 3
_LOST = {
    word.replace(pair, "t", 1) for word in _COMMON.split() for pair in _JOINED if pair in word
}  # no word of these is one of English
_WORD = re.compile(r"[a-z]{5,}")


def warn_of_lost_letters(lines: Sequence[str], notes: Notes) -> None:
    """One warning where so many common words lack letters that it is no misprint."""
    found = [
        (no, word)
        for no, line in enumerate(lines, 1)
        for word in _WORD.findall(line.lower())
        if word in _LOST
    ]
    if len(found) < _ENOUGH:
        return
    shown = ", ".join(f'"{word}"' for word in list(dict.fromkeys(word for _, word in found))[:_SHOWN])
    why = f"{len(found)} words have lost letters in the file itself ({shown}): give the Word file"
    notes.warn(found[0][0], "letters_lost", why)
