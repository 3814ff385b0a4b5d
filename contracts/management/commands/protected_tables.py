"""Writes docs/protected-tables.md from the list of protected tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.proving.registry import Excused, lines, protected
from contracts.services.verifying.rows import called

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "protected-tables.md"
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


class Command(BaseCommand):
    help = "Writes docs/protected-tables.md from the data; --check only says whether it is current."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        text = document()
        if not options["check"]:
            DOCUMENT.write_text(text, encoding="utf-8")
        elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
            raise CommandError("docs/protected-tables.md is not current: run script/manage protected_tables.")
