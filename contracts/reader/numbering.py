"""Which lines truly begin with a paragraph number, told by the order of the numbers.

A number is believed where it follows from the one before (7.1.2 after 7.1.1, 8 after 7.11.2). Where
it does not, the lines after it decide: a list inside a paragraph, a reference, a gap, a number used
twice, or numbers that start again at 1, which begins a new *run*.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from contracts.reader.lines import Line, refers
from contracts.reader.marks import Number, NumberMark, is_title, number_marks, show
from contracts.reader.results import Notes
from contracts.reader.tops import marks_with_tops

_LOOKED_AHEAD = 400
"""Lines with a number that are looked at to decide about one: what comes later than that decides nothing."""
_CLOSED = re.compile(r"(?:[.;:,)\]]|\b(?:and|or))\s*$")


@dataclass(slots=True)
class Run:
    """Lines whose numbers run through once. ``numbers`` says, by position, which lines begin a paragraph."""

    lines: list[Line]
    numbers: dict[int, NumberMark] = field(default_factory=dict)
    listed: dict[int, NumberMark] = field(default_factory=dict)

    @property
    def restart_line(self) -> int:
        """The line on which the first paragraph of the run begins."""
        return self.lines[min(self.numbers)].no if self.numbers else 0


def successors(number: Number) -> set[Number]:
    """The numbers that may come next: a first child, or the next sibling of the number or of one above it."""
    following = {(*number, (1, ""))}
    for depth in range(len(number)):
        value, suffix = number[depth]
        above = number[:depth]
        following.add((*above, (value + 1, "")))
        following.add((*above, (value, chr(ord(suffix) + 1) if suffix else "A")))
    return following


def runs(lines: list[Line], notes: Notes) -> list[Run]:
    """The runs of a section, with a warning for every number out of order."""
    marks = [number_marks(line) for line in lines]
    believed = _without_references(lines, marks) if any(marks) else marks_with_tops(lines)
    return _Sequence(lines, believed, notes).read()


def _without_references(lines: list[Line], marks: list[list[NumberMark]]) -> list[list[NumberMark]]:
    """The marks without "Clause 7" where it is no heading: in the middle of a sentence, or where the
    paragraphs have numbers of their own, which begin with 1.
    """
    own = any(mark.number == ((1, ""),) and not mark.worded for found in marks for mark in found)
    return [
        [mark for mark in found if not mark.worded or not (own or _is_open(lines, place))]
        for place, found in enumerate(marks)
    ]


def _is_open(lines: list[Line], place: int) -> bool:
    """Whether the line above stops in the middle of a sentence: it is neither closed nor a title."""
    if not place or lines[place - 1].blank or _CLOSED.search(lines[place - 1].text):
        return False
    return refers(lines[place - 1].text) or not is_title(lines[place - 1].words)


def _lines_before(lines: list[Line]) -> list[int | None]:
    """For each line the place of the last one before it that holds words and is no footnote."""
    found: list[int | None] = []
    last: int | None = None
    for place, line in enumerate(lines):
        found.append(last)
        if line.words and not line.note:
            last = place
    return found


def _first(number: Number) -> bool:
    return all(part == (1, "") for part in number)


class _Sequence:
    """Reads the numbers of one section from the first line to the last."""

    def __init__(self, lines: list[Line], marks: list[list[NumberMark]], notes: Notes) -> None:
        self.lines, self.marks, self.notes = lines, marks, notes
        self.current: Number | None = None
        self.seen: set[Number] = set()
        self.found: list[Run] = []
        self.run = Run([])
        self.listing: int = 0
        self.numbered = [place for place, found in enumerate(marks) if found]
        self.before = _lines_before(lines)
        self.places: dict[Number, list[int]] = {}
        for place in self.numbered:
            for mark in marks[place]:
                self.places.setdefault(mark.number, []).append(place)
        self.tops = {mark.number[0]: mark.top for found in marks for mark in found}

    def read(self) -> list[Run]:
        begin = 0
        for place, line in enumerate(self.lines):
            if not self.marks[place]:
                continue
            if self._restarts(place):
                self._close(begin, place)
                begin = place
            if mark := self._believe(place, line):
                self.run.numbers[place - begin] = mark
                self.current = mark.number
                self.seen.add(mark.number)
                self.listing = 0
            elif self.listing and (listed := self._listed(place)):
                self.run.listed[place - begin] = listed
        self._close(begin, len(self.lines))
        return self.found

    def _show(self, number: Number) -> str:
        return show(number, self.tops.get(number[0], ""))

    def _close(self, begin: int, end: int) -> None:
        self.run.lines = self.lines[begin:end]
        self.found.append(self.run)
        self.run, self.current, self.seen, self.listing = Run([]), None, set(), 0

    def _restarts(self, place: int) -> bool:
        """Whether the numbers start again here, in a new part without a heading of its own."""
        ones = [mark for mark in self.marks[place] if _first(mark.number)]
        if not ones or self.current is None or any(mark.number in successors(self.current) for mark in ones):
            return False
        mark = ones[0]
        if mark.number not in self.seen and not (len(mark.number) > 1 and self.current[0][0] > 1):
            return False
        if self._is_list(place, mark):
            self.listing = 1
            return False
        return len(mark.number) == 1 or mark.number in self.seen

    def _is_list(self, place: int, mark: NumberMark) -> bool:
        """Whether a second "1." begins a list inside a paragraph: the old numbers go on after it."""
        assert self.current is not None
        if len(mark.number) > 1:
            return False
        inner: Number = mark.number
        old = successors(self.current)
        for later in self._later(place):
            numbers = [other.number for other in later]
            if following := [number for number in numbers if number in successors(inner)]:
                inner = following[0]
                if len(inner) > 1:
                    return False
            elif old.intersection(numbers):
                return True
            elif mark.number in numbers:
                break
        return self._tail(place).endswith(":") and not is_title(mark.rest)

    def _listed(self, place: int) -> NumberMark | None:
        for mark in self.marks[place]:
            if mark.number == ((self.listing, ""),):
                self.listing += 1
                return mark
        return None

    def _later(self, place: int) -> Iterator[list[NumberMark]]:
        """The numbers that lines after this one may begin with."""
        first = bisect_right(self.numbered, place)
        return (self.marks[at] for at in self.numbered[first : first + _LOOKED_AHEAD])

    def _tail(self, place: int) -> str:
        """The end of the last line before this one that holds words."""
        before = self.before[place]
        return "" if before is None else self.lines[before].words

    def _believe(self, place: int, line: Line) -> NumberMark | None:
        marks = self.marks[place]
        if self.current is None:
            return self._begin(place)
        for mark in marks:
            if mark.number in successors(self.current) and self._fits(place, mark):
                return None if self._ends_list(place, mark) else mark
        if line.label is not None and not self.listing:
            return self._doubtful(place, marks[0])
        if self.listing and self._listed_next(marks):
            return None
        return self._out_of_order(place, marks)

    def _out_of_order(self, place: int, marks: list[NumberMark]) -> NumberMark | None:
        """A number that does not follow the one before it, where it fits and is believed all the same."""
        for mark in marks:
            if self._fits(place, mark) and (doubtful := self._doubtful(place, mark)):
                return doubtful
        return None

    def _ends_list(self, place: int, mark: NumberMark) -> bool:
        """Whether "3." goes on with a list in 2.2 and is not paragraph 3: then 2.3 comes before 3.1 and 4."""
        assert self.current is not None
        if not self.listing or not self._listed_next([mark]):
            return False
        siblings = successors(self.current) - {mark.number}
        for later in self._later(place):
            for other in later:
                if other.number in successors(mark.number):
                    return other.number in siblings
                if other.number in siblings:
                    return True
        return mark.rest[:1].islower()

    def _listed_next(self, marks: list[NumberMark]) -> bool:
        return any(mark.number == ((self.listing, ""),) for mark in marks)

    def _begin(self, place: int) -> NumberMark | None:
        """The first number of a run: 1, 1.1, or another from which the next numbers follow."""
        for mark in self.marks[place]:
            if _first(mark.number):
                return mark
        for mark in self.marks[place]:
            later = [other.number for found in self.marks[place + 1 : place + 40] for other in found]
            if (
                mark.number[0][0] < 200
                and later
                and any(number in successors(mark.number) for number in later[:3])
            ):
                return mark
        return None

    def _fits(self, place: int, mark: NumberMark) -> bool:
        """Whether the line reads like the beginning of a paragraph and not like the middle of a sentence."""
        if self.lines[place].label is None and mark.number in self.seen and refers(self._tail(place)):
            return False
        if self.lines[place].label is not None or not mark.rest[:1].islower():
            return True
        if refers(self._tail(place)):
            return False
        if len(mark.number) > 1 or mark.printed.endswith("."):
            return True
        return bool(_CLOSED.search(self._tail(place))) or self._after_heading(place)

    def _after_heading(self, place: int) -> bool:
        """Whether the line before is the heading of a numbered paragraph."""
        before = self.before[place]
        if before is None:
            return False
        return any(mark.number == self.current and is_title(mark.rest) for mark in self.marks[before])

    def _doubtful(self, place: int, mark: NumberMark) -> NumberMark | None:
        """A number that does not follow: believed with a warning, or text."""
        assert self.current is not None
        line, shown = self.lines[place], self._show(mark.number)
        missing = self._missing(mark.number)
        if missing is not None:
            if line.label is None and self._comes_later(place, missing):
                self.notes.warn(
                    line.no, "number_out_of_order",
                    f"{shown} stands before {self._show(missing)}:"
                    f" read as text of {self._show(self.current)}",
                )  # fmt: skip
                return None
            if mark.number[-1][0] - missing[-1][0] > 9:
                return None
            self.notes.warn(line.no, "number_missing", f"{self._show(missing)} is missing before {shown}")
            return mark
        if not _CLOSED.search(self._tail(place)) and mark.rest[:1].islower():
            return None
        if mark.number in self.seen:
            self.notes.warn(
                line.no, "number_repeated", f"{shown} is used again: read as a paragraph of its own"
            )
            return mark
        if len(mark.number) == 1 and not is_title(mark.rest):
            return None
        self.notes.warn(line.no, "number_out_of_order", f"{shown} does not follow {self._show(self.current)}")
        return mark

    def _missing(self, number: Number) -> Number | None:
        """The number that should stand before this one, where this one jumps ahead."""
        assert self.current is not None
        for expected in sorted(successors(self.current), key=len, reverse=True):
            if expected[-1][1]:
                continue
            if len(number) == len(expected) and number[:-1] == expected[:-1] and number[-1] > expected[-1]:
                return expected
            if (
                len(number) > len(expected)
                and number[: len(expected)] == expected
                and _first(number[len(expected) :])
            ):
                return expected
        return None

    def _comes_later(self, place: int, number: Number) -> bool:
        """Whether a line after this one begins with a number, before the numbers start again at 1."""
        later = self._next(number, place)
        again = self._next(((1, ""),), place)
        return later is not None and (again is None or later <= again)

    def _next(self, number: Number, place: int) -> int | None:
        places = self.places.get(number, [])
        following = bisect_right(places, place)
        return places[following] if following < len(places) else None
