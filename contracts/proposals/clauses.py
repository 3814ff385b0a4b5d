"""The clauses of a sentence that hold a word of duty: whose it is, and whether it is said or only supposed.

"If the Council shall so require, the Provider shall give the help that it may need" says one thing: the
second. The first is a condition, the third describes a thing. There is no parser here: what is gone by is the
words before the word of duty, back to where its subject begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from contracts.proposals.grammar import BEING, COORDINATORS, RELATIVES
from contracts.proposals.modals import Modal, modals
from contracts.proposals.standing import (
    AGREED,
    AND_IF,
    ASIDE_WHICH,
    ASIDE_WHO,
    IsParty,
    Standing,
    has_verb,
    standing_of,
)
from contracts.proposals.subject_places import Place, place_after, place_of, whole_subject


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its word of duty. Places are of the sentence: ``subject`` where its subject stands,
    ``start`` and ``end`` what belongs to it with what goes before it. ``shared``: it has the subject of the
    clause before it. ``inverted``: "in no circumstances shall the Provider", which forbids. ``described``:
    ", which shall", of the thing or person before it.
    """

    modal: Modal
    subject: tuple[int, int]
    standing: Standing
    start: int
    end: int
    shared: bool = False
    inverted: bool = False
    described: bool = False


_INVERTED = re.compile(
    r"\b(?:(?:in|under)\s+no\s+(?:circumstances?|event|case)|at\s+no\s+time|nor|on\s+no\s+account"
    r"|by\s+no\s+means)"
    r"(?:\s+whatsoever)?[\s,]*$",
    re.I,
)
_ANTECEDENT = re.compile(
    r"\b(?:the|an?|any|each|every|its|their|such|all|no)\s+[\w'’-]+(?:\s+[\w'’-]+){0,4}\s*$", re.I
)
_BRACKETS = re.compile(r"\([^()]*\)")
_OPENERS = re.compile(
    r"(?:[;:–—]|,?\s+(?:and|but|or|provided\s+(?:always\s+)?that|whereupon|in\s+which\s+case|save\s+that"
    r"|except\s+that))\s+"
    r"(?=(?:,\s*)?(?:if|where|when|whenever|upon|on|within|following|in\s+the\s+event|in\s+any\s+event"
    r"|after|before|once"
    r"|unless|should|at|by|for|not\s+later|no\s+later|as\s+soon|in\s+addition|thereafter|until|during"
    r"|throughout|prior|save"
    r"|except|subject)\b)",
    re.I,
)


def masked(sentence: str) -> str:
    """The sentence with what stands in brackets blanked, so that places stay as they are."""
    return _BRACKETS.sub(lambda match: " " * len(match[0]), sentence)


def clauses(sentence: str, is_party: IsParty) -> list[Clause]:
    """The clauses with a word of duty, in order. ``is_party``: whether words are just a party's name."""
    plain = masked(sentence)
    found: list[Clause] = []
    for modal in modals(plain):
        found.append(_clause(plain, modal, found, is_party))
    return _bounded(plain, found)


def _clause(plain: str, modal: Modal, before: list[Clause], is_party: IsParty) -> Clause:
    floor = before[-1].modal.end if before else 0
    if modal.inside:
        return Clause(modal, modal.inside, Standing.MAIN, floor, len(plain))
    if _INVERTED.search(plain[floor : modal.start]):
        after = place_after(plain, modal.end, is_party)
        return Clause(modal, after, Standing.MAIN, floor, len(plain), inverted=True)
    place = _place(plain, floor, modal)
    described = place.empty and place.context in ("which", "who")
    if described and (aside := ASIDE_WHO.search(plain[: place.end])):
        return _of_antecedent(plain, modal, floor, aside.start())
    return _placed(plain, modal, place, before, is_party)


def _place(plain: str, floor: int, modal: Modal) -> Place:
    """Where its subject stands. "And where it is a refusal must": the subject is the one before."""
    place = place_of(plain, floor, modal.start)
    if floor and place.context in BEING and (supposed := AND_IF.search(plain[floor : place.start])):
        return replace(place, start=place.end, opens=floor + supposed.start())
    return place


