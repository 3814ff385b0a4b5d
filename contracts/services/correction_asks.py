"""What a person enters for a correction, turned into what the reader needs, against the words as they stand.

Each function gives what ``corrections.correct`` takes as ``asks``. It raises Refused at the field entered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contracts.reader.correction_state import Piece
from contracts.reader.corrections import Corrected
from contracts.services.corrections import Asks
from contracts.services.errors import Refused
from contracts.services.schedule_readings import ScheduleReading

What = Mapping[str, Any]


def renumber(number: str, scope: str = "") -> Asks:
    """Another number; another part too, where one is given."""
    return lambda reading, piece: {"number": _tidy(number), "scope": _tidy(scope)}


def rescope(scope: str, *, rest: bool) -> Asks:
    """Another part, for the paragraph and what stands under it, or for all the rest of its part."""
    return lambda reading, piece: {"scope": _tidy(scope), "rest": rest}


def split(begins: str, number: str, scope: str = "", *, under: bool) -> Asks:
    """A second paragraph that begins with the words ``begins``.

    ``under``: what stood under the first stands under the second.
    """

    def asks(reading: ScheduleReading, piece: Piece) -> What:
        at = place_of(begins, piece.paragraph.text)
        return {
            "at": at,
            "number": _tidy(number),
            "scope": _tidy(scope) or piece.paragraph.scope,
            "printed": printed_in(piece.paragraph.text[at:], _tidy(number)),
            "under": under,
        }

    return asks


def join(*, printed: bool) -> Asks:
    """Joined with the paragraph before it. ``printed``: its number is part of the words."""
    return lambda reading, piece: {"printed": printed}


def move(after: str, number: str = "", scope: str = "") -> Asks:
    """Another place, after a paragraph by its number or path, "" for the first place."""

    def asks(reading: ScheduleReading, piece: Piece) -> What:
        one = piece.paragraph
        return {
            "after": path_of(reading.corrected, after, one.scope),
            "number": _tidy(number) or one.number,
            "scope": _tidy(scope) or one.scope,
        }

    return asks


def heading(words: str) -> Asks:
    """Its heading is these words, with which it begins; "" for none."""

    def asks(reading: ScheduleReading, piece: Piece) -> What:
        found = re.match(_loosely(words), piece.whole) if words.strip() else None
        if words.strip() and found is None:
            raise Refused(
                "heading", "A heading is the first words of the paragraph: copy them from its beginning."
            )
        return {"length": found.end() if found else 0}

    return asks


def drop(*, under: bool) -> Asks:
    """It is no paragraph; ``under``: nor is what stands under it."""
    return lambda reading, piece: {"under": under}


def added(reading: ScheduleReading, key: str, number: str, scope: str, after: str) -> What:
    """Other text as a paragraph of this number, after another."""
    words = next((one.other.text for one in reading.corrected.strays if one.key == key), "")
    return {
        "number": _tidy(number),
        "scope": _tidy(scope),
        "printed": printed_in(words, _tidy(number)),
        "after": path_of(reading.corrected, after, _tidy(scope)),
    }


def place_of(begins: str, text: str) -> int:
    """Where words stand in a text, whatever the space between them. Raises Refused on "begins"."""
    if not begins.strip():
        raise Refused("begins", "Enter the first words of the second paragraph, as they stand in this one.")
    places = [found.start() for found in re.finditer(_loosely(begins), text)]
    if not places:
        raise Refused("begins", "These words are not in the paragraph: copy them from its text.")
    if len(places) > 1:
        raise Refused("begins", "These words stand in the paragraph more than once: enter more of them.")
    return places[0]


def printed_in(text: str, number: str) -> str:
    """The number that a text begins with as it is printed there, "" where it begins with another word."""
    last = re.search(r"\([^()]+\)$", number)
    ways = "|".join(re.escape(one) for one in (number, last[0] if last else "") if one)
    found = re.match(rf"\s*(?P<printed>(?:{ways})[.):]?)(?=\s)", text) if ways else None
    return found["printed"] if found else ""


def path_of(corrected: Corrected, entered: str, scope: str) -> str:
    """The path of a paragraph that a person named by number or path. Raises Refused on "after"."""
    entered = _tidy(entered)
    if not entered:
        return ""
    paths = corrected.by_path
    for path in (f"{scope}/{entered}", entered):
        if path in paths:
            return path
    raise Refused(
        "after",
        f"There is no paragraph {entered} in {scope or 'this document'}: enter the number of one that is"
        " there, or the part and the number, such as Annex 1/2.",
    )


def _loosely(words: str) -> str:
    return r"\s+".join(re.escape(one) for one in words.split())


def _tidy(text: str) -> str:
    return " ".join(text.split())
