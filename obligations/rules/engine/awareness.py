"""Whose awareness: a duty upon becoming aware bites a party once that party knows, or was told (R45).

A party knows from when a fact says that it became aware, from when it was told, and of what it recorded
itself from then at the latest. Its Sub-Contractors are taken to be the party, flagged. What only the other
party knows starts nothing for it. Where nobody's awareness is on record it is taken to know from the event,
flagged; in a what-if, which names no recorder, from the recording where one is given (R11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contracts.terms.moments import When, first_moment, last_moment
from obligations.rules.engine.evaluation import Evaluation, later
from obligations.rules.engine.lapses import is_lapse
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule
from obligations.rules.time.deadlines import Alternative
from obligations.rules.time.derivation import Step, said_when

PARTIES = ("supplier", "authority")
SUBCONTRACTOR = "subcontractor"
RULE = "R45"


@dataclass(frozen=True, slots=True)
class Awareness:
    """When a party knew of something. ``assumed``: nobody's awareness is on record; ``by_subcontractor``."""

    at: When
    assumed: bool = False
    by_subcontractor: bool = False

    def alternative(self, party: str) -> Alternative | None:
        """The other reading of the words, where this is not what the record says of the party itself."""
        if self.assumed:
            return Alternative(f"the {party} did not know of it yet", RULE, nothing_due=True)
        if self.by_subcontractor:
            return Alternative(f"its Sub-Contractor knew of it, not the {party}", RULE, nothing_due=True)
        return None

    def step(self, party: str) -> Step:
        """Whose awareness counts, in plain words."""
        if self.assumed:
            text = f"Nobody's awareness is on record: the {party} is taken to know of it from the event"
        elif self.by_subcontractor:
            text = f"The {party} is taken to know of it through its Sub-Contractor from {said_when(self.at)}"
        else:
            text = f"The {party} knew of it from {said_when(self.at)}, which is when this binds it"
        return Step(RULE, text)


@dataclass(frozen=True, slots=True)
class _Known:
    party: str
    at: When
    by_subcontractor: bool = False


def is_upon_awareness(evaluation: Evaluation, rule: Rule) -> bool:
    """Whether the words bind a party upon becoming aware: the rule starts on awareness, or is dated by it."""
    if rule.runs_from:
        return False  # what bites is a request, which tells the party of it
    kinds = evaluation.vocabulary.kinds
    return rule.bound == "aware_party" or any(
        kinds[name].awareness for name in (*rule.on, *rule.aware_by) if name in kinds
    )


def parties_aware(evaluation: Evaluation, facts: Sequence[Fact]) -> dict[str, Awareness]:
    """Each party that is bound by its own awareness, with when it knew (DMP 23, 8.1; Order Schedule 9, A
    5.1).

    Where a fact says which party became aware, who recorded it makes no other one aware: it would have to
    tell the other party what that party knows.
    """
    stated = [known for fact in facts for known in _stated(evaluation, fact)]
    return _earliest(stated or [known for fact in facts for known in _recorded(fact)])


def aware_of(evaluation: Evaluation, rule: Rule, facts: Sequence[Fact]) -> Awareness | None:
    """When the party that owes a duty knew of the thing; None where only the other party knows.

    ``facts``: the facts of one life; the one that the clock runs from is among them.
    """
    fact = facts[0]
    if rule.party not in PARTIES:
        return Awareness(min((one.learned for one in facts), key=first_moment))
    told = evaluation.about(fact.subject, (*rule.aware_by, *_tellings(evaluation)))
    known = list(
        _all_known(evaluation, rule.party, {one.source + one.kind: one for one in (*facts, *told)}.values())
    )
    found = _earliest(known).get(rule.party)
    if found is not None or known:
        return found
    return assumed(evaluation, facts)


def assumed(evaluation: Evaluation, facts: Sequence[Fact]) -> Awareness:
    """When a party is taken to know of something where nobody's awareness is on record."""
    known = [(_unsaid(evaluation, fact), fact) for fact in facts]
    at, first = min(known, key=lambda one: (first_moment(one[0]), first_moment(one[1].at)))
    return Awareness(at, assumed=last_moment(at) <= last_moment(first.at))


def _unsaid(evaluation: Evaluation, fact: Fact) -> When:
    about = evaluation.kind(fact)
    return fact.at if fact.recorded_side or about.awareness or about.notice else fact.learned


def _tellings(evaluation: Evaluation) -> tuple[str, ...]:
    """The kinds of notice by which one party tells the other of what it became aware of."""
    kinds = evaluation.vocabulary.listed
    return tuple(kind.name for kind in kinds if kind.notice and kind.detail("aware_party") is not None)


def _all_known(evaluation: Evaluation, party: str, facts: Iterable[Fact]) -> Iterator[_Known]:
    for fact in facts:
        about = evaluation.kind(fact)
        if is_lapse(fact):
            yield _Known(party, fact.learned)
        elif about.notice:
            # given by the one side, it tells the other; who gave it knew of it
            yield _Known(party, fact.at)
        else:
            yield from _stated(evaluation, fact)
            yield from _recorded(fact)


def _stated(evaluation: Evaluation, fact: Fact) -> Iterator[_Known]:
    """Who became aware, as the fact itself says."""
    about = evaluation.kind(fact)
    said = str(fact.details.get("aware_party") or "")
    if not said and about.awareness:
        said = about.side if about.side in PARTIES else fact.recorded_side
    at = fact.at if about.awareness or about.notice else fact.learned
    if said == SUBCONTRACTOR:
        yield _Known("supplier", at, by_subcontractor=True)
    else:
        yield from (_Known(party, at) for party in PARTIES if said in (party, "both"))


def _recorded(fact: Fact) -> Iterator[_Known]:
    """Whoever records a fact knows of it then, at the latest."""
    if fact.recorded_side in PARTIES:
        yield _Known(fact.recorded_side, fact.learned)


def _earliest(known: Iterable[_Known]) -> dict[str, Awareness]:
    """When each party knew first; of one moment what it knew itself."""
    found: dict[str, Awareness] = {}
    for one in sorted(known, key=lambda one: (first_moment(one.at), one.by_subcontractor)):
        found.setdefault(one.party, Awareness(one.at, by_subcontractor=one.by_subcontractor))
    return found


def first_bite(aware: Awareness, cause: Fact) -> When:
    """When the duty first bit: on awareness, and never before what it comes from."""
    return later(aware.at, cause.at)
