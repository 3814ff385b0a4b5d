"""What a reader of one format is, and how its entries become rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path, Pattern, place_of


@dataclass(frozen=True, slots=True)
class Format:
    """A format of JSON. ``rows`` reads a file of it; the others are as in ``Reading``."""

    key: str
    label: str
    rows: Callable[[Document, Reading], Iterator[Row | Fault]]
    findings: bool = False


Make = Callable[[Path, Entry], Iterable[Draft | Refused]]
"""The drafts in an entry, with what is refused among them. May raise Refused for the rest."""


def each(document: Document, patterns: Iterable[Pattern], make: Make) -> Iterator[Row | Fault]:
    """The rows and faults of every entry at the patterns, in the order of the file."""
    for path, value in document.entries(*patterns):
        place = place_of(path) or "the record"
        if isinstance(value, Refused):
            yield value.at(place)
            continue
        try:
            for one in make(path, Entry(value)):
                yield one.at(place) if isinstance(one, Refused) else one.row(place)
        except Refused as no:
            yield no.at(place)


class LeftOut:
    """What a reader leaves out because it is no vulnerability, counted to be said of the file."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, what: str) -> None:
        """One more. ``what``: in the plural."""
        self._counts[what] += 1

    def tell(self, reading: Reading) -> None:
        """Say so in the notes of the reading."""
        reading.notes.extend(f"left out, {what}: {count:,}" for what, count in self._counts.items())
