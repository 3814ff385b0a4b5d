"""A row of cells, from whatever kind of table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from obligations.vulnerabilities.reading.refusals import Refused


class Record(NamedTuple):
    """A row of a file of cells. ``formulas``: the numbers of those that are known to hold one; ``wrong``:
    what keeps it from being read.
    """

    place: str
    cells: Sequence[str]
    formulas: frozenset[int] = frozenset()
    wrong: Refused | None = None
