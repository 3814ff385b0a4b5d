"""How long the record of a contract is kept once it is closed, and how that day was worked out.

The law says how long a claim on a contract may be brought; until then both sides may need the record. The
contract's own paragraphs may ask for longer, and so may people. Nothing makes it shorter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.terms.moments import Day, long_day


class Made(StrEnum):
    """How the contract was made: the law gives a claim on a deed more time."""

    SIMPLE = "simple"
    DEED = "deed"


@dataclass(frozen=True, slots=True)
class Limitation:
    """Years within which a claim may be brought, and the law that says so."""

    years: int
    law: str


ENGLISH = {
    Made.SIMPLE: Limitation(6, "Limitation Act 1980, section 5"),
    Made.DEED: Limitation(12, "Limitation Act 1980, section 8"),
}
SCOTTISH = Limitation(20, "Prescription and Limitation (Scotland) Act 1973, section 7")
"""The long stop. The five years of section 6 may begin years later, when a loss becomes known."""

NORTHERN_IRISH = {
    Made.SIMPLE: Limitation(6, "Limitation (Northern Ireland) Order 1989"),
    Made.DEED: Limitation(12, "Limitation (Northern Ireland) Order 1989"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A London day until which the record is kept, and why."""

    day: Day
    because: str


@dataclass(frozen=True, slots=True)
class KeptUntil:
    """The last of the days for which there is a reason; ``reasons`` has all of them, the latest first."""

    day: Day
    reasons: tuple[Reason, ...]


def limitation(division: str, made: Made) -> Limitation:
    """How long a claim may be brought, by whose law governs: for the whole Kingdom the longest."""
    if division in ("scotland", "all"):
        return SCOTTISH
    return (NORTHERN_IRISH if division == "northern-ireland" else ENGLISH)[made]


def kept_until(
    closed: Day, ends: Day | None, division: str, made: Made, others: Iterable[Reason] = ()
) -> KeptUntil:
    """Until when the record is kept. ``ends``: the contract's last day, from which the law's time runs where
    that is later than the day of closing. ``others``: what the paragraphs and people ask. London days.
    """
    begins, which = max((closed, "it was closed"), (ends or closed, "the contract ends"))
    law = limitation(division, made)
    told = f"{law.years} years from {long_day(begins)}, when {which}: {law.law}"
    reasons = sorted(
        [Reason(years_after(begins, law.years), told), *others], key=lambda one: one.day, reverse=True
    )
    return KeptUntil(reasons[0].day, tuple(reasons))


def years_after(day: Day, years: int) -> Day:
    """The same day so many years later; 28 February for the 29th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
