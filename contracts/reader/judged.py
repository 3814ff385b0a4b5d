"""Whether a document is one known schedule: by its numbers, its words and its figures.

Two schedules may have the same numbers and say different things. So what the contract knows of each paragraph
(the words it had, else a heading and summary, and what the rules say that rest on it) is held against the
words that stand there in the document. Pure: what is known comes in, a verdict with its reasons comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.reader.likeness import Likeness, likeness_of, telling_change, tokens
from contracts.reader.match import ENOUGH, Matched, match
from contracts.reader.results import ParsedDocument


class Verdict(StrEnum):
    """What a document is to a schedule."""

    SURE = "sure"
    UNSURE = "unsure"
    NOT_THIS = "not_this"


class Why(StrEnum):
    """Why the words of a paragraph are for a person to look at."""

    FIGURE = "figure"
    """A rule counts with another figure than these words have."""
    UNLIKE = "unlike"
    """They share next to nothing with what is known of the paragraph."""
    CHANGED = "changed"
    """They differ from the words that the paragraph had, in words that tell."""


WORDS_ARE_ITS = 0.6
"""The share of paragraphs that must read like themselves for a document to be surely that schedule."""

WORDS_ARE_ANOTHERS = 0.3
"""Below this share it is another schedule with the same numbers."""

FEW_TO_JUDGE = 3
"""Paragraphs below which words alone decide nothing."""

UNLIKE = 0.1
"""Likeness below which words share next to nothing with what is said of a paragraph."""

NEAREST = 3
"""A paragraph reads like itself where fewer others of the schedule are more like its words."""

FEW_WORDS = 6
"""Words below which a paragraph that no rule rests on says too little to be unlike anything."""

SAME_PARAGRAPH = 0.6
"""Likeness from which on two texts are editions of one paragraph."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the contract knows of one paragraph.

    ``said``: heading and summary. ``words``: those it has from an earlier document, "" for none. ``rules``:
    what the rules say that rest on it, "" where none does. ``figure``: in what the figures of the document
    disagree with them, "" where they agree.
    """

    path: str
    said: str
    words: str = ""
    rules: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """A paragraph to look at: what stood there or is said of it, what the document says, and why."""

    path: str
    why: Why
    before: str
    now: str
    says: str = ""
    rests: bool = False
    """Whether a rule rests on it: then its words are a person's to give."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one document and one schedule.

    ``like``: the share of the paragraphs in both that read like themselves, 0 to 1.
    """

    verdict: Verdict
    matched: Matched
    like: float
    differing: tuple[Differing, ...]

    @property
    def to_decide(self) -> tuple[Differing, ...]:
        """The paragraphs whose words are given by a person's decision alone: those that a rule rests on, and
        where the document as a whole is in doubt, all that differ.
        """
        if self.verdict is Verdict.SURE:
            return ()
        doubtful = self.like < WORDS_ARE_ITS or _has_much_more(self.matched)
        return tuple(one for one in self.differing if one.rests or doubtful)

    @property
    def weight(self) -> float:
        """The likelier the schedule, the greater, 0 to 1: by words, and by what both have of all there is."""
        there = len(self.matched.matched)
        whole = there + len(self.matched.missing) + len(self.matched.extra)
        return self.like * there / whole if whole else 0.0


def judge(reading: ParsedDocument, known: Sequence[Known]) -> Judged:
    """Hold a document against what is known of a schedule's paragraphs, in their order."""
    found = match(reading, [one.path for one in known])
    said_now = {one.path: one for one in reading.paragraphs}
    likeness = Likeness({one.path: f"{one.said} {one.rules}" for one in known})
    nearest = max(1, min(NEAREST, len(known) // 20))
    alike, differing = [], []
    for one in known:
        if (now := said_now.get(one.path)) is None:
            continue
        shown = f"{now.heading or ''} {now.text}".strip()
        if one.words.strip():
            like = likeness_of(one.words, now.text)
            alike.append(like >= SAME_PARAGRAPH)
        else:
            like, nearer = likeness.of(one.path, shown)
            alike.append(nearer < nearest)
        if (differs := _differing(one, like, now.text if one.words.strip() else shown)) is not None:
            differing.append(differs)
    share = sum(alike) / len(alike) if alike else 0.0
    return Judged(_verdict(found, len(alike), share, differing), found, share, tuple(differing))


def _differing(one: Known, like: float, now: str) -> Differing | None:
    """Why these words are to be looked at; None where they are as expected."""
    before, rests = one.words.strip() or one.said, bool(one.rules)
    if one.figure:
        return Differing(one.path, Why.FIGURE, before, now, one.figure, rests=True)
    if one.words.strip():
        changed = telling_change(one.words, now)
        if like < SAME_PARAGRAPH or changed:
            return Differing(one.path, Why.CHANGED, before, now, ", ".join(changed), rests)
        return None
    if like < UNLIKE and (rests or (not like and len(tokens(now)) >= FEW_WORDS)):
        return Differing(one.path, Why.UNLIKE, before, now, rests=rests)
    return None


def _verdict(found: Matched, judged: int, share: float, differing: Sequence[Differing]) -> Verdict:
    if found.share < ENOUGH or (judged >= FEW_TO_JUDGE and share < WORDS_ARE_ANOTHERS):
        return Verdict.NOT_THIS
    if _has_much_more(found) or share < WORDS_ARE_ITS or any(one.rests for one in differing):
        return Verdict.UNSURE
    return Verdict.SURE


def _has_much_more(found: Matched) -> bool:
    """Whether most of the document is in no paragraph of the schedule."""
    return len(found.extra) > len(found.matched)
