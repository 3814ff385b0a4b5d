"""The states of a claim: ``states.toml``, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from obligations.rules.machine import Machine, load

FILE = Path(__file__).with_name("states.toml")


@cache
def machine() -> Machine:
    """The table of states and events."""
    return load(FILE)["claim"]
