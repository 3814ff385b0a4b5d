"""Limits that name their day: "no later than 31 March 2027", "by the tenth Working Day after".

Patterns run on levelled text (see :mod:`contracts.terms.amounts`). A fixed date has neither amount nor unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.terms.amounts import UNIT, read_unit
from contracts.terms.contexts import KEPT, STANDSTILL, deems, tail_end
from contracts.terms.frequencies import Find
from contracts.terms.hours import HOUR_ON, HourFound, hour_after, hour_of
from contracts.terms.joining import WHICHEVER
from contracts.terms.limits import AT_MOST, Kind, TimeLimit
from contracts.terms.ordinals import ORDINAL, ordinal
from contracts.terms.periods import Unit
from contracts.terms.places import offset, often

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_DATE = (
    rf"(?:\d{{1,2}}\s*(?:st|nd|rd|th)?\s+(?:day\s+of\s+)?{_MONTH}\b,?(?:\s+(?:19|20)\d\d)?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.](?:20)?\d\d"
    r"|\[[^\]]*\b(?:date|dd)\b[^\]]*\])"
)
_LEADS = (
    r"(?:on\s+or\s+before|no\s+later\s+than|not\s+later\s+than|by|before|until|up\s+to\s+and\s+including)"
)
_FIXED = re.compile(rf"\b(?P<lead>{_LEADS})\s+{HOUR_ON}(?:the\s+)?{_DATE}", re.I)

_LEAD = (
    r"(?P<lead>on\s+or\s+before|(?:by\s+)?(?:no|not)\s+later\s+than|by|before|prior\s+to|on|until"
    r"|at(?=\s+(?:\d|noon|midday)))"
)
_CLOSE = r"(?:(?:the\s+)?end\s+of\s+)?"
_NTH = re.compile(
    rf"\b{_LEAD}\s+{HOUR_ON}{_CLOSE}(?:the\s+)?"
    rf"{ORDINAL}\s+(?:{UNIT}|(?P<anniversary>anniversary))"
    r"(?P<tail>(?=\s+(?:after|following|from|of|before|prior)\b)|(?=\s*(?:[.,;)]|and\b)|\s*$))",
    re.I,
)
_NEXT = re.compile(
    rf"\b{_LEAD}\s+{HOUR_ON}{_CLOSE}(?:the\s+)?(?:next|following)\s+(?:(?P<sort>working|business)\s+)?day\b",
    re.I,
)
_DAY_AFTER = re.compile(
    rf"\b{_LEAD}\s+{HOUR_ON}{_CLOSE}the\s+(?:(?P<sort>working|business)\s+)?day\s+(?:immediately\s+)?"
    r"(?P<way>after\s+next|after|following|before|preceding)\b",
    re.I,
)
_BESIDE_ANOTHER = re.compile(r"\bor\s+$", re.I)
_HOUR_UNREAD = re.compile(r"\b(?:by|before|at|(?:no|not)\s+later\s+than)\s+(?!the\s)[\w.:' ]{1,30}\s+$", re.I)
_NOT_COUNTED_FROM = re.compile(
    r"\s+of\s+(?:each|every|alternate|any|the\s+(?:\w+\s+)?(?:week|month|quarter|year)\b)", re.I
)
_FROM_ITS_FIRST_DAY = re.compile(
    r"\s+of\s+the\s+(?:\w+\s+)?(?:term|period|project|phase|agreement|contract)\b", re.I
)
_FIRST_OF = re.compile(r"\s+the\s+first\s+day\s+of\b", re.I)


def find_dates(plain: str) -> Iterator[TimeLimit]:
    """Limits that end on a fixed date."""
    for match in _FIXED.finditer(plain):
        problem = "amount_blank" if "[" in match[0] else None
        found = hour_of(match)
        hour = found.hour if found else None
        yield TimeLimit(match[0], None, None, None, Kind.DEADLINE, match.span(), problem, hour=hour)


def find_ordinals(plain: str) -> Iterator[TimeLimit]:
    """Limits that count to a day: "by the tenth (10th) Working Day after", "on the next Working Day"."""
    for match in _NTH.finditer(plain):
        if _counts(plain, match):
            yield _nth(plain, match)
    for pattern in (_NEXT, _DAY_AFTER):
        for match in pattern.finditer(plain):
            if not deems(plain, match.start()):
                yield _one_day(plain, match)


def _counts(plain: str, match: re.Match[str]) -> bool:
    """Whether it counts to a day. "On the first day" is none, nor is "before the first day of the fair",
    an event, nor a place in a period that is not read.
    """
    alone = not re.match(r"\s+(?:after|following|from|of|before|prior)\b", plain[match.end() :], re.I)
    if alone and match["lead"].lower() in ("on", "until") and not match["anniversary"]:
        return False
    if match["lead"].lower() == "before" and _FIRST_OF.match(plain, match.end("lead")):
        return False
    if deems(plain, match.start()) or _NOT_COUNTED_FROM.match(plain, match.end()):
        return False
    return not (match["lead"].lower() == "on" and _FROM_ITS_FIRST_DAY.match(plain, match.end()))


def _nth(plain: str, match: re.Match[str]) -> TimeLimit:
    value = ordinal(match["ordinal"])
    clash = match["figure"] is not None and int(match["figure"]) != value
    factor, unit, problem = (1, Unit.YEARS, None) if match["anniversary"] else read_unit(match)
    backwards = bool(re.match(r"\s+(?:before|prior)", plain[match.end() : match.end() + 20], re.I))
    return _day(
        plain,
        match,
        None if clash else value * factor,
        unit,
        before=backwards,
        problem="amount_conflict" if clash else problem,
        inclusive=bool(_FROM_ITS_FIRST_DAY.match(plain, match.end())),
    )


def _one_day(plain: str, match: re.Match[str]) -> TimeLimit:
    sort = (match["sort"] or "").lower()
    unit = {"working": Unit.WORKING_DAYS, "business": Unit.BUSINESS_DAYS}.get(sort, Unit.DAYS)
    way = (match.groupdict().get("way") or "").lower()
    return _day(plain, match, 2 if way.endswith("next") else 1, unit, before=way in ("before", "preceding"))


def _day(
    plain: str,
    match: re.Match[str],
    amount: int | None,
    unit: Unit,
    *,
    before: bool,
    problem: str | None = None,
    inclusive: bool = False,
) -> TimeLimit:
    counted = match.start("way") - 1 if match.groupdict().get("way") else match.end()
    end = max(tail_end(plain, counted), match.end())
    cycle = None if problem else offset(plain, Find(match.start(), counted, amount, unit))
    if cycle is not None:
        end = max(end, cycle[1])
    found = hour_of(match) or hour_after(plain, end)
    problem = problem or _left_open(plain, match, end, found)
    span = match.start(), max(end, found.end) if found else end
    hour = found.hour if found else None
    if cycle is not None:
        how = often(cycle[0])
        return TimeLimit(
            plain[slice(*span)], how.amount, how.unit, None, Kind.INTERVAL, span, problem,
            hour=hour, cycle=cycle[0],
        )  # fmt: skip
    return TimeLimit(
        phrase=plain[slice(*span)],
        amount=amount,
        unit=unit,
        qualifier=AT_MOST if match["lead"].lower().endswith("than") and not before else None,
        kind=Kind.DEADLINE,
        span=span,
        problem=problem,
        before=before,
        inclusive=inclusive,
        hour=hour,
    )


def _left_open(plain: str, match: re.Match[str], end: int, found: HourFound | None) -> str | None:
    """What the words beside the day leave open; None where nothing."""
    head, lead = plain[max(0, match.start() - 60) : match.start()], match["lead"].lower()
    if _BESIDE_ANOTHER.search(head) or WHICHEVER.match(plain, end):
        return "joined_unclear"
    if found is not None:
        return "hour_unclear" if found.unclear else None
    if lead.startswith(("before", "prior")) and not re.search(r"\bend\s+of\b", match[0], re.I):
        return "words_unclear"  # the day before the one that is counted to
    if lead == "until" and _waits(plain, match):
        return "direction_unclear"
    return "hour_unclear" if lead == "on" and _HOUR_UNREAD.search(head) else None


def _waits(plain: str, match: re.Match[str]) -> bool:
    """ "Not until the tenth Working Day", "kept until the tenth day": no day by which a thing is to be done,
    and whether that day itself is one of them is open (R35).
    """
    before = plain[max(0, match.start() - 300) : match.end("lead")] + " "
    return bool(STANDSTILL.search(before) or KEPT.search(before))
