"""What was done before its trigger: where it counts, and where the duty only points to it (R36).

A gate, a one-off and a rule that says ``prior`` ask for a prior act, or begin on a day known in advance:
there an earlier act about the same subject counts on its own day. Elsewhere it counts once somebody confirms
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.terms.moments import Moment, When, first_moment, last_moment
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.lapses import runs
from obligations.rules.register.duty import Completion
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule, Shape
from obligations.rules.register.vocabulary import DONE
from obligations.rules.time.derivation import Deadline, Step, said_when


def is_early(completion: Completion, cause: When) -> bool:
    """Whether a thing was done before what the duty comes from; a bare day counts to its end."""
    return last_moment(completion.done) < first_moment(cause)


def counts(
    evaluation: Evaluation, rule: Rule, completion: Completion, cause: When, begun: Sequence[Moment] = ()
) -> bool:
    """Whether what was done counts for a duty with this cause, by the day on which it was done.

    ``begun``: when earlier duties of the rule about the same thing began; an act since then was for them.
    """
    fact = evaluation.fact_from(completion.fact or completion.key, *rule.met_by, DONE)
    if fact is not None and not _runs(evaluation, fact, cause):
        return False
    if not is_early(completion, cause):
        return True
    if rule.fresh or undone(evaluation, rule, completion, cause):
        return False
    return completion.before_owed or (rule.takes_prior and not _for_another(rule, completion, begun))


def undone(evaluation: Evaluation, rule: Rule, completion: Completion, cause: When) -> Fact | None:
    """The fact that undid what was done before the duty began, if there is one."""
    done, began = last_moment(completion.done), first_moment(cause)
    facts = evaluation.about(completion.subject, rule.undone_by)
    return next((fact for fact in facts if done < first_moment(fact.at) <= began), None)


def _runs(evaluation: Evaluation, fact: Fact, cause: When) -> bool:
    """Whether what a fact says still holds when the duty begins, where it is of a kind that lapses (R26)."""
    lapse = evaluation.vocabulary.lapses.get(fact.kind)
    return lapse is None or runs(fact, cause, lapse, evaluation.of_kinds([lapse.makes]))


def _for_another(rule: Rule, completion: Completion, begun: Sequence[Moment]) -> bool:
    return rule.shape is not Shape.GATE and any(moment <= last_moment(completion.done) for moment in begun)


# What the duty says of it


def said_early(
    evaluation: Evaluation,
    rule: Rule,
    deadline: Deadline,
    counted: Completion | None,
    done: Sequence[Completion],
    cause: When,
    begun: Sequence[Moment] = (),
) -> Deadline:
    """The deadline with a word on what was done before the duty began: that it counts, or what it needs."""
    if counted is not None:
        steps = [_that_counts(rule, counted)] if is_early(counted, cause) else []
    else:
        pointed = _pointed_to(evaluation, done, cause, begun)
        steps = [_that_does_not(evaluation, rule, one, cause) for one in pointed]
    return replace(deadline, steps=(*deadline.steps, *steps)) if steps else deadline


def waiting(done: Sequence[Completion]) -> list[Step]:
    """The steps that point to acts which count once somebody confirms them."""
    return [
        Step(
            "R36",
            f"The same was done before this began, {said_when(one.done)}: {UNCONFIRMED}",
            decision=one.key,
        )
        for one in done[-MOST:]
    ]


def _that_counts(rule: Rule, one: Completion) -> Step:
    why = "as was confirmed" if one.before_owed and not rule.takes_prior else "and the words allow it"
    return Step("R36", f"Done before this began, {said_when(one.done)}: it counts on its own day, {why}")


def _that_does_not(evaluation: Evaluation, rule: Rule, one: Completion, cause: When) -> Step:
    text = f"The same was done before this began, {said_when(one.done)}: "
    if rule.fresh:
        return Step("R36", f"{text}it does not count, because the words ask for it anew")
    if since := undone(evaluation, rule, one, cause):
        label = evaluation.kind(since).label.lower()
        return Step(
            "R36", f"{text}it does not count, because of what came since, {said_when(since.at)} ({label})"
        )
    fact = evaluation.fact_from(one.fact or one.key, *rule.met_by, DONE)
    if fact is not None and not _runs(evaluation, fact, cause):
        return Step("R36", f"{text}it does not count, because it no longer held")
    return waiting([one])[0]


MOST = 5
"""So many acts before a duty began are pointed to, the last of them."""

UNCONFIRMED = "it is kept and meets nothing unless somebody confirms that it counts"
"""How the step ends that points to an act which counts once it is confirmed; the step names its record."""


def _pointed_to(
    evaluation: Evaluation, done: Sequence[Completion], cause: When, begun: Sequence[Moment]
) -> list[Completion]:
    """What was done last before the duty began, unless for an earlier duty or for the whole contract."""
    early = [
        one
        for one in done
        if is_early(one, cause)
        and not any(moment <= last_moment(one.done) for moment in begun)
        and not _is_wide(evaluation, one)
    ]
    return early[-MOST:]


def _is_wide(evaluation: Evaluation, one: Completion) -> bool:
    wide = evaluation.vocabulary.wide - {DONE}
    return evaluation.fact_from(one.fact or one.key, *wide) is not None
