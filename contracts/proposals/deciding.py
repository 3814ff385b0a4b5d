"""What one clause asks and of whom, before it is asked when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.proposals import kinds, predicates
from contracts.proposals import proposal as said
from contracts.proposals.clauses import Clause
from contracts.proposals.grammar import words_of
from contracts.proposals.kinds import Judged
from contracts.proposals.modals import Force
from contracts.proposals.parties import Parties
from contracts.proposals.subjects import Sort, Subject, find

Span = tuple[int, int]
OTHER_SIDE = {said.SUPPLIER: said.AUTHORITY, said.AUTHORITY: said.SUPPLIER}


@dataclass(frozen=True, slots=True)
class Who:
    """The side that a clause binds and where words name it; ``guessed``: no words of the clause do."""

    side: str = said.NOBODY
    words: Span | None = None
    guessed: bool = False
    sort: Sort = Sort.THING


@dataclass(frozen=True, slots=True)
class Decided:
    """A clause judged. ``verb``: where what is to be done begins."""

    judged: Judged
    who: Who
    verb: int


class Decider:
    """Judges the clauses of one document, with the names of its parties and of their people."""

    def __init__(self, parties: Parties, roles: Mapping[str, str]) -> None:
        self.parties = parties
        self.roles = roles

    def decide(self, text: str, clause: Clause, own: int, before: str) -> Decided:
        """What the clause is. ``own``: where the paragraph's own words begin, which are the act where the
        word of duty stands in the lead-in. ``before``: the side that the sentence before spoke of.
        """
        words = text[slice(*clause.subject)]
        subject = find(words, self.parties, self.roles)
        leading = clause.modal.end <= own < clause.end
        predicate = text[own : clause.end] if leading else without_asides(text[clause.modal.end : clause.end])
        who = self._whose(text, clause, subject, predicate, before)
        known = replace(subject, side=who.side if subject.sort is Sort.PRONOUN else subject.side)
        agent = who.words is not None and subject.sort in (Sort.THING, Sort.THIRD)
        ahead = text[max(0, clause.start) : clause.subject[0]]
        judged = kinds.judge(kinds.Said(clause, known, words, predicate, ahead, agent))
        if judged.kind == said.RIGHT and who.guessed and _AUTHORITY_MAY.search(predicate):
            who = replace(who, side=said.AUTHORITY)
        judged = _second_thought(judged, subject, who, before, predicate)
        return Decided(judged, who, own if leading else clause.modal.end)

    def _whose(self, text: str, clause: Clause, subject: Subject, predicate: str, before: str) -> Who:
        done = predicates.passive(predicate)
        if done and (by := self._agent(clause, predicate)):
            return by
        if subject.sort in (Sort.PARTY, Sort.PEOPLE) and subject.side:
            return self._named(clause, subject, predicate, done)
        stands_for = subject.sort is Sort.PRONOUN or (clause.described and subject.sort is Sort.PEOPLE)
        if stands_for and not done:
            return self._antecedent(text, clause, before)
        return self._natural(text, clause, predicate, done, subject)

    def _named(self, clause: Clause, subject: Subject, predicate: str, done: str) -> Who:
        """The party that the subject names; of "the Provider shall be told", the other one."""
        start = clause.subject[0]
        place = (start + subject.start, start + subject.end) if subject.named else None
        told = (
            done in _TOLD
            and (subject.sort is Sort.PARTY or subject.side == said.AUTHORITY)
            and clause.modal.force not in (Force.MAY, Force.RIGHT)
            and not _is_idiom(predicate)
        )
        if told and subject.side in OTHER_SIDE:
            return Who(OTHER_SIDE[subject.side], place, guessed=True, sort=subject.sort)
        return Who(subject.side, place, sort=subject.sort)

    def _agent(self, clause: Clause, predicate: str) -> Who | None:
        """The party after "by" in passive words."""
        base = clause.end - len(predicate)
        for place in predicates.agent(predicate):
            named = re.match(r"(?:or\s+on\s+behalf\s+of\s+|either\s+of\s+)?", predicate[place:])
            place += named.end() if named else 0
            for first, last, side in self.parties.finditer(predicate[place : place + 60]):
                if first == 0 and not _OF_IT.match(predicate[place + last :]):
                    return Who(side, (base + place, base + place + last), sort=Sort.PARTY)
        return None

    def _antecedent(self, text: str, clause: Clause, before: str) -> Who:
        """The party that "it" stands for: the last subject before it, else that of the sentence before."""
        named = self.parties.finditer(text[: clause.subject[0]])
        whole = [one for one in named if not re.match(r"[’']", text[one[1] :])]
        subjects = [one for one in whole if _SUBJECT_BEFORE.search(text[: one[0]])]
        if subjects or (whole and not before):
            first, last, side = (subjects or whole)[-1]
            return Who(side, (first, last), sort=Sort.PRONOUN)
        return Who(before or said.SUPPLIER, None, guessed=True, sort=Sort.PRONOUN)

    def _natural(self, text: str, clause: Clause, predicate: str, done: str, subject: Subject) -> Who:
        """Whose act it naturally is where nobody is named: the authority's to approve, to pay and to give to
        the supplier; else the supplier's.
        """
        side = said.SUPPLIER
        words = text[slice(*clause.subject)]
        if re.search(r"\bdisputes?\b", words, re.I):
            side = said.BOTH
        elif predicates.authority_does(words, predicate) or (
            subject.sort is Sort.PEOPLE and _OF_AUTHORITY.match(predicate)
        ):
            side = said.AUTHORITY
        elif done in _GIVEN and (match := _RECEIVER.search(predicate)):
            named = [
                one for one in self.parties.finditer(predicate[match.end() : match.end() + 50]) if one[0] == 0
            ]
            if named and named[0][2] == said.SUPPLIER:
                side = said.AUTHORITY
        return Who(side, None, guessed=True, sort=subject.sort)


def _second_thought(judged: Judged, subject: Subject, who: Who, before: str, predicate: str) -> Judged:
    """ "It may rain", where nothing named before is "it"; "the Provider shall be granted relief", a right."""
    if judged.kind == said.RIGHT and who.guessed and subject.sort is Sort.PRONOUN and not before:
        return Judged(said.NONE, kinds.BACKGROUND)
    given = predicates.passive(predicate) == "granted" or _HAVE_ACCESS.match(predicate)
    granted = given and judged.kind == said.DUTY and subject.sort is Sort.PARTY
    return Judged(said.RIGHT) if granted else judged


_HAVE_ACCESS = re.compile(
    r"\s*have\s+(?:(?:\w+\s+)?access\b|(?:[\w()]+\s+){1,5}(?:days?|weeks?|months?"
    r"|hours?)\b[^.;]*?\b(?:in\s+which\s+)?to\b)",
    re.I,
)
_OF_AUTHORITY = re.compile(
    r"\s*(?:\w+ly\s+)?(?:accept|approve|decide|authorise|authorize|grant|refuse|determine|certify|consent"
    r"|adjudicate|rule)\b",
    re.I,
)
_OF_IT = re.compile(r"[’']s?\s+(?!staff|personnel|representative|officer|auditor|team|agent|manager)")
_TOLD = words_of("""
    told notified informed given paid presented supplied furnished issued afforded consulted invited
    sent shown reimbursed advised warned offered admitted allowed escorted assisted kept copied
