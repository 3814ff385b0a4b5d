"""Which plans there are, and their state machines, read from the data beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from obligations.rules.machine import NEW, Machine, State, load
from obligations.rules.register.rule import Rule
from obligations.rules.register.rule_form import kinds_in
from obligations.rules.register.rulebook import Rulebook

__all__ = ["NEW", "PlanKind", "kinds", "machines", "number", "of_own_book", "take_back_of", "why_not"]

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


REVIEWED = ("complete", "provide", "propose", "require", "implement", "formalise")
"""What is done with an adopted plan: its yearly reviews and its changes."""


def of_own_book(kind: PlanKind, book: Rulebook) -> PlanKind | None:
    """This kind of plan as a contract's own rulebook asks for it; None where it speaks of none.

    Its paragraphs are those of the rules that name a fact of the plan. It has no list of requirements, the
    three heads of a review have words of ours, and it goes to dispute resolution only where a rule says so.
    """
    rules = [rule for rule in book.duties if kinds_in(rule) & _facts(kind, *kind.facts)]
    if not rules:
        return None
    named = frozenset().union(*map(kinds_in, rules))
    asks = [rule for rule in rules if _facts(kind, "submit") & {*rule.met_by, *rule.all_of}]
    return replace(
        kind,
        outline=book.key,
        in_force=(asks or rules)[0].path,
        reasonable_by="",
        requirements=(),
        heads=("",) * 3 if named & _facts(kind, *REVIEWED) else (),
        clocks=tuple(rule.key for rule in rules),
        amend=_first_key(asks, _facts(kind, "refuse")),
        finish="",
        facts=kind.facts if named & _facts(kind, "refer") else {**kind.facts, **dict.fromkeys(DISPUTE, ())},
        decide={"approve": "Approve: it is adopted at once", "refuse": "Do not approve"},
        states=dict(machines()["version"].states),
    )


def _first_key(rules: Iterable[Rule], started_by: frozenset[str]) -> str:
    """The key of the first rule that one of these facts starts, "" where none does."""
    return next((rule.key for rule in rules if started_by & {*rule.on}), "")


def _facts(kind: PlanKind, *events: str) -> frozenset[str]:
    """The facts that these events of a plan record."""
    return frozenset(fact for event in events for fact in kind.facts.get(event, ()))


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
def takings_back() -> tuple[str, ...]:
    """Every event that takes an act on a version back."""
    return tuple(key for key in machines()["version"].events if key.startswith(TAKE_BACK))


@cache
def machines() -> dict[str, Machine]:
    """The state machines of a version, a review and a change."""
    return load(HERE / "states.toml")
