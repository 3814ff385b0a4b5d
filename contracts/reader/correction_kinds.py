"""What each kind of correction does to a reading. ``what`` of a correction has, by its kind:

renumber  number; scope where the part is another too
rescope   scope; rest: whether all that follows in its part goes with it
split     at: the character of its text at which the second paragraph begins; scope, number and printed of
          that; under: whether what stood under the first stands under the second
join      printed: whether its number is part of the words
move      after: the path it stands after, "" for the first place; scope and number where these change
heading   length: how many characters of heading and text together are the heading
drop      under: whether all that stands under it goes with it
add       scope, number, printed; after as in move
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contracts.reader.correction_state import (
    LONGEST_HEADING,
    CorrectionKind,
    Misfit,
    Piece,
    State,
    Stray,
    renumbered,
    without_printed,
)
from contracts.reader.results import OtherText
from contracts.terms.citations import is_under
from contracts.terms.paragraphs import Paragraph

What = Mapping[str, Any]


def do(state: State, kind: CorrectionKind, place: int, what: What, key: str) -> None:
    """Do to the state what a correction says. ``place`` is that of its paragraph, or of its other text.

    ``key`` is that of a paragraph that it makes. Raises Misfit.
    """
    if kind is CorrectionKind.SPLIT:
        _split(state, place, what, key)
    elif kind is CorrectionKind.ADD:
        _add(state, place, what)
    else:
        _DOING[kind](state, place, what)


def _renumber(state: State, place: int, what: What) -> None:
    one = state.pieces[place].paragraph
    scope, number = what.get("scope") or one.scope, what["number"]
    if (scope, number) == (one.scope, one.number):
        raise Misfit("number", "It has this number already: enter another.")
    _repath(state, one, scope, number, "number")


def _repath(state: State, one: Paragraph, scope: str, number: str, field: str) -> None:
    below = state.under(one.path)
    state.repath({at: (scope, renumbered(state.pieces[at], one.number, number)) for at in below}, field)


def _rescope(state: State, place: int, what: What) -> None:
    one, scope = state.pieces[place].paragraph, what["scope"]
    if scope == one.scope:
        raise Misfit("scope", f"It stands in {scope} already: enter another part.")
    if what.get("rest"):
        moved = [
            at for at, piece in enumerate(state.pieces) if at >= place and piece.paragraph.scope == one.scope
        ]
    else:
        moved = state.under(one.path)
    state.repath({at: (scope, state.pieces[at].paragraph.number) for at in moved}, "scope")


def _split(state: State, place: int, what: What, key: str) -> None:
    one, at = state.pieces[place].paragraph, what["at"]
    first, second = one.text[:at].rstrip(), without_printed(one.text[at:], what.get("printed", ""))
    if not second or not (first or one.heading):
        raise Misfit("begins", "Choose words with others before them: each paragraph needs words of its own.")
    state.check_free(what["scope"], what["number"])
    below = [at for at in state.under(one.path) if at != place]
    new = Paragraph(what["scope"], what["number"], what.get("printed", ""), None, second, one.line)
    state.change(place, text=first)
    if what.get("under"):
        state.repath(
            {at: (new.scope, renumbered(state.pieces[at], one.number, new.number)) for at in below}, "number"
        )
        state.pieces.insert(place + 1, Piece(key, new))
    else:
        state.pieces.insert(state.end_of(place), Piece(key, new))


def _join(state: State, place: int, what: What) -> None:
    piece = state.pieces[place]
    if place == 0:
        raise Misfit("path", "It is the first paragraph: there is none before it to join.")
    if len(state.under(piece.path)) > 1:
        raise Misfit(
            "path",
            f"Paragraphs stand under {piece.paragraph.number}: give these other numbers first, or join them"
            " with the one before them.",
        )
    before = state.pieces[place - 1].paragraph
    words = piece.shown if what.get("printed") else piece.whole
    state.change(place - 1, text="\n".join(part for part in (before.text, words) if part))
    del state.pieces[place]


def _move(state: State, place: int, what: What) -> None:
    one = state.pieces[place].paragraph
    scope, number = what.get("scope") or one.scope, what.get("number") or one.number
    if what["after"] and is_under(what["after"], one.path):
        raise Misfit("after", "Choose a paragraph that does not stand under it.")
    moved = [state.pieces[at] for at in state.under(one.path)]
    before = list(state.pieces)
    keys = {piece.key for piece in moved}
    state.pieces = [piece for piece in state.pieces if piece.key not in keys]
    at = _after(state, what["after"], f"{scope}/{number}")
    state.pieces[at:at] = moved
    if (scope, number) != (one.scope, one.number):
        _repath(state, one, scope, number, "number")
    elif state.pieces == before:
        raise Misfit("after", "It stands there already: choose another place.")


def _after(state: State, path: str, new: str) -> int:
    """The place after a paragraph: before what stands under it where the new one stands there too."""
    if not path:
        return 0
    try:
        place = state.at(path)
    except Misfit as misfit:
        raise Misfit("after", misfit.message) from misfit
    return place + 1 if is_under(new, path) else state.end_of(place)


def _heading(state: State, place: int, what: What) -> None:
    piece, length = state.pieces[place], what["length"]
    heading, text = piece.whole[:length].strip(), piece.whole[length:].strip()
    if len(heading) > LONGEST_HEADING:
        raise Misfit("heading", f"Shorten the heading to {LONGEST_HEADING} characters.")
    if (heading or None, text) == (piece.paragraph.heading, piece.paragraph.text):
        raise Misfit("heading", "The heading is this already: change where it ends.")
    state.change(place, heading=heading or None, text=text)


def _drop(state: State, place: int, what: What) -> None:
    path = state.pieces[place].path
    places = set(state.under(path)) if what.get("under") else {place}
    for at in sorted(places):
        piece = state.pieces[at]
        other = OtherText(piece.paragraph.scope, piece.paragraph.line, piece.shown)
        state.strays.append(Stray(piece.key, other))
    state.strays.sort(key=lambda one: one.other.line)
    state.pieces = [piece for at, piece in enumerate(state.pieces) if at not in places]


def _add(state: State, place: int, what: What) -> None:
    stray = state.strays[place]
    state.check_free(what["scope"], what["number"])
    text = without_printed(stray.other.text, what.get("printed", ""))
    if not text:
        raise Misfit("number", "A paragraph needs words besides its number.")
    new = Paragraph(what["scope"], what["number"], what.get("printed", ""), None, text, stray.other.line)
    at = _after(state, what["after"], new.path)
    state.pieces.insert(at, Piece(stray.key, new))
    state.strays = [one for one in state.strays if one.key != stray.key]


_DOING: dict[CorrectionKind, Callable[[State, int, What], None]] = {
    CorrectionKind.RENUMBER: _renumber,
    CorrectionKind.RESCOPE: _rescope,
    CorrectionKind.JOIN: _join,
    CorrectionKind.MOVE: _move,
    CorrectionKind.HEADING: _heading,
    CorrectionKind.DROP: _drop,
}


def moved_along(kind: CorrectionKind, what: What, before: str, now: str) -> What:
    """What a correction asks where its paragraph has another number in a later edition: the numbers that it
    names under the same parent go along.
    """
    scope, _, number = before.partition("/")
    new_scope, _, new_number = now.partition("/")
    changed = dict(what)
    if kind is not CorrectionKind.RESCOPE and what.get("scope") == scope:
        changed["scope"] = new_scope
    if what.get("number") and what.get("scope", scope) in ("", scope):
        changed["number"] = _along(what["number"], number, new_number)
    if what.get("after", "").startswith(f"{scope}/"):
        changed["after"] = f"{new_scope}/{_along(what['after'].partition('/')[2], number, new_number)}"
    return changed


def _along(number: str, before: str, now: str) -> str:
    """A number beside another, once that one is called otherwise: 1.3 beside 1.2 is 2.3 beside 2.2."""
    head = _head(before)
    return _head(now) + number[len(head) :] if head and number.startswith(head) else number


def _head(number: str) -> str:
    """A number without its last part: "1." of 1.2, "1.2(" of 1.2(a)."""
    end = max(number.rfind("."), number.rfind("("))
    return number[: end + 1]