def _placed(plain: str, modal: Modal, place: Place, before: list[Clause], is_party: IsParty) -> Clause:
    """The clause whose subject stands right before its word of duty, or was said before."""
    floor = before[-1].modal.end if before else 0
    standing = standing_of(plain, floor, place, [one.standing for one in before], is_party)
    if place.empty and standing is Standing.MAIN and (owner := _last_main(before)):
        return replace(owner, modal=modal, start=place.opens, end=len(plain), shared=True, inverted=False)
    start = _from_whole(plain, place, before) if standing is Standing.MAIN else place.start
    start = _from_list(plain, floor, start, place)
    opens = place.opens if place.context in COORDINATORS else -1
    return Clause(modal, (start, place.end), standing, opens, len(plain))


def _of_antecedent(plain: str, modal: Modal, floor: int, comma: int) -> Clause:
    """A clause after ", which" or ", who": its subject is what stands before the comma."""
    named = _ANTECEDENT.search(plain[floor:comma])
    subject = (floor + named.start(), floor + named.end()) if named else (floor, comma)
    return Clause(modal, subject, Standing.MAIN, comma, len(plain), described=True)


_LISTED = re.compile(
    r"\s*(?:,?\s*and\s+)?(?:the|each|every|any|all|neither|nobody|no|only|an?)\b(?:\s+[\w’'-]+){0,8}"
    r"(?:\s*,\s*[\w’'-]+(?:\s+[\w’'-]+){0,5}){0,8}\s*,\s*",
    re.I,
)


def _from_list(plain: str, floor: int, start: int, place: Place) -> int:
    """ "The Council, its auditors and the Inspectorate may": the subject is the whole list."""
    joined = place.context == "," and re.search(r"\b(?:and|or)\b", plain[start : place.end])
    listed = joined and not has_verb(plain[floor:start]) and _LISTED.fullmatch(plain, floor, start)
    return floor + len(listed[0]) - len(listed[0].lstrip(" ,")) if listed else start


def _from_whole(plain: str, place: Place, before: list[Clause]) -> int:
    """Where the subject begins, with the clause that describes it: "All data that the Provider holds"."""
    follows = bool(before) and before[-1].standing is Standing.RELATIVE and not place.context
    before_it = plain[: place.start]
    aside = ASIDE_WHICH.search(before_it) or AGREED.search(before_it)
    if not follows and (place.context not in RELATIVES or aside):
        return place.start
    main = _last_main(before)
    return whole_subject(plain, main.modal.end if main else 0, place.start)


def _last_main(before: list[Clause]) -> Clause | None:
    return next((one for one in reversed(before) if one.standing is Standing.MAIN), None)


def _bounded(plain: str, found: list[Clause]) -> list[Clause]:
    """The clauses with what belongs to each: what goes before a main clause is its own."""
    bounded: list[Clause] = []
    end = len(plain)
    mains = [one for one in found if one.standing is Standing.MAIN]
    for clause in reversed(found):
        if clause.standing is not Standing.MAIN:
            bounded.append(replace(clause, start=clause.subject[0]))
            continue
        place = mains.index(clause)
        start = _opening(plain, mains[place - 1].modal.end, clause) if place else 0
        bounded.append(replace(clause, start=start, end=end))
        end = start
    return bounded[::-1]


def _opening(plain: str, floor: int, clause: Clause) -> int:
    """Where a further main clause begins, with the conditions before its subject."""
    if clause.start >= 0:  # right after "and" or ", which"
        before = plain[floor : clause.start].rstrip()
        return floor + len(before.removesuffix(",").rstrip())
    begins = clause.subject[0]
    stops = [match.start() for match in _OPENERS.finditer(plain, floor, begins)]
    if stops:
        return stops[-1]
    return floor + len(plain[floor:begins].rstrip().rstrip(",;:–—").rstrip())
