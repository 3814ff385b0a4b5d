"""What a paragraph brings into being: terms it defines, plans it has made, processes it governs.

Read from the words alone. Broken quotation marks are read as they stand: ``(the Risk Register")`` defines
Risk Register though its opening mark is missing (R18).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from contracts.terms.naming import FUNCTION_WORDS, Stems, Word, capital_runs, stems, words


class Passage(Protocol):
    """A paragraph with its words: of a document, or of an outline with the summary for text."""

    @property
    def path(self) -> str: ...

    @property
    def heading(self) -> str | None: ...

    @property
    def text(self) -> str: ...


class How(StrEnum):
    """How a paragraph brings a thing into being, the surest first."""

    DEFINED = "defined"
    GOVERNED = "governed"
    MADE = "made"
    HEADED = "headed"


@dataclass(frozen=True, slots=True)
class Creation:
    """A thing that ``path`` brings into being, by which words, and how."""

    path: str
    name: str
    stems: Stems
    how: How
    words: str


_QUOTES = '"“”„'
_IN_BRACKETS = re.compile(r"\(([^()\n]{2,90})\)")
_LEAD_IN = re.compile(
    r"^(?:(?:the|each|an?|any|every|all|together|collectively|hereinafter)\b[\s,:]*)*", re.I
)
_NAME = re.compile(r"^[A-Z][\w/'’-]*(?:\s+[\w/'’-]+){0,6}$")
_ENTRY = re.compile(r"(?m)^\s*[\"“„]([A-Z][^\"“”„\n]{1,70}?)\s*[\"“”]\s*(?=$|\n|means\b|has\b|is\b|are\b|:)")
_MEANS = re.compile(r"[\"“„]([A-Z][^\"“”„\n]{1,70}?)\s*[\"“”]\s+(?:means|shall mean|has the meaning)")
_MAKING = (
    r"(?:prepar|develop|includ|produc|procur|defin|issu|establish|undertak|commission|writ|draw|draft|creat|submit"
    r"|deliver|send|set|conduct)(?:e|es|s|ing|ts|ed)?(?:\s+(?:up|out|and\s+maintain|and\s+deliver|and\s+submit))?"
)
_MADE = re.compile(
    rf"\b{_MAKING}\b[^.;:()]{{0,60}}?\b(?:an?|each)\s+(?P<thing>[^.;,:()]{{3,90}})", re.I | re.S
)
_MADE_THE = re.compile(
    r"\b(?:prepar|develop|produc|establish|writ|draft|creat)(?:e|es|s|ing)?\s+the\s+(?P<thing>[A-Z][\w-]*(?:\s+[A-Z][\w-]*)+)"
)
_LISTED = re.compile(r"^\s*(?:an?|each)\s+(?P<thing>[^.;,:()]{3,90})", re.I)
_THINGS = """
    agreement approval catalogue certificate documentation file framework inventory list log plan policy
    procedure process programme protocol record register report schedule scheme statement strategy test
"""
_MADE_THINGS = frozenset(_THINGS.split())
"""Head words of things that people make, so that a name in small letters is one: "a remedial plan"."""
_NEW = frozenset(("initial", "draft", "first", "new", "agreed", "current", "fully", "complete", "updated"))
_GOVERNED = re.compile(
    r"(?P<before>[^.;:]{3,120}?)\s+(?:in accordance with|pursuant to|under)\s+this\s+[Pp]aragraph\b"
)
_DONE = frozenset(("carried", "out", "made", "performed", "undertaken", "conducted", "given", "issued"))
_NOT_USED = re.compile(r"\s*[-–—:(]*\s*NOT USED\)?\s*$", re.I)
_HEADING_END = re.compile(r"\s+(?:of|for|by|and|to|in|on)\s|\s*[-–—:(]")


def creations(passage: Passage) -> list[Creation]:
    """Everything the paragraph brings into being, each name once, the surest way first."""
    found: dict[Stems, Creation] = {}
    for how, read in (
        (How.DEFINED, _defined),
        (How.GOVERNED, _governed),
        (How.MADE, _made),
        (How.HEADED, _headed),
    ):
        for name, excerpt in read(passage):
            key = stems(name)
            if key and key not in found:
                found[key] = Creation(passage.path, name, key, how, " ".join(excerpt.split()))
    return list(found.values())


def _defined(passage: Passage) -> Iterator[tuple[str, str]]:
    """Names in quotation marks: in brackets after the thing, at the start of an entry, or before "means"."""
    scope, _, number = passage.path.partition("/")
    if scope.lower().startswith("definition") and not number[:1].isdigit() and "(" not in number:
        yield number, f"{number}: {passage.text[:80]}"
    for match in _IN_BRACKETS.finditer(passage.text):
        inside = match[1]
        if any(mark in inside for mark in _QUOTES):
            name = _LEAD_IN.sub("", inside.strip(f" {_QUOTES}")).strip(f" {_QUOTES}")
            if _NAME.match(name):
                yield name, match[0]
    for pattern in (_ENTRY, _MEANS):
        for match in pattern.finditer(passage.text):
            yield match[1], match[0]


def _governed(passage: Passage) -> Iterator[tuple[str, str]]:
    """What is done "in accordance with this Paragraph": the name that stands right before those words."""
    for match in _GOVERNED.finditer(passage.text):
        last = None
        for phrase in capital_runs(match["before"]):
            last = phrase
        between = match["before"][last.end :].split() if last else []
        if last and len(last.stems) > 1 and set(between) <= _DONE:
            yield last.words, match[0][last.start :]


def _made(passage: Passage) -> Iterator[tuple[str, str]]:
    """What somebody is to make: "shall develop a Risk Register", "an initial Risk Register which"."""
    matches = [*_MADE.finditer(passage.text), *_MADE_THE.finditer(passage.text)]
    if listed := _LISTED.match(passage.text):
        matches.append(listed)
    for match in matches:
        if name := _thing(match["thing"]):
            yield (
                name,
                passage.text[match.start() : match.start("thing") + match["thing"].find(name) + len(name)],
            )


def _thing(text: str) -> str:
    """The name at the beginning of a text: words in capitals, or words that end in something people make."""
    found = words(text)
    while found and (found[0].text.lower() in _NEW or found[0].text.lower() in ("and", "up", "to", "date")):
        found.pop(0)
    run = _one_name(found[:6])
    if len(run) < 2 or (not run[0].capital and run[-1].stem not in _MADE_THINGS):
        return ""
    return text[run[0].start : run[-1].end]


def _one_name(found: Iterable[Word]) -> list[Word]:
    """The words up to the end of a name: before a word like "of" or one of the other kind of letter, with
    what people make.
    """
    run: list[Word] = []
    for word in found:
        if word.text.lower() in FUNCTION_WORDS or (run and word.capital != run[0].capital):
            break
        run.append(word)
        if (not word.capital and word.stem in _MADE_THINGS) or not word.joined:
            break
    return run


def _headed(passage: Passage) -> Iterator[tuple[str, str]]:
    """What the heading says the paragraph is about: its first name in capitals, of two words or more."""
    heading = _NOT_USED.sub("", passage.heading or "").strip()
    first = _HEADING_END.split(heading)[0]
    if first == first.upper():
        return
    name = next(capital_runs(first), None)
    if name and len(name.stems) > 1 and name.start == 0:
        yield name.words, heading
