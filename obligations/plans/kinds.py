"""Which plans there are, and their state machines, read from the data beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from obligations.rules.machine import NEW, Machine, State, load

__all__ = ["NEW", "PlanKind", "kinds", "machines", "number", "take_back_of", "why_not"]

HERE = Path(__file__).parent
TAKE_BACK = "take_back_"
"""How the events begin that take back what was done with a version by mistake."""
DISPUTE = ("refuse_again", "refer", "refer_undecided")
"""What is done with a version only where the schedule sends one refused again to dispute resolution."""


@dataclass(frozen=True, slots=True)
class PlanKind:
    """One kind of plan, of one schedule. Paths are those of its paragraphs; ``clocks`` are keys of rules."""

    key: str
    title: str
    short: str
    outline: str
    subject: str
    in_force: str
    reasonable_by: str
    requirements: tuple[str, ...]
    heads: tuple[str, ...]
    clocks: tuple[str, ...]
    amend: str
    finish: str
    facts: Mapping[str, tuple[str, ...]]
    decide: Mapping[str, str]
    states: Mapping[str, State]

    @property
    def disputes(self) -> bool:
        """Whether a second refusal sends it to dispute resolution (A 4.3.2); DMP 23, 5.5 knows none."""
        return bool(self.facts["refer"])

    def state(self, key: str) -> State:
        """A state of a version of this plan, in the words of its own schedule."""
        return self.states[key]

    @property
    def has_reviews(self) -> bool:
        """Whether its yearly reviews and its changes are kept here too."""
        return bool(self.heads)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The requirements as one cites them: 4.2.1(a)."""
        return tuple(number(path) for path in self.requirements)


def number(path: str) -> str:
    """The number of a paragraph within its scope."""
    return path.partition("/")[2]


@cache
def kinds() -> dict[str, PlanKind]:
    """Every kind of plan by its key."""
    raw = tomllib.loads((HERE / "kinds.toml").read_text(encoding="utf-8"))["plan"]
    found = {}
    for key, table in raw.items():
        lists = {name: tuple(table[name]) for name in ("requirements", "heads", "clocks")}
        facts = {event: tuple(names) for event, names in table["facts"].items()}
        own = table.pop("state", {})
        states = {
            name: replace(state, **own.get(name, {})) for name, state in machines()["version"].states.items()
        }
        found[key] = PlanKind(key=key, **{**table, **lists, "facts": facts, "states": states})
    return found


def why_not(kind: PlanKind, machine: str, event: str, state: str, role: str, *, alone: bool = False) -> str:
    """Why the event cannot happen to this plan in this state by this role, "" where it can."""
    if machine == "version" and event in DISPUTE and not kind.disputes:
        paragraph = number(kind.in_force)
        return f"Paragraph {paragraph} has no dispute resolution: amend the {kind.short} and submit it again."
    return machines()[machine].why_not(event, state, role, alone=alone)


def take_back_of(state: str, before: str) -> str:
    """The event that takes a version from this state back to the one before, "" where there is none."""
    events = machines()["version"].events.values()
    found = (one for one in events if one.key.startswith(TAKE_BACK) and state in one.origins)
    return next((one.key for one in found if one.to == before), "")


@cache
def machines() -> dict[str, Machine]:
    """The state machines of a version, a review and a change."""
    return load(HERE / "states.toml")
