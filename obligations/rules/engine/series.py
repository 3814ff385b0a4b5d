"""Where a recurrence begins, what is done in it, and when its subject left (R16, R36)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.terms.moments import Day, first_moment, london_day
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.register.duty import Completion
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule
from obligations.rules.time.recurrence import periods_missed


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a recurrence stands: its subject, the day it runs from, the completion on that day if it was one.

    ``skipped``: the day ends a whole period before Duly kept the contract, in which nobody recorded anything.
    ``since``: where the thing was done before the series began, the day on which that began.
    ``until``: the day on which its subject left; a subject that came back has a series of its own from then.
    """

    subject: str | None
    day: Day
    last: Completion | None = None
    cause: Fact | None = None
    skipped: bool = False
    since: Day | None = None
    until: Day | None = None


def anchors(evaluation: Evaluation, rule: Rule) -> list[Anchor]:
    """Where each series under the rule begins: at commencement, or at the fact it runs from."""
    if rule.anchor is None:
        return [Anchor(None, evaluation.terms.commencement)]
    if rule.series == "contract":
        first = evaluation.of_kinds([rule.anchor])[:1]
        return [Anchor(fact.subject, london_day(fact.at), cause=fact) for fact in first]
    subjects = dict.fromkeys(fact.subject for fact in evaluation.of_kinds([rule.anchor]))
    return [anchor for subject in subjects for anchor in _lives(evaluation, rule, rule.anchor, subject)]


def _lives(evaluation: Evaluation, rule: Rule, begins: str, subject: str | None) -> Iterator[Anchor]:
    """The series about one subject: each begins anew with the first fact after what ended the one before.

    Of one moment, or of bare days of one day, the end comes before a new beginning.
    """
    begun: Fact | None = None
    facts = evaluation.about(subject, [begins, *rule.ends_on])
    for fact in sorted(facts, key=lambda fact: (first_moment(fact.at), fact.kind == begins)):
        if fact.kind == begins and fact.subject == subject:
            begun = begun or fact
        elif fact.kind != begins and begun is not None:
            yield Anchor(subject, london_day(begun.at), cause=begun, until=london_day(fact.at))
            begun = None
    if begun is not None:
        yield Anchor(subject, london_day(begun.at), cause=begun)


def done_next(rule: Rule, anchor: Anchor, completions: Sequence[Completion]) -> Completion | None:
    """What was done first in the occurrence that runs from the anchor, before its subject left.

    Before a series begins only what somebody confirmed counts, and only where its own period had not run out
    by then: it meets the first occurrence (R36).
    """
    begins = anchor.last is None and not anchor.skipped and not rule.fresh
    for completion in completions:
        done = london_day(completion.done)
        if anchor.until is not None and done > anchor.until:
            return None
        if done > anchor.day or (begins and completion.before_owed and _still_held(rule, done, anchor.day)):
            return completion
    return None


def before_it_began(rule: Rule, anchor: Anchor, completions: Sequence[Completion]) -> list[Completion]:
    """What was done before a series began and would meet its first occurrence if that were confirmed."""
    if anchor.last is not None or anchor.skipped or rule.fresh:
        return []
    return [one for one in completions if _still_held(rule, london_day(one.done), anchor.day)]


def _still_held(rule: Rule, done: Day, begins: Day) -> bool:
    """Whether the period of a thing done before a series began had not run out when it did."""
    return done < begins and rule.period is not None and periods_missed(None, done, rule.period, begins) == 0


def gone_days(evaluation: Evaluation, rule: Rule, anchor: Anchor) -> list[Day]:
    """When what a series of the whole contract is about left; a subject's own series knows its end itself."""
    if rule.series != "contract":
        return []
    days = [london_day(fact.at) for fact in evaluation.about(anchor.subject, rule.ends_on)]
    return [day for day in days if day >= anchor.day]
