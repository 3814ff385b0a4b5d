"""Claims and agreements: what counts only once the other side has said so (R46).

A fact that lengthens or suspends a duty of the party that records it, or gives it relief, is that party's
claim. Another period is an agreement of the side that has to agree. Which kinds of fact are either follows
from the rules of a book: ``suspension``, ``extension`` and ``agreement`` of a rule, ``claim`` of a right, and
``agreement`` of a kind. A fact without a ``Claim`` is established.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contracts.terms.moments import Moment, When, first_moment

if TYPE_CHECKING:
    from obligations.rules.register.rule import Rule
    from obligations.rules.register.vocabulary import Vocabulary

SIDES = ("supplier", "authority")


class ClaimStatus(StrEnum):
    """How a claim stands. An agreement that was confirmed is accepted too."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Claim:
    """That a fact is a claim, or an agreement that waits for the side that has to agree.

    ``made_at``: when it was made, a day or a moment. ``decided_at``: when it was accepted, refused or
    withdrawn; None for as soon as it was made. ``waits_for``: the side that decides. ``citation``: the
    paragraph that it rests on. ``happened``: when it happened, where it counts from later than that.
    """

    status: ClaimStatus
    made_at: When
    decided_at: When | None = None
    waits_for: str = ""
    agreement: bool = False
    citation: str = ""
    happened: When | None = None

    def at(self, moment: Moment) -> ClaimStatus:
        """How it stood at a moment: open until it was decided."""
        undecided = self.decided_at is not None and first_moment(self.decided_at) > moment
        return ClaimStatus.OPEN if undecided else self.status

    def counts_from(self, happened: When) -> When:
        """When what it says takes effect once accepted: a claim from when it was made, never before (R46).

        An agreement from the day on which it was agreed, which the other side confirms.
        """
        if self.agreement or first_moment(happened) >= first_moment(self.made_at):
            return happened
        return self.made_at

    def as_known_at(self, moment: Moment) -> Claim:
        """The claim as it was known at a moment: one that was decided later is open."""
        open_then = self.at(moment) is ClaimStatus.OPEN
        return replace(self, status=ClaimStatus.OPEN, decided_at=None) if open_then else self

    def decided_by(self, moment: Moment) -> Claim:
        """The claim, had it been decided by a moment at the latest: what is known today of that day."""
        late = self.decided_at is not None and first_moment(self.decided_at) > moment
        return replace(self, decided_at=moment) if late else self

    def accepted(self) -> Claim:
        """The same claim, had it been accepted at once."""
        return replace(self, status=ClaimStatus.ACCEPTED, decided_at=None)


@dataclass(frozen=True, slots=True)
class Claimable:
    """What a kind of fact does under one rule, and whose word that needs.

    ``by``: whose claim it is, or for an agreement the side that may only propose it. ``waits_for``: the side
    whose word makes it count. ``path``: the paragraph that says so. ``requires``: a detail without which the
    words give nothing. ``dates``: it moves or suspends the limit of a duty; relief does not.
    """

    kind: str
    rule: Rule
    path: str
    by: str
    waits_for: str
    agreement: bool = False
    requires: str = ""
    dates: bool = True

    @property
    def citation(self) -> str:
        """RULEBOOK/SCOPE/NUMBER of the paragraph that says so."""
        return f"{self.rule.rulebook}/{self.path}"

    @property
    def paragraph(self) -> str:
        """The number within its scope: 10.3.1."""
        return self.path.partition("/")[2]


def other_side(side: str) -> str:
    """The other of the two sides."""
    return SIDES[1] if side == SIDES[0] else SIDES[0]


def kinds_claimed(rule: Rule) -> frozenset[str]:
    """The kinds of fact that may be a claim or an agreement about a rule's duties, or meet them."""
    found = {*rule.on, *rule.met_by}
    found.update({rule.suspension.begins} if rule.suspension else ())
    found.update({rule.extension.fact} if rule.extension else ())
    found.update({rule.agreement.fact} if rule.agreement else ())
    found.update({rule.agreed_date} if rule.agreed_date else ())
    return frozenset(found)


def claimables_of(rule: Rule, vocabulary: Vocabulary) -> Iterator[Claimable]:
    """Everything that one rule lets a fact do only with the other side's word; "both" may each claim."""
    for party in SIDES if rule.party == "both" else (rule.party,):
        yield from _claims(rule, party, other_side(party))
    for kind, path in _agreed(rule, vocabulary).items():
        giver = vocabulary.kind(kind).side
        if giver in SIDES:
            yield Claimable(kind, rule, path, other_side(giver), giver, agreement=True)


def _claims(rule: Rule, party: str, other: str) -> Iterator[Claimable]:
    if rule.suspension is not None:
        yield Claimable(rule.suspension.begins, rule, rule.suspension.path, party, other)
    if rule.extension is not None:
        more = rule.extension
        yield Claimable(more.fact, rule, more.path, party, other, requires=more.requires)
    if rule.claim:
        for kind in rule.on:
            yield Claimable(kind, rule, rule.path, party, other, dates=False)


def _agreed(rule: Rule, vocabulary: Vocabulary) -> dict[str, str]:
    """The agreements that a rule looks at, each with its paragraph."""
    found = {rule.agreement.fact: rule.agreement.path} if rule.agreement is not None else {}
    dates = (rule.agreed_date,) if rule.agreed_date is not None else ()
    for kind in (*rule.on, *rule.met_by, *dates):
        if kind in vocabulary and vocabulary.kind(kind).agreement:
            found.setdefault(kind, rule.path)
    return found
