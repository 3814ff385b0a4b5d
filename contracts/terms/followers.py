"""What stands behind a length and says which days it counts, or changes it in a way that is not read.

"(excluding Saturdays, Sundays and public holidays)" makes Working Days of days (R3); "excluding weekends"
alone makes neither. Patterns run on levelled text and are matched at the very beginning of what follows.
"""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.terms.contexts import tail_end
from contracts.terms.frequencies import Find
from contracts.terms.periods import Unit

_OUT = (
    r"(?:excluding|exclusive\s+of|not\s+(?:counting|including)|other\s+than|but\s+not|disregarding|ignoring|leaving\s+out"
    r"|which\s+exclude)"
)
_AND = r"(?:\s*,?\s*(?:and|or|,)\s*(?:any\s+)?)"
_WEEKENDS = rf"(?:Saturdays?{_AND}Sundays?|weekends?)"
_HOLIDAYS = r"(?:public|bank|statutory)(?:\s+(?:and|or)\s+(?:public|bank))?\s+holidays?"
_NON_WORKING = rf"(?:{_WEEKENDS}{_AND}{_HOLIDAYS}|{_HOLIDAYS}{_AND}{_WEEKENDS})"
_WORKING = re.compile(
    rf"\s*,?\s*\(?\s*(?:{_OUT}\s+(?:any\s+)?{_NON_WORKING}|{_NON_WORKING}\s+(?:excepted|excluded)"
    r"|(?:each\s+|all\s+)?(?:being|of\s+which\s+are|which\s+(?:are|must\s+be))\s+(?:a\s+)?(?P<sort>working|business)\s+days?)"
    r"\s*\)?(?:\s*,(?=\s+(?:of|after|from|following)\b))?",
    re.I,
)
_EVERY_DAY = re.compile(
    r"\s*,?\s*\(?\s*(?:whether\s+or\s+not\s+(?:in\s+)?(?:a\s+)?(?:working|business)\s+(?:days?|hours?)"
    rf"|(?:including|inclusive\s+of)\s+(?:{_NON_WORKING}|{_WEEKENDS}|{_HOLIDAYS}))\s*\)?",
    re.I,
)
FIRST_DAY_OUT = re.compile(
    r"\s*,?\s*\(?\s*(?:from\s+but\s+|but\s+)?(?:excluding|exclusive\s+of|not\s+(?:counting|including))\s+(?:that|the|such)"
    r"\s+(?:date|day)\b(?:\s+of\s+\w+(?:\s+\w+)?)?\s*\)?",
    re.I,
)
_HOURS_OF_WORK = r"(?:working|business|service|support|office|core|operational|opening)\s+hours"
_UNREAD_AFTER = re.compile(
    rf"\s*,?\s*\(?\s*(?:{_OUT}\b|[\w ,]{{1,40}}\b(?:excepted|excluded)\b"
    rf"|(?:plus|minus|less(?!\s+than)|in\s+addition\s+to|on\s+top\s+of)\b"
    rf"|(?:counted|measured)\b[^.;()]{{0,20}}\b{_HOURS_OF_WORK}|(?:only\s+)?(?:during|in|within)\s+(?:the\s+)?{_HOURS_OF_WORK}"
    rf"|{_HOURS_OF_WORK}\s+only|(?:from\s+)?(?:the\s+)?end\s+of\s+(?:the\s+)?month\b"
    r"|(?:after|of|from|before|following)\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?[A-Z]\w+\s+(?:in\s+|of\s+)?(?:each|every)\s+(?:\w+\s+)?year"
    r"|apart\b|between\b|before\s+(?:or|and)\s+after\b|(?:on\s+)?either\s+side\b"
    r"|or,?\s+if\s+(?:that|this|it|the\s+last|such)\b|(?:from\s+or\s+after)\b)",
    re.I,
)
_UNREAD_BEFORE = re.compile(
    r"\b(?:at\s+(?:least|most)|than|(?:minimum|maximum)\s+of|up\s+to)\s+[\w-]+(?:\s*\(\d+\))?\s+(?:and|but|nor|or)\s+"
    r"(?:(?:(?:no|not)\s+)?(?:more|less|fewer|later|earlier)\s+than\s+|at\s+(?:least|most)\s+|up\s+to\s+)?$|"
    r"[\w)]\s+(?:and|but|or)\s+an?\s+(?:minimum|maximum)\s+of\s+$|"
    r"\b(?:twice|thrice|double|triple|treble|half|a\s+(?:quarter|third)|two\s+thirds)\s+(?:of\s+)?(?:the\s+)?(?:period\s+of\s+)?$"
    r"|\b(?:no|not)\s+(?:more|less|fewer|later|earlier)\s+than\s+\w+(?:\s*\(\d+\))?\s+(?:and|but|nor|or)"
    r"\s+(?:(?:(?:no|not)\s+)?(?:more|less|fewer)"
    r"\s+than\s+)?$",
    re.I,
)
_LEFT_OUT = re.compile(
    rf"(?P<unit>\b(?:days?|weeks?|hours?)\s*,?\s*\(?\s*)?(?:\b(?:{_OUT}|(?:save|except|(?:do|does|shall|will|is|are)\s+not|not\s+to)"
    rf"(?:\s+(?:for|on|that|include|count))?)\s+(?:any\s+|on\s+)?(?:{_WEEKENDS}|{_HOLIDAYS})"
    rf"|(?:{_WEEKENDS}|{_HOLIDAYS})\s+(?:(?:do|does|shall|will|is|are)\s+not\s+(?:be\s+)?(?:count|include)|(?:are\s+)?(?:excepted|excluded)))",
    re.I,
)
_SENTENCE = re.compile(r"[.;](?:\s|$)")
_DAYS_OFF = re.compile(r"weekend|saturday|sunday|holiday", re.I)
_NEAR = 1_500
"""Characters of a sentence on either side of a length that are looked at."""
_IN_DAYS = (Unit.DAYS, Unit.WEEKS, Unit.HOURS)


