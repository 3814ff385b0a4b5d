"""Whether a clause with a word of duty is said, supposed, or describes a thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise

from contracts.proposals.grammar import (
    CONDITIONS,
    COORDINATORS,
    DETERMINERS,
    FINITE,
    PRONOUNS,
    RELATIVES,
    STOPS,
    words_of,
)
from contracts.proposals.subject_places import Place

IsParty = Callable[[str], bool]


class Standing(StrEnum):
    """What a clause is in its sentence."""

    MAIN = "main"
    CONDITION = "condition"
    RELATIVE = "relative"


ASIDE_WHO = re.compile(r",\s+(?P<who>which|who)(?:\s+(?:also|then|in\s+turn|too))?\s*$")
ASIDE_WHICH = re.compile(
    r",\s+(?:(?:of|to|from|with|for|by|on|in|at|after|before|under|during|through|about)\s+)?(?:which"
    r"|whom)(?:\s+case)?\s+$"
)
_IN_WHICH_CASE = re.compile(r"[,;]\s+in\s+(?:which|that|such|either|any)\s+(?:case|event),?\s+$")
_BY_LAW = re.compile(
    r"(?:\b(?:Act|Regulations?|Order|Directive|law|statute|legislation)\b[^,;.]{0,20}),\s+(?:under|by"
    r"|to)\s+which\s+$"
)
AND_IF = re.compile(
    r"(?:[;,:]|\b(?:and|but))\s+(?:if|where|when|whenever|once|should|unless|upon|on|following"
    r"|in\s+the\s+event)\b"
    r"[^,;]*$",
    re.I,
)
_PEOPLE_AFTER = re.compile(
    r"[’']?s?\s*(?:[\w-]+\s+)*(?:staff|personnel|representatives?|officers?|employees?|agents?|team|people"
    r"|board"
    r"|directors?|managers?|auditors?|sub-?contractors?)",
    re.I,
)
_ACTS = re.compile(
    r"\w+(?:ers|ors|ists|ants|ees|ies)|its|this|his|hers|theirs|others|parents|clients|patients|tenants"
    r"|residents|nurses"
)
_VERBAL = re.compile(r"[a-z]+(?:s|ed)")
_NOUN_GOES_ON = frozenset(("of", "in", "for", "and", "or", "at", "on", "under"))


def standing_of(plain: str, floor: int, place: Place, before: list[Standing], is_party: IsParty) -> Standing:
    """The standing of a clause by the words before its subject. ``before``: of the clauses before it."""
    subject = plain[place.start : place.end]
    if _IN_WHICH_CASE.search(plain[: place.start]):
        return Standing.MAIN
    if place.context in RELATIVES:
        return _after_that(plain, place, subject, is_party) or _after_relative(
            plain, place, subject, is_party
        )
    if place.context in ("as", "than"):
        return Standing.RELATIVE
    if place.context in CONDITIONS:
        return Standing.MAIN if has_verb(subject) else Standing.CONDITION
    if subject.strip().lower() in RELATIVES:
        return _after_comma(plain, place.start)
    if not before:
        return Standing.RELATIVE if _describes(plain, place, subject, is_party) else Standing.MAIN
    return _after_others(plain, floor, place, before)


def _after_that(plain: str, place: Place, subject: str, is_party: IsParty) -> Standing | None:
    """What follows "agrees that" is said, what follows "acknowledges that" or "ensure that" is not; None
    where "that" is of a thing.
    """
    if place.context != "that":
        return None
    if AGREED.search(plain[: place.start]) and _of_party(subject, is_party):
        return Standing.MAIN
    return Standing.RELATIVE if _KNOWN_THAT.search(plain[: place.start]) else None


_KNOWN_THAT = re.compile(
    r"\b(?:acknowledg\w+|recognis\w+|accept\w*|confirm\w*|warrant\w*|represent\w*|understand\w*|notes?"
    r"|noted|aware|agree\w*|stat(?:e|es|ing)"
    r"|mean\w*|requir\w+|ensur\w+|procur\w+|secur\w+|know\w*|believ\w+|consider\w*|satisfied|sure|certain"
    r"|demonstrat\w+|shows?|showing"
    r"|certif(?:y|ies)|so|extent|provided|condition|say|says|see|sees"
    r"|to\s+it)\s*(?:,?\s+and\s+\w+\s*)?,?\s+that\s+$",
    re.I,
)
AGREED = re.compile(
    r"\b(?:agrees?|agreed)[\s,]*(?:with\s+[^,.;]{2,40},?\s+)?that\s+$",
    re.I,
)


def _of_party(subject: str, is_party: IsParty) -> bool:
    """Whether a subject is a party or stands for one: "agrees that it shall"."""
    return is_party(subject) or subject.strip().lower() in ("it", "they")


def _after_others(plain: str, floor: int, place: Place, before: list[Standing]) -> Standing:
    """A clause that follows another in its sentence."""
    if place.context in COORDINATORS or (not place.context and place.empty):
        return _joined(before, place)
    if place.context in STOPS:
        return Standing.MAIN
    goes_on = before[-1] is Standing.MAIN and not AND_IF.search(plain[floor : place.start])
    return Standing.RELATIVE if goes_on else Standing.MAIN


def _joined(before: list[Standing], place: Place) -> Standing:
    """A clause after "and": what the one before it is, or said where that ended."""
    if not place.context:  # the word of duty follows another at once: "shall and must"
        return Standing.RELATIVE
    if before[-1] is Standing.RELATIVE and (not place.empty or Standing.MAIN in before):
        return Standing.MAIN
    return before[-1]


def _after_relative(plain: str, place: Place, subject: str, is_party: IsParty) -> Standing:
    """ "that the Council may ask for" describes; "that the Provider holds shall" is a subject and more."""
    words = subject.split()
    if not words:
        return _after_comma(plain, place.start)
    before = plain[: place.start]
    if ASIDE_WHICH.search(before) and _of_party(subject, is_party):
        return Standing.RELATIVE if _BY_LAW.search(before) else Standing.MAIN
    return Standing.MAIN if _is_whole(words, subject, is_party) else Standing.RELATIVE


def _is_whole(words: list[str], subject: str, is_party: IsParty) -> bool:
    """Whether what follows "that" has a verb of its own, so that it is part of a longer subject."""
    if len(words) == 1:
        return _is_verb(words[0])
    if has_verb(subject) or _begins_with_verb(words):
        return True
    if is_party(subject):
        return False
    if (
        len(words) > 2
        and words[-1].endswith("s")
        and _is_verb(words[-1])
        and not re.search(r"[’']s?$|s$", words[-2])
    ):
        return True  # "deliveries which the ward refuses shall"
    named = _leading_party(subject, is_party)
    acts = bool(named) and not _PEOPLE_AFTER.fullmatch(subject[named:].rstrip())
    return acts or _has_verbal(words)


_GROUPS = words_of(
    "staff people personnel management law legislation men women children police industry nobody"
)


def _is_verb(word: str) -> bool:
    """ "An outstation which fails shall", "pumps which fail shall": one word that is no name of people."""
    if not word.islower() or word in _GROUPS or word in DETERMINERS:
        return False
    return not word.endswith("s") or (bool(_VERBAL.fullmatch(word)) and not _ACTS.fullmatch(word))


def _begins_with_verb(words: list[str]) -> bool:
    """ "Who answers for it shall": what follows "who" is no name."""
    first = words[0]
    return first.lower() not in DETERMINERS and not first[0].isupper()


def _has_verbal(words: list[str]) -> bool:
    """ "A test shows to be serious": a word like a verb, with more behind it that is no "of"."""
    return any(
        _VERBAL.fullmatch(word) and word not in DETERMINERS and after not in _NOUN_GOES_ON
        for word, after in pairwise(words[2:])
    )


def _after_comma(plain: str, start: int) -> Standing:
    """ "A plan, which shall be kept": a clause of its own; "a plan which shall be kept" describes."""
    return Standing.MAIN if ASIDE_WHO.search(plain[:start]) else Standing.RELATIVE


def _leading_party(subject: str, is_party: IsParty) -> int:
    """Where the party's name at the beginning of a subject ends; 0 where there is none."""
    ends = [match.end() for match in re.finditer(r"[\w-]+", subject)]
    return next((end for end in ends if is_party(subject[:end])), 0)


def has_verb(subject: str) -> bool:
    """Whether the words after the first hold a verb that stands for itself."""
    return any(word.lower() in FINITE for word in subject.split()[1:])


def _describes(plain: str, place: Place, subject: str, is_party: IsParty) -> bool:
    """ "Any steps the Council may require shall": a thing described, without "which"."""
    before = plain[: place.start]
    thing = re.match(r"\s*(?:the|any|all|such|each|every)\s+", before, re.I)
    named = is_party(subject) or subject.strip().lower() in PRONOUNS
    if not (thing and named) or place.context in STOPS or _A_TIME.search(before):
        return False
    return not has_verb(before) and len(before.split()) < 7


_A_TIME = re.compile(
    r"\b(?:day|week|fortnight|month|quarter|year|winter|summer|autumn|spring|morning|evening|night|shift"
    r"|term|season|period|time"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july"
    r"|august|september"
    r"|october|november|december|anniversary|date|visit|meeting|occasion|journey|delivery)s?[\s,]*$",
    re.I,
)
