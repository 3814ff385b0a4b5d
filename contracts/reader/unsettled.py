"""Warnings, alike for every kind of file, of what nobody has settled: changes, comments, footnotes."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.reader.left_out import LeftOut
from contracts.reader.results import Notes

_HELD = {"deletion": "deletions", "insertion": "insertions", "move": "moves"}


def warn_of_changes(counts: Mapping[str, int], line: int, notes: Notes) -> None:
    """One warning with the number of changes of each kind. ``line``: of the first of them."""
    if not any(counts.values()):
        return
    for kind, count in counts.items():
        notes.held.add(_HELD[kind], count)
    said = ", ".join(
        f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in sorted(counts.items()) if count
    )
    why = f"the file has changes that nobody has accepted; read as if accepted ({said})"
    notes.warn(line, "tracked_changes", why)


def warn_of_comments(count: int, notes: Notes) -> None:
    """One warning with the number of comments in the margin, which are not read."""
    if count:
        said = "1 comment that is" if count == 1 else f"{count} comments that are"
        notes.warn(1, "comments", f"the file has {said} not read: look at it in a word processor")


def warn_of_footnotes(count: int, line: int, notes: Notes) -> None:
    """One warning with the number of notes that are read after their paragraph; the first is on a line."""
    if count:
        notes.held.add("footnotes", count)
        said = "1 footnote is" if count == 1 else f"{count} footnotes are"
        why = f"{said} read after the text of the paragraph: look whether a time limit there is changed"
        notes.warn(line, "footnotes", why)


def warn_of_left_out(struck: LeftOut, hidden: LeftOut, notes: Notes) -> None:
    """One warning for what is struck through and one for what is hidden."""
    for kind, code, left, what in (
        ("struck", "struck_through", struck, "words that are struck through are not read"),
        ("hidden", "hidden_text", hidden, "hidden words are not read"),
    ):
        for place in left.places:
            notes.held.add(kind, words=place.words)
        left.warn(notes, code, what)
