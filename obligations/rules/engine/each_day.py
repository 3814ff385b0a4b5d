"""Duties owed on each day until something happens: "at least once each day until" (R40)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.terms.moments import ONE_DAY, Day, Moment, When, london_day, start_of_day
from obligations.rules.engine.after_the_end import may_begin
from obligations.rules.engine.completion import completions_of, counted_once
from obligations.rules.engine.disapplication import after_disapplying, in_force
from obligations.rules.engine.evaluation import Evaluation, what_happened
from obligations.rules.engine.event_duties import Cause, assemble, causes_of
from obligations.rules.engine.lifecycle import what_counts
from obligations.rules.engine.limits import calendar_of
from obligations.rules.register.duty import ONCE, Completion, Duty
from obligations.rules.register.rule import Rule
from obligations.rules.time.deadlines import FixedDay, deadline_from
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.endings import at_hour


def each_day(evaluation: Evaluation, rule: Rule) -> Iterator[Duty]:
    """Each day after the cause up to now, a duty of its own; the day on which it ends is none.

    The day of the cause is left out (R1). A later day never replaces an earlier miss.
    """
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    for cause in causes_of(evaluation, rule):
        if not (in_force(disapplied, cause.fact.at) and may_begin(evaluation, rule, cause.fact)):
            continue
        done = _by_day(evaluation, rule, cause)
        day, last = london_day(cause.first_bit) + ONE_DAY, _last(evaluation, rule, cause)
        while day <= last:
            yield _duty(evaluation, rule, cause, day, done.get(day))
            day += ONE_DAY


def _last(evaluation: Evaluation, rule: Rule, cause: Cause) -> Day:
    """The last day that is owed: today, or the day before it ended, or the contract's last."""
    assert rule.each_day_until is not None
    ended = [london_day(f.at) for f in evaluation.about(cause.fact.subject, [rule.each_day_until])]
    ends = [day - ONE_DAY for day in ended if day >= london_day(cause.fact.at)]
    if (ending := evaluation.end.of(rule.path)) is not None:
        ends.append(ending.day)
    return min([london_day(evaluation.as_at), *ends])


def _by_day(evaluation: Evaluation, rule: Rule, cause: Cause) -> dict[Day, Completion]:
    """What counts for each day: what was done on it, or handed in for it by name."""
    found: dict[Day, list[Completion]] = {}
    for one in counted_once(completions_of(evaluation, rule, cause.fact.subject)):
        day = london_day(one.done)
        if one.occurrence is not None:
            named = one.occurrence.partition(" ")[0]
            if len(named) != len("2026-03-12"):
                continue
            day = Day.fromisoformat(named)
        found.setdefault(day, []).append(one)
    counting = {day: what_counts(each) for day, each in found.items()}
    return {day: one for day, one in counting.items() if one is not None}


def _duty(evaluation: Evaluation, rule: Rule, cause: Cause, day: Day, completion: Completion | None) -> Duty:
    label = evaluation.vocabulary.kind(str(rule.each_day_until)).label.lower()
    due: When = day
    steps: tuple[Step, ...] = ()
    if rule.hour is not None:
        due, steps = _at(day, rule)
    fixed = FixedDay(
        due,
        "R40",
        f"Owed on each day until {label}: {said(day)}",
        word=rule.word,
        notes=(what_happened(evaluation, cause.fact), *steps),
        citation=rule.citation,
    )
    deadline = deadline_from([fixed, *evaluation.choice(rule)], calendar_of(evaluation, rule))
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    choice = evaluation.chosen(rule)
    deadline, ended_by = after_disapplying(disapplied, deadline, cause.fact.at, completion, choice)
    which = day.isoformat() + cause.occurrence.removeprefix(ONCE)
    if not cause.occurrence.startswith(ONCE):
        which = f"{day} of {cause.occurrence}"
    mine = replace(cause, occurrence=which, first_bit=start_of_day(day))
    return assemble(evaluation, rule, mine, deadline, completion, ended_by)


def _at(day: Day, rule: Rule) -> tuple[Moment, tuple[Step, ...]]:
    assert rule.hour is not None
    moment, step = at_hour(day, rule.hour)
    return moment, (step,)
