"""A day kept in another document: due by it once it was entered, open without a date until then (R44)."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from contracts.terms.moments import Day, When, first_moment, london_day
from obligations.rules.engine.evaluation import Evaluation, later, what_happened
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.rule import Rule
from obligations.rules.register.rule_form import DATE
from obligations.rules.time.deadlines import Deadline, FixedDay, deadline_from
from obligations.rules.time.derivation import Step, said

Entered: TypeAlias = tuple[Fact, Day]


def agreed_deadline(evaluation: Evaluation, rule: Rule, cause: Fact, first_bit: When) -> Deadline:
    """The deadline of a duty that is due by a day which a fact of ``rule.agreed_date`` gives.

    A day agreed later takes the place of one that had not passed; one that had stays missed, and the later
    day is shown as the cure date (R23). A day that had gone when it was agreed, or when the day was moved to
    it, is due at once from then (R10, R35). Without any the duty has no date: owed from ``first_bit`` where
    the words have one for that case.
    """
    happened = what_happened(evaluation, cause)
    dates = _dates(evaluation, rule, cause)
    if not dates:
        text = "Due by a day that another document holds; it has no date until that day is entered"
        if rule.word is not None:
            text = f"No day is agreed, so it is owed {rule.word}"
        return Deadline(None, None, steps=(happened, Step("R44", text)), word=rule.word)
    fact, due = dates[0]
    steps, cure = [what_happened(evaluation, fact)], None
    bit = later(first_bit, fact.at) if evaluation.kind(fact).agreement else first_bit
    for other, day in dates[1:]:
        steps.append(what_happened(evaluation, other))
        if london_day(other.at) > due:
            cure = day
            steps.append(
                Step("R23", f"{said(due)} had passed by then, so it stands; to be cured by {said(day)}")
            )
        else:
            due, cure, bit = day, None, later(first_bit, other.at)
    fixed = FixedDay(
        due,
        "R44",
        f"Due by {said(due)}, the day that was entered",
        first_bit=bit,
        notes=(happened, *steps),
        citation=rule.citation,
    )
    deadline = deadline_from([fixed, *evaluation.choice(rule)], evaluation.calendar)
    return replace(deadline, cure_date=cure) if cure is not None else deadline


def _dates(evaluation: Evaluation, rule: Rule, cause: Fact) -> list[Entered]:
    """The days that were entered for this duty, in the order they were agreed, each with its fact.

    Where each fact makes a duty of its own, a day entered before it is for it only if it has not passed by
    then, or there was no duty before; one entered after the next such fact is for that one.
    """
    found = evaluation.about(cause.subject, [rule.agreed_date] if rule.agreed_date else [])
    known = [(fact, detail_when(fact.details.get(DATE))) for fact in found]
    days = [(fact, london_day(day)) for fact, day in known if day is not None]
    return days if rule.once_per != "fact" else _of_this_one(evaluation, rule, cause, days)


def _of_this_one(evaluation: Evaluation, rule: Rule, cause: Fact, days: list[Entered]) -> list[Entered]:
    began = sorted(first_moment(fact.at) for fact in evaluation.about(cause.subject, rule.on))
    mine = first_moment(cause.at)
    until = next((at for at in began if at > mine), None)
    found = [one for one in days if until is None or first_moment(one[0].at) < until]
    before = [one for one in found if first_moment(one[0].at) < mine]
    still = before[-1:] if mine == began[0] or (before and before[-1][1] >= london_day(cause.at)) else []
    return still + found[len(before) :]
