"""Reads the worked examples of the clock algebra (``examples/algebra``)."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.obligations.rules.examples_file import Example
from tests.oracle.algebra import Setting
from tests.oracle.cycles import WEEKDAYS

FOLDER = Path(__file__).parent / "examples" / "algebra"


def algebra() -> list[Example]:
    """Every example, file by file."""
    paths = sorted(FOLDER.glob("*.toml"))
    return [
        example for path in paths for example in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
    ]


def when(text: str) -> date | datetime:
    """A day, or a moment with its offset."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def last_moment(text: str) -> datetime:
    """A day's last second in London, or the moment itself."""
    found = when(text)
    if isinstance(found, datetime):
        return found
    return datetime(found.year, found.month, found.day, 23, 59, 59, tzinfo=ZoneInfo("Europe/London"))


def setting(example: Example) -> Setting:
    """Whose holidays, the contract's hours, whether the end moves."""
    return Setting(
        division=example.get("division", "england-and-wales"),
        hours=hours(example.get("hours", ())),
        moved=example.get("moved", False),
        contract_start=date.fromisoformat(example["contract_start"]) if "contract_start" in example else None,
    )


def hours(lines: list[str] | tuple[str, ...]) -> dict[int, tuple[str, str]]:
    """By weekday (Monday is 1), from "monday to friday 09:00-17:00"."""
    found = {}
    for line in lines:
        days, _, span = line.rpartition(" ")
        first, _, last = days.partition(" to ")
        begin, _, end = span.partition("-")
        for number in range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1):
            found[number + 1] = (begin, end)
    return found
