"""The immediate steps as data, and which of them belong to one breach."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("steps.toml")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do at once. ``schedule`` is "" for the law's own step, beside the contract's.

    ``kept``: only where OFFICIAL-SENSITIVE information is concerned, which is kept to a distribution list.
    """

    key: str
    schedule: str
    path: str
    label: str
    help: str
    side: str
    fact: str = ""
    outcomes: tuple[str, ...] = ()
    kept: bool = False


@cache
def all_steps() -> tuple[Step, ...]:
    """Every step, in the order of the data."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["step"]
    return tuple(Step(**{**row, "outcomes": tuple(row.get("outcomes", ()))}) for row in rows)


def steps_for(schedules: Collection[str], outcome: str, controller: str, *, sensitive: bool) -> list[Step]:
    """The steps of a breach of this outcome under these schedules.

    ``sensitive``: it concerns OFFICIAL-SENSITIVE information, which some steps are for alone.
    """
    return [
        step
        for step in all_steps()
        if (step.schedule in schedules or (not step.schedule and controller != "none"))
        and (not step.outcomes or outcome in step.outcomes)
        and (sensitive or not step.kept)
    ]


def sides_of(step: Step, aware_party: str, controller: str) -> frozenset[str]:
    """Whose step it is: the sides that may tick it where both parties keep the contract."""
    both = frozenset({"supplier", "authority"})
    named = {"aware": aware_party, "controller": controller}.get(step.side, step.side)
    return frozenset({named}) if named in both else both
