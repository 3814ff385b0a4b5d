"""Gates in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from contracts.models import Contract
from contracts.terms.moments import london_day, long_day, start_of_day
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.variations.presenters import Tag
from contracts.web.words import count, listed, moment_words
from obligations.rules.engine.gates import Answer, Gate, Shut
from obligations.rules.register.duty import Duty
from obligations.services.asking.vocabulary import label_of
from obligations.services.gates import GatesOn

TAGS = {
    Answer.OPEN: Tag("Open", "green"),
    Answer.SHUT: Tag("Shut", "red"),
    Answer.NOT_SHOWN: Tag("Not shown", "orange"),
    Answer.NOT_IN_FORCE: Tag("Not in force", "grey"),
}


MOST = 3
"""So many of what opened a gate are named, the last of them."""


@dataclass(frozen=True)
class GateRow:
    """One gate: what it forbids, how it stands, and why."""

    title: str
    paragraph: str
    href: str
    tag: Tag
    says: list[str]


@dataclass(frozen=True)
class GateLine:
    """May it be operated today, as the contract's first page says it."""

    tag: Tag
    says: str
    href: str


def line(contract: Contract, found: GatesOn) -> GateLine | None:
    """The answer for the contract's first page; None where no gate stands before its operation."""
    if found.answer is Answer.NOT_IN_FORCE:
        return None
    tag, says = answer(found, "today")
    return GateLine(tag, says, reverse("gates", args=[contract.pk]))


def answer(found: GatesOn, day: str) -> tuple[Tag, str]:
    """Whether it may be operated, and why not, in one sentence."""
    standing = [gate for gate in found.gates if gate.operation and gate.answer is found.answer]
    names = listed([f"“{gate.rule.title}” ({_number(gate)})" for gate in standing])
    match found.answer:
        case Answer.SHUT:
            shut = count(len(standing), "gate is shut", "gates are shut")
            return Tag("No", "red"), f"It may not be operated {day}: {shut}, {names}."
        case Answer.NOT_SHOWN:
            says = f"The record does not show that it may be operated {day}: {names}."
            return Tag("Not shown", "orange"), says
        case Answer.OPEN:
            return Tag("Yes", "green"), f"It may be operated {day}: every gate before it is open."
        case _:
            return Tag("No gate", "grey"), f"Nothing in the contract stands before its operation {day}."


def rows(contract: Contract, found: GatesOn, *, operation: bool) -> list[GateRow]:
    """The gates before the operation, or those before something else."""
    return [_row(contract, gate) for gate in found.gates if gate.operation is operation]


def _row(contract: Contract, gate: Gate) -> GateRow:
    return GateRow(
        title=gate.rule.title,
        paragraph=f"Paragraph {_number(gate)}",
        href=paragraph_href(contract, gate.rule.citation),
        tag=TAGS[gate.answer],
        says=_why(contract, gate),
    )


def _why(contract: Contract, gate: Gate) -> list[str]:
    opens = listed([f"“{label_of(contract.pk, kind)}”" for kind in gate.rule.met_by], "or")
    if gate.answer is Answer.NOT_IN_FORCE:
        return ["Its paragraph is not in force on this day."]
    if gate.answer is Answer.OPEN:
        since = [f"Open{_about(duty)}, by what was done on {_done(duty)}." for duty in gate.opened[-MOST:]]
        return since or ["What it asks for is there."]
    if gate.answer is Answer.NOT_SHOWN:
        return [f"Nothing on record opens it: {opens}. Nobody has recorded that it is to begin either."]
    found = [_shut(contract, one) for one in gate.shut_by]
    if gate.missing and gate.rule.in_place is not None:
        wanted = listed(list(gate.rule.in_place.values), "or")
        found.append(f"No certificate on record of {wanted} is in force.")
    return [*found, f"It opens with: {opens}."]


def _shut(contract: Contract, shut: Shut) -> str:
    day = london_day(shut.since)
    words = long_day(day) if shut.since == start_of_day(day) else moment_words(shut.since)
    return f"Shut since {words}{_about(shut.duty)}: “{label_of(contract.pk, shut.on or '')}”."


def _about(duty: Duty) -> str:
    return f" for {duty.subject}" if duty.subject else ""


def _done(duty: Duty) -> str:
    return long_day(london_day(duty.done if duty.done is not None else duty.owed_from))


def _number(gate: Gate) -> str:
    _, scope, number = gate.rule.citation.split("/", 2)
    return place(scope, number)
