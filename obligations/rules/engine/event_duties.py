"""Duties that a fact causes: events, requests and gates (R9, R10, R11, R25, R26, R28)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contracts.terms.moments import Moment, When, first_moment
from obligations.rules.engine.after_the_end import at_the_end, bites, may_begin
from obligations.rules.engine.agreed_dates import agreed_deadline
from obligations.rules.engine.awareness import (
    Awareness,
    assumed,
    aware_of,
    first_bite,
    is_upon_awareness,
    parties_aware,
)
from obligations.rules.engine.completion import completion_for, judge, with_word_on_early
from obligations.rules.engine.derived_facts import cycle_of
from obligations.rules.engine.disapplication import after_disapplying, gate_after_disapplying, in_force
from obligations.rules.engine.evaluation import Evaluation, later, started, what_happened
from obligations.rules.engine.event_days import deadline_of_event
from obligations.rules.engine.in_place import is_loss, with_what_does_not_open
from obligations.rules.engine.lifecycle import State
from obligations.rules.engine.limits import calendar_of
from obligations.rules.engine.other_readings import other_reading, with_what_is_asked
from obligations.rules.engine.other_starts import all_there, clock_fact
from obligations.rules.engine.regulation_1182 import with_two_working_days
from obligations.rules.engine.retention import whichever_is_earlier, with_the_service
from obligations.rules.engine.stages import (
    after_the_former,
    missing,
    notes_of,
    runs_from,
    silence_said,
    standing_still,
)
from obligations.rules.register.conditions import detail_holds
from obligations.rules.register.duty import ONCE, Completion, Duty
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.rule import Rule, Shape
from obligations.rules.time.deadlines import Deadline, Start, deadline_from
from obligations.rules.time.derivation import Reading, Step, said_when


@dataclass(frozen=True, slots=True)
class Cause:
    """What raises one duty: the fact its clock runs from, all facts of that life, and which duty it is.

    ``begun``: when earlier duties of the rule about the same subject began. ``aware``: how the party came to
    know, where the words bind it upon becoming aware (R45).
    """

    fact: Fact
    facts: tuple[Fact, ...]
    occurrence: str
    party: str
    first_bit: When
    begun: tuple[Moment, ...] = ()
    aware: Awareness | None = None


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
    lives = [
        (runs_from(rule, facts), facts) for facts in _lives(evaluation, rule) if not missing(rule, facts)
    ]
    begun: dict[str | None, list[Moment]] = {}
    for fact, _ in lives:
        begun.setdefault(fact.subject, []).append(first_moment(fact.at))
    for fact, facts in lives:
        if not _details_fit(evaluation, rule, (fact, *facts)):
            continue
        since = all_there(evaluation, rule, fact)
        if since is None:
            continue
        occurrence, before = _occurrence(evaluation, rule, fact), first_moment(fact.at)
        earlier = tuple(moment for moment in begun[fact.subject] if moment < before)
        for party, first, aware in _bound(evaluation, rule, fact, facts):
            own = occurrence if party == rule.party else f"{occurrence} by {party}"
            bit = later(first, since) if rule.needs else first
            yield Cause(fact, facts, own, party, bites(evaluation, fact, bit), earlier, aware)


def _lives(evaluation: Evaluation, rule: Rule) -> Iterable[tuple[Fact, ...]]:
    """The facts that start the rule, grouped by the one thing they are about."""
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in evaluation.of_kinds(rule.on):
        if is_loss(evaluation, rule, fact):
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


def _details_fit(evaluation: Evaluation, rule: Rule, facts: tuple[Fact, ...]) -> bool:
    """Whether what was said of the thing is what the words cover; the fact the clock runs from first."""
    return all(
        detail_holds(condition, evaluation.vocabulary.detail(condition.name), facts)
        for condition in rule.conditions
    )


def _bound(
    evaluation: Evaluation, rule: Rule, fact: Fact, facts: tuple[Fact, ...]
) -> list[tuple[str, When, Awareness | None]]:
    """Who is bound, and from when: the rule's party, or upon becoming aware each party by its own (R45)."""
    if not is_upon_awareness(evaluation, rule):
        return [(rule.party, _aware(evaluation, rule, fact), None)]
    if rule.bound == "aware_party":
        found = parties_aware(evaluation, facts) or {"supplier": assumed(evaluation, facts)}
    else:
        aware = aware_of(evaluation, rule, (fact, *facts))
        found = {rule.party: aware} if aware is not None else {}
    return [(party, first_bite(aware, fact), aware) for party, aware in found.items()]


