"""The pages of a PDF: the text of each, and where its words and pictures stand, in points from below left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pypdf
from pypdf.errors import LimitReachedError

Matrix = list[float]

_SMALLEST_NUMBER, _LARGEST_NUMBER = (4, 5), (60, 22)
"""Width and height of a picture that may show a number, in points."""
_DRAWN = 30
"""Painted shapes on a page without text that show words drawn as outlines and not a frame or a line."""
_SIDE_BY_SIDE = 8
"""Lines of a page that begin a second time in its right half before it is called a page of columns."""
_PAINTS = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"S", b"s"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a page: its lower left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def like_a_number(self) -> bool:
        """Whether it is as small as a paragraph number."""
        return (
            _SMALLEST_NUMBER[0] <= self.width <= _LARGEST_NUMBER[0]
            and _SMALLEST_NUMBER[1] <= self.height <= _LARGEST_NUMBER[1]
        )


@dataclass(slots=True)
class Page:
    """One page. ``words`` are the places where stretches of text begin, in the order they are drawn."""

    width: float
    height: float
    lines: list[str] = field(default_factory=list)
    words: list[tuple[float, float]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    shapes: int = 0
    recognised: bool = False
    """Whether its lines are what character recognition made of a picture."""

    @property
    def blank(self) -> bool:
        """Whether no text stands on it."""
        return not any(line.strip() for line in self.lines)

    @property
    def is_picture(self) -> bool:
        """Whether it shows something and has no text: scanned, or with its letters drawn as outlines."""
        return self.blank and (bool(self.pictures) or self.shapes >= _DRAWN)

    @property
    def mostly_picture(self) -> bool:
        """Whether one picture covers most of it."""
        return any(picture.width * picture.height * 2 > self.width * self.height for picture in self.pictures)

    def numbers_as_pictures(self) -> int:
        """How many small pictures stand at the left of a line, with words after them and none before."""
        return sum(self._numbers(picture) for picture in self.pictures if picture.like_a_number)

    def _numbers(self, picture: Picture) -> bool:
        beside = [x for x, y in self.words if picture.y - 4 <= y <= picture.y + picture.height]
        return picture.x * 2 < self.width and bool(beside) and min(beside) > picture.x

    def is_in_columns(self) -> bool:
        """Whether nearly every line goes on at one and the same place in the right half: its two columns
        were drawn across, so that their lines come out mixed. A table with rows of one line is alike.
        """
        right = Counter(round(x) for x, _ in self.words if 0.45 * self.width <= x <= 0.75 * self.width)
        if not right:
            return False
        place, lines = right.most_common(1)[0]
        left = len({round(y) for x, y in self.words if x < 0.4 * self.width})
        across = sum(
            round(x) == place and before < 0.4 * self.width and abs(y - above) < 2
            for (before, above), (x, y) in zip(self.words, self.words[1:], strict=False)
        )
        return across >= _SIDE_BY_SIDE and across * 5 >= lines * 4 and across * 5 >= left * 3


@dataclass(slots=True)
class Budget:
    """What a document may take in all: bytes of drawing once unpacked, and steps of drawing."""

    size: int = 40_000_000
    steps: int = 4_000_000

    def take(self, size: int = 0, steps: int = 0) -> None:
        """Take some of it. Raises LimitReachedError where no more is left."""
        self.size -= size
        self.steps -= steps
        if self.size < 0 or self.steps < 0:
            raise LimitReachedError("more drawing than a document has")


def page_of(source: pypdf.PageObject, budget: Budget) -> Page:
    """Read a page. Raises what the library raises of a damaged one, or of one that unpacks to too much."""
    contents = source.get_contents()
    budget.take(size=len(contents.get_data()) if contents is not None else 0)
    page = Page(float(source.mediabox.width), float(source.mediabox.height))
    forms = _forms(source)

    def word(text: str, outer: Matrix, inner: Matrix, font: Any, size: float) -> None:
        if text.strip():
            x, y = inner[4], inner[5]
            page.words.append(
                (x * outer[0] + y * outer[2] + outer[4], x * outer[1] + y * outer[3] + outer[5])
            )

    def drawn(operator: bytes, operands: Any, outer: Matrix, inner: Matrix) -> None:
        budget.take(steps=1)
        if operator in _PAINTS:
            page.shapes += 1
        elif operator == b"INLINE IMAGE" or (operator == b"Do" and str(operands[0]) not in forms):
            page.pictures.append(Picture(outer[4], outer[5], abs(outer[0]), abs(outer[3])))

    text = source.extract_text(visitor_text=word, visitor_operand_before=drawn)
    page.lines = text.splitlines()
    return page


def _forms(source: pypdf.PageObject) -> set[str]:
    """The names of what a page draws that is no picture but further drawing."""
    resources = source.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    named = objects.get_object().items() if objects is not None else ()
    return {name for name, drawn in named if drawn.get_object().get("/Subtype") == "/Form"}
