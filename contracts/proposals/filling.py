"""The fields of one proposal, each with the words it rests on."""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.proposals import links, predicates
from contracts.proposals import proposal as said
from contracts.proposals.clauses import Clause
from contracts.proposals.context import Context
from contracts.proposals.deciding import Decided, without_asides
from contracts.proposals.parties import Parties
from contracts.proposals.passages import Passage
from contracts.proposals.proposal import Further, Proposal, Reference
from contracts.proposals.starts import runs_from
from contracts.proposals.subjects import Sort
from contracts.proposals.timing import Timed, span_of_soon
from contracts.proposals.topics import topic_of
from contracts.terms.limit import Limit
from contracts.terms.limits import AT_LEAST, MORE_THAN, PROBLEMS, TimeLimit
from contracts.terms.limits import Kind as LimitKind

Span = tuple[int, int]


def filled(
    whole: Passage, clause: Clause, timed: Timed, decided: Decided, parties: Parties, context: Context
) -> Proposal:
    """The proposal of one act of a clause."""
    text = whole.text
    act = _act(text, clause, timed, decided.verb)
    found = links.links(text, clause.start, clause.end)

    def words(span: Span | None) -> said.Words | None:
        return whole.words(*span) if span else None

    def referred(spans: tuple[Span, ...]) -> tuple[Reference, ...]:
        every = ((whole.words(*span), text[slice(*span)]) for span in spans)
        return tuple(
            Reference(one, links.named_paths(plain, context.path, context.known))
            for one, plain in every
            if one
        )

    timed = _with_thing(text, clause, timed, decided)
    trigger = text[slice(*timed.trigger)] if timed.trigger else ""
    subject = text[slice(*clause.subject)]
    proposal = Proposal(
        context.path,
        decided.judged.kind,
        decided.who.side,
        topic=topic_of(
            f"{subject} {_spoken(text, clause, timed, act, decided.verb)}",
            trigger,
            list(context.headings),
            _is_kept(timed),
        ),
        certainty=said.LIKELY,
        sentence=words((whole.own, len(text))),
        party_words=words(decided.who.words),
        duty_word=words((clause.modal.start, clause.modal.end)),
        act=words(act),
        to_whom=words(links.to_whom(text, decided.verb, clause.end, parties, decided.who.side)),
        trigger=words(timed.trigger),
        word=words(span_of_soon(text, clause.start, clause.end)),
        exceptions=referred(found.exceptions),
        conditions=referred(found.conditions),
        consequences=referred(found.consequences),
        not_understood=decided.judged.doubts,
    )
    proposal = _with_limits(proposal, whole, timed)
    proposal = replace(proposal, shape=_shape(proposal, trigger))
    return replace(proposal, certainty=_certainty(proposal, decided))


_EACH = re.compile(
    r"\b(?:each|every|any|all)\s+(?!(?:week|month|quarter|year|day|working)\b)[^,.;]*?(?=\s+(?:within"
    r"|no\s+later|not\s+later|by|forthwith|without|promptly|immediately|at\s+once)\b)",
    re.I,
)


def _with_thing(text: str, clause: Clause, timed: Timed, decided: Decided) -> Timed:
    """The time with what it runs from where that is the thing itself: "each failing shall be put right
    within 5 days"."""
    deadline = timed.limits and timed.limits[0].kind is LimitKind.DEADLINE and not timed.limits[0].before
    if timed.trigger or not (deadline or (not timed.limits and span_of_soon(text, decided.verb, clause.end))):
        return timed
    if decided.who.sort is Sort.THING:
        return replace(timed, trigger=clause.subject)
    thing = _EACH.search(text, decided.verb, clause.end)
    return replace(timed, trigger=thing.span()) if thing else timed


def _act(text: str, clause: Clause, timed: Timed, verb: int) -> Span:
    """What is to be done: from its verb to the next time of the clause that is an act of its own."""
    whole = text[verb : clause.end]
    act = without_asides(whole)
    first, _ = predicates.first_verb(act)
    start = timed.at if timed.at > verb and not timed.first else verb + len(whole) - len(act) + first
    end = timed.until or clause.end
    said_ = re.sub(r"[\s,;.:]*(?:\b(?:and|or|but)\s*)?$", "", text[start:end])
    return start, start + len(said_)


_FOR = re.compile(r"for\b", re.I)


def _spoken(text: str, clause: Clause, timed: Timed, act: Span, verb: int) -> str:
    """The words that say what an act is about: of a further time all of the clause; not what starts it."""
    start, end = act if timed.first else (verb, clause.end)
    if timed.trigger and start <= timed.trigger[0] < end:
        return text[start : timed.trigger[0]] + text[timed.trigger[1] : end]
    return text[start:end]


def _is_kept(timed: Timed) -> bool:
    return bool(timed.limits) and timed.limits[0].kind is LimitKind.RETENTION


def _with_limits(proposal: Proposal, whole: Passage, timed: Timed) -> Proposal:
    """The proposal with its limits, where their words are understood; else with the doubt in words."""
    if not timed.limits:
        return proposal
    first = _standing_still(timed.limits[0]) if proposal.kind == said.PROHIBITION else timed.limits[0]
    spoken = whole.words(*first.span)
    bound = _upper_bound(first) if len(timed.limits) == 1 else None
    limit = bound or _read(first, timed)
    if limit is None or bound:
        proposal = _doubting(proposal, _doubt(first))
    proposal = replace(
        proposal,
        limit_words=spoken,
        limit=limit,
        limit_kind=_kind(first, proposal.kind == said.RIGHT) if limit else "",
    )
    return _with_further(proposal, whole, timed) if limit else proposal


