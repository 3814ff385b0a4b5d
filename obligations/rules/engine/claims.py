"""What open claims would make of duties, and which facts are claims (R46).

A claim that is open counts for nothing: the engine leaves it out (``Evaluation.of``). Here the engine is
asked once more as if it were accepted, and what that gives stands beside the date that counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from contracts.terms.moments import Moment
from obligations.rules.register.claims import Claimable, claimables_of
from obligations.rules.register.duty import ClaimedDate, Duty
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.time.derivation import Step, said, said_when

Identity = tuple[str, str | None, str]


def claimables(book: Rulebook, kind: str | None = None) -> list[Claimable]:
    """What the rules of a book let facts (of one kind) do only with the other side's word."""
    return [
        one for rule in book.rules for one in claimables_of(rule, book.vocabulary) if kind in (None, one.kind)
    ]


def claim_by(books: Iterable[Rulebook], fact: Fact, side: str) -> list[Claimable]:
    """What a fact recorded by a side claims or proposes; nothing where it is established as it stands.

    A fact without the detail that the words require gives nothing and is no claim (R22).
    """
    return [
        one
        for book in books
        for one in claimables(book, fact.kind)
        if one.by == side and (not one.requires or fact.details.get(one.requires) is True)
    ]


def lengthens_nothing(every: Sequence[Claimable], about: Iterable[Rule]) -> str:
    """Why a claim lengthens none of the duties that there are about its subject, "" where it may.

    ``every``: all that facts of its kind may do. ``about``: the rules of those duties. A claim may come
    before its duty; one on a duty of the same paragraph whose rule the words do not lengthen is refused.
    """
    paths, keys = {one.rule.path for one in every}, {one.rule.key for one in every}
    rules = [rule for rule in about if rule.path in paths]
    if not rules or any(rule.key in keys for rule in rules):
        return ""
    titles = ", ".join(sorted({f"“{one.rule.title}”" for one in every}))
    owed = ", ".join(sorted({f"“{rule.title}”" for rule in rules}))
    return f"{every[0].paragraph} is for {titles}; it gives {owed} no more time"


def with_claims(
    ask: Callable[[Sequence[Fact]], list[Duty]], facts: Sequence[Fact], as_at: Moment
) -> list[Duty]:
    """The duties that ``ask`` gives, each with what open claims would make of it (R46).

    ``ask`` is the engine, asked about a set of facts. It is asked once, and once more for as many open claims
    as one subject has: claims on different subjects are looked at together.
    """
    duties = ask(facts)
    found: dict[Identity, list[ClaimedDate]] = defaultdict(list)
    for claims in _rounds(facts, as_at):
        for identity, one in _were_they_accepted(ask, facts, claims, duties):
            found[identity].append(one)
    return [_beside(duty, found[duty.identity]) if duty.identity in found else duty for duty in duties]


def _were_they_accepted(
    ask: Callable[[Sequence[Fact]], list[Duty]],
    facts: Sequence[Fact],
    claims: Sequence[Fact],
    duties: Iterable[Duty],
) -> Iterator[tuple[Identity, ClaimedDate]]:
    """What claims, no two about one subject, would make of duties."""
    by_subject = {fact.subject: fact for fact in claims}
    granted = {fact.source: _granted(fact) for fact in claims}
    then = {duty.identity: duty for duty in ask([granted.get(fact.source, fact) for fact in facts])}
    for duty in duties:
        claim = by_subject.get(duty.subject) or by_subject.get(None)
        other = then.get(duty.identity)
        if claim is not None and other is not None and _dates(duty) != _dates(other):
            yield duty.identity, _claimed(claim, duty, other)


def _rounds(facts: Iterable[Fact], as_at: Moment) -> list[list[Fact]]:
    """The open claims, no two of one round about one subject; what is about the whole contract goes alone."""
    rounds: list[list[Fact]] = []
    number: dict[str, int] = defaultdict(int)
    for fact in facts:
        if not fact.claimed_at(as_at):
            continue
        if fact.subject is None:
            rounds.append([fact])
            continue
        place, number[fact.subject] = number[fact.subject], number[fact.subject] + 1
        together = [one for one in rounds if one[0].subject is not None]
        if place < len(together):
            together[place].append(fact)
        else:
            rounds.append([fact])
    return rounds


def _granted(fact: Fact) -> Fact:
    assert fact.claim is not None
    return replace(fact, claim=fact.claim.accepted())


def _dates(duty: Duty) -> tuple[object, ...]:
    return duty.deadline.due_at, duty.deadline.cure_date, duty.state


def _claimed(fact: Fact, duty: Duty, other: Duty) -> ClaimedDate:
    assert fact.claim is not None
    deadline = other.deadline
    return ClaimedDate(
        fact.source,
        fact.kind,
        fact.claim.citation or duty.citation,
        fact.claim.made_at,
        fact.claim.waits_for,
        deadline.due_date,
        deadline.due_at,
        other.state,
        fact.claim.agreement,
    )


def _beside(duty: Duty, claimed: Sequence[ClaimedDate]) -> Duty:
    """The duty with what is claimed, and a step for each claim."""
    steps = (*duty.deadline.steps, *(_step(one) for one in claimed))
    return replace(duty, claimed=tuple(claimed), deadline=replace(duty.deadline, steps=steps))


def _step(one: ClaimedDate) -> Step:
    then = f"the date would be {said(one.due_date)}" if one.due_date else f"it would be {one.state}"
    then = then.replace("_", " ")
    what, until = _PROPOSED if one.agreement else _CLAIMED
    waits = f"{what}, {said_when(one.made_at)}, and waits for the {one.waits_for.capitalize()}"
    return Step("R46", f"{waits}: until {until} nothing moves. Accepted, {then}", one.citation)


_PROPOSED = ("An agreement was proposed", "it agrees")
_CLAIMED = ("It was claimed", "it accepts that")
