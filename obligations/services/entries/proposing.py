"""From what Duly proposes for a paragraph to an entry that a person may accept, correct or refuse.

A proposal says nothing of facts: what starts a duty is offered from the kinds that there are, or as a kind of
the contract's own, named by the words of the trigger. What cannot be put into an entry is left to the person,
and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.proposals import proposal as said
from contracts.proposals.proposal import Proposal, Words
from contracts.terms.limit import Limit
from contracts.terms.limits import Kind
from obligations.rules.register.entry import LONGEST
from obligations.rules.register.kinds import FactKind
from obligations.rules.register.rule import CAUSED, Shape
from obligations.rules.register.vocabulary import DONE, Vocabulary

LONGEST_TITLE = 120
MOST_SUGGESTED = 5
FITS = 0.5
"""The part of a trigger's telling words that a kind's label must have in common with it to be suggested."""


@dataclass(frozen=True, slots=True)
class Prefilled:
    """An entry as far as a proposal gives it, in the form of a rulebook, without key and path.

    ``entry``: empty where the paragraph is taken to ask nothing, for ``why``. ``rests_on``: by the entry's
    field the words. ``suggested``: kinds of fact that may start it, the nearest first. ``opens``: of a
    gate, the label of what opens it. ``new_kind``: the
    label of a kind of the contract's own, "" where nothing starts it. ``left``: what the words say and the
    entry does not, in plain words.
    """

    proposal: Proposal
    entry: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    rests_on: Mapping[str, Any] = field(default_factory=dict)
    suggested: tuple[str, ...] = ()
    new_kind: str = ""
    opens: str = ""
    left: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What is kept with the decision."""
        return {"proposal": self.proposal.as_json(), "entry": dict(self.entry), "why": self.why}


def from_proposal(proposal: Proposal, known: Vocabulary) -> Prefilled:
    """The entry that a proposal amounts to. ``known``: the kinds that the contract has and may name
    (``vocabulary_to_decide_with``).
    """
    if proposal.kind == said.NONE:
        return Prefilled(proposal, why=proposal.why, rests_on=_rests_on(proposal))
    shape, clock = by_the_contract(proposal, _shape(proposal))
    limit, left = _limit(proposal, shape)
    left += [f"No fact stands for this condition: “{one.words.text}”." for one in proposal.conditions]
    entry = _said(proposal) | {"shape": shape} | limit | clock
    suggested, new_kind = ((), "") if clock else _starts(proposal, shape, known)
    entry |= {} if clock else _once_per(shape, suggested, known)
    return Prefilled(
        proposal, entry, rests_on=_rests_on(proposal), suggested=suggested, new_kind=new_kind,
        opens=_label(proposal.trigger) if shape == Shape.GATE and proposal.trigger is not None else "",
        left=(*proposal.not_understood, *left),
    )  # fmt: skip


def _said(proposal: Proposal) -> dict[str, Any]:
    """What is to be done, by whom, in which word, with which exceptions; only what the words say."""
    title = _title(proposal)
    found: dict[str, Any] = {
        "title": title,
        "summary": _summary(proposal, title),
        "party": proposal.party or (said.BOTH if proposal.kind == said.DEFINITION else ""),
        "word": proposal.word.text[: LONGEST["word"]] if proposal.word is not None else "",
        "exceptions": _paths(proposal.exceptions),
        "consequence": ", ".join(_paths(proposal.consequences))[: LONGEST["consequence"]],
        "notice": _is_notice(proposal),
    }
    return {name: value for name, value in found.items() if value}


def _shape(proposal: Proposal) -> str:
    """The shape, and for a prohibition the one that it has as a duty: a gate, or something that holds."""
    if proposal.limit is not None and proposal.limit.standstill:
        return str(Shape.GATE)
    if proposal.limit is not None and proposal.limit.cycle is not None:
        return str(Shape.RECURRING)
    if proposal.shape == said.NONE:
        return str(Shape.CONTINUOUS)
    return proposal.shape


def _title(proposal: Proposal) -> str:
    words = proposal.act or proposal.sentence
    text = re.sub(r"\s+", " ", _without_limit(proposal, words) if words else "").strip(" ,;:.")
    if not text and proposal.kind == said.DEFINITION:
        return "What words mean"
    if proposal.act is not None and _forbids(proposal):
        text = f"do not {text}"
    return _shortened(text[:1].upper() + text[1:], LONGEST_TITLE)


def _forbids(proposal: Proposal) -> bool:
    """Whether what is said is what may not be done: a prohibition, or what waits for a gate to open."""
    word = proposal.duty_word.text if proposal.duty_word is not None else ""
    waits = proposal.kind == said.GATE and re.search(r"\b(?:not|cannot|never)\b", word, re.I) is not None
    return proposal.kind == said.PROHIBITION or waits


