"""An invented rulebook, in a folder of its own, that asks for a setting of every type."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from obligations.rules.register import rulebook
from obligations.services.asking import engine_input
from tests.cast import RIVERSIDE

HEADER = f"""
key = "{RIVERSIDE}"
title = "Riverside Schedule 7"
version = 1
dated = "2026"
scopes = ["main"]
"""

SETTINGS = """
[[setting]]
name = "patrols"
type = "flag"
paragraph = "main/2"
question = "Does the {supplier} patrol the riverside?"
help = "As the order says."

[[setting]]
name = "keeper"
type = "choice"
paragraph = "main/2"
question = "Who keeps the keys?"
choices = [{ value = "council", label = "The {authority}" }, { value = "provider", label = "The {supplier}" }]

[[setting]]
name = "opened"
type = "day"
paragraph = "main/2"
question = "On which day did the path open?"

[[setting]]
name = "gate_closes"
type = "time"
paragraph = "main/2"
question = "When does the gate close?"
without = "The gate stays open."

[[setting]]
name = "wardens"
type = "number"
paragraph = "main/2"
question = "How many wardens are there?"
min = 1
max = 12

[[setting]]
name = "grace"
type = "length"
paragraph = "main/2"
question = "How long may a repair take?"
units = ["hours", "working_days"]
max = 40

[[setting]]
name = "office"
type = "hours"
paragraph = "main/2"
question = "When is the office open?"
"""

RULES = """
[[rule]]
key = "{key}"
path = "main/2"
party = "supplier"
title = "{title}"
summary = "An invented duty."
shape = "event"
on = ["audit_records_requested"]
met_by = ["audit_records_provided"]
evidence = "The records"
amount = 5
unit = "days"
conditions = {conditions}
"""


def rules(**conditions: list[str]) -> str:
    """A rule for each key, with its conditions."""
    return "".join(
        RULES.format(key=key, title=f"Answer {key}", conditions=str(texts).replace("'", '"'))
        for key, texts in conditions.items()
    )


ASKED = rules(
    always=[],
    patrolled=["setting patrols"],
    council=["setting keeper = council"],
    late=["setting gate_closes = 21:00"],
)


def write(folder: Path, text: str = ASKED, settings: str = SETTINGS, header: str = HEADER) -> Path:
    """The folder of the book below this one."""
    book = folder / RIVERSIDE
    book.mkdir(parents=True, exist_ok=True)
    (book / "rulebook.toml").write_text(header + settings, encoding="utf-8")
    (book / "rules.toml").write_text(text, encoding="utf-8")
    return book


def ship(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = ASKED) -> None:
    """Duly ships the invented book too, until the test is over: ``rulebook.load_rulebook.cache_clear``."""
    shutil.copytree(rulebook.BOOKS, folder, dirs_exist_ok=True)
    write(folder, text)
    monkeypatch.setattr(rulebook, "BOOKS", folder)


def unship() -> None:
    """What was read of the books that Duly ships is forgotten."""
    for module in (rulebook, engine_input):
        for cached in vars(module).values():
            if hasattr(cached, "cache_clear"):
                cached.cache_clear()
