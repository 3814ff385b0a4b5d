"""What was done, and whether it meets a duty (R15): completions, and facts that say so themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contracts.terms.moments import Moment, When, first_moment, last_moment
from obligations.rules.engine import early
from obligations.rules.engine.all_of import together
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.in_place import opens
from obligations.rules.engine.lifecycle import Outcome, State, state_of, what_counts
from obligations.rules.register.duty import Completion
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule
from obligations.rules.register.vocabulary import DONE
from obligations.rules.time.derivation import Deadline
from obligations.rules.time.notices_given import given_in_time


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a duty stands: its state, and what was done about it."""

    state: State
    done: When | None = None
    outcome: str | None = None


def completions_of(
    evaluation: Evaluation, rule: Rule, subject: str | None, *, whole: bool = False
) -> list[Completion]:
    """Everything that was done about one rule and subject, in order of the day done.

    ``whole``: it is one series for the whole contract, so every subject counts. Where the rules of a
    paragraph differ by category only, what was done stays done when the category changes.
    """
    found = [
        settled(rule, completion)
        for completion in evaluation.completions_under(rule.citation)
        if (completion.rule_key in (None, rule.key) or rule.category is not None)
        and (whole or completion.subject == subject)
    ]
    found += [settled(rule, _completion(rule, fact)) for fact in _facts(evaluation, rule, subject, whole)]
    if rule.all_of:
        found = _together(evaluation, rule, subject, found, whole=whole)
    return sorted(
        found, key=lambda completion: (last_moment(completion.done), completion.outcome, completion.key)
    )


def _facts(evaluation: Evaluation, rule: Rule, subject: str | None, whole: bool) -> list[Fact]:
    """The facts that say of themselves that the thing was done."""
    said = evaluation.of_kinds([DONE]) if whole else evaluation.said_done(subject)
    facts = evaluation.of_kinds(rule.met_by) if whole else evaluation.about(subject, rule.met_by)
    return [
        *(fact for fact in facts if opens(rule, fact)),
        *(fact for fact in said if names(fact, rule)),
    ]


def _together(
    evaluation: Evaluation, rule: Rule, subject: str | None, found: list[Completion], *, whole: bool
) -> list[Completion]:
    acts = evaluation.of_kinds(rule.all_of) if whole else evaluation.about(subject, rule.all_of)
    return together(rule, found, acts)


def counted_once(completions: Iterable[Completion]) -> list[Completion]:
    """Without the facts that evidence stands for: the evidence, and the decision on it, is what counts."""
    found = list(completions)
    spoken_for = {completion.fact for completion in found if completion.fact is not None}
    return [
        completion for completion in found if completion.fact is not None or completion.key not in spoken_for
    ]


def names(fact: Fact, rule: Rule) -> bool:
    """Whether what says that a duty was done names this rule: by its key, citation, path or number."""
    if (key := fact.details.get("duty")) is not None:
        return bool(key == rule.key)
    return fact.details.get("citation") in (rule.citation, rule.path, rule.paragraph)


def _completion(rule: Rule, fact: Fact) -> Completion:
    occurrence = fact.details.get("occurrence")
    return Completion(
        rule.citation,
        fact.subject,
        str(occurrence) if occurrence else None,
        fact.at,
        key=fact.source,
        before_owed=fact.before_owed,
    )


def settled(rule: Rule, completion: Completion) -> Completion:
    """Where the register names no approver, what is undecided counts as it stands (R15)."""
    if completion.outcome != Outcome.UNDECIDED or rule.approver is not None:
        return completion
    return replace(completion, outcome=str(Outcome.ACCEPTED))


def completion_for(
    evaluation: Evaluation,
    rule: Rule,
    subject: str | None,
    occurrence: str,
    cause: When,
    *,
    whole: bool = False,
    begun: Sequence[Moment] = (),
) -> Completion | None:
    """What counts for one duty: named for it or for none, and done no earlier than its cause unless R36 says
    so.

    ``begun``: when earlier duties of the rule about the same subject began.
    """
    done = _for_one(evaluation, rule, subject, occurrence, whole=whole)
    return what_counts(one for one in done if early.counts(evaluation, rule, one, cause, begun))


def with_word_on_early(
    evaluation: Evaluation,
    rule: Rule,
    deadline: Deadline,
    counted: Completion | None,
    subject: str | None,
    occurrence: str,
    cause: When,
    *,
    whole: bool = False,
    begun: Sequence[Moment] = (),
) -> Deadline:
    """The deadline with a step on what was done before its cause, where something was (R36)."""
    if counted is not None and not early.is_early(counted, cause):
        return deadline
    done = _for_one(evaluation, rule, subject, occurrence, whole=whole)
    return early.said_early(evaluation, rule, deadline, counted, done, cause, begun)


def _for_one(
    evaluation: Evaluation, rule: Rule, subject: str | None, occurrence: str, *, whole: bool
) -> list[Completion]:
    """What was done and names this occurrence, or none; without what was rejected."""
    return [
        one
        for one in counted_once(completions_of(evaluation, rule, subject, whole=whole))
        if one.occurrence in (None, occurrence) and one.outcome != Outcome.REJECTED
    ]


def judge(
    evaluation: Evaluation,
    rule: Rule,
    deadline: Deadline,
    completion: Completion | None,
    *,
    ended: bool = False,
) -> Judgement:
    """The state of a duty from its deadline and what counts of what was done (R14, R15)."""
    done, outcome = (completion.done, completion.outcome) if completion else (None, None)
    state = state_of(deadline, as_at=evaluation.as_at, done=done, outcome=outcome, ended=ended)
    if done is not None and rule.notice and state in (State.MET, State.MET_LATE):
        timely = given_in_time(done, deadline, evaluation.terms.settings.notice_cutoff, evaluation.calendar)
        state = State.MET if timely else State.MET_LATE
    return Judgement(state, done, outcome)


def closed_by(completion: Completion | None, moment: Moment) -> bool:
    """Whether the thing had been done before a moment."""
    return completion is not None and first_moment(completion.done) < moment
