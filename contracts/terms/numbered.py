"""Paragraphs and parts that a text names by their numbers: "Paragraph 7.2.2", "Paragraphs 8 and 9.2", "Annex
1".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.terms.defined import Passage

_NUMBER = r"\d{1,3}[A-Z]?(?:\.\s?\d{1,3}[A-Z]?)*(?:\([a-z]{1,4}\))*"
_PARAGRAPHS = re.compile(
    rf"\b[Pp]aragraphs?\s+(?P<list>{_NUMBER}(?:(?:\s*,\s*|\s+and\s+|\s+or\s+|\s+to\s+){_NUMBER})*)"
)
_ELSEWHERE = re.compile(
    r"\s+of\s+(?!this\b)(?:the\s+)?(?:[A-Z][\w-]*\s+)*(?:Schedule|Agreement|Contract|Act)\b"
)
_OF_PART = re.compile(r"\s+of\s+(?:this\s+|the\s+)?(?P<part>(?:Part|Annex|Appendix)\s+[A-Z0-9]+)\b")
_BARE = re.compile(
    r"\b(?:under|with|to|in|by|of|from|see)\s+(?P<list>\d{1,2}(?:\.\d{1,2})+(?:\([a-z]{1,4}\))?)(?![\d%])"
)
_PART = re.compile(r"\b(?:Part|Annex|Appendix)\s+[A-Z0-9]{1,3}\b")


@dataclass(frozen=True, slots=True)
class Reference:
    """One paragraph named in another by its number. ``plain``: with the word paragraph before it."""

    path: str
    target: str
    words: str
    start: int
    plain: bool = True


def references(passage: Passage, known: Sequence[str]) -> list[Reference]:
    """The paragraphs and parts that the passage names by number, as paths that the document has.

    A number is looked for in the passage's own scope first, then in the others in document order (R29).
    """
    found = [*_numbered(passage, known), *_bare(passage, known), *_parts(passage, known)]
    return sorted(
        {reference.start: reference for reference in reversed(found)}.values(), key=lambda r: r.start
    )


def _numbered(passage: Passage, known: Sequence[str]) -> Iterator[Reference]:
    for match in _PARAGRAPHS.finditer(passage.text):
        after = passage.text[match.end() :]
        part = _OF_PART.match(after)
        if part is None and _ELSEWHERE.match(after):
            continue
        for number in re.finditer(_NUMBER, match["list"]):
            target = _resolve(
                passage.path, re.sub(r"\s", "", number[0]), known, part["part"] if part else None
            )
            if target:
                whole = match["list"] == number[0]
                printed = match[0] if whole else f"{match[0].split()[0]} … {number[0]}"
                start = match.start() if whole else match.start("list") + number.start()
                yield Reference(passage.path, target, printed, start)


def _bare(passage: Passage, known: Sequence[str]) -> Iterator[Reference]:
    for match in _BARE.finditer(passage.text):
        if target := _resolve(passage.path, match["list"], known, None):
            yield Reference(passage.path, target, match[0], match.start(), plain=False)


def _parts(passage: Passage, known: Sequence[str]) -> Iterator[Reference]:
    scopes = {path.partition("/")[0] for path in known} - {passage.path.partition("/")[0]}
    for match in _PART.finditer(passage.text):
        if match[0] in scopes:
            yield Reference(passage.path, match[0], match[0], match.start())


def _resolve(path: str, number: str, known: Sequence[str], part: str | None) -> str | None:
    own = path.partition("/")[0]
    scopes = [part] if part else [own, *dict.fromkeys(one.partition("/")[0] for one in known if "/" in one)]
    if part is None:  # the body before the annexes and the form, whatever stands first in the document
        scopes.sort(key=lambda scope: (scope != own, scope != "main", not scope.startswith("Part")))
    there = set(known)
    return next((f"{scope}/{number}" for scope in scopes if f"{scope}/{number}" in there), None)
