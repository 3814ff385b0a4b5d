"""How alike words are: a paragraph and what is said about it, or two editions of one paragraph.

Compared are stems of words that carry meaning, the rarer in a schedule the heavier. Nothing here knows what
the words mean: it tells a paragraph on oars from one on audits, and shows which words of two editions differ.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

_WORD = re.compile(r"[A-Za-z]{3,}")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_COMMON = _words(
    "the and for with are been its that this which any all such not shall will may must where what who whom",
    "whose when there their they from into under each other more than has have had does how says say these",
    "those one two per out",
)
_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "es",
    "ed",
    "s",
    "ly",
    "er",
    "al",
)
_SHORTEST_STEM = 4

TELLING = _words(
    "not no never nor neither without unless except save only shall must may will should can cannot",
    "before after until prior following earlier later least most more less than either both minimum maximum",
    "minute minutes hour hours day days working business week weeks month months quarter quarters year years",
    "annually monthly weekly daily quarterly immediately promptly once twice",
    "one two three four five six seven eight nine ten eleven twelve fourteen fifteen twenty thirty forty",
    "fifty sixty ninety hundred",
)
"""Words that turn what a sentence asks, when, or by whom; figures do so too."""


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that carry meaning."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(_stem(word) for word in words if word not in _COMMON)


class Likeness:
    """Holds words against what is said of each paragraph of one schedule."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = {path: stems(text) for path, text in said.items()}
        self._in = Counter(stem for each in self._said.values() for stem in each)
        self._paths: dict[str, list[str]] = {}
        for path, each in self._said.items():
            for stem in each:
                self._paths.setdefault(stem, []).append(path)
        self._length = {path: self._weight(each) for path, each in self._said.items()}

    def of(self, path: str, words: str) -> tuple[float, int]:
        """How like the words are to what is said of a paragraph, 0 to 1, and how many paragraphs of the
        schedule they are more like.
        """
        there = stems(words)
        length = self._weight(there)
        shared: dict[str, float] = {}
        for stem in there:
            heavy = self._heavy(stem) ** 2
            for one in self._paths.get(stem, ()):
                shared[one] = shared.get(one, 0.0) + heavy
        likeness = {
            one: weight / math.sqrt(length * self._length[one])
            for one, weight in shared.items()
            if length and self._length[one]
        }
        own = likeness.get(path, 0.0)
        if not own:
            return 0.0, len(self._said)
        return own, sum(other > own for other in likeness.values())

    def _heavy(self, stem: str) -> float:
        return math.log((len(self._said) + 1) / (max(self._in[stem], 1) + 0.5))

    def _weight(self, each: frozenset[str]) -> float:
        return sum(self._heavy(stem) ** 2 for stem in each)


def tokens(text: str) -> list[str]:
    """The words and figures of a text in small letters, without marks."""
    return [token.lower().replace("’", "'") for token in _TOKEN.findall(text)]


def likeness_of(before: str, now: str) -> float:
    """How much of two texts is the same words in the same order, 0 to 1."""
    one, other = tokens(before), tokens(now)
    if one == other:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def telling_change(before: str, now: str) -> tuple[str, ...]:
    """The telling words and figures that one of two texts has more of than the other, as they first stand."""
    one, other = Counter(_telling(before)), Counter(_telling(now))
    changed = (one - other) + (other - one)
    return tuple(dict.fromkeys(token for token in (*_telling(before), *_telling(now)) if token in changed))


def _telling(text: str) -> list[str]:
    return [token for token in tokens(text) if token in TELLING or any(one.isdigit() for one in token)]
