"""What seals cover, worked out apart from the check: from the file of seals and by plain SQL."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.services.seals.kept_outside import lines, read_line
from contracts.services.seals.payload import Sealed

SAID = re.compile(r"not sealed yet, since seal (\d+) .*: (\d+) ledger entries, (\d+) writes")
ENDS = """
    SELECT 'contract ' || contract_id || CASE WHEN kept_to = '' THEN '' ELSE ' ' || kept_to END, max(number)
    FROM contracts_ledgerentry GROUP BY contract_id, kept_to
    UNION ALL SELECT 'organisation' || coalesce(' ' || organisation_id, ''), max(number)
    FROM contracts_organisationentry GROUP BY organisation_id
"""

Tail = tuple[int, int]
"""How many entries and how many writes no seal covers."""


@dataclass(frozen=True)
class Sealing:
    """The seals of a file: which writes they cover, and at which numbers each chain was sealed."""

    file: Path
    seals: Sequence[Sealed]
    writes: Collection[int]
    heads: Mapping[str, Sequence[int]]

    def head_at(self, chain: str, number: int) -> int | None:
        """The first sealed number of a chain that lies at this number or behind it."""
        sealed = self.heads.get(chain, ())
        place = bisect_left(sealed, number)
        return sealed[place] if place < len(sealed) else None

    def tail(self, cursor: Any) -> Tail:
        """How long the tail is, as the tables hold it just now."""
        cursor.execute(ENDS)
        entries = sum(max(0, end - max(self.heads.get(name, [0]))) for name, end in cursor.fetchall())
        cursor.execute("SELECT id FROM contracts_signedwrite")
        return entries, sum(key not in self.writes for (key,) in cursor.fetchall())


def sealing(file: Path) -> Sealing:
    """What the seals of a file cover. It is read before anything is edited."""
    seals = [read_line(text) for _, text in lines(file)]
    heads: dict[str, list[int]] = defaultdict(list)
    for one in seals:
        for name, (number, _) in one.heads.items():
            heads[name].append(number)
    writes = {key for one in seals for first, last in one.ranges for key in range(first, last + 1)}
    return Sealing(file, seals, writes, {name: sorted(set(numbers)) for name, numbers in heads.items()})


def said(tail: str) -> Tail | None:
    """The tail that the check says; None where it says that nothing is sealed at all."""
    if found := SAID.match(tail):
        return int(found[2]), int(found[3])
    return (0, 0) if tail.startswith("everything is sealed") else None