def qualified(plain: str, find: Find) -> Find:
    """The length with the words behind it that say which of its days count."""
    if match := _WORKING.match(plain, find.end):
        if find.unit not in (Unit.DAYS, Unit.WORKING_DAYS, Unit.BUSINESS_DAYS) or find.joined:
            return replace(find, end=match.end(), problem=find.problem or "words_unclear")
        business = (match["sort"] or "").lower() == "business"
        unit = find.unit if find.unit is not Unit.DAYS else Unit.WORKING_DAYS
        return replace(find, end=match.end(), unit=Unit.BUSINESS_DAYS if business else unit)
    if match := _EVERY_DAY.match(plain, find.end) or FIRST_DAY_OUT.match(plain, find.end):
        return replace(find, end=match.end())
    return find


def changed_unread(plain: str, find: Find) -> int | None:
    """Where words end that change a length and are not read; None where there are none."""
    if _UNREAD_BEFORE.search(plain[max(0, find.start - 60) : find.start]):
        return find.end
    for place in (find.end, tail_end(plain, find.end)):
        match = _UNREAD_AFTER.match(plain, place)
        if match and not FIRST_DAY_OUT.match(plain, place) and not _WORKING.match(plain, place):
            closing = plain.find(")", match.end()) + 1 if "(" in match[0] else 0
            return closing or match.end()
    return None


def days_left_out_elsewhere(plain: str, find: Find) -> bool:
    """Whether its sentence leaves weekends or holidays out in another place than right behind a length.

    "Excluding weekends and bank holidays, within 5 days", "within 5 days, such period not to include
    weekends": which days of the five count is not read, and five calendar days are not what it says (R3).
    """
    if find.unit not in _IN_DAYS:
        return False
    near = max(0, find.start - _NEAR)
    begin = max([match.end() for match in _SENTENCE.finditer(plain, near, find.start)], default=near)
    ending = _SENTENCE.search(plain, find.end, find.end + _NEAR)
    sentence = plain[begin : ending.start() if ending else find.end + _NEAR]
    if not _DAYS_OFF.search(sentence):
        return False
    return any(match["unit"] is None for match in _LEFT_OUT.finditer(sentence))