def _with_further(proposal: Proposal, whole: Passage, timed: Timed) -> Proposal:
    """The proposal with the limits of the same act beside its first."""
    further = []
    for other in timed.limits[1:]:
        spoken, read = whole.words(*other.span), _read(other, timed)
        if spoken and read:
            further.append(Further(spoken, read, _kind(other), _starts(whole, other, timed)))
        else:
            proposal = _doubting(proposal, _doubt(other))
    together = (timed.joined or "each") if further else ""
    return replace(proposal, further=tuple(further), together=together)


def _doubting(proposal: Proposal, doubt: str) -> Proposal:
    """The proposal with one more thing that is not understood."""
    return replace(proposal, not_understood=(*proposal.not_understood, doubt)) if doubt else proposal


def _standing_still(limit: TimeLimit) -> TimeLimit:
    """ "Shall not destroy it for 30 days", "may not sell it within 10 days of it": a time in which it may not
    be done (R35).
    """
    if (
        limit.problem is None
        and limit.kind is LimitKind.DEADLINE
        and re.match(r"within\b", limit.phrase, re.I)
    ):
        return replace(limit, kind=LimitKind.STANDSTILL, standstill=True)
    if limit.problem == "direction_unclear" and _FOR.match(limit.phrase):
        return replace(limit, problem=None, kind=LimitKind.STANDSTILL, standstill=True)
    return limit


def _upper_bound(limit: TimeLimit) -> Limit | None:
    """Of "the earlier of 15 days after it and the start of winter" the length, which bounds it from above."""
    earlier = re.match(
        r"(?:\w+\s+){0,3}?(?:the\s+)?(?:earlier|sooner|earliest|first)\s+of\b", limit.phrase, re.I
    )
    return replace(limit, problem=None).limit if earlier and limit.problem == "joined_unclear" else None


def _starts(whole: Passage, limit: TimeLimit, timed: Timed) -> said.Words | None:
    """What a further limit runs from, where the words beside it say so."""
    span = runs_from(whole.text, [limit], len(whole.text), (0, 0))
    return whole.words(*span) if span and span != timed.trigger else None


def _read(limit: TimeLimit, timed: Timed) -> Limit | None:
    """What a limit says. Two of "the earlier of" with a start each are read one by one."""
    if limit.problem == "joined_unclear" and timed.joined in ("earlier", "later") and len(timed.limits) == 2:
        return replace(limit, problem=None).limit
    shortest = limit.qualifier in (AT_LEAST, MORE_THAN) and not _AWAITED.search(limit.phrase)
    unclear = shortest or re.match(r"after\b", limit.phrase, re.I)
    return None if limit.kind is LimitKind.DEADLINE and not limit.before and unclear else limit.limit


_AWAITED = re.compile(r"\b(?:after|from|following)\b", re.I)


def _kind(limit: TimeLimit, of_right: bool = False) -> str:
    """What it limits. "For six months after it" lasts so long, whatever is kept; a right is had so long."""
    lasts = re.match(r"for\s", limit.phrase, re.I) and not limit.before
    if lasts and limit.kind in (LimitKind.DEADLINE, LimitKind.RETENTION):
        return str(LimitKind.DEADLINE if of_right else LimitKind.RETENTION)
    return str(limit.kind)


def _doubt(limit: TimeLimit) -> str:
    """What is in doubt, in words; "" of a fixed date, which is no length."""
    if _upper_bound(limit):
        return f"“{limit.phrase}”: whichever is the earlier of this and something that is no length."
    if limit.problem:
        return f"“{limit.phrase}”: {PROBLEMS[limit.problem]}."
    return "" if limit.unit is None else f"“{limit.phrase}” is not read as a limit."


_REQUEST = re.compile(r"\b(?:requests?|requested|demands?|asked|asks|requires?|required)\b", re.I)
_ONCE = re.compile(
    r"\b(?:start|commencement|effective|expiry|end|termination|award|signature|go-live"
    r"|completion)\b(?:\s+date)?",
    re.I,
)


def _shape(proposal: Proposal, trigger: str) -> str:
    if proposal.kind in (said.GATE, said.RIGHT):
        return proposal.kind
    if proposal.kind == said.PROHIBITION:
        return "continuous"
    if proposal.limit_kind == LimitKind.INTERVAL:
        return "recurring"
    if not trigger:
        return "event" if proposal.limit else "continuous"
    if _REQUEST.search(trigger):
        return "on_request"
    return "one_off" if _ONCE.search(trigger) and re.search(r"\bDate\b", trigger) else "event"


def _certainty(proposal: Proposal, decided: Decided) -> str:
    """Sure where a party is named as the subject of one plain word of duty and nothing is left open."""
    if proposal.not_understood:
        return said.UNSURE
    if decided.who.guessed or decided.who.sort is not Sort.PARTY:
        return said.LIKELY
    return said.SURE