""")
_GIVEN = words_of("""
    given sent told notified provided paid delivered issued returned shown supplied made available
""")
_RECEIVER = re.compile(r"\bto\s+", re.I)
_SUBJECT_BEFORE = re.compile(
    r"(?:^|[,;.]|\b(?:if|where|when|once|whenever|unless|should|that|and|which))\s*$", re.I
)
_AUTHORITY_MAY = re.compile(
    r"\b(?:extended|terminated|required|inspected|audited|suspended|withheld|deducted|ordered|refused"
    r"|revoked|withdrawn|waived|rejected|recovered|set\s+off|called\s+for)\b",
    re.I,
)
_ASIDE = re.compile(
    r"^[\s,]*(?:within|no\s+later|not\s+later|at|on|upon|in|if|where|when|before|after|following"
    r"|as\s+soon|by|for|throughout|during|without|subject|acting"
    r"|having|unless|save|except|to\s+the\s+extent|from|until|not\s+less|no\s+less|once|prior|immediately"
    r"|promptly|forthwith)\b[^,]*,\s*",
    re.I,
)


def _is_idiom(predicate: str) -> bool:
    """ "Be given access by": handled by its agent; "be given" of what the party takes itself is not told."""
    return bool(re.search(r"\bbe\s+given\s+(?:effect|priority)\b", predicate))


def without_asides(predicate: str) -> str:
    """The words after a word of duty without ", within 5 days of it," and the like before the act."""
    while match := _ASIDE.match(predicate):
        predicate = predicate[match.end() :]
    return predicate
