"""Duties that time raises: one-offs, recurrences, anniversaries, and continuous ones (R16, R32)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from contracts.terms.moments import Day, Moment, first_moment, last_moment, london_day, start_of_day
from contracts.terms.periods import Period
from obligations.rules.engine.after_the_end import at_the_end, is_over
from obligations.rules.engine.completion import (
    completion_for,
    completions_of,
    counted_once,
    judge,
    with_word_on_early,
)
from obligations.rules.engine.disapplication import after_disapplying, occurrence
from obligations.rules.engine.early import waiting
from obligations.rules.engine.evaluation import Evaluation, what_happened
from obligations.rules.engine.lifecycle import Outcome, State
from obligations.rules.engine.limits import calendar_of, clock
from obligations.rules.engine.series import Anchor, anchors, before_it_began, done_next, gone_days
from obligations.rules.register.duty import CONTRACT_END, ONCE, Completion, Duty
from obligations.rules.register.rule import Every, Rule, Survives
from obligations.rules.register.vocabulary import DONE
from obligations.rules.time.counting import add_months
from obligations.rules.time.deadlines import Deadline, Start, deadline_from
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.recurrence import (
    anniversary,
    next_anniversary,
    on_anniversary,
    periods_missed,
    recurring,
)

EARLY = timedelta(days=31)
"""Done this long before an anniversary, a thing is taken to be done for it, not late for the one before."""

CONTINUOUS = "continuous"


def scheduled_duties(evaluation: Evaluation, rule: Rule) -> Iterator[Duty]:
    """The duties that time raises under a recurring rule or a one-off."""
    if rule.every is Every.ANNIVERSARY:
        yield from _anniversaries(evaluation, rule)
    elif rule.every is Every.COMPLETION:
        for anchor in anchors(evaluation, rule):
            yield from _occurrences(evaluation, rule, anchor)
    else:
        yield _one_off(evaluation, rule)


# From the last completion


def _occurrences(evaluation: Evaluation, rule: Rule, anchor: Anchor) -> Iterator[Duty]:
    """Each occurrence that was met, then the one that is open; one at a time (R16).

    What is done on the day a series begins makes no difference: the next is due a whole period after that
    day.
    """
    whole = rule.series == "contract"
    completions = _by_day(that_count(evaluation, rule, anchor.subject, whole=whole))
    while True:
        deadline = _deadline(evaluation, rule, anchor)
        completion = done_next(rule, anchor, completions)
        tracked = evaluation.terms.tracked_from
        if tracked is not None and _before_duly(deadline, completion, tracked):
            # of all that fell due before Duly kept the contract only the first is told (R32)
            yield (before := _occurrence(evaluation, rule, anchor, deadline, None))
            if before.ended_by is not None:
                return
            anchor = replace(anchor, day=_last_before(rule, anchor.day, tracked), last=None, skipped=True)
            deadline = _deadline(evaluation, rule, anchor)
        if _beyond(evaluation, rule, anchor, deadline, completion):
            return
        if completion is None:
            early = waiting(before_it_began(rule, anchor, completions))
            deadline = replace(deadline, steps=(*deadline.steps, *early)) if early else deadline
        yield (duty := _occurrence(evaluation, rule, anchor, deadline, completion))
        if completion is None or duty.ended_by is not None:
            return
        anchor = _next_anchor(evaluation, rule, anchor, completion)


def _next_anchor(evaluation: Evaluation, rule: Rule, anchor: Anchor, completion: Completion) -> Anchor:
    """Where the next occurrence runs from: what was done last, whatever of the contract that was about."""
    follows = rule.series == "contract" and completion.subject
    return Anchor(
        completion.subject if follows else anchor.subject,
        london_day(completion.done),
        completion,
        evaluation.fact_from(completion.fact or completion.key, *rule.met_by, DONE),
        since=anchor.day if london_day(completion.done) < anchor.day else None,
        until=anchor.until,
    )


def that_count(evaluation: Evaluation, rule: Rule, subject: str | None, *, whole: bool) -> list[Completion]:
    """Each thing done, once, without what was rejected."""
    completions = counted_once(completions_of(evaluation, rule, subject, whole=whole))
    return [completion for completion in completions if completion.outcome != Outcome.REJECTED]


def _accepted_first(completion: Completion) -> tuple[bool, Moment, str]:
    return completion.outcome != Outcome.ACCEPTED, last_moment(completion.done), completion.key


def _by_day(completions: Sequence[Completion]) -> list[Completion]:
    """One completion a day: an accepted one before an undecided one."""
    days: dict[Day, Completion] = {}
    for completion in sorted(completions, key=_accepted_first):
        days.setdefault(london_day(completion.done), completion)
    return [days[day] for day in sorted(days)]


def _before_duly(deadline: Deadline, completion: Completion | None, tracked: Day) -> bool:
    """Whether an occurrence was due before the first day tracked, and not done before it either."""
    if deadline.due_date is None or deadline.due_date >= tracked:
        return False
    return completion is None or london_day(completion.done) >= tracked


def _deadline(evaluation: Evaluation, rule: Rule, anchor: Anchor) -> Deadline:
    """When the occurrence that runs from the anchor is due."""
    assert rule.period is not None
    begins = evaluation.vocabulary.kind(rule.anchor).label.lower() if rule.anchor else "commencement"
    start: Start = recurring(
        anchor.last.done if anchor.last else None,
        anchor.day,
        rule.period,
        begins="the last whole period before Duly" if anchor.skipped else begins,
        year_from=evaluation.terms.commencement,
        word=rule.word,
        citation=rule.citation,
    )
    if anchor.cause is not None:
        start = replace(start, notes=(what_happened(evaluation, anchor.cause), *start.notes))
    deadline = deadline_from([start, *evaluation.choice(rule)], evaluation.calendar)
    resumed = evaluation.end.resumed(deadline.due_date) if deadline.due_date else None
    if resumed is None:
        return deadline
    return deadline_from([replace(start, first_bit=resumed), *evaluation.choice(rule)], evaluation.calendar)


def _last_before(rule: Rule, anchor: Day, tracked: Day) -> Day:
    """The last whole period from the anchor whose successor is due on or after the tracked day (R32)."""
    assert rule.period is not None
    missed = periods_missed(None, anchor, rule.period, tracked)
    if rule.period.unit in ("months", "years"):
        return add_months(anchor, missed * rule.period.amount * (12 if rule.period.unit == "years" else 1))
    length = timedelta(days=rule.period.amount * (7 if rule.period.unit == "weeks" else 1))
    return anchor + missed * length


def _beyond(
    evaluation: Evaluation, rule: Rule, anchor: Anchor, deadline: Deadline, completion: Completion | None
) -> bool:
    """Whether the next occurrence would be due after the contract, or after its subject left (R37).

    What was done for it before that stays met.
    """
    due, ending = deadline.due_date, evaluation.end.of(rule.path)
    if due is None or (
        completion is not None and (ending is None or london_day(completion.done) <= ending.day)
    ):
        return False
    gone = [day for day in (anchor.until, *gone_days(evaluation, rule, anchor)) if day is not None]
    last = [ending.day] if ending is not None and rule.survives is not Survives.ALWAYS else []
    return any(due > day for day in (*last, *([] if completion else gone)))


def _occurrence(
    evaluation: Evaluation, rule: Rule, anchor: Anchor, deadline: Deadline, completion: Completion | None
) -> Duty:
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    deadline, ended_by = occurrence(disapplied, deadline, completion, evaluation.chosen(rule))
    missed = 0
    if ended_by is None and rule.period is not None:
        until = london_day(completion.done) if completion else london_day(evaluation.as_at)
        until = min(
            [
                until,
                *([ending.day] if (ending := evaluation.end.of(rule.path)) else []),
                *([disapplied.day] if disapplied else []),
            ]
        )
        missed = periods_missed(None, anchor.day, rule.period, until)
        missed -= _between(evaluation, rule.period, anchor, deadline)
    if missed:
        step = Step("R16", f"{missed} whole period{'s' if missed > 1 else ''} passed with nothing done")
        deadline = replace(deadline, steps=(*deadline.steps, step))
    duty = assembled(evaluation, rule, anchor.subject, anchor.day.isoformat(), deadline, completion, ended_by)
    kind = anchor.cause.kind if anchor.cause else None
    source = anchor.cause.source if anchor.cause else None
    return replace(
        duty, on=kind, cause_fact=source, missed=missed, owed_from=start_of_day(anchor.since or anchor.day)
    )


def _between(evaluation: Evaluation, period: Period, anchor: Anchor, deadline: Deadline) -> int:
    """How many of the periods ended while the contract seemed to have ended: nobody missed them (R37)."""
    literal = deadline.literal_limit
    resumed = evaluation.end.resumed(london_day(literal)) if literal is not None else None
    return periods_missed(None, anchor.day, period, resumed) if resumed is not None else 0


# On a fixed day


def _anniversaries(evaluation: Evaluation, rule: Rule) -> Iterator[Duty]:
    """Every anniversary up to now and the next, within the contract (R16)."""
    commencement, today = evaluation.terms.commencement, london_day(evaluation.as_at)
    _, count = next_anniversary(commencement, today)
    days = [anniversary(commencement, number) for number in range(1, count + 1)]
    if (ending := evaluation.end.of(rule.path)) is not None and rule.survives is not Survives.ALWAYS:
        days = [day for day in days if day <= ending.day]
    completions = _assigned(evaluation, rule, days)
    for number, day in enumerate(days, 1):
        fixed = on_anniversary(commencement, number, word=rule.word, citation=rule.citation)
        fixed = replace(fixed, first_bit=evaluation.end.resumed(day))
        deadline = deadline_from([fixed, *evaluation.choice(rule)], evaluation.calendar)
        disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
        deadline, ended_by = occurrence(disapplied, deadline, completions.get(day), evaluation.chosen(rule))
        duty = assembled(evaluation, rule, None, day.isoformat(), deadline, completions.get(day), ended_by)
        yield replace(duty, on=evaluation.vocabulary.clock("anniversary"), owed_from=start_of_day(day))


def _assigned(evaluation: Evaluation, rule: Rule, days: Sequence[Day]) -> dict[Day, Completion]:
    """Which anniversary each thing was done for: the one it names, else the last or the one coming."""
    assigned: dict[Day, Completion] = {}
    for completion in sorted(
        that_count(evaluation, rule, None, whole=True),
        key=lambda p: (p.outcome != Outcome.ACCEPTED, last_moment(p.done), p.key),
    ):
        day = _anniversary_of(completion, days, assigned)
        if day is not None:
            assigned.setdefault(day, completion)
    return assigned


def _anniversary_of(completion: Completion, days: Sequence[Day], taken: Collection[Day]) -> Day | None:
    if completion.occurrence is not None:
        return next((day for day in days if day.isoformat() == completion.occurrence), None)
    done, free = london_day(completion.done), [day for day in days if day not in taken]
    passed = [day for day in free if day <= done + EARLY]
    return passed[-1] if passed else next((day for day in free if day > done), None)


# Once


def _one_off(evaluation: Evaluation, rule: Rule) -> Duty:
    """A duty that the start date raises."""
    began = evaluation.terms.start_date
    start = _one_start(evaluation, rule, began)
    deadline = deadline_from([start, *evaluation.choice(rule)], calendar_of(evaluation, rule))
    completion = completion_for(evaluation, rule, rule.subject, ONCE, began, whole=True)
    deadline = with_word_on_early(
        evaluation, rule, deadline, completion, rule.subject, ONCE, began, whole=True
    )
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    deadline, ended_by = after_disapplying(disapplied, deadline, began, completion, evaluation.chosen(rule))
    deadline, ended_by = at_the_end(evaluation, rule, deadline, None, completion, ended_by)
    duty = assembled(evaluation, rule, rule.subject, ONCE, deadline, completion, ended_by)
    return replace(
        duty,
        on=rule.on[0] if rule.on else evaluation.vocabulary.clock("start"),
        owed_from=start_of_day(began),
    )


def _one_start(evaluation: Evaluation, rule: Rule, began: Day) -> Start:
    """The clock of a one-off: from the start date, or counted from the contract's last day (R35)."""
    end = evaluation.terms.end_date
    if rule.event_day is None:
        note = Step("R1", f"The start date is {said(began)}")
        return clock(evaluation, rule, began, word=rule.word, notes=(note,), citation=rule.citation)
    if end is None:
        note = Step("R44", "The contract has no last day yet: enter it")
        return Start(began, None, word=rule.word, notes=(note,), citation=rule.citation)
    note = Step("R35", f"The contract’s last day is {said(end)}")
    return clock(
        evaluation, rule, end, word=rule.word, notes=(note,), first_bit=began, citation=rule.citation
    )


