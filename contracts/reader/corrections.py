"""A reading as people corrected it: the reading and their corrections in, the corrected reading out. Pure.

A correction is bound to the words it was made on. In the document itself these stand at its path; in a later
edition they are looked for, and a correction that does not find them is told and left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from contracts.reader import timing
from contracts.reader.correction_kinds import do, moved_along
from contracts.reader.correction_state import (
    Correction,
    CorrectionError,
    CorrectionKind,
    Misfit,
    Piece,
    State,
    Stray,
)
from contracts.reader.likeness import tokens
from contracts.reader.results import Notes, ParsedDocument, Scope


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected reading. The key of a piece is the same before and after a correction that keeps it."""

    read: ParsedDocument
    pieces: tuple[Piece, ...]
    strays: tuple[Stray, ...]

    @property
    def by_key(self) -> dict[str, Piece]:
        """The pieces by key."""
        return {piece.key: piece for piece in self.pieces}

    @property
    def by_path(self) -> dict[str, Piece]:
        """The pieces by path."""
        return {piece.path: piece for piece in self.pieces}

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was read."""
        return tuple(piece.paragraph for piece in self.pieces) != self.read.paragraphs

    def reading(self) -> ParsedDocument:
        """As a reading, its time limits placed anew where it is corrected."""
        if not self.changed:
            return self.read
        paragraphs = [piece.paragraph for piece in self.pieces]
        limits, unclaimed = timing.place(paragraphs, Notes())
        known = {one.name: one for one in self.read.scopes}
        names = dict.fromkeys(one.scope for one in paragraphs)
        first = {one.scope: one.line for one in reversed(paragraphs)}
        return replace(
            self.read,
            paragraphs=tuple(paragraphs),
            time_limits=tuple(limits),
            unclaimed=tuple(unclaimed),
            scopes=tuple(known.get(name, Scope(name, "", first[name])) for name in names),
            other=tuple(one.other for one in self.strays),
        )


def apply(reading: ParsedDocument, corrections: Iterable[Correction]) -> Corrected:
    """The reading after the corrections, in their order. Raises CorrectionError for the first that does not
    fit: it names the correction, and the field at fault.
    """
    state = State(reading)
    for one in corrections:
        _do(state, one)
    return _corrected(reading, state)


@dataclass(frozen=True, slots=True)
class Lost:
    """A correction that a later edition has no place for, and why."""

    correction: Correction
    why: str


@dataclass(frozen=True, slots=True)
class Again:
    """Corrections on a later edition: those that fit, bound to its paths, and those that do not."""

    corrected: Corrected
    kept: tuple[Correction, ...]
    lost: tuple[Lost, ...]


def again(reading: ParsedDocument, corrections: Iterable[Correction]) -> Again:
    """Do corrections again to a later edition, each where the words stand that it was made on."""
    state = State(reading)
    kept: list[Correction] = []
    lost: list[Lost] = []
    for one in corrections:
        found = _found_again(state, one)
        if found is None:
            lost.append(Lost(one, "Its words are not in this edition, or more than once."))
            continue
        attempt = State(reading)
        attempt.pieces, attempt.strays = list(state.pieces), list(state.strays)
        try:
            _do(attempt, found)
        except CorrectionError as error:
            lost.append(Lost(one, str(error)))
            continue
        state = attempt
        kept.append(found)
    return Again(_corrected(reading, state), tuple(kept), tuple(lost))


def _do(state: State, one: Correction) -> None:
    try:
        place = _place(state, one)
        do(state, one.kind, place, one.what, f"c{one.number}")
    except Misfit as misfit:
        raise CorrectionError(one.number, misfit.field, misfit.message) from misfit


def _place(state: State, one: Correction) -> int:
    """Where its words stand in the document itself. Raises Misfit."""
    if one.kind is CorrectionKind.ADD:
        strays = [place for place, stray in enumerate(state.strays) if stray.other.text == one.words]
        if not strays:
            raise Misfit("path", "The text that it was made of is not among the other text.")
        return strays[0]
    place = state.at(one.path)
    if state.pieces[place].whole != one.words:
        raise Misfit("path", f"The words of {one.path} are others.")
    return place


def _found_again(state: State, one: Correction) -> Correction | None:
    """The correction bound to where its words stand in a later edition."""
    if one.kind is CorrectionKind.ADD:
        there = [stray.other.text for stray in state.strays if _key(stray.other.text) == _key(one.words)]
        return replace(one, words=there[0]) if there else None
    piece = _piece_again(state, one)
    if piece is None:
        return None
    if piece.whole != one.words and one.kind in (CorrectionKind.SPLIT, CorrectionKind.HEADING):
        return None  # the same words with other signs between them: the places would be others
    what = one.what if piece.path == one.path else moved_along(one.kind, one.what, one.path, piece.path)
    return replace(one, path=piece.path, words=piece.whole, what=what)


def _piece_again(state: State, one: Correction) -> Piece | None:
    """The one paragraph with the words of a correction; where several have them, that at its number."""
    key = _key(one.words)
    pieces = [piece for piece in state.pieces if _key(piece.whole) == key] if key else []
    found = [piece for piece in pieces if piece.path == one.path] or pieces
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=20_000)
def _key(words: str) -> tuple[str, ...]:
    return tuple(tokens(words))


def _corrected(reading: ParsedDocument, state: State) -> Corrected:
    return Corrected(reading, tuple(state.pieces), tuple(state.strays))


__all__ = [
    "Again",
    "Corrected",
    "Correction",
    "CorrectionError",
    "CorrectionKind",
    "Lost",
    "again",
    "apply",
]
