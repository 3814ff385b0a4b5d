"""One sentence into proposals, or into the reason why it asks nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contracts.proposals import proposal as said
from contracts.proposals import statements
from contracts.proposals.clauses import Clause, clauses, masked
from contracts.proposals.context import Context
from contracts.proposals.deciding import Decider
from contracts.proposals.filling import filled
from contracts.proposals.kinds import BACKGROUND, Judged
from contracts.proposals.limits import in_two
from contracts.proposals.parties import Parties
from contracts.proposals.passages import Passage
from contracts.proposals.proposal import Proposal
from contracts.proposals.standing import Standing
from contracts.proposals.subjects import Sort, find
from contracts.proposals.timing import times
from contracts.terms.limits import TimeLimit
from contracts.terms.phrases import find_limits

LONGEST = 6_000
"""Characters of a sentence that is read; nobody writes a longer one."""
TOO_LONG = f"It has a sentence of more than {LONGEST:,} characters, which is not read."


_LEFT_OUT = re.compile(r"(?:may|shall|must|will)(?:\s+not)?\s*[.;,]*\s*", re.I)


@dataclass(slots=True)
class Read:
    """What a sentence gave: proposals, and the party that it spoke of last."""

    proposals: list[Proposal] = field(default_factory=list)
    side: str = ""


class Reader:
    """Reads the sentences of one document, with the names of its parties and of their people."""

    def __init__(self, parties: Parties, roles: Mapping[str, str]) -> None:
        self.parties = parties
        self.roles = roles
        self.decider = Decider(parties, roles)

    def mains(self, text: str) -> list[Clause]:
        """The clauses of a sentence that say something."""
        if len(text) > LONGEST:
            return []
        return [one for one in clauses(text, self.parties.is_name) if one.standing is Standing.MAIN]

    def sentence(self, whole: Passage, context: Context) -> Read:
        """The proposals of one sentence. Clauses that end before the paragraph's own words are left out."""
        text = whole.text
        own = text[whole.own :]
        if len(text) > LONGEST:
            return Read([nothing(whole, context, said.NONE, TOO_LONG)], context.side)
        if whole.own == 0 and statements.defines(own):
            return Read([nothing(whole, context, said.DEFINITION, "")], context.side)
        mains = [one for one in self.mains(text) if one.end > whole.own + 1]
        if statements.is_remark(own):
            mains = []
        if not mains:
            return Read([self._without(whole, context)], context.side)
        read = Read(side=context.side)
        limits = [each for one in find_limits(text) for each in in_two(text, one)]
        for clause in mains:
            self._clause(whole, clause, limits, read, context)
        if not read.proposals:
            read.proposals.append(self._without(whole, context))
        return read

    def _without(self, whole: Passage, context: Context) -> Proposal:
        """A sentence without a clause that says something: a gate without a word of duty, or a reason."""
        own = whole.text[whole.own :]
        gate = statements.is_gate(own)
        if gate is None:
            return nothing(whole, context, said.NONE, statements.why(own))
        subject = find(own[: gate.start()], self.parties, self.roles)
        return replace(
            nothing(whole, context, said.GATE, ""),
            party=subject.side or said.SUPPLIER,
            shape="gate",
            duty_word=whole.words(whole.own + gate.start(), whole.own + gate.end()),
            trigger=whole.words(whole.own + gate.end(), len(whole.text)),
        )

    def _clause(
        self, whole: Passage, clause: Clause, limits: list[TimeLimit], read: Read, context: Context
    ) -> None:
        text = masked(whole.text)
        if _LEFT_OUT.fullmatch(text[clause.modal.start :]) and not clause.inverted:
            return  # "and until then it may not": what it leaves out was said before
        decided = self.decider.decide(text, clause, whole.own, read.side)
        who = decided.who
        if who.side in (said.SUPPLIER, said.AUTHORITY) and who.sort is not Sort.THING:
            read.side = who.side
        if who.sort is not Sort.PARTY and statements.is_background(context.headings):
            decided = replace(decided, judged=Judged(said.NONE, BACKGROUND))
        if decided.judged.kind == said.NONE:
            read.proposals.append(nothing(whole, context, said.NONE, decided.judged.why))
            return
        for timed in times(text, limits, clause, decided.verb, decided.judged.kind == said.GATE):
            read.proposals.append(filled(whole, clause, timed, decided, self.parties, context))


def nothing(whole: Passage, context: Context, kind: str, why: str) -> Proposal:
    """A proposal that asks nothing: a definition, or none with its reason."""
    shape = kind if kind in (said.DEFINITION, said.NONE, said.GATE) else said.NONE
    sentence = whole.words(whole.own, len(whole.text))
    return Proposal(context.path, kind, shape=shape, certainty=said.LIKELY, why=why, sentence=sentence)
