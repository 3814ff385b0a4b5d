"""An entry in plain words, and the words of a paragraph with those marked that an entry rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.models import Contract
from contracts.terms.limit import Limit, LimitFormError, read_limit
from contracts.terms.limit_words import in_words
from obligations.rules.register.vocabulary import Vocabulary

MARKS = {
    "amount": "The time limit",
    "on": "What starts it",
    "word": "The contract’s own word",
    "shape": "The duty word",
    "party": "Who owes it",
    "exceptions": "An exception",
    "conditions": "A condition",
    "consequence": "What a miss leads to",
}
"""What is marked, by the field of an entry, the most telling first: where two overlap the first is shown."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph's words; ``mark`` is a field of ``MARKS``, "" for plain words."""

    text: str
    mark: str = ""
    says: str = ""


@dataclass(frozen=True)
class Row:
    """One line of an entry: what is asked, and the answer."""

    label: str
    text: str


@dataclass(frozen=True)
class Card:
    """One entry, proposed or decided. ``notes``: what the words say and the entry does not."""

    title: str
    rows: list[Row]
    certainty: str = ""
    notes: Sequence[str] = ()


def pieces(path: str, text: str, rests_on: Iterable[Mapping[str, Any]]) -> list[Piece]:
    """The words of a paragraph, cut where something rests on them; not those that stand elsewhere."""
    spans: list[tuple[int, int, str]] = []
    marked = [(name, one) for name in MARKS for rests in rests_on for one in rests.get(name, ())]
    for name, one in marked:
        start, end = one["start"], one["end"]
        if _stands_in(path, text, one) and not any(start < b and a < end for a, b, _ in spans):
            spans.append((start, end, name))
    found, at = [], 0
    for start, end, name in sorted(spans):
        found += [Piece(text[at:start])] if start > at else []
        found.append(Piece(text[start:end], name, MARKS[name]))
        at = end
    return [*found, Piece(text[at:])] if at < len(text) else found


def _stands_in(path: str, text: str, words: Mapping[str, Any]) -> bool:
    """Whether words are a stretch of just this text."""
    if words["path"] != path or words.get("heading"):
        return False
    return bool(words["text"]) and text[words["start"] : words["end"]] == words["text"]


def card(
    contract: Contract,
    entry: Mapping[str, Any],
    known: Vocabulary,
    *,
    trigger: str = "",
    certainty: str = "",
    notes: Sequence[str] = (),
) -> Card:
    """An entry in words. ``trigger``: what is said to start it, where no kind of fact was chosen yet."""
    party = entry.get("party", "")
    rows = [
        Row("Who", contract.word_for(party) if party else "Not clear from the words"),
        Row("When", _when(entry, known, trigger)),
    ]
    if limit := limit_words(entry):
        rows.append(Row("Time limit", limit))
    for name, label in (("word", "In the contract’s word"), ("consequence", "What a miss leads to")):
        if entry.get(name):
            rows.append(Row(label, str(entry[name])))
    if entry.get("exceptions"):
        rows.append(Row("Except as in", ", ".join(path.partition("/")[2] for path in entry["exceptions"])))
    if entry.get("met_by"):
        rows.append(Row("Shown by", ", ".join(_label(kind, known) for kind in entry["met_by"])))
    if entry.get("approver"):
        rows.append(Row("Needs a decision of", contract.word_for(entry["approver"])))
    if entry.get("notice"):
        rows.append(Row("It is", "a notice to the other party"))
    return Card(str(entry.get("title", "")), rows, certainty, tuple(notes))


def limit_of_entry(entry: Mapping[str, Any]) -> Limit | None:
    """The limit that an entry says; None without one."""
    form: dict[str, Any] = {
        name: entry[name]
        for name in ("joined", "qualifier", "before", "inclusive", "standstill", "hour", "cycle")
        if entry.get(name)
    }
    if entry.get("amount"):
        form["lengths"] = [{"amount": entry["amount"], "unit": entry["unit"]}, *entry.get("others", ())]
    try:
        return read_limit(form) if "lengths" in form or "cycle" in form else None
    except LimitFormError:
        return None


def limit_words(entry: Mapping[str, Any]) -> str:
    """The limit of an entry, with how it is counted: "within 10 Working Days of it"."""
    limit = limit_of_entry(entry)
    if limit is None:
        return ""
    said = in_words(limit)
    if limit.cycle is not None or limit.standstill or limit.window:
        return said
    if limit.before:
        return f"{said} it"
    if entry.get("shape") == "recurring":
        return f"every {said}"
    return f"at least {said}" if limit.qualifier == "at_least" else f"within {said}"


def _when(entry: Mapping[str, Any], known: Vocabulary, trigger: str) -> str:
    shape = entry.get("shape")
    on = entry.get("on", ())
    starts = " or ".join(_label(kind, known) for kind in on) if on else trigger
    if shape == "one_off":
        back = "Once, counted back from the contract’s last day"
        return back if entry.get("before") else "Once, from the start"
    if shape in ("event", "on_request"):
        return f"Each time: {starts}" if starts else "Each time something happens: not clear what"
    if shape == "gate":
        return f"Before this: {starts}" if starts else "Before something else may happen: not clear what"
    if shape == "recurring":
        anchor = entry.get("anchor")
        return f"Again and again, first after: {_label(anchor, known)}" if anchor else "Again and again"
    return {
        "continuous": "At all times",
        "right": "Nobody owes it: it may be done",
        "definition": "Nobody owes it: it says what words mean",
    }.get(str(shape), "Not clear from the words")


def _label(kind: str, known: Vocabulary) -> str:
    return known.kinds[kind].label if kind in known else kind
