"""Duties at places in the calendar: each place is a duty of its own (R40)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from contracts.terms.limit import Cycle
from contracts.terms.moments import Day, Moment, first_moment, last_moment, london_day, start_of_day
from obligations.rules.engine.disapplication import occurrence
from obligations.rules.engine.evaluation import Evaluation, what_happened
from obligations.rules.engine.lifecycle import Outcome
from obligations.rules.engine.limits import calendar_of, reckoning_of
from obligations.rules.engine.scheduled_duties import assembled, that_count
from obligations.rules.register.duty import Completion, Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule, Survives
from obligations.rules.time.cycle_ends import (
    FROM_JANUARY,
    FROM_THE_START,
    WHOLE_PERIODS,
    counterpart,
    from_the_start,
    place_ends,
    places_from,
)
from obligations.rules.time.cycles import UNDEFINED, Place, part_period
from obligations.rules.time.deadlines import Alternative, Choose, Deadline, FixedDay, deadline_from
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.reckoning import Reckoning

_MOST = 2000
"""Places of one series that are told; a weekly one has so many in 38 years."""


@dataclass(frozen=True, slots=True)
class Series:
    """Where the places of a rule begin: the first day, and for one of several its subject and its fact."""

    start: Day
    subject: str | None = None
    cause: Fact | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One place with its deadline and the name of its occurrence, which no list of holidays changes."""

    which: str
    place: Place
    deadline: Deadline


def cycle_duties(evaluation: Evaluation, rule: Rule) -> Iterator[Duty]:
    """Every place up to now and the next, within the contract, of each series under the rule."""
    for series in _series(evaluation, rule):
        dues = list(_dues(evaluation, rule, series))
        for due, completion in _with_what_was_done(evaluation, rule, series, dues):
            yield _duty(evaluation, rule, series, due, completion)


def _series(evaluation: Evaluation, rule: Rule) -> list[Series]:
    """From commencement, or from the first fact of the kind that the rule runs from."""
    if rule.anchor is None:
        return [Series(evaluation.commencement)]
    first: dict[str | None, Fact] = {}
    for fact in evaluation.of_kinds([rule.anchor]):
        first.setdefault(None if rule.series == "contract" else fact.subject, fact)
    return [Series(london_day(fact.at), subject, fact) for subject, fact in first.items()]


def _dues(evaluation: Evaluation, rule: Rule, series: Series) -> Iterator[Due]:
    """The places in order, until one is still to come or the series has ended."""
    calendar, chosen = calendar_of(evaluation, rule), evaluation.chosen(rule)
    reckoning = reckoning_of(evaluation, rule)
    if chosen == FROM_THE_START and reckoning.periods_from is None:
        reckoning = replace(reckoning, periods_from=evaluation.commencement)
    last = _last_day(evaluation, rule, series)
    for place in islice(places_from(series.start, reckoning, calendar), _MOST):
        if last is not None and place.day > last:
            return
        partly = part_period(_cycle(reckoning), place, series.start)
        if not (partly and chosen == WHOLE_PERIODS):
            deadline = _deadline(evaluation, rule, series, place, reckoning)
            yield Due(_which(reckoning, place), place, deadline)
            if deadline.due_at is None or deadline.due_at >= evaluation.as_at:
                return


def _cycle(reckoning: Reckoning) -> Cycle:
    assert reckoning.limit.cycle is not None
    return reckoning.limit.cycle


def _which(reckoning: Reckoning, place: Place) -> str:
    """The occurrence: a fixed day itself, else the first day of the place's period."""
    fixed = _cycle(reckoning).month is not None
    return (place.day if fixed else place.first).isoformat()


def _last_day(evaluation: Evaluation, rule: Rule, series: Series) -> Day | None:
    """The last day on which a place of the series may fall: the contract's, or that of what ended it."""
    ends = [london_day(f.at) for f in evaluation.about(series.subject, rule.ends_on)]
    ends = [day for day in ends if day >= series.start]
    if (ending := evaluation.end.of(rule.path)) is not None and rule.survives is not Survives.ALWAYS:
        ends.append(ending.day)
    return min(ends, default=None)


