"""Numbers as contracts print them: "ten (10)", "10", "[10]", "[ ]", "twenty-four", "5 to 10".

Everything here works on *levelled* text (:func:`level`), in which odd spaces, hyphens and quotation
marks have been replaced one for one, so that a position in the levelled text is the same position in
the text as printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.terms.periods import Unit

_LEVEL = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u2002": " ", "\u2003": " ",
        "\r": " ", "\u200b": " ", "\ufeff": " ",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u00ad": "-",
        "\u2018": "'", "\u2019": "'", "\u201b": "'", "`": "'", "\u00b4": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"',
        "\uff08": "(", "\uff09": ")",
    }
)  # fmt: skip


def level(text: str) -> str:
    """The text with spaces, hyphens and quotation marks made plain, character for character."""
    return text.translate(_LEVEL)


_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_ONES, 1)}
_VALUES |= {word: value for value, word in enumerate(_TEENS, 10)}
_VALUES |= dict(zip(_TENS, range(20, 100, 10), strict=True))
_VALUES |= {"fourty": 40, "a": 1, "an": 1}

_BELOW_20 = "|".join(sorted(_TEENS + _ONES, key=len, reverse=True))
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)}|fourty)(?:[\s-]+(?:{'|'.join(_ONES)}))?|{_BELOW_20})"
WORD = rf"(?:(?:(?:a|{'|'.join(_ONES)})\s+hundred(?:\s+(?:and\s+)?{_BELOW_100})?)|{_BELOW_100})"
FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d{1,4})"
_LETTER = r"(?-i:(?<![\w-])(?:X{1,3}|N)(?=\s))"
BLANK = rf"(?:\[[^\]\d\n]{{0,60}}\]|_{{2,60}}|\u2026{{1,60}}|\.{{4,60}}|\u25cf|{_LETTER})"
_FIGURE_OR_BLANK = rf"(?:{FIGURE}|{BLANK})"
AMOUNT = (
    rf"(?:\[\s*)?(?:{WORD}\s*[\(\[]\s*\[?\s*{_FIGURE_OR_BLANK}\s*\]?\s*[\)\]]"
    rf"|{FIGURE}\s*\(\s*{WORD}\s*\)"
    rf"|\(\s*{FIGURE}\s*\)\s*{WORD}"
    rf"|{BLANK}\s*\(\s*{_FIGURE_OR_BLANK}\s*\)"
    rf"|{WORD}|{FIGURE}|{BLANK}|\(\s*{FIGURE}\s*\))(?:\s*\])?"
)
"""A number: words with a figure in brackets, either alone, in square brackets, or left blank."""

_WORD = re.compile(rf"\b{WORD}\b", re.I)
_BLANK = re.compile(BLANK)

UNIT = (
    r"(?:(?P<clear>clear)[\s-]+)?"
    r"(?:(?:calendar|consecutive|successive|continuous|full|complete|whole|contract|elapsed|normal|UK"
    r"|English|Scottish)[\s-]+){0,2}"
    r"(?:(?P<sort>working|business|service)[\s-]+)?"
    r"(?:\((?P<inside>\d{1,3})\)\s+)?"
    r"(?P<unit>minute|min|hour|hr|(?<=[\d\s)\]])(?-i:h)|day|week|wk|fortnight|month|mth|quarter|year|yr"
    r"|(?-i:WD|BD))(?:\(s\)|s)?(?![\w])"
    r"(?:\s+\((?P<after>\d{1,3})\))?"
)

_SIMPLE = {
    "minute": (1, Unit.MINUTES), "min": (1, Unit.MINUTES), "hour": (1, Unit.HOURS), "hr": (1, Unit.HOURS),
    "h": (1, Unit.HOURS), "day": (1, Unit.DAYS), "week": (1, Unit.WEEKS), "wk": (1, Unit.WEEKS),
    "fortnight": (2, Unit.WEEKS), "month": (1, Unit.MONTHS), "mth": (1, Unit.MONTHS),
    "quarter": (3, Unit.MONTHS), "year": (1, Unit.YEARS), "yr": (1, Unit.YEARS),
    "wd": (1, Unit.WORKING_DAYS), "bd": (1, Unit.BUSINESS_DAYS),
}  # fmt: skip
_SORTS = {
    ("working", "day"): Unit.WORKING_DAYS, ("business", "day"): Unit.BUSINESS_DAYS,
    ("working", "hour"): Unit.WORKING_HOURS, ("business", "hour"): Unit.BUSINESS_HOURS,
    ("service", "hour"): Unit.SERVICE_HOURS,
}  # fmt: skip
_PLAIN_NAMES = {"hr": "hour", "h": "hour"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number read from the page. ``value`` is None where it is blank or contradicts itself."""

    value: int | None
    problem: str | None = None


def word_value(word: str) -> int:
    """The value of a number in words, 1 to 999. Raises KeyError for anything else."""
    total = 0
    for part in re.split(r"[\s-]+", word.lower().strip()):
        if part == "hundred":
            total *= 100
        elif part != "and":
            total += _VALUES[part]
    return total


def read_amount(printed: str) -> Amount:
    """Read one number as printed and levelled. A word and a figure that differ give no value."""
    figures = [int(figure.replace(",", "")) for figure in re.findall(FIGURE, printed)]
    words = [word_value(word) for word in _WORD.findall(printed)]
    found = figures + words
    if not found or any(not _WORD.search(gap) for gap in _BLANK.findall(printed)):
        return Amount(None, "amount_blank")
    if len(set(found)) > 1:
        return Amount(None, "amount_conflict")
    return Amount(found[0])


def read_length_amount(match: re.Match[str]) -> Amount:
    """The number of a length, with a figure that stands in the wrong place: "thirty days (30)"."""
    return read_amount(f"{match['amount']} {match['inside'] or ''} {match['after'] or ''}")


def read_unit(match: re.Match[str]) -> tuple[int, Unit, str | None]:
    """The factor, unit and problem of a match of :data:`UNIT`: a fortnight is two weeks.

    Working, Business and Service Hours are units of their own (R41); "clear Working Days" are none.
    """
    name = match["unit"].lower()
    sort = (match["sort"] or "").lower()
    factor, unit = _SIMPLE[name]
    if sort and (named := _SORTS.get((sort, _PLAIN_NAMES.get(name, name)))) is not None:
        unit, sort = named, ""
    if match["clear"] and unit is Unit.DAYS:
        return factor, Unit.CLEAR_DAYS, "unit_unclear" if sort else None
    unclear = sort or (match["clear"] and unit in (Unit.WORKING_DAYS, Unit.BUSINESS_DAYS))
    return factor, unit, "unit_unclear" if unclear else None
