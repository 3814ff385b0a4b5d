"""The states of a breach: ``states.toml``, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from obligations.rules.machine import Event, Machine, load

FILE = Path(__file__).with_name("states.toml")


@cache
def machine() -> Machine:
    """The table of states and events."""
    return load(FILE)["breach"]


def possible(state: str, role: str, *, alone: bool = False) -> list[Event]:
    """The events that a person of this role may bring about now, in the order of the data."""
    table = machine()
    return [one for one in table.events.values() if not table.why_not(one.key, state, role, alone=alone)]
