"""Words that say how often: monthly, at least annually, twice a year, every quarter, on each anniversary.

Patterns run on levelled text (see :mod:`contracts.terms.amounts`). A capitalised "Monthly Charges" is a
name, and "a monthly fee" is an adjective of something else: neither is a time limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contracts.terms.amounts import AMOUNT, UNIT, read_amount, read_unit
from contracts.terms.limit import Joined
from contracts.terms.periods import Period, Unit


@dataclass(frozen=True, slots=True)
class Find:
    """A length of time found at a place; ``amount``, ``unit``, ``lengths``, ``joined`` as in a TimeLimit."""

    start: int
    end: int
    amount: int | None
    unit: Unit | None
    problem: str | None = None
    lengths: tuple[Period, ...] = ()
    joined: Joined | None = None


_ADVERBS: dict[str, tuple[int | None, Unit]] = {
    "hourly": (1, Unit.HOURS), "daily": (1, Unit.DAYS), "weekly": (1, Unit.WEEKS),
    "fortnightly": (2, Unit.WEEKS), "monthly": (1, Unit.MONTHS), "quarterly": (3, Unit.MONTHS),
    "halfyearly": (6, Unit.MONTHS), "semiannually": (6, Unit.MONTHS), "semiannual": (6, Unit.MONTHS),
    "biannually": (None, Unit.MONTHS), "biannual": (None, Unit.MONTHS), "twiceyearly": (6, Unit.MONTHS),
    "yearly": (1, Unit.YEARS), "annually": (1, Unit.YEARS), "annual": (1, Unit.YEARS),
    "biennially": (2, Unit.YEARS), "biennial": (2, Unit.YEARS), "triennially": (3, Unit.YEARS),
    "bimonthly": (None, Unit.MONTHS), "biweekly": (None, Unit.WEEKS), "biyearly": (None, Unit.YEARS),
}  # fmt: skip
_ADVERB = (
    r"(?P<adverb>half[- ]?yearly|semi-?annual(?:ly)?|bi-?(?:annual(?:ly)?|ennial(?:ly)?|monthly|weekly"
    r"|yearly)|twice[- ]yearly"
    r"|triennially|hourly|daily|weekly|fortnightly|monthly|quarterly|yearly|annual(?:ly)?)"
)
_DEED = (
    r"(?:re)?(?:reviews?|audits?|tests?|testing|assessments?|meetings?|training|scans?|scanning|checks?"
    r"|inspections?|returns?|submissions?|updates?|refreshers?|penetration tests?|health checks?"
    r"|service reviews?|reports?|reporting|bulletins?|briefings?|summar(?:y|ies)|digests?|statements?"
    r"|certification|refresh(?:ment)?|exercises?)"
)
_AFTER_ADVERB = (
    r"(?=\s*(?:[.,;:)\]\n\"']|$)|\s+(?:to|in|by|and|or|on|with|for|at|during|from|unless|until|thereafter"
    r"|throughout|across|over|per|between|using|as|of|after|before|following|that|which|against|under|via|within|if|where|except"
    r"|basis|intervals?|a|an|the)\b(?!\s+basis))"
)
_MODAL_BEFORE = re.compile(r"\b(?:shall|must|will|should|may|to|are|is|be|and|or|not)(?:\s+also)?\s+$", re.I)
_ILLUSTRATION = re.compile(r"\(\s*(?:e\.?\s?g\.?|for example|for instance|such as|i\.?e\.?)[^)]*$", re.I)
_MONEY = re.compile(r"(?:%|per cent\.?|£\s?[\d,.]+|charges?|fees?|pounds?)\s*$", re.I)

_ADVERB_RE = re.compile(rf"(?<![\w-]){_ADVERB}(?!\w|-)", re.I)
_ADVERB_END = re.compile(_AFTER_ADVERB, re.I)
_ADVERB_DEED = re.compile(rf"\s+(?:\w+\s+){{0,2}}?{_DEED}\b", re.I)
_ON_BASIS = re.compile(
    rf"\bon\s+(?P<least>(?:at\s+least|no\s+less\s+than|a\s+minimum\s+of)\s+)?(?P<body>(?:an?|the)\s+{_ADVERB}\s+basis)\b",
    re.I,
)
_AT_INTERVALS = re.compile(rf"\bat\s+(?:(?:regular|at\s+least)\s+)?{_ADVERB}\s+intervals?\b", re.I)
_NUMBERED = re.compile(
    rf"(?:\bat\s+(?:regular\s+)?)?(?<![\w.,£$/-])(?P<amount>{AMOUNT})[\s-]*(?P<unit>week|month|year|hour|dai)ly\b"
    r"(?:\s+intervals?\b)?",
    re.I,
)
_PLAIN_EVERY = re.compile(
    r"\b(?P<how>every|each)\s+(?P<skip>other|second|third|alternate)?\s*"
    r"(?:calendar\s+|contract\s+|financial\s+|successive\s+|(?P<sort>working|business)\s+)?"
    r"(?P<unit>hour|day|week|fortnight|month|quarter|year)\b(?!\s*(?:'s|of\s+delay)|[\s-]+end\b)",
    re.I,
)
_NOT_EVERY = re.compile(
    r"\b(?:for|of|in|in respect of|during|throughout|within|after|before|following|at the end of|end of"
    r"|start of|per|from|on|by)(?:\s+and\s+every)?\s+$",
    re.I,
)
_AFTER_A_DAY = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December),?\s+(?:in\s+|of\s+)?$"
)
_COUNTED = re.compile(
    rf"\b(?:(?P<once>once)|(?P<twice>twice)|(?P<thrice>thrice)|(?P<times>{AMOUNT})\s+(?:times?|{_DEED}))\s+"
    r"(?:(?:in|during|within|over)\s+)?(?P<how>a|an|per|every|each|any|the)\s+"
    rf"(?:(?:calendar|contract|financial|rolling|successive|consecutive|period\s+of)\s+)?"
    rf"(?:(?P<amount>{AMOUNT})[\s-]*)?(?:{UNIT}|(?P<annum>annum))(?:\s+period)?",
    re.I,
)
_INTERVALS = re.compile(
    rf"\b(?:at\s+)?(?:regular\s+)?(?<![\w.,£$/-])(?P<amount>{AMOUNT})[\s-]*{UNIT}\s+intervals?\b", re.I
)
_ANNIVERSARY = re.compile(
    r"(?:\b(?:on|by|at|before)\s+(?:or\s+before\s+)?)?\b(?P<which>each|every|the|any)\s+(?:annual\s+)?anniversary\b",
    re.I,
)
_ALLOWED = re.compile(r"\b(?:may|might|can)\s+(?:not\s+)?\w+(?:\s+\w+)?\s+$", re.I)
_NO_MORE = re.compile(r"\b(?:not|no)\s+more\s+(?:often\s+)?than\s+$", re.I)
_NEAR = 200
_LENGTHS: dict[str, tuple[int, Unit]] = {
    "hour": (1, Unit.HOURS), "dai": (1, Unit.DAYS), "day": (1, Unit.DAYS), "week": (1, Unit.WEEKS),
    "fortnight": (2, Unit.WEEKS), "month": (1, Unit.MONTHS), "quarter": (3, Unit.MONTHS),
    "year": (1, Unit.YEARS),
}  # fmt: skip
_SMALLER = {
    Unit.YEARS: (12, Unit.MONTHS),
    Unit.WEEKS: (7, Unit.DAYS),
    Unit.DAYS: (24, Unit.HOURS),
    Unit.HOURS: (60, Unit.MINUTES),
}


def share(amount: int, unit: Unit, times: int) -> tuple[int | None, Unit]:
    """A length divided by how often in it: twice a year is 6 months, twice a month is no whole number."""
    while amount % times:
        if unit not in _SMALLER:
            return None, unit
        factor, unit = _SMALLER[unit]
        amount *= factor
    return amount // times, unit


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _NEAR) : match.start()]


def _adverb(name: str) -> tuple[int | None, Unit, str | None]:
    amount, unit = _ADVERBS[re.sub(r"[\s-]", "", name.lower())]
    return amount, unit, "amount_unclear" if amount is None else None


def _is_name(text: str, match: re.Match[str]) -> bool:
    """Whether a capitalised word in mid-sentence belongs to a name: "the Monthly Charges"."""
    word = match["adverb"]
    return word[0].isupper() and bool(re.match(r"\s+[A-Z]", text[match.end() :]))


def _find_adverbs(text: str) -> Iterator[Find]:
    for match in _ADVERB_RE.finditer(text):
        before, after = _before(text, match), text[match.end() : match.end() + _NEAR]
        if _ILLUSTRATION.search(before) or _MONEY.search(before) or _is_name(text, match):
            continue
        adjective = not match["adverb"].lower().endswith("ly")
        ends = not adjective and _ADVERB_END.match(after)
        leads = not adjective and _MODAL_BEFORE.search(before) and re.match(r"\s+[a-z]", after)
        if ends or leads or _ADVERB_DEED.match(after):
            yield Find(match.start(), match.end(), *_adverb(match["adverb"]))


def _find_bases(text: str) -> Iterator[Find]:
    for match in _ON_BASIS.finditer(text):
        start = match.start("body") if match["least"] else match.start()
        yield Find(start, match.end(), *_adverb(match["adverb"]))
    for match in _AT_INTERVALS.finditer(text):
        yield Find(match.start(), match.end(), *_adverb(match["adverb"]))


def _find_numbered(text: str) -> Iterator[Find]:
    for match in _NUMBERED.finditer(text):
        amount = read_amount(match["amount"])
        if amount.value == 0 or _MONEY.search(_before(text, match)):
            continue
        unit = _LENGTHS[match["unit"].lower()][1]
        yield Find(match.start(), match.end(), amount.value, unit, amount.problem)


def _find_every(text: str) -> Iterator[Find]:
    for match in _PLAIN_EVERY.finditer(text):
        before = _before(text, match)
        if _NOT_EVERY.search(before) or _AFTER_A_DAY.search(before) or _MONEY.search(before):
            continue
        factor, unit = _LENGTHS[match["unit"].lower()]
        if match["sort"] and unit is Unit.DAYS:
            unit = Unit.WORKING_DAYS if match["sort"].lower() == "working" else Unit.BUSINESS_DAYS
        skip = {"other": 2, "second": 2, "alternate": 2, "third": 3}.get((match["skip"] or "").lower(), 1)
        yield Find(match.start(), match.end(), factor * skip, unit)


def _is_a_cap(match: re.Match[str], before: str) -> bool:
    return bool(_NO_MORE.search(before) or (match["times"] is None and _ALLOWED.search(before)))


def _find_counted(text: str) -> Iterator[Find]:
    for match in _COUNTED.finditer(text):
        if _is_a_cap(match, _before(text, match)):
            continue  # "may fail twice in any month" says how much is allowed
        times = _times(match)
        length = read_amount(match["amount"]) if match["amount"] else None
        factor, unit, problem = (1, Unit.YEARS, None) if match["annum"] else read_unit(match)
        if times is None or (length is not None and length.value is None):
            yield Find(match.start(), match.end(), None, unit, "amount_blank")
            continue
        whole = factor * (length.value if length and length.value else 1)
        amount, unit = share(whole, unit, times)
        yield Find(match.start(), match.end(), amount, unit, problem if amount else "amount_unclear")


def _times(match: re.Match[str]) -> int | None:
    """How often in the length: once, twice, thrice, or the number that is printed."""
    for word, times in (("once", 1), ("twice", 2), ("thrice", 3)):
        if match[word]:
            return times
    return read_amount(match["times"]).value


def _find_intervals(text: str) -> Iterator[Find]:
    for match in _INTERVALS.finditer(text):
        amount = read_amount(match["amount"])
        factor, unit, problem = read_unit(match)
        value = amount.value * factor if amount.value else None
        yield Find(match.start(), match.end(), value, unit, amount.problem or problem)


def _find_anniversaries(text: str) -> Iterator[Find]:
    for match in _ANNIVERSARY.finditer(text):
        yield Find(match.start(), match.end(), 1, Unit.YEARS)


_FINDERS: tuple[Callable[[str], Iterator[Find]], ...] = (
    _find_counted, _find_intervals, _find_anniversaries, _find_bases,
    _find_numbered, _find_every, _find_adverbs,
)  # fmt: skip


def find_frequencies(text: str) -> list[Find]:
    """Everything in levelled text that says how often, left to right, without overlaps."""
    finds: list[Find] = []
    for finder in _FINDERS:
        for find in finder(text):
            if not any(find.start < other.end and other.start < find.end for other in finds):
                finds.append(find)
    return sorted(finds, key=lambda find: find.start)
