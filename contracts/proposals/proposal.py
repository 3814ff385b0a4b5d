"""What one proposal says, and the words it rests on; its JSON form without loss.

A proposal is no duty: nothing of it counts before a person has accepted it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from contracts.proposals.topics import TOPICS
from contracts.terms.limit import Limit, LimitFormError, read_limit
from contracts.terms.limits import Kind as LimitKind

DUTY, PROHIBITION, RIGHT, GATE, DEFINITION, NONE = (
    "duty",
    "prohibition",
    "right",
    "gate",
    "definition",
    "none",
)
KINDS = (DUTY, PROHIBITION, RIGHT, GATE, DEFINITION, NONE)
SUPPLIER, AUTHORITY, BOTH, NOBODY = "supplier", "authority", "both", ""
PARTIES = (SUPPLIER, AUTHORITY, BOTH, NOBODY)
SHAPES = (
    "one_off",
    "event",
    "recurring",
    "continuous",
    "on_request",
    "gate",
    "right",
    "definition",
    "none",
)
"""As in a rulebook (docs/rulebooks.md)."""
SURE, LIKELY, UNSURE = "sure", "likely", "unsure"
CERTAINTIES = (SURE, LIKELY, UNSURE)


class ProposalFormError(ValueError):
    """A stored proposal that cannot be read; the message names the field and what it may be."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words as they stand in the paragraph ``path``: ``text`` is its ``text[start:end]``, or its heading's
    where ``heading`` is true. The paragraph may be another than the proposal's: the one that leads in to it.
    """

    path: str
    start: int
    end: int
    text: str
    heading: bool = False

    def as_json(self) -> dict[str, Any]:
        """``{"path": "main/4", "start": 0, "end": 12, "text": "The Provider"}``; ``heading`` where true."""
        form: dict[str, Any] = {"path": self.path, "start": self.start, "end": self.end, "text": self.text}
        return form | ({"heading": True} if self.heading else {})

    @classmethod
    def from_json(cls, form: object) -> Words:
        """The words back. Raises ProposalFormError."""
        table = _table(form, "words", cls)
        try:
            words = cls(**table)
        except TypeError:
            raise ProposalFormError("words need path, start, end and text") from None
        whole = isinstance(words.start, int) and isinstance(words.end, int)
        if not whole or len(words.text) != words.end - words.start:
            raise ProposalFormError("words: start and end are places that hold just the text")
        return words


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that lean on something else, and the paragraphs of this document that they name, if any."""

    words: Words
    paths: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """``{"words": {...}, "paths": ["main/4.2"]}``."""
        return {"words": self.words.as_json(), "paths": list(self.paths)}

    @classmethod
    def from_json(cls, form: object) -> Reference:
        """The reference back. Raises ProposalFormError."""
        table = _table(form, "a reference", cls)
        return cls(Words.from_json(table.get("words")), _texts(table.get("paths", ()), "paths"))


