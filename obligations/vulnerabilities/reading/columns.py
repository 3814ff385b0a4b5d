"""Which column of a table is what: by its heading (``columns.toml``), else by what stands in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from obligations.rules.register.names import folded
from obligations.vulnerabilities.reading import identifiers
from obligations.vulnerabilities.reading.ratings import is_word
from obligations.vulnerabilities.reading.rows import Field

FILE = Path(__file__).with_name("columns.toml")

Cells = Sequence[str]

_NO_LETTER = re.compile(r"[^a-z0-9]+")
_VERSION = re.compile(r"v?\d+(?:[.:~+-][\w.:~+-]*)?")
_SCORE = re.compile(r"(?:10|\d)\.\d")
_MOST_BEFORE = 10
"""Rows above the headings, such as a title."""


def plain(heading: str) -> str:
    """A heading as ``columns.toml`` writes it."""
    return _NO_LETTER.sub(" ", folded(heading)).strip()


def heading_row(rows: Sequence[Cells]) -> int | None:
    """Which of the first rows holds the headings; None where there are none."""
    for number, cells in enumerate(rows[:_MOST_BEFORE]):
        if any(identifiers.known_in(cell) for cell in cells):
            return number - 1 if number and _fills(rows[number - 1], cells) else None
        known = len({plain(cell) for cell in cells} & _all_headings())
        if known >= 2 or (known and _is_alone(cells)):
            return number
    return 0 if rows and len(rows[0]) > 1 else None


def _is_alone(cells: Cells) -> bool:
    return sum(bool(cell.strip()) for cell in cells) == 1


def guess(headings: Cells, samples: Sequence[Cells]) -> dict[Field, int]:
    """What each column is taken for. Each column is one thing, each thing one column."""
    found: dict[Field, int] = {}
    names = [plain(one) for one in headings]
    if (number := _identifiers_in(names, samples)) is not None:
        found[Field.IDENTIFIER] = number
    for field, known in _known().items():
        free = [name for name in known if name in names and names.index(name) not in found.values()]
        if field is not Field.IDENTIFIER and free:
            found[field] = names.index(free[0])
    if not any(names):
        _by_content(found, samples)
    return found


def _identifiers_in(names: Sequence[str], samples: Sequence[Cells]) -> int | None:
    """The column of identifiers: one so called that holds some, else any that does, else one so called."""
    called = [names.index(one) for one in _known()[Field.IDENTIFIER] if one in names]
    width = max((len(cells) for cells in samples), default=0)
    holding = [
        number
        for number in [*called, *range(width)]
        if any(number < len(cells) and identifiers.known_in(cells[number]) for cells in samples)
    ]
    certain = [number for number in called if names[number] not in ("name", "title", "vulnerability")]
    return next(iter([*holding, *certain]), None)


def _by_content(found: dict[Field, int], samples: Sequence[Cells]) -> None:
    """Of a table without headings: what its columns hold."""
    tests: tuple[tuple[Field, Callable[[str], bool]], ...] = (
        (Field.PURL, lambda text: text.startswith("pkg:")),
        (Field.SEVERITY, is_word),
        (Field.VECTOR, lambda text: text.upper().startswith(("CVSS:", "AV:"))),
        (Field.SCORE, lambda text: bool(_SCORE.fullmatch(text))),
        (Field.REFERENCE, lambda text: text.lower().startswith(("http://", "https://"))),
        (Field.VERSION, lambda text: bool(_VERSION.fullmatch(text))),
        (Field.COMPONENT, bool),
        (Field.TITLE, bool),
    )
    for number in range(max((len(cells) for cells in samples), default=0)):
        held = [text for cells in samples if number < len(cells) and (text := cells[number].strip())]
        if number in found.values() or not held:
            continue
        for field, test in tests:
            if field not in found and all(map(test, held)):
                found[field] = number
                break


def _fills(above: Cells, below: Cells) -> bool:
    """Whether a row may be the headings of the one below it: as many cells, none of them empty."""
    return len(above) >= len(below) > 0 and all(cell.strip() for cell in above[: len(below)])


@cache
def _known() -> Mapping[Field, tuple[str, ...]]:
    held = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {field: tuple(held[field.value]) for field in Field}


@cache
def _all_headings() -> frozenset[str]:
    return frozenset(name for names in _known().values() for name in names)
