"""Gates: may it be operated on a day, and why not? (DMP 23, 2.1.1, 5.6, 6.1, Appendix 1; R26, R36)

A gate is asked as the engine asks it: what if somebody proposed, at that moment, what it stands before? If
that makes no duty its paragraph is not in force then. Pure: no clock, no database.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from contracts.terms.moments import Moment, first_moment
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.engine.derived_facts import complete
from obligations.rules.engine.lifecycle import FINISHED, State
from obligations.rules.register.duty import Completion, Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule, Shape
from obligations.rules.register.rulebook import known_rulebooks
from obligations.rules.register.vocabulary import DONE, IN_PART, PUT_OFF, Vocabulary
from obligations.rules.time.working_days import Calendar

FILE = Path(__file__).parents[2] / "rulebooks" / "gates.toml"
ASKED = "[the use that is asked about]"
"""What the use that is asked about is called: no thing on record has such a name."""


AS_THOUGH = "as though "
"""How the keys of the facts begin that are only asked about."""


class Answer(StrEnum):
    """Whether a gate is open at a moment. NOT_SHOWN: nothing on record says that it may, or may not."""

    OPEN = "open"
    SHUT = "shut"
    NOT_SHOWN = "not_shown"
    NOT_IN_FORCE = "not_in_force"


@dataclass(frozen=True, slots=True)
class Shut:
    """What keeps a gate shut: a duty that is not met, since what raised it happened, whenever that was
    recorded.
    """

    duty: Duty
    since: Moment

    @property
    def subject(self) -> str | None:
        """What it is about."""
        return self.duty.subject

    @property
    def on(self) -> str | None:
        """The kind of fact that shut it."""
        return self.duty.on


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate at a moment.

    ``shut_by``: what keeps it shut; ``opened``: the duties that were met. ``missing``: nothing of what
    must be in place is (6.1). ``operation``: it stands before the operation of the system, not before
    something else.
    """

    book: str
    rule: Rule
    answer: Answer
    shut_by: tuple[Shut, ...] = ()
    opened: tuple[Duty, ...] = ()
    missing: bool = False
    operation: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.book, self.rule.key


def gates(
    books: Mapping[str, ContractBook],
    facts: Iterable[Fact],
    completions: Iterable[Completion],
    calendar: Calendar,
    moment: Moment,
) -> list[Gate]:
    """Every gate of these books as at a moment, in the order of the books.

    ``facts`` hold at least those of the kinds that ``kinds_asked`` names. Raises what ``derive`` raises.
    """
    facts, completions = list(facts), list(completions)
    found = []
    for name, book in books.items():
        rules = [rule for rule in book.book.duties if rule.shape is Shape.GATE]
        if not rules:
            continue
        asked = [*facts, *_proposed(rules, book.version.vocabulary, facts, moment)]
        narrow = book.narrowed({rule.key for rule in rules})
        duties = narrow.derive(asked, completions, calendar, moment)
        happened = {
            (fact.source, fact.kind): first_moment(fact.at)
            for fact in complete(asked, moment, book.version.vocabulary)
        }
        found += [
            _gate(name, book, rule, [duty for duty in duties if duty.rule_key == rule.key], happened)
            for rule in rules
        ]
    return found


def kinds_asked(books: Mapping[str, ContractBook]) -> frozenset[str]:
    """The kinds of fact that may open or shut a gate of these books."""
    kinds: set[str] = {DONE, IN_PART, PUT_OFF}
    for book in books.values():
        known = book.version.vocabulary
        kinds |= known.ends
        for rule in book.book.duties:
            if rule.shape is Shape.GATE:
                own = {*rule.on, *rule.met_by, *rule.undone_by, *rule.all_of, *rule.needs}
                kinds |= own | {source for kind in own for source in known.sources_of(kind)}
    return frozenset(kinds)