def _aware(evaluation: Evaluation, rule: Rule, fact: Fact) -> When:
    """When the duty first bit: on awareness, which is the recording where no fact says better (R10, R11).

    A notice was known when it was given, however late it is put on the record: late recording makes no limit
    later (R11). What happens in the world is known once it is recorded.
    """
    told = [other.at for other in evaluation.about(fact.subject, rule.aware_by)]
    if told:
        return later(min(told, key=first_moment), fact.at)
    return fact.at if evaluation.kind(fact).notice else fact.learned


# One duty


def _duty(evaluation: Evaluation, rule: Rule, cause: Cause) -> Duty | None:
    fact = cause.fact
    deadline = _limit(evaluation, rule, cause)
    if deadline is None:
        return None
    completion = None  # a minimum is met by its end, and by nothing that is done before (R8)
    if not rule.retention:
        known = (fact.subject, cause.occurrence, fact.at)
        completion = completion_for(evaluation, rule, *known, begun=cause.begun)
        deadline = with_word_on_early(evaluation, rule, deadline, completion, *known, begun=cause.begun)
    choice = evaluation.chosen(rule)
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    if rule.shape is Shape.GATE:
        if completion is None:
            deadline = with_what_does_not_open(evaluation, rule, fact, deadline)
        deadline, ended_by = gate_after_disapplying(disapplied, deadline, completion)
    else:
        deadline, ended_by = after_disapplying(disapplied, deadline, fact.at, completion, choice)
    deadline, ended_by = at_the_end(evaluation, rule, deadline, fact, completion, ended_by)
    deadline = silence_said(evaluation, rule, deadline, fact.subject, completion)
    return assemble(evaluation, rule, cause, deadline, completion, ended_by)


def _limit(evaluation: Evaluation, rule: Rule, cause: Cause) -> Deadline | None:
    """The deadline by the words' own limit; None where the chosen reading asks nothing."""
    if rule.agreed_date is not None:
        return agreed_deadline(evaluation, rule, cause.fact, cause.first_bit)
    begun = _begun(evaluation, rule, cause)
    if begun is None:
        return None
    start, assumed = begun
    choices = [one for one in evaluation.choice(rule) if not whichever_is_earlier(rule, one.reading)]
    if choices and any(
        other.reading == choices[0].reading and other.nothing_due for other in start.alternatives
    ):
        return None
    calendar = calendar_of(evaluation, rule)
    start = with_two_working_days(rule, start, calendar)
    if rule.event_day is not None:
        deadline = deadline_of_event(evaluation, rule, start, cause.facts, calendar)
    else:
        deadline = deadline_from([start, *choices], calendar)
    deadline = replace(deadline, readings=(*deadline.readings, *assumed))
    deadline = with_what_is_asked(evaluation, rule, cause, deadline)
    return with_the_service(evaluation, rule, deadline) if rule.until_service_end else deadline


def _begun(evaluation: Evaluation, rule: Rule, cause: Cause) -> tuple[Start, tuple[Reading, ...]] | None:
    """The clock, with the readings of a start that was assumed; None while the former is not due (R44)."""
    start = _start(evaluation, rule, cause)
    if rule.former is None:
        return start, ()
    former = evaluation.rulebook.by_key[rule.former]
    known = evaluation.formers.setdefault(former.key, {})
    if not known:
        known.update({one.identity[1:]: one for one in event_duties(evaluation, former)})
    subject = cause.fact.subject
    duty = known.get((subject, cause.occurrence))
    if duty is None:
        duty = next((one for one in known.values() if one.subject == subject), None)
    return after_the_former(evaluation, former, duty, start)


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
    if deadline.opens_at is not None:
        state, done = standing_still(deadline.opens_at, completion, evaluation.as_at)
    elif state is State.OPEN and deadline.due_at is None and rule.agreed_date is None:
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
    if plausible is not None and rule.limit is not None:
        text = f"The time of the breach is not known: the earliest plausible, {said_when(plausible)}"
        fact, unknown = replace(fact, at=plausible), (Step("R25", text),)
    start = started(evaluation, rule, fact, cause.first_bit)
    if unknown:
        start = replace(start, notes=(what_happened(evaluation, told), *unknown))
    if told is not cause.fact:
        start = replace(start, notes=(*start.notes, what_happened(evaluation, cause.fact)))
    start = replace(start, notes=(*start.notes, *notes_of(evaluation, rule, cause.facts)))
    running = cause
    if told is not cause.fact:
        running = replace(cause, fact=told, first_bit=_aware(evaluation, rule, told))
    others = [
        other_reading(evaluation, start, cause if reading.start == "cause" else running, reading)
        for reading in rule.readings
        if reading.until is None
    ]
    if cause.aware is not None:
        others.append(cause.aware.alternative(cause.party))
        start = replace(start, notes=(*start.notes, cause.aware.step(cause.party)))
    return replace(start, alternatives=tuple(other for other in others if other is not None))
