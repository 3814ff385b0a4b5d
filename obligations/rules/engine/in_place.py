"""A gate that is open while something is in place: a certificate of the right scheme (DMP 23, 6.1)."""

from __future__ import annotations

from dataclasses import replace

from contracts.terms.moments import first_moment, last_moment
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.register.facts import Fact
from obligations.rules.register.names import folded
from obligations.rules.register.rule import InPlace, Rule
from obligations.rules.time.derivation import Deadline, Step, said_when


def opens(rule: Rule, fact: Fact) -> bool:
    """Whether a fact is of the sort that opens the gate; one that does not say is not."""
    one = rule.in_place
    return one is None or fact.kind != one.fact or (said(one, fact) is not None and _is_one_of(one, fact))


def with_what_does_not_open(evaluation: Evaluation, rule: Rule, cause: Fact, deadline: Deadline) -> Deadline:
    """The deadline of a gate that is shut, with a step on the last of what was shown and does not open it."""
    one = rule.in_place
    if one is None:
        return deadline
    shown = [fact for fact in evaluation.of_kinds([one.fact]) if not opens(rule, fact)]
    if not shown or last_moment(shown[-1].at) < first_moment(cause.at):
        return deadline
    given = said(one, shown[-1])
    what = f"it names “{given}”" if given else "it does not say of what scheme it is"
    text = f"Opened only by {' or '.join(one.values)}: of what was shown {said_when(shown[-1].at)}, {what}"
    return replace(deadline, steps=(*deadline.steps, Step("R26", text)))


def shuts(evaluation: Evaluation, rule: Rule, fact: Fact) -> bool:
    """Whether a fact shuts the gate: not the lapse of something that never opened it."""
    one = rule.in_place
    if one is None:
        return True
    lapse = evaluation.vocabulary.lapses.get(one.fact)
    if lapse is None or fact.kind != lapse.makes or said(one, fact) is None:
        return True
    return _is_one_of(one, fact)


def said(one: InPlace, fact: Fact) -> str | None:
    """What a fact says of the detail that decides, None where it says nothing."""
    value = fact.details.get(one.detail)
    return str(value) if value not in (None, "") else None


def _is_one_of(one: InPlace, fact: Fact) -> bool:
    return folded(said(one, fact) or "") in {folded(value) for value in one.values}
