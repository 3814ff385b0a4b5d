"""Which kind of thing a clause is, and whose; with the reason where it asks nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.proposals import predicates
from contracts.proposals.clauses import Clause
from contracts.proposals.grammar import words_of
from contracts.proposals.modals import Force
from contracts.proposals.proposal import DUTY, GATE, NONE, PROHIBITION, RIGHT
from contracts.proposals.subjects import Sort, Subject

HEADING = "It is a heading."
LEAD_IN = "It leads in to what stands under it, which asks."
CONTENT = "It is part of what the paragraph above it speaks of."
LIMB = "It is one of the cases or conditions of the paragraph above it."
BACKGROUND = "It explains and asks nothing."
THIRD_PARTY = "It is about somebody who is no party to the contract."
INTERPRETATION = "It says how to read the text."
DEEMING = "It says what something is taken to be."
EFFECT = "It says what follows by itself; nothing is to be done."
EXCEPTION = "It says where a duty does not apply."
STATEMENT = "It states or acknowledges something; nothing is to be done."
NOT_READ = "No words of duty were understood in it."


@dataclass(frozen=True, slots=True)
class Judged:
    """``kind`` with ``why`` for none. ``doubts``: plain sentences; with any, the kind is not sure."""

    kind: str
    why: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A main clause as it is judged. ``words`` are its subject's, ``predicate`` what follows the word of
    duty, ``leading`` what goes before its subject. ``agent``: whether a party does what passive words say.
    """

    clause: Clause
    subject: Subject
    words: str
    predicate: str
    leading: str
    agent: bool

    @property
    def force(self) -> Force:
        """What its word of duty does."""
        return self.clause.modal.force

    @property
    def of_thing(self) -> bool:
        """Whether its subject is no party and nobody of one."""
        unknown = self.subject.sort is Sort.PRONOUN and (not self.subject.side or bool(self.passive))
        return unknown or self.subject.sort in (Sort.THING, Sort.THIRD)

    @property
    def negative(self) -> bool:
        """Whether it forbids or denies."""
        denied = self.force in (Force.NOT, Force.NO_RIGHT)
        return denied or predicates.forbids(self.predicate) or self.clause.inverted or self.subject.negative

    @property
    def passive(self) -> str:
        """The participle of passive words, "" where they are not."""
        return predicates.passive(self.predicate)


_UNTIL = re.compile(
    r"\b(?:until|(?:unless|till)\s+and\s+until"
    r"|before\s+(?:the|it|they|he|she|that|this|such|all|each|every|any|both|either|an?|its|their"
    r"|(?-i:[A-Z])\w+)\b[^.;]*?"
    r"\b(?:has|have|had|is|are|been|gives?|agrees?|approves?|confirms?|signs?|completes?|receives?)\b"
    r"|(?:before|prior\s+to)\s+(?:receiving|obtaining|receipt\s+of|having"
    r"|the\s+(?:written\s+)?(?:approval|consent|agreement|completion|issue|receipt|signature"
    r"|confirmation))\b"
    r"|except\s+(?:after|following|once)\b|without\s+(?:first|having)\b)",
    re.I,
)
_ONLY_AFTER = re.compile(
    r"\b(?:only\s+(?:after|once|when|upon|following|from)\b"
    r"|(?:is|are|shall\s+be|be)\s+(?:\w+\s+)?(?:conditional|contingent|dependent)\s+(?:up)?on\b)",
    re.I,
)
_ONLY_ACT = re.compile(
    r"^\s*(?:\w+\s+){0,8}?only\b"
    r"|\bonly\s+(?:if|for|with|on|to|by|in|as|where|those|such|within|under|through|at)\b",
    re.I,
)
_NO_ONLY = re.compile(r"\bonly\s+(?:be\s+)?(?:after|once|when)\b", re.I)
_READING = re.compile(
    r"\s*(?:references?|(?:the\s+)?headings?|words|(?:the\s+)?(?:singular|masculine)|expressions?"
    r"|(?:a\s+)?(?:term|word|list|reference)s?\s+(?:to|in|that|defined|used)"
    r"|nothing\s+(?:in|done|contained|herein|here|said|which)\b"
    r"|(?:this|these|the)\s+(?:schedule|paragraph|clause|part|annex|appendix|contract|agreement"
    r"|section)s?\b"
    r"|(?:these|the)\s+(?:provisions|obligations|terms|conditions|rights|requirements|duties)"
    r"(?:\s+(?:of|in|set\s+out\s+in|under)\s+(?:this|these|paragraphs?|clauses?|sections?|the\s+contract)"
    r"|\s*$)"
    r"|paragraphs?\s+[\dA-Z]|clauses?\s+\d|sections?\s+[A-Z]?\d|part\s+[A-Z\d]|annex|appendix"
    r"|schedule\s+\d|time\b)",
    re.I,
)
_LIABILITY = re.compile(r"\bliability\b", re.I)
_OF_WORDS = re.compile(
    r"\s*(?:references?|(?:the\s+)?headings?|words|expressions?|(?:the\s+)?singular)", re.I
)
_NO_RIGHT = "It denies a right; whether it forbids an act is a person's to say."
_BEFALLS = words_of("""
    needed found expected lost caused affected harmed required known seen called involved included based
    delayed damaged interrupted drawn used likened made subjected exposed left felt surprised interested
    unused
""")
_DECIDED = re.compile(
    r"(?:extended|terminated|inspected|audited|suspended|withheld|deducted|revoked|waived|varied|amended"
    r"|recovered"
    r"|charged|assigned|ended|renewed)$"
)
_CONSENT = re.compile(
    r"\bwith\s+(?:the\s+)?(?:\w+\s+){0,3}(?:consent|agreement|approval|leave|permission)\b", re.I
)


