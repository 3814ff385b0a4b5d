"""A reading while it is being corrected: its paragraphs and other text in order, each with a key that stays.

The kinds of correction are in ``correction_kinds.py``, their order and what they were made on in
``corrections.py``. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.reader.results import OtherText, ParsedDocument
from contracts.terms.citations import is_under
from contracts.terms.correction_kind import CorrectionKind as CorrectionKind  # asked for here with the rest
from contracts.terms.paragraphs import Paragraph

LONGEST_SCOPE = 60
LONGEST_NUMBER = 100
LONGEST_PRINTED = 60
LONGEST_HEADING = 255


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person did to one paragraph, or to other text (``ADD``), of a reading.

    ``number`` is its place among those of its schedule. ``path`` is the paragraph's path when it was made,
    "" for other text, and ``words`` what it said: by these it is found again. ``what`` has what the kind
    needs, as ``correction_kinds.py`` says.
    """

    number: int
    kind: CorrectionKind
    path: str
    words: str
    what: Mapping[str, Any] = field(default_factory=dict)


class CorrectionError(ValueError):
    """A correction that does not fit the reading: its ``number``, the ``field`` at fault, and the fix."""

    def __init__(self, number: int, field: str, message: str) -> None:
        super().__init__(message)
        self.number = number
        self.field = field


class Misfit(Exception):
    """Why something cannot be done to a state. ``apply`` adds which correction it was."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph with its key: ``p`` and its place in the reading, ``c`` and the number of the correction
    that made it, or the key of the other text that it was.
    """

    key: str
    paragraph: Paragraph

    @property
    def path(self) -> str:
        """Its path as it stands now."""
        return self.paragraph.path

    @property
    def whole(self) -> str:
        """Heading and text, as they follow one another."""
        return "\n".join(part for part in (self.paragraph.heading, self.paragraph.text) if part)

    @property
    def shown(self) -> str:
        """All that the page shows of it: its number, its heading, its text."""
        return " ".join(part for part in (self.paragraph.printed, self.whole) if part)


@dataclass(frozen=True, slots=True)
class Stray:
    """Text that belongs to no paragraph. Its key: ``o`` and its place, or that of the paragraph it was."""

    key: str
    other: OtherText


class State:
    """The pieces and the other text of a reading, in document order."""

    def __init__(self, reading: ParsedDocument) -> None:
        self.pieces = [Piece(f"p{place}", one) for place, one in enumerate(reading.paragraphs)]
        self.strays = [Stray(f"o{place}", one) for place, one in enumerate(reading.other)]

    def at(self, path: str) -> int:
        """The place of the paragraph with this path. Raises Misfit."""
        for place, piece in enumerate(self.pieces):
            if piece.path == path:
                return place
        raise Misfit("path", f"There is no paragraph {path}.")

    def under(self, path: str) -> list[int]:
        """The places of a paragraph and of all that stands under it."""
        return [place for place, piece in enumerate(self.pieces) if is_under(piece.path, path)]

    def end_of(self, place: int) -> int:
        """The place after a paragraph and after what follows it and stands under it."""
        path = self.pieces[place].path
        place += 1
        while place < len(self.pieces) and is_under(self.pieces[place].path, path):
            place += 1
        return place

    def change(self, place: int, **given: Any) -> None:
        """Put a paragraph with other fields at the place of one, under the same key."""
        piece = self.pieces[place]
        self.pieces[place] = replace(piece, paragraph=replace(piece.paragraph, **given))

    def repath(self, changed: Mapping[int, tuple[str, str]], field: str) -> None:
        """Give scope and number to paragraphs, by place. Raises Misfit where two would have one path."""
        for scope, number in changed.values():
            check_path(scope, number)
        kept = {piece.path: piece for place, piece in enumerate(self.pieces) if place not in changed}
        for scope, number in changed.values():
            if (there := kept.get(f"{scope}/{number}")) is not None:
                raise Misfit(field, _is_taken(there))
        for place, (scope, number) in changed.items():
            self.change(place, scope=scope, number=number)

    def check_free(self, scope: str, number: str) -> None:
        """Raise Misfit for a number that cannot be one or that another paragraph has."""
        check_path(scope, number)
        for piece in self.pieces:
            if piece.path == f"{scope}/{number}":
                raise Misfit("number", _is_taken(piece))


def check_path(scope: str, number: str) -> None:
    """Raise Misfit for a scope and a number that make no path."""
    if not scope.strip() or "/" in scope or scope != scope.strip():
        raise Misfit("scope", "Enter the part it stands in, such as main or Annex 1, without a slash.")
    if len(scope) > LONGEST_SCOPE:
        raise Misfit("scope", f"Shorten the name of the part to {LONGEST_SCOPE} characters.")
    if not any(one.isalnum() for one in number) or number != " ".join(number.split()):
        raise Misfit("number", "Enter a number, such as 1.3 or 1.3(a).")
    if len(number) > LONGEST_NUMBER or len(f"{scope}/{number}") > LONGEST_SCOPE + LONGEST_NUMBER:
        raise Misfit("number", f"Shorten the number to {LONGEST_NUMBER} characters.")


def without_printed(text: str, printed: str) -> str:
    """A text without the number that it begins with."""
    return text.removeprefix(printed).strip() if printed else text.strip()


def renumbered(piece: Piece, old: str, new: str) -> str:
    """The number of a paragraph, once what it stands under has another."""
    return new + piece.paragraph.number[len(old) :]


def scopes_of(pieces: Iterable[Piece]) -> list[str]:
    """The parts of the document that have paragraphs, in their order."""
    return list(dict.fromkeys(piece.paragraph.scope for piece in pieces))


def _is_taken(piece: Piece) -> str:
    said = " ".join(piece.whole.split())
    words = said if len(said) <= 60 else f"{said[:60].rsplit(' ', 1)[0]} …"
    return (
        f"{piece.paragraph.number} in {piece.paragraph.scope} is another paragraph: “{words}”."
        " Enter a number that is free, or give that one another number first."
    )
