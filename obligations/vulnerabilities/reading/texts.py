"""Texts, addresses and days as files write them, made fit to be kept."""

from __future__ import annotations

import re
from datetime import date, datetime

from contracts.terms.moments import london_day
from obligations.rules.register.names import tidy
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import MOST_CHARACTERS

LONGEST_NAME = 300
"""Characters of an identifier, a name, a version, a host or a location."""

_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,1000}", re.I)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_BRITISH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NAMED = ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y")
_TIME_OF_DAY = re.compile(r"\D?\d{1,2}:\d{2}")
_EARLIEST = 1990


def prose(text: str) -> str:
    """A text as it is kept: one line, no longer than ``MOST_CHARACTERS``."""
    short = tidy(text[: MOST_CHARACTERS * 2])
    return short if len(short) <= MOST_CHARACTERS else f"{short[: MOST_CHARACTERS - 1].rstrip()}…"


def name(text: str, what: str) -> str:
    """A name as it is kept. Raises Refused, calling it ``what``, for one that is longer than names are."""
    if len(text) > LONGEST_NAME * 4 or len(tidied := tidy(text)) > LONGEST_NAME:
        raise Refused(f"{what} has more than {LONGEST_NAME} characters", "shorten it")
    return tidied


def address(text: str) -> str:
    """The first http or https address of a text, "" where it has none."""
    found = _ADDRESS.search(text)
    return found.group().rstrip(".,;)]'") if found else ""


def day(text: str, what: str) -> date | None:
    """The London day of a date or a moment, as files write it; None for "". A moment without an offset gives
    the day that it names. 03/04/2026 is 3 April. Raises Refused, calling it ``what``, for anything else.
    """
    text = text.strip()
    if not text or text.startswith("0001-01-01"):  # how Go writes "not known"
        return None
    found = _day(text)
    if found is None or not _EARLIEST <= found.year <= 2200:
        raise Refused(
            f"{what}, {_quoted(text)}, is no day",
            "write it as 2026-03-12, or with a time as 2026-03-12T10:00:00Z",
        )
    return found


def _day(text: str) -> date | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _written(text)
    return london_day(moment) if moment.tzinfo is not None else moment.date()


def _written(text: str) -> date | None:
    """A day in figures or with the name of its month; a time of day after it is left out."""
    at = _TIME_OF_DAY.search(text, 6)
    only = (text[: at.start()] if at else text).strip()
    try:
        if found := _ISO.fullmatch(only):
            year, month, number = map(int, found.groups())
            return date(year, month, number)
        if found := _BRITISH.fullmatch(only):
            number, month, year = map(int, found.groups())
            return date(year, month, number)
    except ValueError:
        return None
    for form in _NAMED:
        try:
            return datetime.strptime(only, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _quoted(text: str) -> str:
    short = tidy(text[:80])
    return f"“{short[:60]}…”" if len(short) > 60 else f"“{short}”"


quoted = _quoted
