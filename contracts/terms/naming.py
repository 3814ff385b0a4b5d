"""Names of things in contract English: words, plurals, and whether two names are likely one thing.

A contract rarely keeps to one name: "Risk Register", "the Information Risk Register" and "the Risk Registers"
are one book. Two names are *the same* where their words are, plurals aside, and *likely the same* where they
end in the same head word and one is the other with words left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Stems = tuple[str, ...]

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_FORMS = ("ation", "ing", "s", "es")
"""Endings that leave the thing the same: a document and documentation, a test and testing."""

_FUNCTION = """
    a all an and any as at be both but by each either every for from has have if in into is it its may must
    no nor not of on or other shall should so such than that the their them then there these they this those
    to under until upon was were when where whether which while who whose will with without would
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())
"""Words that join others and name nothing."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text and its place. ``joined``: nothing but a blank parts it from the next word."""

    text: str
    start: int
    end: int
    joined: bool

    @property
    def stem(self) -> str:
        """The word without capitals and plural."""
        return stem(self.text)

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as a text prints them, and their stems."""

    words: str
    stems: Stems
    start: int
    end: int


def stem(word: str) -> str:
    """A word in lower case and singular: Tests is test, policies is policy, process stays process."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ss|sh|ch|x)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not re.search(r"(?:ss|us|is)$", word) else word


def stems(name: str) -> Stems:
    """The stems of a name's words, leading "the", "a" and "this" left out."""
    found = [word.stem for word in words(name)]
    while found and found[0] in FUNCTION_WORDS:
        found.pop(0)
    return tuple(found)


def words(text: str) -> list[Word]:
    """The words of a text with their places. A possessive is no part of its word and parts it from the
    next.
    """
    found = list(_WORD.finditer(text))
    return [
        Word(match[0], match.start(), match.end(), _only_blanks(text, match, found[place + 1 : place + 2]))
        for place, match in enumerate(found)
        if not (match[0] == "s" and text[match.start() - 1 : match.start()] in ("'", "’"))
    ]


def _only_blanks(text: str, match: re.Match[str], after: list[re.Match[str]]) -> bool:
    between = text[match.end() : after[0].start()] if after else "."
    return bool(between) and between.isspace() and "\n" not in between


def capital_runs(text: str) -> Iterator[Phrase]:
    """Every run of words with capital letters, function words at its ends left out: "Security Plan" of
    "The Security Plan shall"."""
    run: list[Word] = []
    for word in words(text):
        if word.capital:
            run.append(word)
        if run and (not word.capital or not word.joined):
            if phrase := _phrase(text, run):
                yield phrase
            run = []


def _phrase(text: str, run: Sequence[Word]) -> Phrase | None:
    kept = list(run)
    while kept and kept[0].text.lower() in FUNCTION_WORDS:
        kept.pop(0)
    while kept and kept[-1].text.lower() in FUNCTION_WORDS:
        kept.pop()
    if not kept:
        return None
    start, end = kept[0].start, kept[-1].end
    return Phrase(text[start:end], tuple(word.stem for word in kept), start, end)


def occurrences(text: str, name: Stems) -> Iterator[Phrase]:
    """Where a text has a name's words one after another, in capitals or not, in the plural or not."""
    found = words(text)
    for place in range(len(found) - len(name) + 1):
        run = found[place : place + len(name)]
        if tuple(word.stem for word in run) == name and all(word.joined for word in run[:-1]):
            yield Phrase(text[run[0].start : run[-1].end], name, run[0].start, run[-1].end)


def head_alike(one: str, other: str) -> bool:
    """Whether two head words name one thing: equal, or forms of one word (document, documentation)."""
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 4 and any(long == short + form for form in _FORMS))


def same(one: Stems, other: Stems) -> bool:
    """Whether two names are the same words."""
    return one == other


def likely_same(one: Stems, other: Stems) -> bool:
    """Whether two names are likely one thing: head words alike, and one is the other with words left out.

    A single word is too little to go by.
    """
    short, long = sorted((one, other), key=len)
    if len(short) < 2 or not head_alike(short[-1], long[-1]):
        return False
    rest = iter(long[:-1])
    return all(word in rest for word in short[:-1])
