"""What starts an entry: a kind of fact that there is, or one that the person names with the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_line
from obligations.rules.register.kinds import FactKind
from obligations.rules.register.rule import CAUSED
from obligations.services.asking.vocabulary import vocabulary_to_decide_with
from obligations.services.entries.book import BY_THE_CLOCK
from obligations.services.entries.kinds import add_kind
from obligations.services.entries.proposing import LAST_DAY, START

DAY_OF_IT = "The day it is planned for"
"""The detail of a kind of the contract's own from whose day a limit is counted back (R35)."""

STARTS = ("on", "anchor", "event_day")


@dataclass(frozen=True, slots=True)
class Start:
    """What a person chose: the name of a kind, or the label of a new one. Neither: as the entry has it.

    ``opens``: of a gate, the label of what opens it; "" where the entry says so itself.
    """

    kind: str = ""
    label: str = ""
    opens: str = ""


def with_start(
    contract: Contract, actor: Actor, now: datetime, entry: Mapping[str, Any], start: Start
) -> dict[str, Any]:
    """The entry with what starts it; a new kind of fact is named on the way, once for each label.

    What is told apart only by when it happened gives a duty each time. A limit counted back from an event to
    come runs from the day among the details of the fact. Raises Refused on "on" or "label".
    """
    caused = entry.get("shape") in CAUSED
    if not caused and entry.get("shape") != "recurring":
        return _of_the_contract(entry)
    if not start.kind and not start.label.strip():
        return dict(entry)
    found = {name: value for name, value in entry.items() if name not in STARTS}
    if start.opens.strip():
        found["met_by"] = [_named(contract, actor, now, start.opens, {}).name]
    kind = _chosen(contract, start.kind) if start.kind else _named(contract, actor, now, start.label, found)
    if not caused:
        return found | {"anchor": kind.name}
    found["on"] = [kind.name]
    found["once_per"] = found.get("once_per", "subject") if kind.subject else "fact"
    if found.get("before"):
        found["event_day"] = _day_of(kind)
    return found


def _of_the_contract(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is owed once runs from the contract's start, or is counted back from its last day (R35)."""
    found = {name: value for name, value in entry.items() if name not in STARTS}
    if found.get("shape") != "one_off":
        return found
    return found | ({"event_day": LAST_DAY} if found.get("before") else {"on": [START]})


def _chosen(contract: Contract, name: str) -> FactKind:
    """The kind of this name. Raises Refused on "on"."""
    kind = vocabulary_to_decide_with(contract).kinds.get(name)
    if kind is None:
        raise Refused("on", "Choose what starts it from the list, or name it.")
    return kind


def _named(contract: Contract, actor: Actor, now: datetime, label: str, entry: Mapping[str, Any]) -> FactKind:
    """The kind with this label, named now unless somebody named it before."""
    label = " ".join(one_line(label).split())
    listed = vocabulary_to_decide_with(contract).listed
    there = next((one for one in listed if one.label.casefold() == label.casefold()), None)
    if there is not None:
        return there
    made = add_kind(
        contract,
        actor,
        now,
        label=label,
        needs_moment=entry.get("unit") in BY_THE_CLOCK,
        details=[{"label": DAY_OF_IT, "type": "day"}] if entry.get("before") else [],
    )
    return _chosen(contract, made.name)


def _day_of(kind: FactKind) -> str:
    """The detail that tells the day of the event to come. Raises Refused on "on"."""
    days = [one.name for one in kind.details if one.type == "day"]
    if not days:
        raise Refused(
            "on",
            f"“{kind.label}” does not tell the day of something to come, from which this is counted back."
            " Choose another, or name it yourself: for example “A change is planned”.",
        )
    return days[0]
