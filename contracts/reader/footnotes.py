"""Footnotes and endnotes: kept with the paragraph that refers to them, after its text and marked as notes."""

from __future__ import annotations

import re

_MARKED = re.compile(r"^\[(?:Footnote|Endnote) \d+\] ", re.M)


def marked(kind: str, number: int, words: str) -> str:
    """A note as it is kept: "[Footnote 2] …". ``kind`` is Footnote or Endnote."""
    return f"[{kind} {number}] {words}"


def without(text: str) -> str:
    """The text of a paragraph without the notes that follow it."""
    found = _MARKED.search(text)
    return text[: found.start()].rstrip() if found else text
