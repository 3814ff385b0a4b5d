"""Limits that depend on more than one fact: the earlier, all of them, the former and the next (R43, R44)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.terms.moments import Moment, When, end_of_day, first_moment, last_moment
from obligations.rules.engine.completion import completions_of
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.lifecycle import State
from obligations.rules.register.duty import Completion, Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.limit_keys import Starts
from obligations.rules.register.rule import Rule
from obligations.rules.time.derivation import Deadline, Reading, Step, said_when
from obligations.rules.time.events import Start

FROM_ITS_SUBMISSION = "from the submission itself, which has not been made"
DEEMED = "deemed"
"""The detail of a fact that nobody recorded: the paragraph by which silence amounts to it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A limit that has not begun, because not all that it needs has come about (R44)."""

    rule_key: str
    subject: str | None
    missing: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The rule, what it is about, and the kinds of fact that are missing."""
        return {"rule": self.rule_key, "subject": self.subject, "missing": list(self.missing)}


# From which of several facts


def runs_from(rule: Rule, facts: Sequence[Fact]) -> Fact:
    """The fact that the clock runs from.

    By default the earliest of the kind that the rule names first; with ``start`` the earliest of all, or the
    last of the first of each kind.
    """
    if rule.start is None:
        return min(facts, key=lambda fact: (rule.on.index(fact.kind), *_order(fact)))
    if rule.start is Starts.EARLIEST:
        return min(facts, key=_order)
    return max(_first_of_each(facts), key=_order)


def waiting(evaluation: Evaluation) -> list[Waiting]:
    """The limits that have not begun because something is missing, each with what (R44)."""
    found = []
    for rule in evaluation.rulebook.duties:
        if rule.start in (Starts.LATEST, Starts.ALL) and evaluation.applies(rule):
            subjects = dict.fromkeys(fact.subject for fact in evaluation.of_kinds(rule.on))
            for subject in subjects:
                if lacking := missing(rule, evaluation.about(subject, rule.on)):
                    found.append(Waiting(rule.key, subject, lacking))
    return found


def _order(fact: Fact) -> tuple[Any, str]:
    return first_moment(fact.at), fact.natural_key


def _first_of_each(facts: Iterable[Fact]) -> list[Fact]:
    first: dict[str, Fact] = {}
    for fact in sorted(facts, key=_order):
        first.setdefault(fact.kind, fact)
    return list(first.values())


def missing(rule: Rule, facts: Iterable[Fact]) -> tuple[str, ...]:
    """The kinds of fact that have not come about yet of those that must all have, in the rule's order."""
    if rule.start not in (Starts.LATEST, Starts.ALL):
        return ()
    there = {fact.kind for fact in facts}
    return tuple(kind for kind in rule.on if kind not in there)


# After the former


def after_the_former(
    evaluation: Evaluation, former: Rule, duty: Duty | None, start: Start
) -> tuple[Start, tuple[Reading, ...]] | None:
    """The clock of what follows the former: from its first submission (R44).

    Not submitted by its limit: counted from that limit, flagged, and redated when it is. None while its limit
    has not passed, and where it has none.
    """
    if duty is None:
        return None
    submitted = _first_submission(evaluation, former, duty)
    if submitted is not None:
        note = Step("R44", f"Counted from the submission of the former: {said_when(submitted)}")
        return _from(start, submitted, note), ()
    deadline = duty.deadline
    if deadline.due_at is None or deadline.due_date is None or deadline.due_at >= evaluation.as_at:
        return None
    at: When = deadline.due_at if deadline.due_at != end_of_day(deadline.due_date) else deadline.due_date
    if start.period is not None and start.period.unit in ("hours", "minutes"):
        at = deadline.due_at
    text = f"The former was not submitted by its limit, so this is counted from there: {said_when(at)}"
    other = Reading(FROM_ITS_SUBMISSION, "R44", None, None, asks="the submission of the former")
    return _from(start, at, Step("R44", text)), (other,)


def _from(start: Start, at: When, note: Step) -> Start:
    bit = at if start.first_bit is None else _later(start.first_bit, at)
    return replace(start, at=at, first_bit=bit, notes=(*start.notes, note), repeated_hour=False)


def _later(one: When, other: When) -> When:
    return one if first_moment(one) >= first_moment(other) else other


def _first_submission(evaluation: Evaluation, former: Rule, duty: Duty) -> When | None:
    """When the former was first submitted, whatever was said of it."""
    done = [
        one.done
        for one in completions_of(evaluation, former, duty.subject)
        if one.occurrence in (None, duty.occurrence) and last_moment(one.done) >= duty.owed_from
    ]
    return min(done, key=first_moment, default=None)


# A standstill


def standing_still(opens: Moment, completion: Completion | None, as_at: Moment) -> tuple[State, When | None]:
    """The state of a standstill, and when it was kept (R35).

    Open while the thing may not be done; what was done before it may is a miss; kept once it is over.
    """
    if completion is not None and last_moment(completion.done) < opens:
        return State.OVERDUE, None
    return (State.MET, opens) if opens <= as_at else (State.OPEN, None)


# What silence says


def silence_said(
    evaluation: Evaluation, rule: Rule, deadline: Deadline, subject: str | None, completion: Completion | None
) -> Deadline:
    """The deadline with the step that says what silence at its end amounts to, or amounted to (R43)."""
    if rule.deemed is None or deadline.due_at is None:
        return deadline
    citation = f"{rule.rulebook}/{rule.deemed.path}"
    spoken = any(
        DEEMED in fact.details and completion is not None and fact.at == completion.done
        for fact in evaluation.about(subject, [rule.deemed.fact])
    )
    if spoken:
        last = said_when(deadline.due_at)
        text = f"Nobody answered by {last}, so by itself it was deemed {rule.deemed.outcome}"
    elif completion is None:
        text = f"Without an answer by then it is deemed {rule.deemed.outcome}, by itself"
    else:
        return deadline
    return replace(deadline, steps=(*deadline.steps, Step("R43", text, citation)))


def notes_of(evaluation: Evaluation, rule: Rule, facts: Sequence[Fact]) -> Iterator[Step]:
    """The step that names the other facts of a start from several (R44)."""
    if rule.start is None or len(facts) < 2:
        return
    which = "earliest" if rule.start is Starts.EARLIEST else "last"
    kinds = " and ".join(dict.fromkeys(evaluation.kind(fact).label.lower() for fact in facts))
    yield Step("R44", f"The {which} of these counts: {kinds}")
