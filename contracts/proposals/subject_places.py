"""Where the subject of a word of duty stands: back from it to where its first words begin."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from contracts.proposals.grammar import (
    ADVERBIAL,
    ADVERBS,
    CONDITIONS,
    COORDINATORS,
    DETERMINERS,
    PREPOSITIONS,
    RELATIVES,
    STOPS,
)

_TOKEN = re.compile(r"[A-Za-z0-9][\w'’./&-]*|[,;:()–—]")
_DASHES = (",", "–", "—")
Tokens = list[re.Match[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A subject: ``start`` and ``end``, equal where it has none of its own; ``context`` the token before it,
    in small letters and "" where there is none, which stands at ``opens``.
    """

    start: int
    end: int
    context: str
    opens: int

    @property
    def empty(self) -> bool:
        """Whether the word of duty has no subject of its own."""
        return self.start == self.end


def place_of(plain: str, floor: int, upto: int) -> Place:
    """The subject before a word of duty at ``upto``; nothing before ``floor`` belongs to it."""
    tokens = list(_TOKEN.finditer(plain, floor, upto))
    if floor and _ends_a_list(tokens):
        return Place(tokens[-1].end(), tokens[-1].end(), ",", tokens[-1].start())
    tokens = _without_aside(tokens)
    end = tokens[-1].end() if tokens else floor
    first = _first(tokens, floor)
    start = tokens[first].start() if first < len(tokens) else end
    context = tokens[first - 1][0].lower() if first else ""
    if context in COORDINATORS and first < len(tokens) and tokens[first][0].lower() in ADVERBIAL:
        start = end  # "and within 5 days shall": the subject is the one before
    return Place(start, end, context, tokens[first - 1].start() if first else floor)


def _ends_a_list(tokens: Tokens) -> bool:
    """ "Shall keep it, shall clean it": the comma right before the word of duty parts acts."""
    return bool(tokens) and tokens[-1][0] == "," and not any(one[0] == "," for one in tokens[:-1])


def _first(tokens: Tokens, floor: int) -> int:
    """The number of the first token of the subject at the end of the tokens."""
    place = len(tokens)
    while place:
        word = tokens[place - 1][0].lower()
        points = _points(tokens, place - 1)
        if word in STOPS or word in CONDITIONS or (word in RELATIVES and not points):
            break
        if word in COORDINATORS and _new_clause(tokens, place - 1, floor):
            break
        place -= 1
        if points or (word in DETERMINERS and _begins(tokens, place)):
            break
    return place


def _points(tokens: Tokens, place: int) -> bool:
    """ "That notice", "where a person leaves, that person": "that" points and joins nothing."""
    after_comma = place > 0 and tokens[place - 1][0] == "," and len(tokens) - place < 5
    return tokens[place][0] == "That" or (tokens[place][0] == "that" and after_comma)


def _without_aside(tokens: Tokens) -> Tokens:
    """The tokens without ", acting reasonably," or "also" right before the word of duty."""
    while len(tokens) > 1 and tokens[-1][0].lower() in ADVERBS:
        tokens = tokens[:-1]
    if not tokens or tokens[-1][0] not in _DASHES:
        return tokens
    for place in range(len(tokens) - 2, 0, -1):
        if tokens[place][0] in _DASHES:
            return tokens[:place]
    return tokens[:-1]


def _new_clause(tokens: Tokens, place: int, floor: int) -> bool:
    """Whether "and" begins a clause: what it joins is not two names of one subject."""
    return bool(floor) or (place > 0 and tokens[place - 1][0] == ",") or place == len(tokens) - 1


def _begins(tokens: Tokens, place: int) -> bool:
    """Whether the subject begins at a determiner: no preposition or "and" before it leads further back."""
    if place == 0:
        return True
    before = tokens[place - 1][0].lower()
    leads_back = (
        before in DETERMINERS or before in PREPOSITIONS or before in ("and", "or", "nor", "&", "and/or")
    )
    return not leads_back


def place_after(plain: str, place: int, is_party: Callable[[str], bool]) -> tuple[int, int]:
    """Where a subject that follows its word of duty stands: "shall the Provider sell", "may data be sold"."""
    words = list(re.finditer(r"[\w'’-]+", plain[place : place + 120]))[:9]
    for count, word in enumerate(words):
        if word[0].lower() in ("be", "have"):
            return _run(words[:count], place)
        if is_party(plain[place + words[0].start() : place + word.end()]):
            return _run(words[: count + 1], place)
    return _run(words[:2], place)


def _run(words: Tokens, place: int) -> tuple[int, int]:
    return (place + words[0].start(), place + words[-1].end()) if words else (place, place)


def whole_subject(plain: str, floor: int, start: int) -> int:
    """The beginning of a subject that has a clause of its own in it: "All data that the Provider holds"."""
    cut = max(floor, *(plain.rfind(mark, floor, start) + 1 for mark in ";:"))
    before = plain[cut:start]
    return cut + len(before) - len(before.lstrip(" ,"))