@dataclass(frozen=True, slots=True)
class Further:
    """Another limit of the same act, with what it runs from: "each quarter, within 5 days of its end"."""

    words: Words
    limit: Limit
    limit_kind: str
    trigger: Words | None = None

    def as_json(self) -> dict[str, Any]:
        """``{"words": {...}, "limit": {...}, "limit_kind": "deadline"}``; ``trigger`` where it has one."""
        form: dict[str, Any] = {
            "words": self.words.as_json(),
            "limit": self.limit.as_json(),
            "limit_kind": self.limit_kind,
        }
        return form | ({"trigger": self.trigger.as_json()} if self.trigger else {})

    @classmethod
    def from_json(cls, form: object) -> Further:
        """It back. Raises ProposalFormError."""
        table = _table(form, "a further limit", cls)
        if table.get("limit_kind") not in _CLOSED["limit_kind"]:
            raise ProposalFormError(f"limit_kind {table.get('limit_kind')!r} of a further limit is unknown")
        trigger = Words.from_json(table["trigger"]) if "trigger" in table else None
        words = Words.from_json(table.get("words"))
        return cls(words, _limit(table.get("limit")), table["limit_kind"], trigger)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one paragraph is taken to ask, by which words.

    ``kind`` is one of ``KINDS``, ``party`` of ``PARTIES`` ("" where nobody is named or it is not known whose
    it is), ``shape`` of ``SHAPES``, ``topic`` a key of ``TOPICS``, ``certainty`` of ``CERTAINTIES``.
    Each field of ``Words`` is what it rests on: ``sentence`` the whole; ``party_words`` who; ``duty_word``
    "shall", "may not"; ``act`` what is to be done; ``to_whom``; ``trigger`` what starts the clock or gives
    rise to it; ``word`` the contract's own word for soon, "promptly" (R9); ``limit_words`` the time limit.
    ``limit`` is what those words say and ``limit_kind`` what they limit (deadline, interval, retention,
    notice, extension, standstill); both empty where a limit stands there and is in doubt, which
    ``not_understood`` then says. ``exceptions``, ``conditions`` and ``consequences`` are words with the
    paragraphs that they name. ``why`` says why it asks nothing (kind ``none``). ``not_understood`` are plain
    sentences for a person.
    """

    path: str
    kind: str
    party: str = NOBODY
    shape: str = "none"
    topic: str = "other"
    certainty: str = UNSURE
    why: str = ""
    sentence: Words | None = None
    party_words: Words | None = None
    duty_word: Words | None = None
    act: Words | None = None
    to_whom: Words | None = None
    trigger: Words | None = None
    word: Words | None = None
    limit_words: Words | None = None
    limit: Limit | None = None
    limit_kind: str = ""
    further: tuple[Further, ...] = ()
    together: str = ""
    exceptions: tuple[Reference, ...] = ()
    conditions: tuple[Reference, ...] = ()
    consequences: tuple[Reference, ...] = ()
    not_understood: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """One JSON value without loss, only with what there is; ``from_json`` reads it back."""
        form: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _ALWAYS or value not in (None, "", ()):
                form[field.name] = _as_json(value)
        return form

    @classmethod
    def from_json(cls, form: object) -> Proposal:
        """The proposal back. Raises ProposalFormError for what ``as_json`` cannot have given."""
        table = dict(_table(form, "a proposal", cls))
        _check(table)
        table |= {name: Words.from_json(table[name]) for name in _WORDS if name in table}
        for name, read in _LISTS.items():
            table[name] = tuple(read(one) for one in _list(table.get(name, ()), name))
        table["not_understood"] = _texts(table.get("not_understood", ()), "not_understood")
        if "limit" in table:
            table["limit"] = _limit(table["limit"])
        return cls(**table)


_ALWAYS = ("path", "kind", "party", "shape", "topic", "certainty")
_WORDS = ("sentence", "party_words", "duty_word", "act", "to_whom", "trigger", "word", "limit_words")
_CLOSED: dict[str, tuple[str, ...]] = {
    "kind": KINDS,
    "party": PARTIES,
    "shape": SHAPES,
    "topic": tuple(TOPICS),
    "certainty": CERTAINTIES,
    "limit_kind": ("", *map(str, LimitKind)),
    "together": ("", "earlier", "later", "each"),
}


_LISTS: dict[str, Callable[[object], Any]] = {
    "exceptions": Reference.from_json,
    "conditions": Reference.from_json,
    "consequences": Reference.from_json,
    "further": Further.from_json,
}


def _check(table: Mapping[str, Any]) -> None:
    """Raises ProposalFormError where a field is missing or is none of its closed list."""
    for name, known in _CLOSED.items():
        if name in table and table[name] not in known:
            allowed = ", ".join(repr(one) for one in known)
            raise ProposalFormError(f"{name} {table[name]!r} is not one of {allowed}")
    if not isinstance(table.get("path"), str) or "kind" not in table:
        raise ProposalFormError("a proposal needs its path and its kind")


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_as_json(one) for one in value]
    return value.as_json() if hasattr(value, "as_json") else value


def _limit(form: object) -> Limit:
    try:
        return read_limit(form)
    except LimitFormError as error:
        raise ProposalFormError(f"limit: {error}") from None


def _table(form: object, name: str, kind: type) -> Mapping[str, Any]:
    if not isinstance(form, Mapping):
        raise ProposalFormError(f"{name} must be a table")
    known = {field.name for field in fields(kind)}
    if unknown := sorted(set(form) - known):
        raise ProposalFormError(f"{name}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    return form


def _list(value: object, name: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ProposalFormError(f"{name} must be a list")
    return value


def _texts(value: object, name: str) -> tuple[str, ...]:
    found = tuple(_list(value, name))
    if not all(isinstance(one, str) for one in found):
        raise ProposalFormError(f"{name} must be a list of texts")
    return found
