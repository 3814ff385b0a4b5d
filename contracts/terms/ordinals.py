"""Ordinal numbers as contracts print them: "tenth", "10th", "tenth (10th)", "twenty-first"."""

from __future__ import annotations

import re

_NAMES = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
_VALUES = {word: value for value, word in enumerate(_NAMES, 1)}
_VALUES |= {f"twenty-{word}": value for value, word in enumerate(_NAMES[:9], 21)}
_VALUES |= {"thirtieth": 30, "thirty-first": 31, "fortieth": 40, "sixtieth": 60, "ninetieth": 90}
_WORDS = "|".join(sorted((word.replace("-", r"[\s-]") for word in _VALUES), key=len, reverse=True))
ORDINAL = (
    rf"(?P<ordinal>{_WORDS}|\d{{1,3}}\s*(?:st|nd|rd|th))(?!\w)"
    r"(?:\s*\(\s*(?P<figure>\d{1,3})\s*(?:st|nd|rd|th)?\s*\))?"
)
"""An ordinal with its figure in brackets, if there is one: groups ``ordinal`` and ``figure``."""


def ordinal(printed: str) -> int:
    """Its value. Raises KeyError for a word that is none."""
    digits = re.match(r"\d+", printed)
    return int(digits[0]) if digits else _VALUES[re.sub(r"\s", "-", printed.lower())]


def ordinal_words(place: int) -> str:
    """ "5th", "21st"; from the end where negative: "last", "2nd last"."""
    if place == -1:
        return "last"
    number = abs(place)
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}{' last' if place < 0 else ''}"
