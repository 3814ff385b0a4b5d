"""What the words that lead in to a list are: only a word of duty, an act of their own, or something else."""

from __future__ import annotations

import re
from enum import StrEnum

from contracts.terms.phrases import find_limits

_ASIDE = re.compile(
    r"^\s*(?:(?:at|within|in|on|upon|by|for|from|if|where|when|whenever|before|after|following|prior"
    r"|during|throughout|without|subject|unless"
    r"|not\s+later|no\s+later|no\s+less|not\s+less|as\s+soon|as\s+a|immediately|promptly|forthwith|also"
    r"|either|both|further|likewise|then|thereafter|always|jointly|in|with"
    r"|and|each|once|every|acting|annually|monthly|quarterly|weekly|daily|to\s+the\s+extent|[a-z]+ly)\b|$)",
    re.I,
)
_KNOWN = re.compile(
    r"\b(?:at\s+all\s+times|at\s+any\s+time|from\s+time\s+to\s+time"
    r"|throughout\s+(?:the\s+)?[A-Z]\w*(?:\s+[A-Z]\w*)*|(?:at|on)\s+(?:no\s+\w+\s+|its\s+own\s+"
    r"|the\s+\w+['’]s\s+)(?:\w+\s+)?(?:cost|expense|time|discretion|request)(?:\s+and\s+expense)?"
    r"|in\s+(?:each|any|either|every|such|that|both|all|no)\s+(?:such\s+)?(?:cases?|events?|circumstances?)"
    r"|as\s+soon\s+as\s+(?:is\s+)?(?:reasonably\s+)?\w+|promptly|immediately|also|in\s+addition"
    r"|without\s+(?:undue\s+)?delay|on\s+request|on\s+demand|either|each|both|in\s+writing|in\s+particular"
    r"|as\s+a\s+minimum|at\s+least|jointly|where\s+(?:practicable|appropriate|necessary|relevant)"
    r"|so\s+far\s+as\s+\w+(?:\s+\w+)?|during\s+the\s+[A-Z]\w*(?:\s+[A-Z]\w*)*)\b",
    re.I,
)
_CASES = re.compile(
    r"(?:\b(?:if|where|when|whenever|unless|until|once|provided\s+that|before|after)|\b(?:following|these"
    r"|those|any\s+of\s+these)\s+(?:\w+\s+)?(?:cases?|circumstances|conditions?|events?|situations|occur"
    r"|apply|happens?)(?:\s+(?:is|are|occurs?|arises?|happens?|met|satisfied|applies))?"
    r"|\b(?:because|on\s+the\s+ground\s+that|either|any\s+of|all\s+of|each\s+of|both)"
    r"|\bone\s+or\s+more\s+of(?:\s+the\s+following)?)\s*$",
    re.I,
)
_NOUN_ITEM = re.compile(
    r"^\s*(?:the|a|an|any|all|every|each|its|their|his|this|that|those|these|such|no|how|what|which|who"
    r"|where|when|whether|why|details?|names?|copies|evidence|information|particulars)\b",
    re.I,
)


_ENSURE = re.compile(
    r"(?:(?:ensure|procure|secure|arrange|see\s+to\s+it|make\s+(?:sure|certain))(?:\s+and\s+(?:ensure"
    r"|procure))?(?:\s+that\b(?:(?!\b(?:unless|until|if|where|when)\b)[^.;]){0,60})?)\s*",
    re.I,
)


_OF_THOSE = re.compile(
    r"\b(?:unless|if|where|when|until)\s+(?:(?:that|the|such|each|this|its)\s+\w+(?:\s+\w+){0,2}|it|they|he"
    r"|she)\s*$",
    re.I,
)


class LeadSort(StrEnum):
    """What a lead-in is to its items."""

    BARE = "bare"
    """ "The Provider shall:": each item is an act."""
    ACT = "act"
    """ "The Plan shall set out:": the act is said; the items are what it is about, or its cases."""
    OTHER = "other"
    """ "Where:", "the following apply:": an item is read by itself."""


def sort_of(predicate: str, limits: list[tuple[int, int]], items: list[str]) -> LeadSort:
    """What a lead-in with a word of duty is: an act that is only "ensure that" is none of its own.

    ``predicate`` follows that word, ``limits`` are places in it, ``items`` what stands under it.
    """
    if _are_times(items) and not limits:
        return LeadSort.BARE
    parts = _parts(predicate, limits)
    acts = [part for part in parts if not _ASIDE.match(part)]
    if acts:
        return LeadSort.BARE if len(acts) == 1 and _ENSURE.fullmatch(acts[0]) else LeadSort.ACT
    if not parts:
        return LeadSort.BARE
    nouns = sum(bool(_NOUN_ITEM.match(item)) for item in items)
    return LeadSort.ACT if nouns * 2 > len(items) else LeadSort.BARE


_TIME_ITEM = re.compile(
    r"\s*(?:in\s+(?:the\s+)?(?:case|event|respect)\s+of|in\s+(?:any|every|each|all)\s+other|for|within"
    r"|every|at\s+least|no\s+later|not\s+later"
    r"|where|if|until|by|once|each|daily|weekly|monthly|quarterly|annually)\b",
    re.I,
)


def _are_times(items: list[str]) -> bool:
    """Whether the items say when, case by case: "for murder, 10 years; in every other case, 1 year"."""
    limited = [one for one in items if find_limits(one)]
    if len(items) > 1 and len(limited) == len(items):
        return not any(_TOLD_OF.match(one) for one in items)
    timed = [one for one in items if _TIME_ITEM.match(one)]
    return len(timed) == len(items) > 1 and len(limited) * 2 >= len(items)


_TOLD_OF = re.compile(
    r"\s*(?:how|what|which|whether|when|where|that|why|who|the\s+(?:times?|periods?|dates?|steps?))\b", re.I
)


def _parts(predicate: str, limits: list[tuple[int, int]]) -> list[str]:
    """The predicate between its commas, with limits and words that name no act left out."""
    for start, end in reversed(limits):
        if start >= 0:
            predicate = predicate[:start] + "," + " " * max(0, end - start - 1) + predicate[end:]
    predicate = _KNOWN.sub(lambda match: " " * len(match[0]), predicate)
    return [part.strip() for part in predicate.split(",") if part.strip()]


_SUPPOSES = re.compile(
    r"\s*(?:where|if|when|whenever|once|on|upon|following|after|before|within|during|in\s+the\s+event"
    r"|not?\s+later)\b",
    re.I,
)


def supposes(lead: str) -> bool:
    """ "Where a pump fails:", "On termination:": the items are what is to be done then."""
    return bool(_SUPPOSES.match(lead))


def announces_cases(lead: str) -> bool:
    """Whether items are cases or conditions: the lead-in ends in "if", "where", "in these cases"."""
    return bool(_CASES.search(lead) or _OF_THOSE.search(lead))
