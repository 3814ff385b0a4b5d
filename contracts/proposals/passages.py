"""The text that a paragraph is read in: its own words, after those that lead in to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.proposals.proposal import Words
from contracts.proposals.sentences import sentence_spans
from contracts.terms.paragraphs import Paragraph, parents

_LEADS = re.compile(r"[:—–]\s*$|\b(?:shall|must|will|may|to|that|either|of|not|and|or)\s*[-,]?\s*$", re.I)
_TAIL = re.compile(r"[:—–][^\S\n]*\n|\b(?:shall|must|to|that),?[^\S\n]*\n")


_BEARS_ON_EACH = re.compile(
    r"\s*(?:,?\s*(?:and|but|or)?[\s,]*in\s+(?:each|any|either|every|all)\s+cases?\b|within\b|no\s+later"
    r"|not\s+later|and\s+in\s+any\s+event)[^.;]*[.;]?\s*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one paragraph: ``text`` begins at ``start`` of it, and at ``at`` of the passage."""

    path: str
    start: int
    at: int
    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Pieces one after another, ``joint`` between. ``own``: where the paragraph's own words begin."""

    pieces: tuple[Piece, ...]
    own: int = 0
    joint: str = ", "

    @property
    def text(self) -> str:
        """All of it, a wrapped line as one."""
        return self.joint.join(piece.text.replace("\n", " ") for piece in self.pieces)

    def words(self, start: int, end: int) -> Words | None:
        """The words at a place, as they stand in their paragraph. Of words from two paragraphs, the longer
        run counts. None for no words.
        """
        best: Words | None = None
        for piece in self.pieces:
            first, last = max(start, piece.at), min(end, piece.at + len(piece.text))
            text = piece.text[first - piece.at : last - piece.at] if first < last else ""
            first += len(text) - len(text.lstrip())
            text = text.strip()
            if text and (best is None or len(text) > len(best.text)):
                place = piece.start + first - piece.at
                best = Words(piece.path, place, place + len(text), text, piece.heading)
        return best


def passage(pieces: Sequence[tuple[str, int, str, bool]], own: int = 0, joint: str = ", ") -> Passage:
    """A passage from (path, start, text, heading); ``own``: the number of the first piece that is its own."""
    made: list[Piece] = []
    at = 0
    for path, start, text, heading in pieces:
        made.append(Piece(path, start, at, text, heading))
        at += len(text) + len(joint)
    return Passage(tuple(made), made[own].at if own < len(made) else at, joint)


@dataclass(frozen=True, slots=True)
class Lead:
    """The last words of a paragraph that has others under it, which read on from them; with its own lead."""

    pieces: tuple[tuple[str, int, str, bool], ...]

    @property
    def text(self) -> str:
        """The words, without the colon."""
        return " ".join(piece[2].replace("\n", " ") for piece in self.pieces).rstrip(" :—–-\n")


class Tree:
    """The paragraphs of a document by path, with what leads in to which."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs: Mapping[str, Paragraph] = {one.path: one for one in paragraphs}
        self.above = parents(paragraphs)
        self.under: dict[str, list[str]] = {}
        for path, above in self.above.items():
            if above is not None:
                self.under.setdefault(above, []).append(path)
        self._leads: dict[str, Lead | None] = {}

    def body(self, path: str) -> tuple[str, int]:
        """The text of a paragraph before what stands under it, and where its tail after that begins."""
        text = self.paragraphs[path].text
        if path in self.under and (match := _TAIL.search(text)):
            return text[: match.end()].rstrip(), match.end()
        return text, len(text)

    def tail(self, path: str) -> list[tuple[str, int, str, bool]]:
        """The words after the last item under a paragraph where they bear on each: "in each case within"."""
        _, tail = self.body(path)
        text = self.paragraphs[path].text[tail:]
        return [(path, tail, text, False)] if _BEARS_ON_EACH.match(text) else []

    def items(self, path: str) -> list[str]:
        """The first words of what stands directly under a paragraph."""
        return [
            self.paragraphs[one].text or self.paragraphs[one].heading or ""
            for one in self.under.get(path, ())
        ]

    def leads(self, path: str) -> bool:
        """Whether what stands under the paragraph reads on from it."""
        return path in self.under and self.lead_of(self.under[path][0]) is not None

    def lead_of(self, path: str) -> Lead | None:
        """What leads in to the paragraph: the last sentence of the one above where it reads on."""
        above = self.above.get(path)
        if above is None:
            return None
        if above not in self._leads:
            self._leads[above] = self._lead(above)
        return self._leads[above]

    def _lead(self, path: str) -> Lead | None:
        paragraph = self.paragraphs[path]
        text, _ = self.body(path)
        heading = not text.strip() and bool(paragraph.heading)
        if heading:
            text = paragraph.heading or ""
        if not _LEADS.search(text) or (heading and not re.search(r":\s*$|\bshall\s*$", text)):
            return None
        spans = sentence_spans(text)
        if not spans:
            return None
        start, end = spans[-1]
        before = self.lead_of(path) if len(spans) == 1 else None
        said = text[start:end].rstrip(" :—–-\n")
        own = ((path, start, said, heading),)
        return Lead((*(before.pieces if before else ()), *own))

    def headings(self, path: str) -> list[Paragraph]:
        """The paragraphs above that have headings, the nearest first, with the paragraph itself."""
        found: list[Paragraph] = []
        here: str | None = path
        while here is not None:
            if self.paragraphs[here].heading:
                found.append(self.paragraphs[here])
            here = self.above[here]
        return found
