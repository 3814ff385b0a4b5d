"""Places in the calendar that come round: "the fifth Working Day of each month", "31 March each year" (R40).

They are cycles, never lengths. Patterns run on levelled text (see :mod:`contracts.terms.amounts`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from contracts.terms.amounts import AMOUNT, UNIT, read_amount
from contracts.terms.frequencies import Find
from contracts.terms.hours import HOUR, HOUR_ON, hour_after, hour_of
from contracts.terms.limit import WEEKDAYS, Cycle, Hour, Span
from contracts.terms.limits import Kind, TimeLimit
from contracts.terms.ordinals import ORDINAL, ordinal
from contracts.terms.periods import Period, Unit

_LENGTHS = {
    Span.WEEK: Period(1, Unit.WEEKS),
    Span.MONTH: Period(1, Unit.MONTHS),
    Span.QUARTER: Period(3, Unit.MONTHS),
    Span.HALF_YEAR: Period(6, Unit.MONTHS),
    Span.YEAR: Period(1, Unit.YEARS),
    Span.CONTRACT_YEAR: Period(1, Unit.YEARS),
}
"""How often a place of each comes round."""

_MOST = {
    Span.WEEK: 7,
    Span.MONTH: 31,
    Span.QUARTER: 92,
    Span.HALF_YEAR: 184,
    Span.YEAR: 366,
    Span.CONTRACT_YEAR: 366,
}
"""The days that each has at most."""

_LEAD = r"(?P<lead>on\s+or\s+before|(?:by\s+)?(?:no|not)\s+later\s+than|by|before|prior\s+to|until|on|at)"
_EACH = r"(?:each|every)(?:\s+and\s+every)?"
_SPAN = (
    r"(?:(?P<of_sort>calendar|contract|financial|accounting|tax|service|school)\s+)?"
    r"(?P<span>week|month|quarter|half[\s-]year|year)(?![\w-])(?!\s+(?:period|in\s+which|following|after)\b)"
)
_WEEKDAY = "|".join(WEEKDAYS)
_NOUN = rf"(?:(?:calendar\s+)?(?P<noun>day|working\s+day|business\s+day|{_WEEKDAY}))"
_WHICH = rf"(?:{ORDINAL}|(?P<last>last|final)|(?P<penultimate>penultimate))"
_SPANS = {
    "week": Span.WEEK, "month": Span.MONTH, "quarter": Span.QUARTER, "halfyear": Span.HALF_YEAR,
    "year": Span.YEAR,
}  # fmt: skip
_IN_EVERY_MONTH = 28
_COUNTED = {"days": Unit.DAYS, "working_days": Unit.WORKING_DAYS}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAY = rf"\d{{1,2}}\s*(?:st|nd|rd|th)?\s+(?:day\s+)?(?:of\s+)?{_MONTH}\b(?!\s+(?:19|20)\d\d)"
_YEARLY = (
    r"(?:\s*,?\s*(?:of|in)?\s*(?:each|every)\s+(?:calendar\s+|contract\s+|financial\s+)?year\b|\s+annually\b)"
)

_ANY_PLACE = re.compile(
    r"\b(?:each|every|annually|yearly|weekly|month|monthly|quarter|quarterly|year|week)\b", re.I
)
_NTH = re.compile(
    rf"(?:\b{_LEAD}\s+)?{HOUR_ON}(?:the\s+)?{_WHICH}\s+(?:{_NOUN}\s+)?(?:of|in)\s+{_EACH}\s+{_SPAN}", re.I
)
_NTH_OF_THE = re.compile(
    rf"\b{_LEAD}\s+{HOUR_ON}(?:the\s+)?{_WHICH}\s+{_NOUN}\s+of\s+the\s+{_SPAN}(?!\s+\w)", re.I
)
_FIRST_FEW = re.compile(
    rf"\b(?P<lead>within|in|during)\s+the\s+first\s+(?P<amount>{AMOUNT})\s+{UNIT}\s+of\s+{_EACH}\s+{_SPAN}",
    re.I,
)
_END = re.compile(
    rf"\b{_LEAD}\s+{HOUR_ON}(?:the\s+)?(?:(?P<edge>end|start|beginning)\s+of\s+{_EACH}\s+{_SPAN}"
    rf"|(?:{_EACH}\s+)?(?P<ended>month|quarter)[\s-]end\b)",
    re.I,
)
_FOLLOWING = re.compile(
    rf"(?:\b{_LEAD}\s+)?{HOUR_ON}(?:the\s+)?(?:{_WHICH}\s+(?:{_NOUN}\s+)?|(?P<edge>end|start|beginning)\s+)of\s+the\s+"
    r"(?:calendar\s+)?month\s+(?:immediately\s+)?(?:following|after)\s+(?:the\s+)?"
    rf"(?:(?:end|last\s+day|expiry)\s+of\s+)?{_EACH}\s+{_SPAN}",
    re.I,
)
_ALSO = re.compile(
    rf"(?:\b{_LEAD}\s+{HOUR_ON})?(?:the\s+)?{ORDINAL}\s*(?P<or>,|,?\s*and|or)\s*(?:the\s+)?$", re.I
)
_WEEKLY = re.compile(
    rf"(?:\b{_LEAD}\s+)?(?:{HOUR}\s+(?:on\s+)?)?(?:{_EACH}\s+(?P<noun>{_WEEKDAY})\b(?!\s+(?:of|in)\b)"
    rf"|(?<=\s)(?P<placed>{_WEEKDAY})\s+(?:of|in)\s+{_EACH}\s+week\b)",
    re.I,
)
_AFTER_ADVERB = re.compile(
    rf"\b(?:(?P<span>month|quarter)ly|{_EACH}\s+(?P<each>month|quarter))\s*,?\s*(?P<lead>by|on|no\s+later\s+than)\s+"
    rf"{HOUR_ON}the\s+{_WHICH}(?:\s+{_NOUN})?(?!\s+(?:of|in|after|following|before))",
    re.I,
)
_WEEKLY_ON = re.compile(
    rf"\b(?:weekly|{_EACH}\s+week)\s*,?\s*{_LEAD}\s+{HOUR_ON}(?:a\s+|the\s+)?(?P<noun>{_WEEKDAY})s?\b", re.I
)
_FIXED = re.compile(
    rf"\b{_LEAD}\s+{HOUR_ON}(?:the\s+)?{_DAY}(?:\s*(?:,|,?\s*and)\s+(?:(?:by|on)\s+)?(?:the\s+)?{_DAY})*{_YEARLY}",
    re.I,
)
_EVERY_FIXED = re.compile(rf"\b(?P<lead>on|by)?\s*{HOUR_ON}{_EACH}\s+{_DAY}", re.I)
_YEAR_FIRST = re.compile(
    rf"\b(?:(?:annually|yearly|(?:each|every)\s+year)\s*,?\s*{_LEAD}\s+{HOUR_ON}(?:the\s+)?{_DAY}(?:\s*(?:,|,?\s*and)\s+{_DAY})*"
    rf"|(?:quarterly|half-?yearly|twice\s+a\s+year)\s*,?\s*(?:by|on)\s+(?:the\s+)?{_DAY}(?:\s*(?:,|,?\s*and)\s+{_DAY})+)",
    re.I,
)
_ONE_DAY = re.compile(rf"(?:(?:by|on)\s+)?(?:the\s+)?(?P<day>\d{{1,2}})\D{{1,12}}?(?P<month>{_MONTH})", re.I)
_OFFSET = re.compile(
    r"\s*,?\s*(?:of|after|from|following|(?P<before>before|prior\s+to|in\s+advance\s+of))\s+(?:the\s+)?"
    rf"(?:(?:end|last\s+day)\s+of\s+{_EACH}\s+{_SPAN}|{_EACH}\s+(?P<ended>month|quarter|half[\s-]year)[\s-]end\b"
    r"|(?P<one>month|quarter)[\s-]end\b(?!\s+close))",
    re.I,
)
_AFTER_A_LENGTH = re.compile(
    rf"{UNIT}\s*,?\s*(?:(?:of|after|from|following|before|prior\s+to|in\s+advance\s+of)\s+(?:the\s+)?)?$",
    re.I,
)


def find_places(plain: str) -> Iterator[TimeLimit]:
    """Every place in the calendar that levelled text names, but for what is counted from one."""
    if not _ANY_PLACE.search(plain):
        return
    for pattern in (_FIXED, _YEAR_FIRST, _EVERY_FIXED):
        for match in pattern.finditer(plain):
            yield from _fixed_days(plain, match)
    for pattern, read in _READ:
        for match in pattern.finditer(plain):
            if not _counted_from(plain, match.start()):
                yield from _also(plain, match)
                yield _limit(plain, match, read(match))
    for pattern in (_WEEKLY_ON, _WEEKLY):
        for match in pattern.finditer(plain):
            noun = (match["noun"] or match["placed"]).lower()
            yield _limit(plain, match, Cycle(Span.WEEK, place=1, unit=noun))


def _also(plain: str, match: re.Match[str]) -> Iterator[TimeLimit]:
    """The 1st and the 8th of "on the 1st, 8th and 15th of each month": each is a place of its own."""
    of, end, either, others = _span(match), match.start(), False, []
    while of is not None and (other := _ALSO.search(plain[(start := max(0, end - 60)) : end])):
        either = either or other["or"].strip().lower() == "or"
        end = start + other.start()
        others.append((other, (end, start + other.end("ordinal"))))
    named = match.groupdict()
    noun, last = named.get("noun"), named.get("last") or named.get("penultimate")
    unclear = either or bool(last and _unit(noun) != "days")
    for other, span in reversed(others):
        place = ordinal(other["ordinal"])
        known = of is not None and not unclear and place <= _MOST[of]
        yield _limit(plain, other, Cycle(of, place=place, unit=_unit(noun)) if of and known else None, span)


def _counted_from(plain: str, place: int) -> bool:
    """Whether a length runs from the place or back from it: "5 days after the last day of each month"."""
    return bool(_AFTER_A_LENGTH.search(plain[max(0, place - 60) : place]))


def offset(plain: str, find: Find) -> tuple[Cycle, int] | None:
    """The place a length is counted from, and where its words end: "5 days after the end of each month"."""
    match = _OFFSET.match(plain, find.end)
    of = _span(match) if match else None
    if match is None or of is None or find.amount is None or find.unit is None:
        return None
    return Cycle(of, offset=Period(find.amount, find.unit), before=bool(match["before"])), match.end()


def often(cycle: Cycle) -> Period:
    """How often it comes round."""
    return _LENGTHS[cycle.of]


def _limit(
    plain: str, match: re.Match[str], cycle: Cycle | None, span: tuple[int, int] | None = None
) -> TimeLimit:
    start, end = span or match.span()
    found = hour_of(match) or hour_after(plain, end)
    if found is not None and span is None:
        end = max(end, found.end)
    hour: Hour | None = found.hour if found else None
    how = often(cycle) if cycle else None
    problem = "place_unclear" if cycle is None else "hour_unclear" if found and found.unclear else None
    return TimeLimit(
        phrase=plain[start:end],
        amount=how.amount if how else None,
        unit=how.unit if how else Unit.YEARS,
        qualifier=None,
        kind=Kind.INTERVAL,
        span=(start, end),
        problem=problem,
        hour=hour,
        cycle=cycle,
    )


def _fixed_days(plain: str, match: re.Match[str]) -> Iterator[TimeLimit]:
    """One limit for each of "30 June and 31 December each year"."""
    days = list(_ONE_DAY.finditer(match[0]))
    for number, day in enumerate(days):
        start = match.start() + (day.start() if number else 0)
        end = match.end() if number + 1 == len(days) else match.start() + day.end()
        yield _limit(plain, match, _of_year(day), (start, end))


def _of_year(day: re.Match[str]) -> Cycle | None:
    month = _MONTHS.index(day["month"].lower()) + 1
    try:
        date(2000, month, int(day["day"]))
    except ValueError:
        return None
    return Cycle(Span.YEAR, month=month, day=int(day["day"]))


def _span(match: re.Match[str]) -> Span | None:
    """The period; None for one that the rules do not know, such as a financial year."""
    groups = match.groupdict()
    name = next(groups[key] for key in ("span", "each", "ended", "one") if groups.get(key))
    of = _SPANS[re.sub(r"[\s-]", "", name.lower())]
    sort = (groups.get("of_sort") or "").lower()
    if sort in ("", "calendar"):
        return of
    return Span.CONTRACT_YEAR if sort == "contract" and of is Span.YEAR else None


def _nth(match: re.Match[str]) -> Cycle | None:
    of, unit = _span(match), _unit(match["noun"])
    clash = match["figure"] is not None and int(match["figure"]) != ordinal(match["ordinal"])
    if of is None or clash:
        return None
    place = -1 if match["last"] else -2 if match["penultimate"] else ordinal(match["ordinal"])
    return Cycle(of, place=place, unit=unit) if place <= _MOST[of] else None


def _following(match: re.Match[str]) -> Cycle | None:
    """ "The tenth day of the month following each Quarter" is 10 days after its end; the last day of that
    month is no length after it, nor is a month that follows a week or a year of the contract.
    """
    of, unit = _span(match), _unit(match["noun"])
    if of not in (Span.MONTH, Span.QUARTER, Span.HALF_YEAR, Span.YEAR) or unit not in _COUNTED:
        return None
    if match["edge"]:
        return None if match["edge"].lower() == "end" else Cycle(of, offset=Period(1, Unit.DAYS))
    clash = match["figure"] is not None and int(match["figure"]) != ordinal(match["ordinal"])
    if match["last"] or match["penultimate"] or clash or ordinal(match["ordinal"]) > _IN_EVERY_MONTH:
        return None
    return Cycle(of, offset=Period(ordinal(match["ordinal"]), _COUNTED[unit]))


def _few(match: re.Match[str]) -> Cycle | None:
    of, amount = _span(match), read_amount(match["amount"]).value
    noun = "working day" if re.search(r"working|business|wd", match[0], re.I) else "day"
    if of is None or not amount or match["unit"].lower() not in ("day", "wd"):
        return None
    return Cycle(of, place=amount, unit=_unit(noun))


def _edge(match: re.Match[str]) -> Cycle | None:
    of = _span(match)
    return (
        Cycle(of, place=1 if (match["edge"] or "end").lower() != "end" else -1, unit="days") if of else None
    )


def _unit(noun: str | None) -> str:
    noun = " ".join((noun or "day").lower().split())
    return {"day": "days", "working day": "working_days", "business day": "working_days"}.get(noun, noun)


_READ: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Cycle | None]], ...] = (
    (_FOLLOWING, _following), (_NTH, _nth), (_NTH_OF_THE, _nth), (_AFTER_ADVERB, _nth),
    (_FIRST_FEW, _few), (_END, _edge),
)  # fmt: skip