def _without_limit(proposal: Proposal, words: Words) -> str:
    """What is to be done without by when, which stands beside it."""
    limit = proposal.limit_words
    if limit is None or limit.path != words.path or not words.start < limit.start < words.end:
        return words.text
    before = words.text[: limit.start - words.start]
    return before if len(before.split()) > 1 else words.text


def _summary(proposal: Proposal, title: str) -> str:
    text = proposal.sentence.text if proposal.sentence is not None else title
    return _shortened(re.sub(r"\s+", " ", text).strip(), LONGEST["summary"])


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"


# The contract's own days

_DATE = r"(?:Contract |Call-Off |Service |Services |Agreement |Initial )?"
_START = re.compile(
    rf"\b{_DATE}(?:Start|Commencement|Effective) Date\b|\b(?:commencement|start|date) of (?:this|the) "
    r"(?:Contract|Agreement|Term|Order|Call-Off Contract)\b",
    re.I,
)
_END = re.compile(
    rf"\b{_DATE}(?:End|Expiry|Termination) Date\b|\b(?:expiry|expiration|termination|end)(?: or (?:earlier )?"
    r"(?:expiry|termination))? of (?:this|the) (?:Contract|Agreement|Term|Order|Call-Off Contract)\b"
    r"|\b(?:this|the) (?:Contract|Agreement|Term) (?:ends|expires|terminates|comes to an end)\b",
    re.I,
)
START, END, LAST_DAY = "start_date_reached", "service_ended", "end"


def by_the_contract(proposal: Proposal, shape: str) -> tuple[str, dict[str, Any]]:
    """The shape, and what starts it where that is a day of the contract's own, its start or its end (R44).

    What is owed once and runs from some other day is owed each time that day comes about.
    """
    words = proposal.trigger.text if proposal.trigger is not None else ""
    if shape not in (Shape.ONE_OFF, Shape.EVENT) or not words:
        return shape, {"on": [START]} if shape == Shape.ONE_OFF else {}
    if _END.search(words):
        if proposal.limit is not None and proposal.limit.before:
            return str(Shape.ONE_OFF), {"event_day": LAST_DAY}
        return str(Shape.EVENT), {"on": [END]}
    if _START.search(words):
        return str(Shape.ONE_OFF), {"on": [START]}
    return str(Shape.EVENT), {}


# The limit


def _limit(proposal: Proposal, shape: str) -> tuple[dict[str, Any], list[str]]:
    """The keys of the limit, and what of it they do not say."""
    limit = proposal.limit
    if limit is None:
        return {}, []
    if limit.window:
        return {}, ["The limit is a period with a first and a last day: choose what is due by when."]
    if proposal.limit_kind == Kind.EXTENSION:
        return {}, ["The limit is more time that may be given: it is no limit of its own."]
    if limit.cycle is not None:
        return {"every": "cycle", "cycle": limit.cycle.as_json(), **_hour(limit)}, []
    found: dict[str, Any] = {"amount": limit.lengths[0].amount, "unit": str(limit.lengths[0].unit)}
    if len(limit.lengths) > 1:
        found["others"] = [one.as_json() for one in limit.lengths[1:]]
        found["joined"] = str(limit.joined)
    found |= {name: True for name in ("before", "inclusive", "standstill") if getattr(limit, name)}
    found |= _hour(limit)
    left = _qualified(limit, proposal, found)
    if shape == Shape.RECURRING:
        found["every"] = "completion"
    return found, left


def _qualified(limit: Limit, proposal: Proposal, found: dict[str, Any]) -> list[str]:
    """Adds how the length is meant; says where an entry cannot say it."""
    if proposal.limit_kind == Kind.RETENTION or (limit.qualifier == "at_least" and not limit.standstill):
        found["qualifier"] = "at_least"
    elif limit.qualifier == "more_than" and limit.before:
        found["qualifier"] = "more_than"
    elif limit.qualifier == "more_than":
        return ["The words say “more than”: an entry says “at least”; choose what is meant."]
    return []


def _hour(limit: Limit) -> dict[str, Any]:
    return {"hour": limit.hour.as_json()} if limit.hour is not None else {}


# What starts it


