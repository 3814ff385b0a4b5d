"""Reading an answer from a sentence: whose holidays, which hours of work, after which hour, how long by post.

Each reader gives the answer in its stored form, or None where the sentence names none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from contracts.terms.answers import WEEKDAYS

_PLACES = (
    ("england-and-wales", re.compile(r"\bengland\b|\bwales\b|\benglish\b", re.I)),
    ("scotland", re.compile(r"\bscotland\b|\bscottish\b", re.I)),
    ("northern-ireland", re.compile(r"\bnorthern\s+ireland\b", re.I)),
)
_WHOLE = re.compile(r"\bunited\s+kingdom\b|\bUK\b|\bU\.K\.", re.I)
_CLOCK = (
    r"(?:\d{1,2}[:.]\d\d\s*(?:[ap]\.?m\b\.?)?|\d{1,2}\s*[ap]\.?m\b\.?|\d{4}\s*(?:hours|hrs)\b"
    r"|noon|midday)"
)
_SPAN = re.compile(rf"(?P<begins>{_CLOCK})\s*(?:to|and|until|till|-|–)\s*(?P<ends>{_CLOCK})", re.I)
_DAY = "|".join(f"{day}s?" for day in WEEKDAYS)
_DAYS = re.compile(rf"\b(?P<first>{_DAY})\s*(?:to|through|-|–)\s*(?P<last>{_DAY})\b", re.I)
_AFTER = re.compile(rf"\b(?:after|later\s+than|before|by|until)\s+(?P<at>{_CLOCK})", re.I)
_CARDINALS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NUMBERS = {word: at for words in (_CARDINALS, _ORDINALS) for at, word in enumerate(words, 1)}
_LENGTH = re.compile(
    rf"\b(?P<amount>\d{{1,2}}|{'|'.join(_NUMBERS)})\s*(?:\(\w+\))?\s+(?P<unit>(?:clear\s+)?(?:working|business)\s+)?"
    r"days?\b",
    re.I,
)
_FRIDAY = 4


def division(words: str) -> str | None:
    """Whose public holidays the words leave out; those of the whole kingdom are all three together."""
    named = [name for name, pattern in _PLACES if pattern.search(words)]
    if len(named) > 1 or (not named and _WHOLE.search(words)):
        return "all"
    return named[0] if named else None


def hours(words: str) -> dict[str, list[str]] | None:
    """The hours of work by weekday; from Monday to Friday where no days are named."""
    span = _SPAN.search(words)
    if span is None:
        return None
    begins, ends = clock(span["begins"]), clock(span["ends"])
    if begins is None or ends is None or not begins < ends:
        return None
    days = _DAYS.search(words)
    first, last = (_weekday(days["first"]), _weekday(days["last"])) if days else (0, _FRIDAY)
    return {WEEKDAYS[day]: [begins, ends] for day in range(first, last + 1)} or None


def hour(words: str) -> str | None:
    """The one hour that the words name as a bound; None where they name none, or several."""
    found = {at for match in _AFTER.finditer(words) if (at := clock(match["at"])) is not None}
    return found.pop() if len(found) == 1 else None


def closing(words: str) -> str | None:
    """The hour at which business closes."""
    found = {at for match in re.finditer(_CLOCK, words, re.I) if (at := clock(match[0])) is not None}
    return found.pop() if len(found) == 1 else None


def length(words: str) -> dict[str, Any] | None:
    """How long after posting: the one length in days that the words name."""
    found = {
        (_number(match["amount"]), "working_days" if match["unit"] else "days")
        for match in _LENGTH.finditer(words)
    }
    if len(found) != 1:
        return None
    [(amount, unit)] = found
    return {"amount": amount, "unit": unit}


def clock(text: str) -> str | None:
    """A time of day as 17:00; None where it may be of the morning or of the afternoon, or is none."""
    text = text.lower().replace(" ", "")
    if text in ("noon", "midday"):
        return "12:00"
    parts = re.match(r"(\d{2})(\d{2})" if text[:4].isdigit() else r"(\d{1,2})(?:[:.](\d\d))?", text)
    if parts is None:
        return None
    at, minute = int(parts[1]), int(parts[2] or 0)
    if half := re.search(r"([ap])\.?m", text):
        if not 1 <= at <= 12:
            return None
        at = at % 12 + (12 if half[1] == "p" else 0)
    elif at < 7 and not text.startswith("0"):
        return None
    return f"{at:02}:{minute:02}" if at < 24 and minute < 60 else None


def _weekday(name: str) -> int:
    return WEEKDAYS.index(name.lower().removesuffix("s"))


def _number(text: str) -> int:
    return _NUMBERS[text.lower()] if text.lower() in _NUMBERS else int(text)


READERS: Mapping[str, Callable[[str], Any]] = {
    "working_day": division,
    "working_hours": hours,
    "close_of_business": closing,
    "notice_cutoff": hour,
    "notice_post": length,
}
