"""What may begin after the end of the contract, and what becomes of what had begun (R37)."""

from __future__ import annotations

from dataclasses import replace

from contracts.terms.moments import ONE_DAY, Day, When, first_moment, london_day, start_of_day
from obligations.rules.engine.completion import closed_by
from obligations.rules.engine.evaluation import RELEASED, Evaluation
from obligations.rules.register.duty import CONTRACT_END, Completion
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.rule import Rule, Survives
from obligations.rules.time.derivation import Deadline, Reading, Step

ACCRUED = "accrued before the end"
"""The default reading of what had begun before the end, named where the other was chosen."""


def may_begin(evaluation: Evaluation, rule: Rule, cause: Fact) -> bool:
    """Whether a fact of that day still starts a duty: up to the end anything, after it what survives.

    Words that hold while the contract runs end with it: what lapses afterwards is no breach of them.
    """
    ending = evaluation.end.of(rule.path)
    if ending is None or not _after(evaluation, cause, ending.day):
        return True
    if cause.kind in evaluation.vocabulary.ceased:
        return False
    if rule.survives is None:
        return not evaluation.rulebook.says_what_survives  # kept, flagged, rather than left out (R12)
    return rule.survives is not Survives.NEVER


def _after(evaluation: Evaluation, cause: Fact, last: Day) -> bool:
    """Whether something happened after the last day: a breach whose time is not known when it plausibly did
    first (R25). The end itself does not come after the end.
    """
    if cause.kind == evaluation.vocabulary.clock("end"):
        return False
    plausible = detail_when(cause.details.get("earliest_plausible"))
    return london_day(cause.at if plausible is None else plausible) > last


def is_over(evaluation: Evaluation, rule: Rule) -> bool:
    """Whether what holds all the time has ended with the contract."""
    ending = evaluation.end.of(rule.path)
    over = ending is not None and london_day(evaluation.as_at) > ending.day
    return over and rule.survives in (None, Survives.NEVER)


def bites(evaluation: Evaluation, cause: Fact, when: When) -> When:
    """When a duty first bit, which began while the contract seemed to have ended: not before the end was
    put off, so that nothing in between counts as missed.
    """
    resumed = evaluation.end.resumed(london_day(cause.at))
    return when if resumed is None or first_moment(when) >= start_of_day(resumed) else resumed


def at_the_end(
    evaluation: Evaluation,
    rule: Rule,
    deadline: Deadline,
    cause: Fact | None,
    completion: Completion | None,
    ended_by: str | None,
) -> tuple[Deadline, str | None]:
    """A duty once the contract has an end: its deadline and what ended it.

    ``cause``: what it began with, None for the contract itself. What had begun and falls due later stays,
    flagged; so does what the words let begin after it, but for what survives in so many words.
    """
    ending = evaluation.end.of(rule.path)
    if ending is None or ended_by is not None or rule.survives is Survives.ALWAYS:
        return deadline, ended_by
    if closed_by(completion, start_of_day(ending.day + ONE_DAY)):
        return deadline, None
    over = london_day(evaluation.as_at) > ending.day
    if cause is not None and _began_after(evaluation, rule, cause, ending.day):
        return _other(evaluation, rule, deadline, Step("R37", f"{ending.says}: {_since(rule)}"), over)
    if rule.survives is Survives.NEVER:
        if not over:
            return deadline, None
        step = Step("R37", f"{ending.says}: what holds while the contract runs ends with it")
        return replace(deadline, steps=(*deadline.steps, step)), CONTRACT_END
    if rule.survives is Survives.BREACH_BEFORE_END or not _later(deadline, ending.day, over):
        return deadline, None
    step = Step("R37", f"{ending.says}: this had begun before, so it stays owed ({ACCRUED})")
    return _other(evaluation, rule, deadline, step, over)


def _since(rule: Rule) -> str:
    if rule.survives is Survives.BREACH_BEFORE_END:
        return "this happened afterwards, and is owed for data still held"
    return "this happened afterwards, and the rulebook does not say whether the paragraph survives it"


def _began_after(evaluation: Evaluation, rule: Rule, cause: Fact, last: Day) -> bool:
    """Whether what a duty is about came after the last day. A breach that happened by then is owed whenever
    it is found, and whenever more is asked about it.
    """
    if not _after(evaluation, cause, last) or rule.survives is not Survives.BREACH_BEFORE_END:
        return _after(evaluation, cause, last)
    alike = [one for one in evaluation.rulebook.rules if one.survives is rule.survives]
    kinds = [kind for one in alike for kind in (*one.on, *one.runs_from)]
    return all(_after(evaluation, fact, last) for fact in evaluation.about(cause.subject, kinds))


def _later(deadline: Deadline, last: Day, over: bool) -> bool:
    """Whether a duty falls due after the last day; what is owed at once fell due when it began, and what is
    suspended falls due on no day: it outlasts the contract once that is over.
    """
    return deadline.suspended and over if deadline.due_date is None else deadline.due_date > last


def _other(
    evaluation: Evaluation, rule: Rule, deadline: Deadline, step: Step, over: bool
) -> tuple[Deadline, str | None]:
    """The deadline flagged with the reading that releases the duty; ended where that was chosen."""
    steps = (*deadline.steps, step)
    if evaluation.chosen(rule) == RELEASED:
        still = Reading(ACCRUED, "R37", deadline.due_date, deadline.due_at)
        text = Step("R37", "What was running is read as released by the end of the contract")
        deadline = replace(deadline, steps=(*steps, text), readings=(still, *deadline.readings))
        return deadline, CONTRACT_END if over else None
    readings = deadline.readings
    if all(one.reading != RELEASED for one in readings):
        readings = (*readings, Reading(RELEASED, "R37", None, None))
    return replace(deadline, steps=steps, readings=readings), None
