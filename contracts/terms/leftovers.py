"""Numbers beside words of time that no time limit took: what they are, and why nothing was read from them.

Patterns run on levelled text (see :mod:`contracts.terms.amounts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.terms.amounts import FIGURE, WORD
from contracts.terms.contexts import CLOSE, NOT_A_LIMIT_AFTER, NOT_A_LIMIT_BEFORE, deems
from contracts.terms.hours import CLOCK_TIME
from contracts.terms.limit import WEEKDAYS
from contracts.terms.limits import TimeLimit
from contracts.terms.ordinals import ORDINAL
from contracts.terms.pieces import Taken

_STOP = (
    r"(?:per|an?|each|every|in|of|or|and|to|for|the|times?|at|on|by|from|with|is|are|was|were|will|shall|as|any|this|that"
    r"|such|all|only|after|before|until|within|if)"
)
_TIME = (
    r"(?P<time>minute|min|hour|hr|(?<=\d)h|(?:week|work)?day|week|wk|fortnight|month|mth|quarter|year|yr|wd|bd)"
    r"(?:\(s\)|s)?(?!\w)"
)
_BETWEEN = rf"(?:(?!{_STOP}\b)(?P<sort>[A-Za-z]+)[\s-]+)?"
_NUMBER = re.compile(
    rf"(?<![\w£$€%])(?:{WORD}(?![a-z])|(?<![\d.,])(?:{FIGURE})(?!st|nd|rd|th)(?:\.\d+)?|½)(?:\s*[\(\[][^()\[\]]{{0,20}}[\)\]])?[\s-]*(?:or\s+(?:more|less|fewer)\s+)?{_BETWEEN}{_TIME}",
    re.I,
)
_WEEKDAY = "|".join(WEEKDAYS)
_ORDINAL = re.compile(
    rf"(?<!\w){ORDINAL}\s+{_BETWEEN}(?:{_TIME}|(?:{_WEEKDAY}|anniversary)\b)"
    rf"|(?<!\w)\d{{1,2}}(?:st|nd|rd|th)\s+of\s+(?:\w+\s+){{0,2}}?month\b",
    re.I,
)
_DAY = re.compile(
    r"\b(?:on|by|before|from|after|until)\s+(?:the\s+)?(?P<day>\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:January|February|March|April"
    r"|May|June|July|August|September|October|November|December))\b(?!,?\s+\d{4})",
    re.I,
)
_HOUR = re.compile(rf"\b(?:by|before|(?:no|not)\s+later\s+than)\s+(?P<clock>{CLOCK_TIME})", re.I)
_KNOWN = re.compile(
    r"(?:calendar|consecutive|continuous|successive|full|complete|whole|contract|elapsed|clear|rolling|further|working|business"
    r"|service|additional|more)$",
    re.I,
)
_MEASURED = re.compile(
    r"\b(?:rolling|previous|preceding|last|past|prior|any|average\w*|measured|counted|over)\b[^.;]{0,25}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A number beside a word of time from which no limit was read; ``span`` is its place in the text."""

    phrase: str
    span: tuple[int, int]
    reason: str


def left_over(plain: str, limits: Sequence[TimeLimit]) -> list[Unclaimed]:
    """The numbers of time in levelled text that stand in none of ``limits``, in their order."""
    taken = Taken(plain)
    for limit in limits:
        taken.take(*limit.span)
    found: list[Unclaimed] = []
    for span, reason in _candidates(plain):
        if taken.take(*span):
            found.append(Unclaimed(" ".join(plain[slice(*span)].split()), span, reason))
    return sorted(found, key=lambda one: one.span)


def _candidates(plain: str) -> Iterator[tuple[tuple[int, int], str]]:
    for pattern in (_NUMBER, _ORDINAL):
        for match in pattern.finditer(plain):
            yield match.span(), _why(plain, match)
    for match in _DAY.finditer(plain):
        yield match.span("day"), "it is a day of the calendar, and the words do not say of which year"
    for match in _HOUR.finditer(plain):
        if not match["clock"].strip().isdigit():
            yield match.span("clock"), "it is an hour of the day, and no day that it is an hour of was read"


def _why(plain: str, match: re.Match[str]) -> str:
    before, after = plain[max(0, match.start() - 200) : match.start()], plain[match.end() : match.end() + 80]
    sort = match["sort"]
    if match["time"] is None:
        return "it is a place in the calendar that is not read"
    if sort and not _KNOWN.match(sort):
        return f"“{sort} {match['time']}s” is no unit of time that is known here"
    if _MEASURED.search(before) or re.match(r"rolling", sort or "", re.I):
        return "it is a time that is looked back on or measured over"
    if NOT_A_LIMIT_BEFORE.search(before[-CLOSE:]) or NOT_A_LIMIT_AFTER.match(after):
        return "it says how long or how old something is"
    if deems(plain, match.start()):
        return "it says when something counts as given or received"
    return "no words beside it make a time limit of it"
