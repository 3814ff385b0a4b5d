"""The list of protected tables: what is proved of each row, and why other tables are not on it.

Each part of Duly brings its own lines (``PROTECTED_TABLES`` of the settings). docs/protected-tables.md is
drawn from them, and a test fails for a table or a column about which nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from django.conf import settings

OF_THE_ROW = "t.contract_id"
"""The contract of a row, as SQL over the row ``t``."""

LEASE = "a lease: who is at it just now"
COUNTER = "a counter, for retries and progress"


@dataclass(frozen=True, slots=True)
class Protected:
    """A table each of whose rows is proved by its last write.

    table       its name in the database
    columns     the columns that mean something, the ones that change most first; separated by spaces
    left_out    every other column but the key, with the reason
    contract    the contract of a row as SQL over ``t``; None where it belongs to none
    earlier     lists of columns that were proved before this one, oldest first: old proofs go by them
    """

    table: str
    columns: str
    left_out: Mapping[str, str] = field(default_factory=dict)
    contract: str | None = OF_THE_ROW
    earlier: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """The number of its list of columns, from 1."""
        return len(self.earlier) + 1

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """The lists of columns by version, the first being version 1."""
        return tuple(tuple(one.split()) for one in (*self.earlier, self.columns))


@dataclass(frozen=True, slots=True)
class Excused:
    """A table that is not protected, and why nobody needs it to be."""

    table: str
    why: str


Line = Protected | Excused


def lines() -> Mapping[str, Line]:
    """What is said of each table, by its name. Raises ValueError where two parts say something of one."""
    return _lines(tuple(settings.PROTECTED_TABLES), tuple(settings.SUBJECTS))


def protected() -> list[Protected]:
    """The protected tables, by name."""
    return [line for _, line in sorted(lines().items()) if isinstance(line, Protected)]


@cache
def _lines(modules: tuple[str, ...], subjects: tuple[str, ...]) -> Mapping[str, Line]:
    found: dict[str, Line] = {}
    for name in modules:
        for line in import_module(name).tables():
            if line.table in found:
                raise ValueError(
                    f"{line.table} is named twice among the protected tables; {name} names it again"
                )
            found[line.table] = line
    return found
