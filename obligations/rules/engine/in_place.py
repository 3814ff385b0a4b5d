"""What must be in place: a certificate of the right scheme opens the gate, and its loss is one (DMP 23, 6.1).

Which schemes a book asks for is said once, by the gate (``in_place``). What starts on a loss asks here too:
the Certification Requirements are those of that paragraph, so that the lapse of anything else is no breach
(R26).
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher

from contracts.terms.moments import first_moment, last_moment
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.lapses import is_lapse, rests_on, runs
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


def is_loss(evaluation: Evaluation, rule: Rule, fact: Fact) -> bool:
    """Whether a fact may start a rule's duties: not the loss of something that the book does not ask for.

    Nor the lapse of one certificate while another that is asked for runs, or of one that rests on another
    that is asked for, whose own loss counts; the gate is raised by it all the same and names what keeps it
    open. What somebody recorded as a loss of compliance is more than a paper that ran out, and one that does
    not say of what scheme, or spells it otherwise, may be the one: both start duties (R12).
    """
    if fact.kind not in evaluation.vocabulary.ceased:
        return True
    asked = [one for one in _asked(evaluation, rule) if _made_by(evaluation, one, fact)]
    if not asked:
        return True
    return any(_may_be_one_of(one, fact) for one in asked) and not (
        rule.in_place is None
        and is_lapse(fact)
        and any(_another(evaluation, one, fact) or _rests(evaluation, one, fact) for one in asked)
    )


def _asked(evaluation: Evaluation, rule: Rule) -> list[InPlace]:
    """What must be in place: for a gate what it says itself, for any other rule what the book's gates say."""
    rules = (rule,) if rule.in_place is not None else evaluation.rulebook.rules
    return [one.in_place for one in rules if one.in_place is not None]


def _made_by(evaluation: Evaluation, one: InPlace, fact: Fact) -> bool:
    lapse = evaluation.vocabulary.lapses.get(one.fact)
    return lapse is not None and fact.kind == lapse.makes


def _another(evaluation: Evaluation, one: InPlace, lost: Fact) -> bool:
    """Whether, where one lapsed of which the scheme is known, another of those asked for was in force."""
    if said(one, lost) is None:
        return False
    rule = evaluation.vocabulary.lapses[one.fact]
    ended, at = evaluation.of_kinds([rule.makes]), first_moment(lost.at)
    return any(
        first_moment(other.at) <= at and _is_one_of(one, other) and runs(other, lost.at, rule, ended)
        for other in evaluation.of_kinds([one.fact])
    )


def _rests(evaluation: Evaluation, one: InPlace, lost: Fact) -> bool:
    """Whether what lapsed rests on another of those asked for, of which there is one on record."""
    rule, at = evaluation.vocabulary.lapses[one.fact], first_moment(lost.at)
    on = rests_on(lost, rule) if rule.same == one.detail else ""
    return on in {folded(value) for value in one.values} and any(
        folded(said(one, other) or "") == on and first_moment(other.at) <= at
        for other in evaluation.of_kinds([one.fact])
    )


def said(one: InPlace, fact: Fact) -> str | None:
    """What a fact says of the detail that decides, None where it says nothing."""
    value = fact.details.get(one.detail)
    return str(value) if value not in (None, "") else None


def _is_one_of(one: InPlace, fact: Fact) -> bool:
    return folded(said(one, fact) or "") in {folded(value) for value in one.values}


_ALIKE = 0.8
"""From here on two names may be two spellings of one: "Cyber Essential", "Cyber Esentials"."""


def _may_be_one_of(one: InPlace, fact: Fact) -> bool:
    """Whether a fact names one of what is asked for, says nothing, or may mean one by its initials, with more
    words, or misspelt. Only what cannot be meant starts nothing; to open the gate the name itself is needed.
    """
    given = said(one, fact)
    return given is None or any(_may_mean(value, given) for value in one.values)


def _may_mean(value: str, given: str) -> bool:
    asked, words = (re.findall(r"[^\W_]+", folded(text)) for text in (value, given))
    if not words or words[0] == "".join(word[0] for word in asked):
        return True
    whole, name = "".join(asked), "".join(words)
    return whole in name or SequenceMatcher(None, whole, name).ratio() >= _ALIKE
