"""The same vulnerability of the same component in the same place, twice in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from obligations.rules.register.names import folded
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row, Status

_LAST_NUMBER = re.compile(r"\d[\d,]*(?=\D*$)")
_STATUSES = tuple(Status)


class Once:
    """Passes on each row once. The same said again is dropped and counted; where a row contradicts an earlier
    one it is a fault. A scanner's second word on one thing (another source's rating) is passed on: there is
    nothing to choose, for the stricter counts.

    What is kept of each row is two numbers, 15 MB of 100,000 rows: a hash of what it is about, and
    what ``_kept`` puts together.
    """

    def __init__(self, reading: Reading) -> None:
        self._findings = reading.findings
        self._met: dict[int, int] = {}
        self._words: dict[str, int] = {}
        self._again = 0

    def through(self, items: Iterator[Row | Fault]) -> Iterator[Row | Fault]:
        """The rows and faults, in their order."""
        for one in items:
            if isinstance(one, Fault):
                yield one
                continue
            key = hash(_about(one))
            met = self._met.get(key)
            if met is None:
                self._met[key] = self._kept(one)
                yield one
            elif met & 0xFFFFFFFF == _said(one):
                self._again += 1
            elif self._findings and self._status(met) == one.status:
                yield one
            else:
                yield self._contradiction(one, met)

    def note(self) -> list[str]:
        """What was dropped, in words."""
        times = "once" if self._again == 1 else f"{self._again:,} times"
        return [f"the same was said again {times}: taken once each"] if self._again else []

    def _kept(self, row: Row) -> int:
        """Of a row, from the lowest bit: 32 of what it says, 2 of its status, 32 of its number, the words."""
        found = _LAST_NUMBER.search(row.place)
        number = int(found.group().replace(",", "")) if found else 0
        words = _LAST_NUMBER.sub("\0", row.place, count=1)
        around = self._words.setdefault(words, len(self._words))
        return _said(row) | _STATUSES.index(row.status) << 32 | number << 34 | around << 66

    def _status(self, kept: int) -> Status:
        return _STATUSES[kept >> 32 & 3]

    def _place(self, kept: int) -> str:
        words = next(one for one, number in self._words.items() if number == kept >> 66)
        return words.replace("\0", f"{kept >> 34 & 0xFFFFFFFF:,}")

    def _contradiction(self, row: Row, met: int) -> Fault:
        name, status, place = f"{row.identifier} of {row.component}", self._status(met), self._place(met)
        if status != row.status:
            what = f"{name} is {_plain(row.status)} here and {_plain(status)} at {place}"
        else:
            what = f"{name} stands at {place} already, with other details"
        return Fault(f"{row.place} ({row.identifier})", what, "leave the one that is right")


def _about(row: Row) -> tuple[str, ...]:
    return folded(row.identifier), folded(row.component.key), row.component.version, row.host, row.location


def _said(row: Row) -> int:
    """A hash of 32 bits of what a row says of the thing."""
    said = (row.status, row.category, row.ratings, row.fixed_version, row.released, row.justification)
    return hash(said) & 0xFFFFFFFF


def _plain(status: Status) -> str:
    return status.replace("_", " ")
