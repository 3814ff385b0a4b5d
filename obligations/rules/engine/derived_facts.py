"""Facts that follow from others: a lapse, what is at once something else, a second refusal (R26, R27).

Which kinds lapse, follow and go round is the vocabulary's (``kinds``: Lapse, Follows, Round).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contracts.terms.moments import (
    ONE_DAY,
    Day,
    Moment,
    first_moment,
    is_moment,
    london_day,
    start_of_day,
)
from obligations.rules.engine.lapses import lapses
from obligations.rules.register.facts import Fact, distinct, under_one_name
from obligations.rules.register.kinds import Follows, Lapse, Round
from obligations.rules.register.vocabulary import Vocabulary


def complete(facts: Iterable[Fact], as_at: Moment, vocabulary: Vocabulary) -> list[Fact]:
    """The facts known by ``as_at``, each once, with those that follow from them, in order of time.

    The derivations of the vocabulary are taken in its order, each on what the ones before it gave.
    """
    known = distinct(under_one_name([fact for fact in facts if fact.known_at(as_at)]))
    for rule in vocabulary.derivations:
        match rule:
            case Round():
                known = _in_rounds(known, rule)
            case Follows():
                known = [*known, *_following(known, rule)]
            case Lapse():
                known = [*known, *lapses(known, rule, as_at)]
    return distinct(known)


# Rounds of approval


def cycle_of(fact: Fact) -> int:
    """Which round of approval a fact belongs to: 1, and one more after each approval."""
    return int(fact.details.get("cycle", 1))


def _in_rounds(facts: Sequence[Fact], rule: Round) -> list[Fact]:
    """The facts, the family's numbered by round, and refusals after a resubmission told apart (R27).

    Submitted again is what is submitted after a refusal of the round, however many copies came before it.
    """
    cycle, refused, again, told = 1, False, False, []
    for fact in _in_turn(facts, rule):
        if fact.kind not in rule.family:
            told.append(fact)
            continue
        again = again or (refused and fact.kind == rule.submission)
        kind = rule.makes if fact.kind == rule.refusal and again else fact.kind
        details = {**fact.details, "cycle": cycle, **({"again": True} if again else {})}
        told.append(replace(fact, kind=kind, key=fact.source, details=details))
        refused = refused or fact.kind in (rule.refusal, rule.makes)
        if fact.kind == rule.approval:
            cycle, refused, again = cycle + 1, False, False
    return told


def is_resubmission(fact: Fact) -> bool:
    """Whether a submission came after a notice of non-approval: a corrected copy before any is none (R27)."""
    return bool(fact.details.get("again"))


def _in_turn(facts: Sequence[Fact], rule: Round) -> list[Fact]:
    """The facts in order; of a family's on a day without times, what is submitted comes before the answer."""
    turn = rule.turns
    timeless = {london_day(fact.at) for fact in facts if fact.kind in turn and not is_moment(fact.at)}

    def place(fact: Fact) -> tuple[Day, int, Moment]:
        day = london_day(fact.at)
        return day, turn.get(fact.kind, 0) if day in timeless else 0, first_moment(fact.at)

    return sorted(facts, key=place)


# What is at once something else too


def _following(facts: Sequence[Fact], rule: Follows) -> list[Fact]:
    """What each fact of the kind is too, where nobody recorded that (an approved plan is adopted at once)."""
    if any(fact.kind == rule.makes for fact in facts):
        return []
    return [replace(fact, kind=rule.makes, key=fact.source) for fact in facts if fact.kind == rule.of]


# The end of the contract


def ended(facts: Sequence[Fact], last: Day | None, vocabulary: Vocabulary, as_at: Moment) -> Fact | None:
    """The fact that the service has ended, where the vocabulary speaks of it and it has by ``as_at`` (R44).

    ``last``: its last day. With what ended it, it ended at that time; else when its last day had passed.
    """
    kind = vocabulary.clock("end")
    if kind is None or last is None or any(fact.kind == kind for fact in facts):
        return None
    ends = [fact for fact in facts if fact.kind in vocabulary.ends and london_day(fact.at) == last]
    if ends:
        return replace(ends[0], kind=kind, key=ends[0].source, details={})
    over = start_of_day(last + ONE_DAY)
    return Fact(kind, over, over) if over <= as_at else None
