"""Limits that name their day: "no later than 31 March 2027", "by the tenth Working Day after".

Patterns run on levelled text (see :mod:`contracts.terms.amounts`). A fixed date has neither amount nor unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.terms.amounts import UNIT, read_unit
from contracts.terms.contexts import tail_end
from contracts.terms.limits import AT_LEAST, AT_MOST, Kind, TimeLimit
from contracts.terms.periods import Unit

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_DATE = (
    rf"(?:\d{{1,2}}\s*(?:st|nd|rd|th)?\s+(?:day\s+of\s+)?{_MONTH}\b,?(?:\s+(?:19|20)\d\d)?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.](?:20)?\d\d"
    r"|\[[^\]]*\b(?:date|dd)\b[^\]]*\])"
)
_HOUR = r"(?:\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|hours|noon)?\s+on\s+|midnight\s+on\s+|noon\s+on\s+)?"
_LEADS = (
    r"(?:on\s+or\s+before|no\s+later\s+than|not\s+later\s+than|by|before|until|up\s+to\s+and\s+including)"
)
_FIXED = re.compile(rf"\b{_LEADS}\s+{_HOUR}(?:the\s+)?{_DATE}", re.I)
_YEARLY_DATE = re.compile(
    rf"\b(?:on|{_LEADS})\s+{_HOUR}(?:the\s+)?{_DATE}\s+(?:of|in)?\s*(?:each|every)\s+year\b", re.I
)

_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth",
    "twentieth",
)  # fmt: skip
_ORDINAL_VALUES = {word: value for value, word in enumerate(_ORDINALS, 1)}
_ORDINAL_VALUES |= {"thirtieth": 30, "sixtieth": 60, "ninetieth": 90}
_ORDINAL = (
    rf"(?P<ordinal>{'|'.join(sorted(_ORDINAL_VALUES, key=len, reverse=True))}|\d{{1,3}}\s*(?:st|nd|rd|th))"
    r"(?:\s*\(\s*(?P<figure>\d{1,3})\s*(?:st|nd|rd|th)?\s*\))?"
)
_CLOSE = r"(?:(?:the\s+)?(?:end|close)\s+of\s+(?:business\s+)?(?:on\s+)?)?"
_NTH = re.compile(
    rf"\b(?P<lead>on\s+or\s+before|no\s+later\s+than|not\s+later\s+than|by|before|on|until)\s+{_HOUR}{_CLOSE}(?:the\s+)?"
    rf"{_ORDINAL}\s+(?:{UNIT}|(?P<anniversary>anniversary))(?=\s+(?:after|following|from|of|before|prior)\b|\s*[.,;]|\s*$)",
    re.I,
)
_NEXT = re.compile(
    rf"\b(?:on\s+or\s+before|no\s+later\s+than|not\s+later\s+than|by|before|on)\s+{_HOUR}{_CLOSE}(?:the\s+)?"
    r"(?:next|following)\s+(?P<sort>working|business)\s+day\b",
    re.I,
)


def find_dates(plain: str) -> Iterator[TimeLimit]:
    """Limits that end on a fixed date; a date "each year" is an interval of a year."""
    yearly = [match.span() for match in _YEARLY_DATE.finditer(plain)]
    for span in yearly:
        yield TimeLimit(plain[slice(*span)], 1, Unit.YEARS, None, Kind.INTERVAL, span)
    for match in _FIXED.finditer(plain):
        if any(match.start() < end and start < match.end() for start, end in yearly):
            continue
        problem = "amount_blank" if "[" in match[0] else None
        yield TimeLimit(match[0], None, None, None, Kind.DEADLINE, match.span(), problem)


def find_ordinals(plain: str) -> Iterator[TimeLimit]:
    """Limits that count to a day: "by the tenth (10th) Working Day after", "on the next Working Day"."""
    for match in _NTH.finditer(plain):
        value = _ordinal(match["ordinal"])
        clash = match["figure"] is not None and int(match["figure"]) != value
        factor, unit, problem = (1, Unit.YEARS, None) if match["anniversary"] else read_unit(match)
        end = tail_end(plain, match.end())
        backwards = bool(re.match(r"\s+(?:before|prior)", plain[match.end() : match.end() + 20], re.I))
        yield TimeLimit(
            phrase=plain[match.start() : end],
            amount=None if clash else value * factor,
            unit=unit,
            qualifier=_nth_qualifier(match["lead"], backwards),
            kind=Kind.DEADLINE,
            span=(match.start(), end),
            problem="amount_conflict" if clash else problem,
            before=backwards,
        )
    for match in _NEXT.finditer(plain):
        if re.search(r"\bdeemed\b[^.;]*$", plain[max(0, match.start() - 200) : match.start()], re.I):
            continue
        unit = Unit.WORKING_DAYS if match["sort"].lower() == "working" else Unit.BUSINESS_DAYS
        yield TimeLimit(match[0], 1, unit, None, Kind.DEADLINE, match.span())


def _nth_qualifier(lead: str, backwards: bool) -> str | None:
    if not lead.lower().endswith("than"):
        return None
    return AT_LEAST if backwards else AT_MOST


def _ordinal(printed: str) -> int:
    digits = re.match(r"\d+", printed)
    return int(digits[0]) if digits else _ORDINAL_VALUES[printed.lower()]
