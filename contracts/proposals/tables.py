"""Rows of a table that gives the times of a duty: each time in a row is a duty of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from contracts.terms.limits import Kind, TimeLimit
from contracts.terms.phrases import PhraseError, find_limits, parse_limit

_KEPT = re.compile(r"\b(?:keep|kept|retain\w*|retention|stored?|archiv\w+|minimum\s+period)\b", re.I)
_RUNS = re.compile(
    r"\b(?:runs?|counted|measured|calculated|counting|beginning|starting)\s+(?:from"
    r"|on)\s+(?P<what>[^.;:\t\n]+)",
    re.I,
)
_CELL = re.compile(r"[^\t\n]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row with a time limit: its place in the row's text and what its column is called."""

    start: int
    end: int
    limit: TimeLimit
    column: str


def is_table(text: str) -> bool:
    """Whether the last line of a paragraph is the head of a table."""
    return "\t" in text.rsplit("\n", 1)[-1]


def without_head(text: str) -> str:
    """The text before the head of its table."""
    return text.rsplit("\n", 1)[0] if is_table(text) else text


def timed_cells(row: str, above: str) -> Iterator[Cell]:
    """The cells of a row that hold a time limit and nothing before it. ``above``: the text with the head."""
    columns = above.rsplit("\n", 1)[-1].split("\t") if is_table(above) else []
    cells = list(_CELL.finditer(row))
    shift = max(0, len(columns) - len(cells))
    for place, cell in enumerate(cells):
        column = columns[place + shift] if place + shift < len(columns) else ""
        if limit := _limit(cell[0], column, above):
            yield Cell(cell.start(), cell.end(), limit, column.strip())


def _limit(cell: str, column: str, above: str) -> TimeLimit | None:
    words = cell.strip(" .;")
    found = find_limits(words)
    if not found and len(words.split()) <= 4:
        try:
            found = [parse_limit(words)]
        except PhraseError:
            return None
    if len(found) != 1 or found[0].limit is None or found[0].span[0] > 3:
        return None
    keeps = found[0].kind is Kind.DEADLINE and (_KEPT.search(column) or (not column and _KEPT.search(above)))
    return _as_kept(found[0]) if keeps else found[0]


def _as_kept(limit: TimeLimit) -> TimeLimit:
    return replace(limit, kind=Kind.RETENTION)


def start_of(text: str) -> tuple[int, int] | None:
    """Where the words stand that say what all the times run from: "which run from the call"."""
    match = _RUNS.search(text)
    return match.span("what") if match else None


def head_of(text: str) -> int | None:
    """Where the head of a table in a paragraph ends, None where its text has no table of two rows or more."""
    lines = text.split("\n")
    first = next((place for place, line in enumerate(lines) if line.count("\t")), None)
    if not first or sum("\t" in line for line in lines[first:]) < 3:
        return None
    return sum(len(line) + 1 for line in lines[: first + 1]) - 1


def lines_after(text: str, place: int) -> list[tuple[int, int]]:
    """Where each line after a place begins and ends."""
    found, start = [], place + 1
    for line in text[place + 1 :].split("\n"):
        found.append((start, start + len(line)))
        start += len(line) + 1
    return found