def _starts(proposal: Proposal, shape: str, known: Vocabulary) -> tuple[tuple[str, ...], str]:
    """The kinds that may start it, the nearest first, and the label of a new one."""
    if shape not in CAUSED and proposal.trigger is None:
        return (), ""
    if shape == Shape.GATE:
        return (), _what_waits(proposal)
    words = proposal.trigger or proposal.limit_words or proposal.act or proposal.sentence
    if words is None:
        return (), ""
    wanted = _telling(words.text)
    fits = [(score, kind.name) for kind in known.listed if (score := _score(wanted, kind)) >= FITS]
    names = [name for _, name in sorted(fits, key=lambda one: -one[0])][:MOST_SUGGESTED]
    return tuple(names), "" if proposal.trigger is None else _label(proposal.trigger)


def _what_waits(proposal: Proposal) -> str:
    """The label of what may not begin before its gate is open: somebody proposes to do it."""
    act = re.sub(r"\s+", " ", proposal.act.text).strip(" ,;:.") if proposal.act is not None else ""
    waits = re.split(r"\b(?:until|unless|before|without)\b", act, maxsplit=1)[0].strip(" ,;:.")
    return _shortened(f"It is proposed to {waits}", 120) if waits else ""


def _score(wanted: set[str], kind: FactKind) -> float:
    """How much of the telling words of a trigger a kind's label has, and the label of what it is about."""
    if kind.name == DONE or not wanted:
        return 0.0
    return len(wanted & _telling(f"{kind.label} {kind.subject}")) / len(wanted)


_SMALL = {
    *("a", "an", "and", "any", "as", "at", "be", "been", "being", "by", "each", "every", "for", "from", "if"),
    *(
        "in",
        "is",
        "it",
        "its",
        "has",
        "have",
        "had",
        "of",
        "on",
        "or",
        "such",
        "that",
        "the",
        "their",
        "this",
    ),
    *("to", "was", "were", "when", "where", "which", "with", "within", "after", "before", "following"),
    *("day", "days", "hours", "weeks", "months", "years", "working", "date", "time", "occurrence", "event"),
    *("receipt", "become", "becoming", "becomes", "became"),
}
_ENDINGS = re.compile(r"(?:ations?|ings?|ed|es|s|al|ion)$")


def _telling(text: str) -> set[str]:
    """The words of a text that tell one event from another, without their endings."""
    words = set(re.findall(r"[a-z]{2,}", text.lower())) - _SMALL
    return {_ENDINGS.sub("", word) if len(word) > 5 else word.rstrip("s") for word in words}


_LEAD = re.compile(
    r"^(?:(?:the\s+)?(?:date|day|time|occurrence|event)\s+(?:of|on\s+which|when)\s+|of\s+|on\s+|after\s+|following\s+"
    r"|from\s+|if\s+|where\s+|when(?:ever)?\s+|upon\s+|each\s+|any\s+|an?\s+|the\s+)+",
    re.I,
)


def _label(trigger: Words) -> str:
    """A label for a kind of the contract's own, from the words of the trigger."""
    text = re.sub(r"\s+", " ", trigger.text).strip(" ,;:.")
    bare = _LEAD.sub("", text) or text
    return _shortened(bare[:1].upper() + bare[1:], 120)


def _once_per(shape: str, suggested: Iterable[str], known: Vocabulary) -> dict[str, Any]:
    """What has no name of its own is told apart by when it happened."""
    if shape not in (Shape.EVENT, Shape.ON_REQUEST):
        return {}
    first = next(iter(suggested), None)
    return {} if first is not None and known.kind(first).subject else {"once_per": "fact"}


# The words


def _is_notice(proposal: Proposal) -> bool:
    """Whether what is owed is a notice, so that the contract's cut-off hour counts (R14)."""
    if proposal.kind != said.DUTY or proposal.act is None:
        return False
    return _NOTICE.match(proposal.act.text) is not None


_NOTICE = re.compile(
    r"(?:(?:promptly|immediately) )?(?:give|serve|issue|send)?\s*(?:\w+\s+){0,2}noti(?:fy|ce)\b", re.I
)


def _paths(references: Iterable[said.Reference]) -> list[str]:
    return list(dict.fromkeys(path for one in references for path in one.paths))


_RESTS_ON = {
    "party": "party_words",
    "shape": "duty_word",
    "title": "act",
    "summary": "sentence",
    "on": "trigger",
    "amount": "limit_words",
    "word": "word",
}


def _rests_on(proposal: Proposal) -> dict[str, Any]:
    """By the entry's field the words that it rests on."""
    found: dict[str, Any] = {}
    for name, words in _RESTS_ON.items():
        if (one := getattr(proposal, words)) is not None:
            found[name] = [one.as_json()]
    for name in ("exceptions", "conditions"):
        if references := getattr(proposal, name):
            found[name] = [one.words.as_json() for one in references]
    if proposal.consequences:
        found["consequence"] = [one.words.as_json() for one in proposal.consequences]
    return found
