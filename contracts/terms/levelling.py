"""Words as they were meant: without ligatures, soft hyphens and the hyphens of a line's end.

A PDF prints "ﬁve" with one sign for two letters, and breaks "Work-ing" where its line ends. What is found in
the levelled text is shown as printed, so every place in it leads back to the place in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.terms.amounts import level

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_OF_TIME = frozenset({
    "within", "working", "business", "calendar", "minute", "minutes", "hour", "hours", "month", "months",
    "quarter", "quarters", "fortnight", "notice", "before", "after", "following", "receipt", "seven",
    "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred",
})  # fmt: skip
_BROKEN = re.compile(
    r"[ﬀﬁﬂﬃﬄﬅﬆ]|\u00ad\s*|(?<=[a-z])[-\u2010]\s*\n\s*(?=[a-z])"
    r"|(?<![\w-])(?P<head>[A-Za-z]{2,8})[-\u2010](?P<tail>[a-z]{2,8})(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Levelled:
    """Levelled text. ``places``: for each of its characters the place in the text; empty where they agree."""

    plain: str
    places: tuple[int, ...] = ()

    def span(self, span: tuple[int, int]) -> tuple[int, int]:
        """Where a span of the levelled text stands in the text as printed."""
        if not self.places:
            return span
        return self.places[span[0]], self.places[span[1] - 1] + 1


def levelled(text: str) -> Levelled:
    """The text made plain, broken words made whole."""
    parts: list[str] = []
    places: list[int] = []
    place = 0
    for match in _BROKEN.finditer(text):
        whole = _whole(match)
        if whole is None:
            continue
        parts += [text[place : match.start()], whole]
        places += range(place, match.start())
        places += (min(match.start() + number, match.end() - 1) for number in range(len(whole)))
        place = match.end()
    if not parts:
        return Levelled(level(text))
    parts.append(text[place:])
    return Levelled(level("".join(parts)), (*places, *range(place, len(text))))


def _whole(match: re.Match[str]) -> str | None:
    """What the signs stand for; None for a hyphen that belongs to its word."""
    if match["head"] is None:
        return _LIGATURES.get(match[0], "")
    joined = match["head"] + match["tail"]
    return joined if joined.lower() in _OF_TIME else None
