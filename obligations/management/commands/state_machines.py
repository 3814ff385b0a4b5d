"""Draws docs/state-machines.md from the state machines of the subject folders."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from contracts.management.document import DocumentCommand
from obligations.rules.machine import drawn, load

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


class Command(DocumentCommand):
    help = "Draws docs/state-machines.md from the data; --check only says whether it is current."
    page = "state-machines.md"

    def text(self) -> str:
        return document()
