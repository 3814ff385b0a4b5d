"""Tracked changes and comments of an OpenDocument text."""

from __future__ import annotations

from collections import Counter
from typing import Any

from contracts.reader.changes import Change, ChangeKind, moment_of
from contracts.reader.odt_names import q
from contracts.reader.results import Notes
from contracts.reader.unsettled import warn_of_changes, warn_of_comments

_KINDS = {q("text:insertion"): ChangeKind.INSERTED, q("text:deletion"): ChangeKind.DELETED}
_COUNTED = {ChangeKind.INSERTED: "insertion", ChangeKind.DELETED: "deletion"}
_PARAGRAPHS = (q("text:p"), q("text:h"))
_MOST_OPEN = 10


class Tracked:
    """Gathers the changes during the walk: inserted words stand in the text, deleted ones apart."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.counts: Counter[str] = Counter()
        self._regions: dict[str, Any] = {}
        self._open: list[tuple[str, list[str]]] = []
        self._comments = 0

    def regions(self, element: Any) -> None:
        """The list of all changes, which stands before the text."""
        for region in element.iter(q("text:changed-region")):
            key = region.get(q("text:id")) or region.get(q("xml:id"))
            change = next((child for child in region if child.tag in _KINDS), None)
            if key and change is not None:
                self._regions[key] = change

    def heard(self, words: str) -> None:
        """Words of the text: also those of the insertions that are open."""
        for _, parts in self._open:
            parts.append(words)

    def begins(self, element: Any) -> None:
        """An insertion begins."""
        key = element.get(q("text:change-id")) or ""
        if key in self._regions and len(self._open) < _MOST_OPEN:
            self._open.append((key, []))

    def ends(self, element: Any, line: int) -> None:
        """An insertion ends on a line."""
        for place, (key, parts) in enumerate(self._open):
            if key == element.get(q("text:change-id")):
                del self._open[place]
                self._add(self._regions[key], "".join(parts), line)
                return

    def point(self, element: Any, line: int) -> None:
        """The place from which words were deleted."""
        region = self._regions.get(element.get(q("text:change-id")) or "")
        if region is not None and region.tag == q("text:deletion"):
            self._add(region, " ".join(words_in(one) for one in region.iter(*_PARAGRAPHS)), line)

    def comment(self, element: Any, line: int) -> None:
        """A comment in the margin."""
        self._comments += 1
        by, at = _said(element, "dc:creator"), moment_of(_said(element, "dc:date"))
        words = " ".join(words_in(one) for one in element.iter(*_PARAGRAPHS))
        self.changes.append(Change(ChangeKind.COMMENT, words, by, at, line))

    def report(self, notes: Notes) -> None:
        """Hand on all of it, with a warning for changes and one for comments."""
        for change in self.changes:
            if change.kind is ChangeKind.COMMENT:
                notes.held.add("comments", words=change.words)
        notes.changes += self.changes
        first = min(
            (change.line for change in self.changes if change.kind is not ChangeKind.COMMENT), default=1
        )
        warn_of_changes(self.counts, first, notes)
        warn_of_comments(self._comments, notes)

    def _add(self, region: Any, words: str, line: int) -> None:
        kind = _KINDS[region.tag]
        self.counts[_COUNTED[kind]] += 1
        by, at = _said(region, "dc:creator"), moment_of(_said(region, "dc:date"))
        if words.strip():
            self.changes.append(Change(kind, words, by, at, line))


def words_in(element: Any) -> str:
    """The words of an element in one line."""
    return " ".join("".join(element.itertext(with_tail=False)).split())


def _said(element: Any, name: str) -> str:
    found = element.find(f".//{q(name)}")
    return "" if found is None else (found.text or "").strip()
