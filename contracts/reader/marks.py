"""What stands at the beginning of a line: a number, a letter, a heading of a part, a term being defined."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from contracts.reader.lines import Line

Part: TypeAlias = tuple[int, str]
Number: TypeAlias = tuple[Part, ...]

_NUMBER = re.compile(
    r"^\s*(?P<printed>\d{1,3}[A-Z]?(?:\s?\.\s?\d{1,3}[A-Z]?){0,8}\s?\.?\)?)(?P<gap>\s+|$|(?=[A-Z“\"‘\[]))(?P<rest>.*)$",
    re.S,
)
_TIGHT = re.compile(
    r"^\s*(?P<printed>\d{1,3}[A-Z]?(?:\.\d{1,3}[A-Z]?){0,8}\.?\)?)(?P<gap>\s+|$|(?=[A-Z“\"‘\[]))(?P<rest>.*)$",
    re.S,
)
_GLUED = re.compile(r"^\s*(?P<printed>\d{1,3}(?:\.\d{1,3}){2,8})(?P<gap>)(?P<rest>[a-z]+\s+[a-z].*)$", re.S)
"""A number of three parts or more that a PDF prints without the space after it: "2.3.1a valid key"."""
_WORDED = re.compile(
    r"^\s*(?P<printed>(?:Article|ARTICLE|Clause|CLAUSE|Section|SECTION)\s+\d{1,3}[A-Z]?)(?P<stop>[.:]?)"
    r"(?:\s+[-–—])?(?:\s+(?P<rest>\S.*)|\s*)$"
)
_UNITS = r"(?:(?:working|business|clear|calendar)\s+)?(?:minute|hour|day|week|month|year)s?\b"
_QUANTITY = re.compile(
    rf"^\s*(?:(?i:{_UNITS}"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d"
    r"|%|(?:am|pm)\b)|(?:per\s?cent|million|thousand|copies|persons)\b)"
)
"""What is counted by the figure before it. With a capital letter "Copies" and "Persons" begin a sentence."""
_SENTENCE = re.compile(
    rf"^\s*(?=[A-Z])(?i:{_UNITS}\s+(?:are|is|were|was|shall|must|will|may|means?|has|have|begins?|runs?|ends?|counts?|do|does)\b)",
)
"""A sentence about days, which a number stands before: "1.3 Working Days are counted"."""
_ITEM = re.compile(
    r"^\s*(?P<printed>\(\s?(?P<both>[a-z]{1,2}|[ivxlc]{1,6}|[A-Z]{1,2}|[IVX]{1,5}|\d{1,2})\s?\)"
    r"|(?P<one>[a-z]{1,2}|[ivxlc]{1,6}|[A-Z]|\d{1,2})\)|(?P<dot>[a-z]|[ivx]{2,4})\.(?=\s))(?P<rest>.*)$",
    re.S,
)
_TERM = re.compile(
    r"^\s*(?:[\"“]\s*(?P<double>[^\"“”]{1,100}?)\s*[\"”]|[‘']\s*(?P<single>[^‘’']{1,100}?)\s*[’'])\s*:?\s*(?P<rest>.*)$",
    re.S,
)
_MEANS = re.compile(
    r"^(?:$|means?\b|has\s+the\b|have\s+the\b|shall\s+(?:mean|have)\b|is\b|are\b|the\b|an?\b|includes?\b|in\s+relation\b|any\b"
    r"|those\b|all\b|as\b|each\b)",
    re.I,
)
_BULLET = re.compile(r"^\s*[·•▪●◦\uf0b7\uf0a7*o–-]\s")
_SIGNING = re.compile(
    r"^\s*(?:signed\b|signature\b|executed\s+(?:as|by)|in\s+witness\b|for\s+and\s+on\s+behalf\b|print\s+name)",
    re.I,
)
_RECITAL = re.compile(
    r"^\s*(?:whereas|between|background|recitals?|it\s+is\s+(?:hereby\s+)?agreed|now\s+it\s+is)\b", re.I
)
FINITE = re.compile(
    r"\b(?:shall|must|will|may|should|can|could|would|is|are|was|were|be|been|has|have|had|means|agrees?"
    r"|acknowledges?)\b"
)


@dataclass(frozen=True, slots=True)
class NumberMark:
    """A line that may begin with a paragraph number: 7.1.3 printed "7.1. 3". ``worded``: "Clause 7".
    ``top``: what is printed for its first part, where that is no figure: II, A1.
    """

    number: Number
    printed: str
    rest: str
    worded: bool = False
    top: str = ""

    @property
    def cited(self) -> str:
        """The number as one cites it."""
        return show(self.number, self.top)


@dataclass(frozen=True, slots=True)
class ItemMark:
    """A line that may begin with a letter, a roman numeral or a bracketed figure."""

    value: str
    printed: str
    rest: str


@dataclass(frozen=True, slots=True)
class TermMark:
    """A line that begins with a term being defined, in quotation marks as printed."""

    term: str
    printed: str
    rest: str


def show(number: Number, top: str = "") -> str:
    """A number as one cites it: 7.1.3, or A1.1 where its first part is printed so (``top``)."""
    parts = [f"{value}{suffix}" for value, suffix in number]
    return ".".join([top, *parts[1:]] if top else parts)


def parse_number(printed: str) -> Number:
    """The parts of a printed number; "7.1. 3" and "7.1.3." are the same, and "2.0" is 2."""
    parts = [(int(value), suffix) for value, suffix in re.findall(r"(\d+)([A-Z]?)", printed)]
    return tuple(parts[:1] if parts[1:] == [(0, "")] else parts)


def number_marks(line: Line) -> list[NumberMark]:
    """The numbers a line may begin with, the likelier first. Quantities ("30 days") are none."""
    if line.label is not None:
        return _labelled(line, line.label)
    if line.takes_no_number:
        return []
    if worded := _worded(line.text):
        return [worded]
    marks: list[NumberMark] = []
    for pattern in (_NUMBER, _TIGHT, _GLUED):
        match = pattern.match(line.text)
        if not match or is_quantity(match["printed"], match["rest"]):
            continue
        if not match["rest"].strip() and (line.cell or match["printed"].strip()[-1].isalpha()):
            continue
        mark = NumberMark(parse_number(match["printed"]), match["printed"].strip(), match["rest"].strip())
        if mark not in marks:
            marks.append(mark)
    return marks


def is_quantity(printed: str, rest: str) -> bool:
    """Whether what follows a figure says that it counts something: "30 days", "2 copies". No figure that
    counts has a full stop: "4. Working Days" is a heading.
    """
    if printed.rstrip().endswith(".") and rest.lstrip()[:1].isupper():
        return False
    return bool(_QUANTITY.match(rest)) and not _SENTENCE.match(rest)


def _labelled(line: Line, label: str) -> list[NumberMark]:
    """The number the file itself gives the line: "7.1.3", "Clause 7"."""
    worded = None if _is_number(label) else _WORDED.match(label)
    if not (_is_number(label) or worded):
        return []
    return [
        NumberMark(parse_number(worded["printed"] if worded else label), line.printed or label, line.words)
    ]


def _worded(text: str) -> NumberMark | None:
    """A heading whose number has a word before it: "Clause 7. Ropes". In a sentence it only refers."""
    match = _WORDED.match(text)
    if not match:
        return None
    rest = (match["rest"] or "").strip()
    if rest and not is_title(rest):
        return None
    printed = text[: match.start("rest")].strip() if rest else text.strip()
    return NumberMark(parse_number(match["printed"]), printed, rest, worded=True)


def _is_number(label: str) -> bool:
    return bool(re.fullmatch(r"\s*\d{1,3}[A-Z]?(?:\.\d{1,3}[A-Z]?){0,8}\.?\s*", label))


def item_mark(line: Line) -> ItemMark | None:
    """The letter, roman numeral or bracketed figure a line begins with."""
    if line.label is not None:
        found = re.search(r"([A-Za-z]{1,6}|\d{1,2})[).]?\s*$", line.label)
        if not found or (_is_number(line.label) and not line.label.startswith("(")):
            return None
        return ItemMark(found[1], line.printed or line.label.strip(), line.words)
    match = _ITEM.match(line.text)
    if not match or is_quantity(match["printed"], match["rest"]):
        return None
    value = match["both"] or match["one"] or match["dot"]
    return ItemMark(value, match["printed"].strip(), match["rest"].strip())


def term_mark(line: Line) -> TermMark | None:
    """The term a line defines. A quotation in the middle of a sentence is none."""
    match = _TERM.match(line.text)
    if not match or line.label is not None or not _MEANS.match(match["rest"].strip()):
        return None
    term = match["double"] or match["single"]
    printed = line.text[: match.start("rest")].strip()
    return TermMark(re.sub(r"\s+", " ", term).strip(), printed, match["rest"].strip())


def is_bullet(text: str) -> bool:
    """Whether a line begins with a bullet."""
    return bool(_BULLET.match(text))


def is_signing(text: str) -> bool:
    """Whether a line begins a signature block."""
    return bool(_SIGNING.match(text))


def is_recital(text: str) -> bool:
    """Whether a line is a recital or introduces the parties."""
    return bool(_RECITAL.match(text))


def is_title(text: str, most: int = 14) -> bool:
    """Whether words can be a heading: few, none of them a verb that makes a sentence, no closing stop."""
    words = text.split()
    if not words or len(words) > most or "\t" in text or text.rstrip().endswith((".", ";", ",")):
        return False
    return not (FINITE.search(text) or words[0][0].islower() or words[0][0] in "“\"'‘")
