"""The rows of a kept file as findings, in chunks, with the faults of those that cannot be taken."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from contracts.services import kept_files
from contracts.terms.moments import Day, london_day, long_day
from contracts.terms.restricted import names_reserved
from obligations.rules.time.working_days import shipped_lists
from obligations.vulnerabilities.finding import Finding, Place, together
from obligations.vulnerabilities.models import ImportRun
from obligations.vulnerabilities.reading import Fault, Field, Reading, Row, Status, Unreadable, read

CHUNK = 250
"""Rows that are looked at, or kept, at once: each is a transaction."""

LONGEST_IDENTIFIER = 100
OWN = "own_words"
"""Among the options of a run: a person said that words in doubt are the contract's own."""
WHY = 60
"""Characters that are kept of why something is said not to be affected."""


@dataclass(slots=True)
class Chunk:
    """Some rows of a file: what they say, those that cannot be taken, and how many rows were read so far."""

    findings: list[Finding]
    faults: list[Fault]
    rows: int


@dataclass(slots=True)
class Source:
    """A file that is being read once, from its beginning. ``at``: bytes read so far, of ``size``."""

    file: BinaryIO
    reading: Reading
    size: int
    today: Day
    _rows: int = field(default=0)

    @property
    def at(self) -> int:
        """Bytes read so far."""
        return min(self.file.tell(), self.size)

    def chunks(self) -> Iterator[Chunk]:
        """The rows in portions of ``CHUNK``, those about the same put together. Raises Unreadable."""
        findings: list[Finding] = []
        faults: list[Fault] = []
        for one in self.reading:
            self._rows += 1
            fault = one if isinstance(one, Fault) else fault_of(one, self.today)
            if fault is not None:
                faults.append(fault)
            elif isinstance(one, Row):
                findings.append(finding_of(one))
            if self._rows % CHUNK == 0:
                yield Chunk(together(findings), faults, self._rows)
                findings, faults = [], []
        if findings or faults:
            yield Chunk(together(findings), faults, self._rows)


def opened(run: ImportRun, now: datetime) -> Source:
    """The file of a run, to be read. Raises Unreadable; Refused where it is not what was uploaded."""
    file = io.BytesIO(kept_files.content(run))
    return Source(
        file,
        read(file, run.file_name, mapping_of(run.options), own=bool(run.options.get(OWN))),
        run.size,
        london_day(now),
    )


def mapping_of(options: Mapping[str, Any]) -> Mapping[Field, int] | None:
    """Which column a person said is what; None where they said nothing."""
    said = options.get("columns")
    return {Field(name): int(number) for name, number in said.items()} if said else None


def fault_of(row: Row, today: Day) -> Fault | None:
    """Why a row cannot be kept, where it can be read."""
    if row.released is not None and row.released > today:
        return Fault(row.place, f"its release day, {long_day(row.released)}, is in the future", "correct it")
    first = shipped_lists().first
    if row.released is not None and row.released < first:
        return Fault(
            row.place, "its release day is before every calendar", f"give one after {long_day(first)}"
        )
    if len(row.identifier) > LONGEST_IDENTIFIER:
        return Fault(
            row.place, "its identifier is too long", f"shorten it to {LONGEST_IDENTIFIER} characters"
        )
    if names_reserved(f"{row.identifier} {row.component.name}"):
        return Fault(row.place, "it has a name in it that only Duly gives", "give it another name")
    return None


def finding_of(row: Row) -> Finding:
    """What a row says, as what is kept."""
    ratings = [
        {
            "by": one.by,
            "source": one.source,
            "value": one.value,
            "category": one.category,
            "says": one.word or (f"{one.score:.1f}" if one.score is not None else one.vector),
        }
        for one in row.ratings
    ]
    earliest = row.earliest if row.earliest is not None and row.earliest >= shipped_lists().first else None
    return Finding(
        row.identifier,
        row.component.name[:150],
        aliases=row.aliases,
        version=row.component.version,
        title=row.title[:300],
        reference=row.reference if len(row.reference) <= 1000 else "",
        said=row.own,
        doubt=row.doubt,
        ratings=tuple(ratings),
        fixed_version=row.fixed_version[:100],
        released=row.released,
        earliest=earliest,
        places=(Place(row.host, row.location, row.component.version),),
        status=str(row.status),
        justification=row.justification or _said_of(row),
        where=row.place,
    )


def _said_of(row: Row) -> str:
    """Why a file says that something is not affected, where it gives none of VEX's justifications."""
    if row.status is not Status.NOT_AFFECTED:
        return ""
    return row.statement if len(row.statement) <= WHY else f"{row.statement[: WHY - 1]}…"


__all__ = ["CHUNK", "Chunk", "Source", "Unreadable", "finding_of", "opened"]