def judge(said: Said) -> Judged:
    """What a main clause is."""
    if _READING.match(said.words) and not said.subject.named:
        return _of_the_text(said)
    if said.force is Force.FREE:
        return Judged(NONE, EXCEPTION)
    if predicates.is_deeming(said.predicate):
        return Judged(NONE, DEEMING)
    if said.negative:
        return _negative(said)
    if why := _by_itself(said) or _of_a_third(said):
        return Judged(NONE, why)
    return _permitted(said) if said.force in (Force.MAY, Force.RIGHT) else _owed(said)


def _owed(said: Said) -> Judged:
    """ "Shall", "will": a duty, unless something must come first or is only expected."""
    if said.force is Force.WILL and _is_expected(said):
        return Judged(NONE, BACKGROUND)
    return Judged(GATE if _opens_after(said.predicate) else DUTY)


def _by_itself(said: Said) -> str:
    """Why a clause that says what follows by itself asks nothing; "" where it says something else."""
    if said.of_thing and predicates.is_interpretation(said.predicate):
        return INTERPRETATION
    if said.of_thing and _LIABILITY.search(said.words):
        return EFFECT
    return EFFECT if predicates.is_effect(said.predicate, said.of_thing) else ""


def _of_a_third(said: Said) -> str:
    """Why a clause about somebody who is no party asks nothing; "" where it is about a party or a thing."""
    if said.subject.sort is Sort.THIRD and (said.clause.described or not said.passive):
        return THIRD_PARTY
    if said.of_thing and not said.agent and predicates.by_third(said.predicate):
        return THIRD_PARTY
    if _is_asked_by_law(said):
        return THIRD_PARTY
    alive = said.subject.sort is Sort.THING and predicates.of_its_own(said.predicate)
    return THIRD_PARTY if alive else ""


def _is_asked_by_law(said: Said) -> bool:
    """ "By law every operator must": somebody of no party, and what the law asks of them."""
    nobodys = said.of_thing or (said.subject.sort is Sort.PEOPLE and not said.subject.side)
    acts = not said.agent and not said.passive
    return nobodys and acts and bool(_BY_LAW.search(said.leading + said.predicate))


_BY_LAW = re.compile(r"\b(?:by|under)\s+(?:the\s+)?(?:general\s+)?(?:law|statute)\b", re.I)


def _of_the_text(said: Said) -> Judged:
    """A clause about the schedule itself, its paragraphs or its words."""
    if predicates.is_deeming(said.predicate):
        return Judged(NONE, DEEMING)
    if said.force is Force.MAY:
        return Judged(RIGHT) if _DECIDED.search(said.passive) else Judged(NONE, EFFECT)
    not_applied = said.force is Force.NOT and _APPLY.match(said.predicate)
    if not_applied or re.match(r"\s*nothing\b", said.words, re.I):
        return Judged(NONE, EXCEPTION)
    if predicates.is_interpretation(said.predicate) or _OF_WORDS.match(said.words):
        return Judged(NONE, INTERPRETATION)
    if _follows_from_the_text(said):
        return Judged(NONE, EFFECT)
    return _negative(said) if said.negative else Judged(DUTY)


