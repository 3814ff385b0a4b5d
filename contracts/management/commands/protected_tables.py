"""Writes docs/protected-tables.md from the list of protected tables."""

from __future__ import annotations

from typing import Any

from contracts.management.document import DocumentCommand
from contracts.proving.registry import Excused, lines, protected
from contracts.services.verifying.rows import called

INTRODUCTION = """# Protected tables

Written by `script/manage protected_tables` from `contracts/protected.py`, `obligations/protected.py`,
`compliance/protected.py` and the `subject.py` of each subject; a test checks that it is current, and fails
for a table or a column about which nothing is said. What it means that a row is proved: [ledger](ledger.md).

## What is proved

| a row of | table | columns | left out, and why |
| --- | --- | --- | --- |
"""
NOT_PROVED = """
## What is not, and why

| table | why |
| --- | --- |
"""


def document() -> str:
    """The whole document, from the list as it is now."""
    proved = [
        f"| {called(line.table)} | `{line.table}` | {', '.join(sorted(line.lists[-1]))} |"
        f" {_left_out(line.left_out)} |"
        for line in protected()
    ]
    excused = [
        f"| `{name}` | {line.why} |" for name, line in sorted(lines().items()) if isinstance(line, Excused)
    ]
    return INTRODUCTION + "\n".join(proved) + "\n" + NOT_PROVED + "\n".join(excused) + "\n"


def _left_out(columns: Any) -> str:
    by_reason: dict[str, list[str]] = {}
    for column, why in columns.items():
        by_reason.setdefault(why, []).append(column)
    return "; ".join(f"{', '.join(names)}: {why}" for why, names in by_reason.items())


class Command(DocumentCommand):
    help = "Writes docs/protected-tables.md from the data; --check only says whether it is current."
    page = "protected-tables.md"

    def text(self) -> str:
        return document()
