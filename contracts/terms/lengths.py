"""Lengths of time as printed: "ten (10) Working Days", "5 to 10 days", "half an hour", "a year and a half".

Patterns run on levelled text (see :mod:`contracts.terms.amounts`). A length is one number with one unit: what
several of them say together is read in :mod:`contracts.terms.joining` (R38).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from contracts.terms.amounts import (
    AMOUNT,
    FIGURE,
    UNIT,
    WORD,
    Amount,
    read_amount,
    read_length_amount,
    read_unit,
)  # fmt: skip
from contracts.terms.contexts import read_lead
from contracts.terms.frequencies import Find, share
from contracts.terms.limit import Joined
from contracts.terms.periods import Period, Unit
from contracts.terms.pieces import Taken

_DURATION = re.compile(
    r"(?<![\w.,£$€/:])(?<![\w)]-)"
    rf"(?:between\s+(?P<least>{AMOUNT})\s+and\s+"
    rf"|(?P<low>{AMOUNT})(?:(?:(?<=[\d)\]])\s*-\s*|\s+to\s+)|(?P<or>(?<=[\d)\]])\s*/\s*|\s+or\s+)))?"
    rf"(?P<amount>{AMOUNT})\s*-?\s*{UNIT}",
    re.I,
)
ARTICLE = re.compile(rf"(?<![\w-])(?P<half>half\s+)?(?:an?|one)\s+(?:single\s+)?{UNIT}", re.I)
_DECIMAL = re.compile(rf"(?<![\w.,£$€/:-])(?P<whole>\d{{1,3}})\.(?P<tenth>\d)\s*-?\s*{UNIT}", re.I)
_AND_A_HALF = re.compile(
    rf"(?<![\w.,£$€/:-])(?P<whole>{WORD}|\d{{1,3}})(?:\s+and\s+(?:a|one)\s+half\s+|\s*½\s*){UNIT}", re.I
)
_ONE_AND_A_HALF = re.compile(rf"(?<![\w-])(?:an?|one)\s+{UNIT}\s+and\s+a\s+half\b", re.I)
_QUARTERS = re.compile(r"(?<![\w-])(?P<many>a|one|three)[\s-]+quarters?\s+of\s+an\s+hour\b", re.I)
_AND_MORE = re.compile(rf"\s*,?\s*and\s+(?P<amount>{AMOUNT})\s+(?P<unit>months?|minutes?)\b", re.I)
_T_PLUS = re.compile(rf"(?<![\w+])(?-i:T)\s?\+\s?(?P<amount>\d{{1,3}})(?:\s+{UNIT})?", re.I)
_PARTS = {(Unit.YEARS, "month"): (12, Unit.MONTHS), (Unit.HOURS, "minute"): (60, Unit.MINUTES)}
_SHARED = (Unit.HOURS, Unit.YEARS)
_BRACKETED = re.compile(rf"\(\s*{FIGURE}\s*\)\s*(?:-\s*)?[A-Za-z]")


def find_lengths(plain: str) -> list[Find]:
    """Every length in levelled text, left to right, without overlaps."""
    finds: list[Find] = []
    taken = Taken(plain)
    for finder in (_halves, _t_plus, _durations, _articles, _decimals):
        finds += (find for find in finder(plain) if taken.take(find.start, find.end))
    return sorted(finds, key=lambda find: find.start)


def _durations(plain: str) -> Iterator[Find]:
    place = 0
    while match := _DURATION.search(plain, place):
        if _BRACKETED.match(plain, match.start()) and not read_lead(plain, match.start()).roles:
            place = match.start() + 1  # "(2) Days of rest" is the mark of an item
            continue
        find = _length(plain, match)
        yield find
        place = max(find.end, match.start() + 1)


def _length(plain: str, match: re.Match[str]) -> Find:
    """One length of time; "two years and six months" is 30 months."""
    if match["or"]:
        return _one_or_two(match)
    amount = _upper(match)
    factor, unit, problem = read_unit(match)
    value = None if amount.value is None else amount.value * factor
    more = _AND_MORE.match(plain, match.end())
    if more and value is not None and (unit, more["unit"].lower().rstrip("s")) in _PARTS:
        parts, smaller = _PARTS[unit, more["unit"].lower().rstrip("s")]
        extra = read_amount(more["amount"])
        if extra.value is not None:
            return Find(match.start(), more.end(), value * parts + extra.value, smaller, problem)
    if value == 0:
        return Find(match.start(), match.end(), None, unit, "amount_nothing")
    return Find(match.start(), match.end(), value, unit, amount.problem or problem)


def _upper(match: re.Match[str]) -> Amount:
    """The number; of a range whose unit is printed once its upper end (R38)."""
    amount = read_length_amount(match)
    low = match["low"] or match["least"]
    lower = read_amount(low).value if low else None
    if amount.value is None or lower is None:
        return amount
    return replace(amount, value=max(lower, amount.value))


def _one_or_two(match: re.Match[str]) -> Find:
    """ "Two or three days", "24/48 hours": two readings (R38)."""
    factor, unit, problem = read_unit(match)
    both = (read_amount(match["low"]), read_length_amount(match))
    values = [one.value for one in both if one.value]
    problem = next((one.problem for one in both if one.problem), problem)
    if len(values) < 2:
        return Find(match.start(), match.end(), None, unit, problem or "amount_blank")
    if "/" in match["or"] and values[0] == 1:
        return Find(match.start(), match.end(), None, unit, "amount_unclear")  # "1/2 day"
    lengths = tuple(Period(value * factor, unit) for value in values)
    return Find(match.start(), match.end(), lengths[0].amount, unit, problem, lengths, Joined.EITHER)


def _articles(plain: str) -> Iterator[Find]:
    for match in ARTICLE.finditer(plain):
        factor, unit, problem = read_unit(match)
        if not match["half"]:
            yield Find(match.start(), match.end(), factor, unit, problem)
            continue
        halves = {Unit.HOURS: (30, Unit.MINUTES), Unit.YEARS: (6, Unit.MONTHS), Unit.DAYS: (12, Unit.HOURS)}
        half, smaller = halves.get(unit, (None, unit))
        yield Find(match.start(), match.end(), half, smaller, None if half else "amount_unclear")


def _decimals(plain: str) -> Iterator[Find]:
    """1.5 hours is 90 minutes; 1.5 months is no whole number of anything."""
    for match in _DECIMAL.finditer(plain):
        yield _in_tenths(match, 10 * int(match["whole"]) + int(match["tenth"]))


def _halves(plain: str) -> Iterator[Find]:
    for match in _AND_A_HALF.finditer(plain):
        yield _in_tenths(match, 10 * (read_amount(match["whole"]).value or 0) + 5)
    for match in _QUARTERS.finditer(plain):
        yield Find(match.start(), match.end(), 45 if match["many"].lower() == "three" else 15, Unit.MINUTES)
    for match in _ONE_AND_A_HALF.finditer(plain):
        yield _in_tenths(match, 15)


def _in_tenths(match: re.Match[str], tenths: int) -> Find:
    factor, unit, problem = read_unit(match)
    if tenths % 10 == 0:
        return Find(match.start(), match.end(), factor * tenths // 10, unit, problem)
    amount, smaller = share(factor * tenths, unit, 10) if unit in _SHARED else (None, unit)
    return Find(match.start(), match.end(), amount, smaller, problem if amount else "amount_unclear")


def _t_plus(plain: str) -> Iterator[Find]:
    """ "T+2 Working Days"; T+2 alone does not say of what."""
    for match in _T_PLUS.finditer(plain):
        amount = int(match["amount"])
        factor, unit, problem = read_unit(match) if match["unit"] else (1, Unit.DAYS, "unit_unclear")
        yield Find(match.start(), match.end(), amount * factor, unit, problem)