def _deadline(
    evaluation: Evaluation, rule: Rule, series: Series, place: Place, reckoning: Reckoning
) -> Deadline:
    """When one place is due, with its other readings."""
    calendar, choices = calendar_of(evaluation, rule), evaluation.choice(rule)
    main, *others = place_ends(place, reckoning, calendar)
    assert main.due is not None
    readings = [Alternative(end.reading, end.rule, due=end.due) for end in others]
    notes = list(main.steps)
    if series.cause is not None:
        notes.insert(0, what_happened(evaluation, series.cause))
    if part_period(_cycle(reckoning), place, series.start):
        text = f"Only a part of the period from {said(place.first)} to {said(place.last)} is left: it counts"
        notes.append(Step("R40", text))
        readings.append(Alternative(WHOLE_PERIODS, "R40", nothing_due=True))
    readings += _undefined(evaluation, rule, series, place, reckoning)
    fixed = FixedDay(
        main.due,
        "R40",
        "Each place is a duty of its own",
        first_bit=evaluation.end.resumed(place.day),
        word=rule.word,
        alternatives=tuple(readings),
        notes=tuple(notes),
        provisional=main.provisional,
        citation=rule.citation,
    )
    still = [one for one in choices if one.reading in {other.reading for other in readings}]
    taken = [Step("R12", f"Read as “{one.reading}”") for one in choices if one not in still]
    if taken and _takes_effect(choices, reckoning):
        fixed = replace(fixed, notes=(*taken, *fixed.notes))
    return deadline_from([fixed, *still], calendar)


def _takes_effect(choices: Sequence[Choose], reckoning: Reckoning) -> bool:
    return any(one.reading in (FROM_THE_START, WHOLE_PERIODS) for one in choices)


def _undefined(
    evaluation: Evaluation, rule: Rule, series: Series, place: Place, reckoning: Reckoning
) -> list[Alternative]:
    """The other reading of Quarters that nobody defines: from the start, or where that was chosen January."""
    if _cycle(reckoning).of not in UNDEFINED or rule.periods_from is not None:
        return []
    calendar, name = calendar_of(evaluation, rule), FROM_THE_START
    other = from_the_start(series.start, reckoning)
    if other is None:
        name, other = FROM_JANUARY, replace(reckoning, periods_from=None)
    there = counterpart(series.start, place, reckoning, other, calendar)
    return [Alternative(name, "R40", due=place_ends(there, other, calendar)[0].due)]


# What was done


def _with_what_was_done(
    evaluation: Evaluation, rule: Rule, series: Series, dues: Sequence[Due]
) -> Iterator[tuple[Due, Completion | None]]:
    """Each place that is told, with what counts for it.

    Of what fell due before Duly kept the contract, with nothing done, only the first is told (R32).
    """
    done = _assigned(evaluation, rule, series, dues)
    tracked, told = evaluation.terms.tracked_from, False
    for due in dues:
        completion = done.get(due.which)
        day = due.deadline.due_date
        before = tracked is not None and day is not None and day < tracked and completion is None
        if before and told:
            continue
        told = told or before
        yield due, completion


def _assigned(
    evaluation: Evaluation, rule: Rule, series: Series, dues: Sequence[Due]
) -> dict[str, Completion]:
    """Which place each thing was done for: the one it names, else the nearest neither met nor missed (R36).

    With no place left to come it is the nearest that was missed, and late.
    """
    assigned: dict[str, Completion] = {}
    whole = rule.series == "contract"
    done = sorted(that_count(evaluation, rule, series.subject, whole=whole), key=_in_turn)
    for completion in [one for one in done if one.occurrence is not None]:
        if any(due.which == completion.occurrence for due in dues):
            assigned.setdefault(str(completion.occurrence), completion)
    for completion in [one for one in done if one.occurrence is None]:
        free = [due for due in dues if due.which not in assigned]
        if nearest := _nearest(free, completion):
            assigned[nearest.which] = completion
    return assigned


def _in_turn(completion: Completion) -> tuple[bool, Moment, str]:
    return completion.outcome != Outcome.ACCEPTED, last_moment(completion.done), completion.key


def _nearest(free: Sequence[Due], completion: Completion) -> Due | None:
    """The first place that had not passed when the thing was done, else the last that had."""
    done = first_moment(completion.done)
    for due in free:
        if due.deadline.due_at is not None and due.deadline.due_at >= done:
            return due
    return free[-1] if free else None


def _duty(
    evaluation: Evaluation, rule: Rule, series: Series, due: Due, completion: Completion | None
) -> Duty:
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    deadline, ended_by = occurrence(disapplied, due.deadline, completion, evaluation.chosen(rule))
    duty = assembled(evaluation, rule, series.subject, due.which, deadline, completion, ended_by)
    begins = max(due.place.first, series.start)
    return replace(
        duty,
        on=series.cause.kind if series.cause else None,
        cause_fact=series.cause.source if series.cause else None,
        owed_from=start_of_day(min(begins, due.place.day)),
    )