_APPLY = re.compile(r"\s*(?:\w+\s+)?(?:apply|extend)\b", re.I)


def _follows_from_the_text(said: Said) -> bool:
    """Whether nobody does anything: it "shall apply", "shall not limit", "shall be amended"."""
    follows = predicates.is_effect(said.predicate, True) or predicates.denies(said.predicate, True)
    return follows or said.passive in ("", "amended", "varied", "changed", "modified")


def _negative(said: Said) -> Judged:
    """What forbids, or says that something does not follow."""
    if said.force is Force.NOT and predicates.is_not_to_fail(said.predicate):
        return Judged(DUTY)
    first = _UNTIL.search(said.predicate) or _UNTIL.match(said.leading.strip())
    if first and not predicates.denies(said.predicate, False):
        return Judged(GATE)
    if why := _not_forbidden(said):
        return Judged(NONE, why)
    return _denied(said) if said.force is Force.NO_RIGHT else Judged(PROHIBITION)


def _not_forbidden(said: Said) -> str:
    """Why a negative clause forbids nothing; "" where it forbids."""
    follows = said.force is Force.NOT and predicates.is_effect(said.predicate, True)
    limits = _LIABILITY.search(said.words)
    if (said.of_thing and (follows or limits)) or predicates.denies(said.predicate, said.of_thing):
        return EFFECT
    third = said.subject.sort is Sort.THIRD and not said.subject.negative
    return THIRD_PARTY if third and not said.passive else ""


def _denied(said: Said) -> Judged:
    """ "Has no right to", which may forbid an act or only say what is not owed."""
    forbids = said.force is Force.NO_RIGHT and re.search(
        r"\b(?:right|entitled)\s+to$", said.clause.modal.text
    )
    return Judged(PROHIBITION, doubts=(_NO_RIGHT,)) if forbids else Judged(NONE, EFFECT)


def _permitted(said: Said) -> Judged:
    """ "May": a right, what may be done in one way only, or what is possible."""
    if _NO_ONLY.search(said.predicate) or _opens_after(said.predicate):
        return Judged(GATE)
    if said.force is not Force.MAY:
        return Judged(RIGHT)
    only_some = _ONLY_SOME.match(said.words) and said.subject.sort is not Sort.PARTY
    if only_some or _ONLY_ACT.search(said.predicate):
        return Judged(PROHIBITION)
    if not said.agent and predicates.by_somebody(said.predicate):
        return Judged(NONE, THIRD_PARTY)
    return Judged(NONE, BACKGROUND) if _may_happen(said) else Judged(RIGHT)


_ONLY_SOME = re.compile(r"\s*only\b", re.I)


def _may_happen(said: Said) -> bool:
    """Whether "may" says what is possible, and not what a party may choose to do."""
    of_nobody = said.of_thing or (said.subject.sort is Sort.PEOPLE and not said.subject.side and said.passive)
    if of_nobody and not (said.agent or _is_choice(said)):
        return True
    possible = predicates.is_possibility(said.predicate, said.subject.sort is Sort.PARTY)
    return possible and not _is_act(said.passive)


def _is_choice(said: Said) -> bool:
    """ "May be extended", "may be moved with consent": what a party decides, though none is named."""
    if not said.passive:
        return False
    return bool(_DECIDED.search(said.passive) or _CONSENT.search(said.leading + said.predicate))


def _is_act(participle: str) -> bool:
    """ "Be inspected": what somebody chooses to do, and not "be needed", which befalls a thing."""
    return bool(participle) and participle not in _BEFALLS


def _is_expected(said: Said) -> bool:
    """After "will": what is expected and nobody owes; of a thing, all but an act that somebody must do."""
    if predicates.is_expectation(said.predicate):
        return True
    return said.of_thing and not _is_act(said.passive)


def _opens_after(predicate: str) -> bool:
    ensures = re.match(r"\s*(?:\w+\s+){0,2}(?:ensure|procure)\b", predicate)
    return bool(_ONLY_AFTER.search(predicate)) and not ensures