# Always


def continuous_duty(evaluation: Evaluation, rule: Rule) -> Duty:
    """A duty that holds all the time; it has no date and ends with its paragraph."""
    began = evaluation.terms.commencement
    disapplied = evaluation.terms.disapplication_of(rule.path, evaluation.as_at)
    deadline = Deadline(None, None, steps=(Step("R9", "Holds all the time the contract does: no date"),))
    ended_by = disapplied.number if disapplied else None
    if ended_by is None and is_over(evaluation, rule):
        ended_by = CONTRACT_END
    duty = assembled(evaluation, rule, rule.subject, CONTINUOUS, deadline, None, ended_by)
    return replace(duty, owed_from=start_of_day(began))


def assembled(
    evaluation: Evaluation,
    rule: Rule,
    subject: str | None,
    which: str,
    deadline: Deadline,
    completion: Completion | None,
    ended_by: str | None,
) -> Duty:
    """A duty that time raised, from its parts, with its state; before Duly where it was due earlier (R32)."""
    judged = judge(evaluation, rule, deadline, completion, ended=ended_by is not None)
    tracked, due = evaluation.terms.tracked_from, deadline.due_date
    before = judged.state is State.OVERDUE and tracked is not None and due is not None and due < tracked
    if before:
        step = Step(
            "R32",
            f"Due before {said(tracked or evaluation.terms.start_date)}, from when Duly keeps the contract",
        )
        deadline = replace(deadline, steps=(*deadline.steps, step))
    return Duty(
        rule_key=rule.key,
        citation=rule.citation,
        subject=subject,
        occurrence=which,
        party=rule.party,
        title=rule.title,
        on=None,
        cause_fact=None,
        owed_from=first_moment(evaluation.terms.commencement),
        deadline=deadline,
        word=rule.word,
        state=str(State.ENDED if before else judged.state),
        shape=str(rule.shape),
        done=judged.done,
        outcome=judged.outcome,
        ended_by=ended_by,
        before_duly=before,
        approver=rule.approver,
        consequence=rule.consequence,
    )
