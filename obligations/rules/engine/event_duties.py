"""Duties that a fact causes: events, requests and gates (R9, R10, R11, R25, R26, R28)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contracts.terms.moments import When, first_moment, last_moment
from contracts.terms.periods import Period
from obligations.rules.engine.after_the_end import at_the_end, bites, may_begin
from obligations.rules.engine.agreed_dates import agreed_deadline
from obligations.rules.engine.completion import completion_for, judge
from obligations.rules.engine.derived_facts import cycle_of, is_lapse
from obligations.rules.engine.disapplication import after_disapplying, gate_after_disapplying, in_force
from obligations.rules.engine.evaluation import Evaluation, later, started, what_happened
from obligations.rules.engine.lifecycle import State
from obligations.rules.engine.other_starts import all_there, clock_fact
from obligations.rules.engine.retention import whichever_is_earlier, with_the_service
from obligations.rules.register.conditions import detail_holds
from obligations.rules.register.duty import ONCE, Completion, Duty
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.rule import Rule, RuleReading, Shape
from obligations.rules.time.deadlines import Alternative, Deadline, Start, deadline_from
from obligations.rules.time.derivation import Step, said_when

_TWO_PARTIES = ("supplier", "authority")


@dataclass(frozen=True, slots=True)
class Cause:
    """What raises one duty: the fact its clock runs from, all facts of that life, and which duty it is."""

    fact: Fact
    facts: tuple[Fact, ...]
    occurrence: str
    party: str
    first_bit: When


def event_duties(evaluation: Evaluation, rule: Rule) -> Iterator[Duty]:
    """Every duty that facts cause under one rule."""
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    for cause in causes_of(evaluation, rule):
        if in_force(disapplied, cause.fact.at) and may_begin(evaluation, rule, cause.fact):
            duty = _duty(evaluation, rule, cause)
            if duty is not None:
                yield duty


def causes_of(evaluation: Evaluation, rule: Rule) -> Iterator[Cause]:
    """The causes under one rule, one for each duty it should make (and no others)."""
    for facts in _lives(evaluation, rule):
        fact = _runs_from(rule, facts)
        occurrence = _occurrence(evaluation, rule, fact)
        if not _details_fit(evaluation, rule, (fact, *facts)):
            continue
        since = all_there(evaluation, rule, fact)
        if since is None:
            continue
        for party, first in _bound(evaluation, rule, facts):
            own = occurrence if party == rule.party else f"{occurrence} by {party}"
            aware = _aware(evaluation, rule, fact) if first is None else later(first, fact.at)
            bit = later(aware, since) if rule.needs else aware
            yield Cause(fact, facts, own, party, bites(evaluation, fact, bit))


def _lives(evaluation: Evaluation, rule: Rule) -> Iterable[tuple[Fact, ...]]:
    """The facts that start the rule, grouped by the one thing they are about."""
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in evaluation.of_kinds(rule.on):
        groups.setdefault(_life(evaluation, rule, fact), []).append(fact)
    return [tuple(facts) for facts in groups.values()]


def _life(evaluation: Evaluation, rule: Rule, fact: Fact) -> tuple[str, ...]:
    """Which life a fact belongs to: its subject's, a round of approval, or its own alone."""
    if rule.once_per == "subject" and evaluation.vocabulary.round_of(fact.kind) is not None:
        return ("round", str(cycle_of(fact)))
    if rule.once_per == "fact" or fact.kind in evaluation.vocabulary.ceased or fact.subject is None:
        return ("fact", fact.subject or "", fact.at.isoformat())
    return ("subject", fact.subject)


def _occurrence(evaluation: Evaluation, rule: Rule, fact: Fact) -> str:
    life = _life(evaluation, rule, fact)
    if life[0] == "round":
        return ONCE if life[1] == "1" else f"round {life[1]}"
    return life[2] if life[0] == "fact" else ONCE


def _runs_from(rule: Rule, facts: tuple[Fact, ...]) -> Fact:
    """The fact the clock runs from: of the kind the rule names first, the earliest."""
    return min(facts, key=lambda fact: (rule.on.index(fact.kind), first_moment(fact.at), fact.natural_key))


def _details_fit(evaluation: Evaluation, rule: Rule, facts: tuple[Fact, ...]) -> bool:
    """Whether what was said of the thing is what the words cover; the fact the clock runs from first."""
    return all(
        detail_holds(condition, evaluation.vocabulary.detail(condition.name), facts)
        for condition in rule.conditions
    )


def _bound(evaluation: Evaluation, rule: Rule, facts: tuple[Fact, ...]) -> list[tuple[str, When | None]]:
    """Who is bound: the rule's party; or each party that became aware, with when it did (8.1, A 5.1)."""
    if rule.bound != "aware_party":
        return [(rule.party, None)]
    first: dict[str, When] = {}
    for fact in facts:
        stated = str(fact.details.get("aware_party") or "")
        for party in _TWO_PARTIES if stated == "both" else (stated,):
            learned = _learned(evaluation, fact)
            first[party] = min(first.get(party, learned), learned, key=first_moment)
    named = [(party, when) for party, when in first.items() if party in _TWO_PARTIES]
    return list(named) or [("supplier", None)]


def _aware(evaluation: Evaluation, rule: Rule, fact: Fact) -> When:
    """When the duty first bit: on awareness, which is the recording where no fact says better (R10, R11)."""
    told = [other.at for other in evaluation.about(fact.subject, rule.aware_by)]
    if not told:
        return _learned(evaluation, fact)
    return later(min(told, key=first_moment), fact.at)


