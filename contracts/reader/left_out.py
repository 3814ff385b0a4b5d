"""Words of a file that are not read: gathered, counted, and quoted in one warning."""

from __future__ import annotations

from dataclasses import dataclass, field

from contracts.reader.results import Notes

_SHOWN, _LONGEST = 3, 60


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    words: str
    where: str


@dataclass(slots=True)
class LeftOut:
    """Words of one kind that are not read, by place. ``open``: whether the next may go on with the last."""

    places: list[_Place] = field(default_factory=list)
    open: bool = False

    def add(self, line: int, words: str, where: str = "", goes_on: bool = False) -> None:
        """Note words that are left out at a line. Where they go on with those before, and nothing was read
        between them, both are one place.
        """
        if goes_on and self.open and self.places:
            before = self.places.pop()
            line, words = before.line, before.words + words
        self.places.append(_Place(line, words, where))
        self.open = True

    def warn(self, notes: Notes, code: str, what: str) -> None:
        """One warning for the whole file: how many places, and the words of the first few."""
        if not self.places:
            return
        count = len(self.places)
        shown = ", ".join(_shown(place) for place in self.places[:_SHOWN])
        more = f" and {count - _SHOWN} more" if count > _SHOWN else ""
        notes.warn(
            self.places[0].line, code, f"{what} ({count} place{'' if count == 1 else 's'}: {shown}{more})"
        )


def _shown(place: _Place) -> str:
    words = " ".join(place.words.split())
    if len(words) > _LONGEST:
        words = f"{words[:_LONGEST].rsplit(' ', 1)[0]} …"
    return " ".join(part for part in (place.where, f'"{words}"' if words else "") if part)
