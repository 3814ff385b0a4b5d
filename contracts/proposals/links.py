"""What a clause leans on: exceptions, conditions, consequences, and to whom something is done."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from contracts.proposals.parties import Parties

Span = tuple[int, int]

_EXCEPTION = re.compile(
    r"\b(?:save\s+(?:where|that|as|for|to|in|if|when)|except\s+(?:where|that|as|for|to|in|if|when|with)"
    r"|unless|other\s+than|except)\b[^.;]*",
    re.I,
)
_CONDITION = re.compile(
    r"\b(?:subject\s+(?:always\s+)?to|provided\s+(?:always\s+)?that|on\s+condition\s+that|so\s+long\s+as"
    r"|to\s+the\s+extent\s+that|without\s+prejudice\s+to|notwithstanding)\b[^.;,]*",
    re.I,
)
_CONSEQUENCE = re.compile(
    r"\b(?:failing\s+which|in\s+default\s+of\s+which|otherwise|in\s+which\s+case"
    r"|and\s+paragraphs?\s+[\w.()]+\s+shall\s+apply)\b[^.;]*",
    re.I,
)
_NUMBERED = re.compile(
    r"\b(?:paragraphs?|clauses?|sections?)\s+(?P<list>[A-Z]?\d[\w.]*(?:\([a-z]+\))*(?:\s*(?:,|and|or"
    r"|to)\s*[A-Z]?\d[\w.]*(?:\([a-z]+\))*)*)",
    re.I,
)
_TO = re.compile(
    r"\b(?:to|tells?|told|notif(?:y|ies)|inform|advise|give|provide|send|supply|warn|alert|pay|with"
    r"|for\s+approval\s+by)\s+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Links:
    """Places of the words in the text."""

    exceptions: tuple[Span, ...] = ()
    conditions: tuple[Span, ...] = ()
    consequences: tuple[Span, ...] = ()


def links(text: str, start: int, end: int) -> Links:
    """The words in a clause that take something out of it, bind it to something, or say what follows."""

    def spans(pattern: re.Pattern[str]) -> tuple[Span, ...]:
        found = (match.span() for match in pattern.finditer(text, start, end))
        return tuple((first, first + len(text[first:last].rstrip(" ,;."))) for first, last in found)

    return Links(spans(_EXCEPTION), spans(_CONDITION), spans(_CONSEQUENCE))


def named_paths(words: str, path: str, known: Container[str]) -> tuple[str, ...]:
    """The paragraphs of this document that words name by number: those of the same scope first (R29)."""
    scope = path.partition("/")[0]
    found: list[str] = []
    for match in _NUMBERED.finditer(words):
        for number in re.findall(r"[A-Z]?\d[\w.]*(?:\([a-z]+\))*", match["list"]):
            here = f"{scope}/{number.rstrip('.')}"
            elsewhere = f"main/{number.rstrip('.')}"
            target = here if here in known else elsewhere if elsewhere in known else ""
            if target and target not in found:
                found.append(target)
    return tuple(found)


def to_whom(text: str, start: int, end: int, parties: Parties, side: str) -> Span | None:
    """Where the one stands to whom something is given or told: not the one who does it."""
    for match in _TO.finditer(text, start, end):
        for first, last, named in parties.finditer(text[match.end() : min(end, match.end() + 60)]):
            if first == 0 and named != side:
                return match.end(), match.end() + last
    return None