def _learned(evaluation: Evaluation, fact: Fact) -> When:
    """When whoever owes the duty knew of a fact, as far as the fact itself says.

    That a party became aware says when. A notice was known when it was given, however late it is put on the
    record: late recording makes no limit later (R11). What happens in the world is known once it is recorded.
    """
    about = evaluation.kind(fact)
    return fact.at if about.notice or about.awareness else fact.learned


# One duty


def _duty(evaluation: Evaluation, rule: Rule, cause: Cause) -> Duty | None:
    fact = cause.fact
    deadline = _limit(evaluation, rule, cause)
    if deadline is None:
        return None
    completion = completion_for(evaluation, rule, fact.subject, cause.occurrence, fact.at)
    if rule.retention:
        completion = None  # a minimum is met by its end, and by nothing that is done before (R8)
    choice = evaluation.chosen(rule)
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    if rule.shape is Shape.GATE:
        deadline, ended_by = gate_after_disapplying(disapplied, deadline, completion)
    else:
        deadline, ended_by = after_disapplying(disapplied, deadline, fact.at, completion, choice)
    deadline, ended_by = at_the_end(evaluation, rule, deadline, fact, completion, ended_by)
    return assemble(evaluation, rule, cause, deadline, completion, ended_by)


def _limit(evaluation: Evaluation, rule: Rule, cause: Cause) -> Deadline | None:
    """The deadline by the words' own limit; None where the chosen reading asks nothing."""
    if rule.agreed_date is not None:
        return agreed_deadline(evaluation, rule, cause.fact, cause.first_bit)
    start = _start(evaluation, rule, cause)
    choices = [one for one in evaluation.choice(rule) if not whichever_is_earlier(rule, one.reading)]
    if choices and any(
        other.reading == choices[0].reading and other.nothing_due for other in start.alternatives
    ):
        return None
    deadline = deadline_from([start, *choices], evaluation.calendar)
    return with_the_service(evaluation, rule, deadline) if rule.until_service_end else deadline


def assemble(
    evaluation: Evaluation,
    rule: Rule,
    cause: Cause,
    deadline: Deadline,
    completion: Completion | None,
    ended_by: str | None,
) -> Duty:
    """A caused duty from its parts, with its state."""
    judged = judge(evaluation, rule, deadline, completion, ended=ended_by is not None)
    state, done = judged.state, judged.done
    if state is State.OPEN and deadline.due_at is None and rule.agreed_date is None:
        state = State.OWED_NOW
    if rule.retention and state is State.OVERDUE:
        state, done = State.MET, deadline.due_date
    if rule.party == "both" and rule.bound is None:
        cause = replace(cause, party="both")
    return Duty(
        rule_key=rule.key,
        citation=rule.citation,
        subject=cause.fact.subject,
        occurrence=cause.occurrence,
        party=cause.party,
        title=rule.title,
        on=cause.fact.kind,
        cause_fact=cause.fact.source,
        owed_from=first_moment(cause.first_bit),
        deadline=deadline,
        word=rule.word,
        state=str(state),
        shape=str(rule.shape),
        done=done,
        outcome=judged.outcome,
        ended_by=ended_by,
        approver=rule.approver,
        consequence=rule.consequence,
    )


def _start(evaluation: Evaluation, rule: Rule, cause: Cause) -> Start:
    """The start of the clock, with the other readings of the words."""
    fact = told = clock_fact(evaluation, rule, cause.fact)
    plausible = detail_when(fact.details.get("earliest_plausible"))
    unknown: tuple[Step, ...] = ()
    if plausible is not None and rule.period is not None:
        text = f"The time of the breach is not known: the earliest plausible, {said_when(plausible)}"
        fact, unknown = replace(fact, at=plausible), (Step("R25", text),)
    start = started(evaluation, rule, fact, cause.first_bit)
    if unknown:
        start = replace(start, notes=(what_happened(evaluation, told), *unknown))
    if told is not cause.fact:
        start = replace(start, notes=(*start.notes, what_happened(evaluation, cause.fact)))
    running = cause
    if told is not cause.fact:
        running = replace(cause, fact=told, first_bit=_aware(evaluation, rule, told))
    others = [
        _alternative(start, cause if reading.start == "cause" else running, reading)
        for reading in rule.readings
        if reading.until is None
    ]
    return replace(start, alternatives=tuple(other for other in others if other is not None))


def _alternative(start: Start, cause: Cause, reading: RuleReading) -> Alternative | None:
    """One of the rule's other readings, for this cause; None where it does not arise."""
    if reading.when is not None or (reading.on and cause.fact.kind not in reading.on):
        return None
    if reading.derived_only and not is_lapse(cause.fact):
        return None
    if reading.unit is not None and start.period is not None:
        return Alternative(reading.name, reading.rule, period=Period(start.period.amount, reading.unit))
    if reading.start in ("awareness", "cause"):
        same = last_moment(cause.first_bit) == last_moment(start.at)
        return None if same else Alternative(reading.name, reading.rule, start=cause.first_bit)
    if reading.start == "last" and cause.facts[-1].at != cause.fact.at:
        return Alternative(reading.name, reading.rule, start=cause.facts[-1].at)
    return Alternative(reading.name, reading.rule, nothing_due=True)
