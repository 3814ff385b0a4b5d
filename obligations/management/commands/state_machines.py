"""Draws docs/state-machines.md from the state machines of the subject folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from obligations.rules.machine import drawn, load

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "state-machines.md"
INTRODUCTION = """# State machines

Drawn from the `states.toml` of each subject folder by `script/manage state_machines`; a test checks that it
is current. What is not in a table is refused, with the reason. Where one party alone keeps a contract, its
lead or reviewer records the acts of both from the letters (R33).
"""


def document() -> str:
    """The whole document, from the data as it is now."""
    folder = Path(settings.BASE_DIR) / "obligations"
    parts = [INTRODUCTION]
    for path in sorted(folder.glob("*/states.toml")):
        parts += [drawn(machine) for machine in load(path).values()]
    return "\n".join(parts)


class Command(BaseCommand):
    help = "Draws docs/state-machines.md from the data; --check only says whether it is current."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        text = document()
        if not options["check"]:
            DOCUMENT.write_text(text, encoding="utf-8")
        elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
            raise CommandError("docs/state-machines.md is not current: run script/manage state_machines.")
