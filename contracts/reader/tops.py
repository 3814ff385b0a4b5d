"""Numbers whose first part is no figure: I, II, or A1, A1.1, B1, or SEC-01. Read where no line begins with a
figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from contracts.reader.lines import Line
from contracts.reader.marks import Number, NumberMark, parse_number
from contracts.reader.tables import CODE

_ROMAN = re.compile(r"^\s*(?P<printed>(?P<numeral>[IVX]{1,6})\.)\s+(?P<rest>\S.*)$", re.S)
_ONES = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_NUMERALS = [tens + ones for tens in ("", "X", "XX", "XXX") for ones in _ONES]
_LETTERED = re.compile(
    r"^\s*(?P<printed>(?P<letter>[A-Z])(?P<figures>\d{1,3}(?:\.\d{1,3}){0,8})\.?)\s+(?P<rest>\S.*)$", re.S
)
_CODED = re.compile(rf"^\s*(?P<printed>{CODE})[.:]?(?:\s+(?P<rest>\S.*)|\s*$)", re.S)

Marks = list[list[NumberMark]]
"""For each line of a section the numbers it may begin with."""


def marks_with_tops(lines: list[Line]) -> Marks:
    """The marks of a section without figures at the beginning of its lines; none where they prove nothing."""
    for find, enough in ((_roman, _two), (_lettered, _some_below), (_coded, _three)):
        marks = find(lines)
        if enough(marks):
            return marks
    return [[] for _ in lines]


def _two(marks: Marks) -> bool:
    return sum(map(len, marks)) > 1


def _three(marks: Marks) -> bool:
    return sum(map(len, marks)) > 2


def _some_below(marks: Marks) -> bool:
    return any(len(mark.number) > 1 for found in marks for mark in found)


def _each(
    lines: list[Line], pattern: re.Pattern[str], mark: Callable[[re.Match[str]], NumberMark | None]
) -> Marks:
    found: Marks = []
    for line in lines:
        text = f"{line.label.strip()} {line.words}" if line.label else line.text
        match = None if line.cell or line.takes_no_number else pattern.match(text)
        one = mark(match) if match else None
        found.append([one] if one else [])
    return found


def _roman(lines: list[Line]) -> Marks:
    """I., II. and so on, each the next of those before it."""
    count = 0

    def mark(match: re.Match[str]) -> NumberMark | None:
        nonlocal count
        if match["numeral"] not in _NUMERALS[count + 1 : count + 2]:
            return None
        count += 1
        return NumberMark(((count, ""),), match["printed"], match["rest"].strip(), top=match["numeral"])

    return _each(lines, _ROMAN, mark)


def _lettered(lines: list[Line]) -> Marks:
    """A1, A1.1, A2, B1: the tops are counted through, A1 as the first, whatever their letters."""
    tops: dict[tuple[str, int], int] = {}
    last: tuple[str, int] | None = None

    def mark(match: re.Match[str]) -> NumberMark | None:
        nonlocal last
        number = parse_number(match["figures"])
        top = (match["letter"], number[0][0])
        if top not in tops:
            if not _is_next(last, top):
                return None
            tops[top], last = len(tops) + 1, top
        counted: Number = ((tops[top], ""), *number[1:])
        return NumberMark(counted, match["printed"], match["rest"].strip(), top=f"{top[0]}{top[1]}")

    return _each(lines, _LETTERED, mark)


def _coded(lines: list[Line]) -> Marks:
    """SEC-01, SEC-02, DC01: each its own number, in the order of the lines, and each once."""
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> NumberMark | None:
        code = match["printed"]
        if code in seen:
            return None
        seen.add(code)
        return NumberMark(((len(seen), ""),), code, (match["rest"] or "").strip(), top=code)

    return _each(lines, _CODED, mark)


def _is_next(last: tuple[str, int] | None, top: tuple[str, int]) -> bool:
    """Whether a top follows from those before it: the next figure, or the first of another letter."""
    letter, figure = top
    return figure == 1 or last == (letter, figure - 1)
