"""State machines as data: states, events, who may, what follows. One TOML file a subject folder.

A file holds ``[machine.NAME]`` tables. What is not in the table is refused, with the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SIDES = ("supplier", "authority", "either", "system")
NEW = "new"
"""Where an event comes from that makes the thing."""


class MachineError(ValueError):
    """A file of state machines is wrong; the message names the file, the machine and the key."""


@dataclass(frozen=True, slots=True)
class State:
    """One state. ``next`` says in a sentence what each side does from here, by side."""

    key: str
    label: str
    says: str
    next: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One event: from which states to which (None: it stays), whose side and roles, what follows.

    ``guard`` is a further condition in words, which the service checks; ``follows`` names the facts recorded.
    """

    key: str
    label: str
    doing: str
    origins: tuple[str, ...]
    to: str | None
    side: str
    roles: tuple[str, ...]
    guard: str
    follows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """The states and events of one kind of thing. ``alone``: roles that record either side's acts from its
    letters where one party alone keeps the contract (R33)."""

    key: str
    title: str
    thing: str
    states: Mapping[str, State]
    events: Mapping[str, Event]
    alone: tuple[str, ...]

    def why_not(self, event: str, state: str, role: str, *, alone: bool = False) -> str:
        """Why the event cannot happen in this state by this role, "" where it can."""
        if not_theirs := self.not_theirs(event, role, alone=alone):
            return not_theirs
        what = self.events[event]
        if state not in what.origins:
            wanted = " or ".join(f"“{self.label(one)}”" for one in what.origins)
            return f"You cannot {what.doing}: it is “{self.label(state)}”, and that needs {wanted}."
        return ""

    def not_theirs(self, event: str, role: str, *, alone: bool = False) -> str:
        """Why this role never does it, in whatever state; "" where it may."""
        what = self.events[event]
        if what.side == "system":
            return f"Only Duly itself does this: {what.label.lower()}."
        if role not in self.who(event, alone=alone):
            who = " or ".join(_words(one) for one in self.who(event, alone=alone))
            return f"Your role, {_words(role)}, cannot {what.doing}: that is for the {who}."
        return ""

    def who(self, event: str, *, alone: bool = False) -> tuple[str, ...]:
        """The roles that may do this."""
        return self.alone if alone else self.events[event].roles

    def label(self, state: str) -> str:
        """What a page calls a state."""
        return "not there yet" if state == NEW else self.states[state].label

    def after(self, event: str, state: str) -> str:
        """The state that follows."""
        return self.events[event].to or state


def load(path: Path) -> dict[str, Machine]:
    """The machines of one file. Raises MachineError."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: _machine(key, table, path) for key, table in raw["machine"].items()}


def _machine(key: str, table: Mapping[str, Any], path: Path) -> Machine:
    where = f"{path.name}: machine {key}"
    states = {row["key"]: State(row["key"], row["label"], row["says"], row["next"]) for row in table["state"]}
    events = {row["key"]: _event(row) for row in table["event"]}
    if len(states) != len(table["state"]) or len(events) != len(table["event"]):
        raise MachineError(f"{where}: a state or an event is there twice")
    machine = Machine(key, table["title"], table["thing"], states, events, tuple(table["alone"]))
    for event in events.values():
        unknown = {*event.origins, *([event.to] if event.to else [])} - {*states, NEW}
        if unknown:
            raise MachineError(f"{where}: event {event.key}: no such state: {', '.join(sorted(unknown))}")
        if event.side not in SIDES or bool(event.roles) == (event.side == "system"):
            raise MachineError(f"{where}: event {event.key}: its side and roles do not fit")
    reached = {event.to for event in events.values()}
    if missing := sorted(set(states) - reached):
        raise MachineError(f"{where}: nothing leads to: {', '.join(missing)}")
    return machine


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        key=row["key"],
        label=row["label"],
        doing=row["doing"],
        origins=tuple(row["from"]),
        to=row.get("to"),
        side=row["side"],
        roles=tuple(row.get("roles", ())),
        guard=row.get("guard", ""),
        follows=tuple(row.get("follows", ())),
    )


def _words(role: str) -> str:
    return role.replace("_", " ")


def drawn(machine: Machine) -> str:
    """The machine as Markdown: a diagram, its states, and its events in a table."""
    lines = [f"## {machine.title}", "", "```mermaid", "stateDiagram-v2"]
    lines += _arrows(machine)
    lines += ["```", "", "| State | What it means |", "| --- | --- |"]
    lines += [f"| {state.label} | {state.says} |" for state in machine.states.values()]
    lines += ["", "| Event | From | To | Who may | Only where | What follows |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    lines += [_row(machine, event) for event in machine.events.values()]
    return "\n".join(lines) + "\n"


def _arrows(machine: Machine) -> Iterator[str]:
    for state in machine.states.values():
        yield f"    {state.key}: {state.label}"
    for event in machine.events.values():
        for origin in event.origins:
            yield f"    {'[*]' if origin == NEW else origin} --> {event.to or origin}: {event.label}"


def _row(machine: Machine, event: Event) -> str:
    origins = ", ".join(machine.label(one) for one in event.origins)
    to = machine.label(event.to) if event.to else "stays"
    who = f"{event.side}: {', '.join(map(_words, event.roles))}" if event.roles else "Duly itself"
    follows = ", ".join(f"`{one}`" for one in event.follows)
    return f"| {event.label} | {origins} | {to} | {who} | {event.guard} | {follows} |"
