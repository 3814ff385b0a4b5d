"""The same vulnerability of the same component in the same place, twice in one file."""

from __future__ import annotations

from collections.abc import Iterator

from obligations.rules.register.names import folded
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row


class Once:
    """Passes on each row once. The same said again is dropped and counted; where a row contradicts an earlier
    one it is a fault. A scanner's second word on one thing (another source's rating) is passed on: there is
    nothing to choose, for the stricter counts.
    """

    def __init__(self, reading: Reading) -> None:
        self._findings = reading.findings
        self._met: dict[int, tuple[int, str, str]] = {}
        self._again = 0

    def through(self, items: Iterator[Row | Fault]) -> Iterator[Row | Fault]:
        """The rows and faults, in their order."""
        for one in items:
            if isinstance(one, Fault):
                yield one
                continue
            key = hash(
                (
                    folded(one.identifier),
                    folded(one.component.key),
                    one.component.version,
                    one.host,
                    one.location,
                )
            )
            said = _said(one)
            met = self._met.get(key)
            if met is None:
                self._met[key] = (said, one.status, one.place)
                yield one
            elif met[0] == said:
                self._again += 1
            elif self._findings and met[1] == one.status:
                yield one
            else:
                yield _contradiction(one, met[1], met[2])

    def note(self) -> list[str]:
        """What was dropped, in words."""
        times = "once" if self._again == 1 else f"{self._again:,} times"
        return [f"the same was said again {times}: taken once each"] if self._again else []


def _said(row: Row) -> int:
    return hash((row.status, row.category, row.ratings, row.fixed_version, row.released, row.justification))


def _contradiction(row: Row, status: str, place: str) -> Fault:
    name = f"{row.identifier} of {row.component}"
    where = f"{row.place} ({row.identifier})"
    if status != row.status:
        what = f"{name} is {row.status.replace('_', ' ')} here and {status.replace('_', ' ')} at {place}"
    else:
        what = f"{name} stands at {place} already, with other details"
    return Fault(where, what, "leave the one that is right")