def may_operate(found: Sequence[Gate]) -> Answer:
    """Whether the system may be operated: SHUT by any gate, else not shown by any, else open.

    NOT_IN_FORCE where no gate of the contract stands before its operation at all.
    """
    answers = {gate.answer for gate in found if gate.operation}
    order = (Answer.SHUT, Answer.NOT_SHOWN, Answer.OPEN)
    return next((one for one in order if one in answers), Answer.NOT_IN_FORCE)


def _proposed(
    rules: Sequence[Rule], known: Vocabulary, facts: Sequence[Fact], moment: Moment
) -> Iterator[Fact]:
    """What is asked as though it were proposed now: once for anything, and once for each thing that somebody
    cleared without proposing it."""
    for kind in dict.fromkeys(_proposal(rule, known) for rule in rules):
        if kind is not None:
            opening = {one for rule in rules if kind in rule.on for one in rule.met_by} - known.wide
            for subject in (ASKED, *sorted(_about(facts, opening) - _about(facts, {kind}))):
                yield Fact(kind, moment, moment, {"subject": subject}, key=f"{AS_THOUGH}{kind} {subject}")


def _about(facts: Iterable[Fact], kinds: Collection[str]) -> set[str]:
    return {fact.subject for fact in facts if fact.kind in kinds and fact.subject is not None}


def _only_asked(duty: Duty) -> bool:
    """Whether nobody proposed it: what one gate cleared is not proposed at the others."""
    return (duty.cause_fact or "").startswith(AS_THOUGH)


def _proposal(rule: Rule, known: Vocabulary) -> str | None:
    """The kind that says that what the gate stands before is to begin: none that a lapse makes."""
    return next((kind for kind in rule.on if kind not in known.ceased), None)


Happened: TypeAlias = Mapping[tuple[str, str], Moment]
"""When each fact happened, by its source and its kind."""


def _gate(name: str, book: ContractBook, rule: Rule, duties: Sequence[Duty], happened: Happened) -> Gate:
    kind = _proposal(rule, book.version.vocabulary)
    gate = Gate(name, rule, Answer.NOT_IN_FORCE, operation=_is_operation(name, kind, book, duties))
    asked = next((duty for duty in duties if duty.subject == ASKED), None)
    if kind is not None and (asked is None or asked.ended_by is not None):
        return gate
    told = [duty for duty in duties if duty is not asked]
    return _answered(gate, told, happened, opens_anything=asked is not None and asked.state in FINISHED)


def _answered(gate: Gate, told: Sequence[Duty], happened: Happened, *, opens_anything: bool) -> Gate:
    """The gate with its answer. ``opens_anything``: also what nobody proposed or cleared by name."""
    shut = _shut_by(told, happened)
    opened = tuple(duty for duty in told if duty.state in (State.MET, State.MET_LATE))
    missing = gate.rule.in_place is not None and not opens_anything
    answer = Answer.OPEN if opened or opens_anything else Answer.NOT_SHOWN
    if shut or missing:
        answer = Answer.SHUT
    return replace(gate, answer=answer, shut_by=shut, opened=opened, missing=missing)


def _shut_by(told: Sequence[Duty], happened: Happened) -> tuple[Shut, ...]:
    """What is not met of what somebody proposed, or lost."""
    return tuple(
        Shut(duty, happened.get((duty.cause_fact or "", duty.on or ""), duty.owed_from))
        for duty in told
        if duty.state not in FINISHED and not _only_asked(duty)
    )


def _is_operation(name: str, kind: str | None, book: ContractBook, duties: Sequence[Duty]) -> bool:
    """Whether it stands before the operation: by the data, and any gate of a contract's own book once
    somebody proposed what it stands before."""
    data, proposed = _data(), any(not _only_asked(duty) for duty in duties)
    if kind in data["always"]:
        return True
    if kind in data["where"]:
        return proposed or _answered_yes(book, data["where"][kind])
    return proposed and name not in known_rulebooks()


def _answered_yes(book: ContractBook, setting: str) -> bool:
    version = book.version
    settings = book.terms.settings.asked_by(version.key, version.settings)
    return bool(setting) and setting in version.settings and settings.value(setting) is True


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
