"""Two editions of one text: which paragraph of the later is which of the earlier, found by their words.

A number may have moved and the words with it, or the words may have changed where the number stayed. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.reader.likeness import likeness_of, stems, tokens
from contracts.terms.paragraphs import Paragraph

IS_ONE = 0.5
"""The share of paragraphs found again from which on a text is a later edition."""

MAY_BE_ONE = 0.2
"""The same where a person says that it is one."""

SAME_PARAGRAPH = 0.6
"""Likeness from which on two texts are editions of one paragraph."""

CANDIDATES = 6
"""Paragraphs with most words in common that are held against one that is found nowhere else."""


class How(StrEnum):
    """What became of a paragraph."""

    SAME = "same"
    MOVED = "moved"
    """The same words at another number."""
    CHANGED = "changed"
    """Other words, at the same number or at another."""
    ADDED = "added"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A paragraph as the schedule has it: its words, and whether a rule rests on it."""

    path: str
    heading: str
    words: str
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph of the earlier edition and of the later; one of them is None where it is gone or added."""

    how: How
    before: Earlier | None
    now: Paragraph | None

    @property
    def path(self) -> str:
        """The path in the later edition, else in the earlier."""
        one = self.now or self.before
        assert one is not None
        return one.path

    @property
    def rests(self) -> bool:
        """Whether a rule rests on it."""
        return self.before is not None and self.before.rests

    @property
    def renumbered(self) -> bool:
        """Whether its path is another now."""
        return self.before is not None and self.now is not None and self.before.path != self.now.path


@dataclass(frozen=True, slots=True)
class Edition:
    """All pairs: in the order of the later edition, then those that are gone.

    ``like``: the share of all paragraphs, earlier and later, that are found again with like words, 0 to 1.
    """

    pairs: tuple[Pair, ...]
    like: float

    def those(self, *how: How) -> tuple[Pair, ...]:
        """The pairs of which this became."""
        return tuple(pair for pair in self.pairs if pair.how in how)

    @property
    def is_one(self) -> bool:
        """Whether the text is a later edition at all."""
        return self.like >= IS_ONE

    @property
    def differs(self) -> bool:
        """Whether anything is not as it was."""
        return any(pair.how is not How.SAME for pair in self.pairs)


def edition_of(before: Sequence[Earlier], now: Sequence[Paragraph]) -> Edition:
    """Find each paragraph of the later text in the earlier one."""
    work = _Pairing(before, now)
    work.same_place(lambda old, new: _key(old.heading, old.words) == _key(new.heading, new.text))
    work.same_words()
    work.same_place(lambda old, new: _like(old, new) >= SAME_PARAGRAPH)
    work.like_words()
    work.same_place(lambda old, new: True)
    pairs = work.pairs()
    return Edition(pairs, _share_alike(pairs))


class _Pairing:
    """Pairs what is left, step by step, from the surest way to the least sure."""

    def __init__(self, before: Sequence[Earlier], now: Sequence[Paragraph]) -> None:
        self.before, self.now = before, now
        self.old = {one.path: one for one in before}
        self.new = {one.path: one for one in now}
        self.found: dict[str, Earlier] = {}
        """By the path in the later text."""

    def pairs(self) -> tuple[Pair, ...]:
        there = [_pair(self.found.get(one.path), one) for one in self.now]
        return (*there, *(Pair(How.GONE, one, None) for one in self.before if one.path in self.old))

    def _take(self, old: Earlier, new: Paragraph) -> None:
        self.found[new.path] = self.old.pop(old.path)
        del self.new[new.path]

    def same_place(self, fits: object) -> None:
        """Those at one number that fit."""
        assert callable(fits)
        for path in [path for path in self.new if path in self.old]:
            if fits(self.old[path], self.new[path]):
                self._take(self.old[path], self.new[path])

    def same_words(self) -> None:
        """Those with the same words; where several have them, in their order."""
        by_words: dict[tuple[str, ...], list[Earlier]] = defaultdict(list)
        for one in self.before:
            if one.path in self.old and (key := _key(one.heading, one.words)):
                by_words[key].append(one)
        for new in list(self.new.values()):
            if waiting := by_words.get(_key(new.heading, new.text)):
                self._take(waiting.pop(0), new)

    def like_words(self) -> None:
        """Those with like words, the likest first; held against each other are few that share rare words."""
        having: dict[str, list[str]] = defaultdict(list)
        for path, old in self.old.items():
            for stem in stems(f"{old.heading} {old.words}"):
                having[stem].append(path)
        ways = []
        for new in self.new.values():
            shared: dict[str, float] = defaultdict(float)
            for stem in stems(f"{new.heading or ''} {new.text}"):
                for path in having[stem]:
                    shared[path] += 1 / len(having[stem])
            for path in sorted(shared, key=lambda one: -shared[one])[:CANDIDATES]:
                like = _like(self.old[path], new)
                if like >= SAME_PARAGRAPH:
                    ways.append((-like, path, new.path))
        for _, old_path, new_path in sorted(ways):
            if old_path in self.old and new_path in self.new:
                self._take(self.old[old_path], self.new[new_path])


def _pair(old: Earlier | None, new: Paragraph) -> Pair:
    if old is None:
        return Pair(How.ADDED, None, new)
    if _key(old.heading, old.words) != _key(new.heading, new.text):
        return Pair(How.CHANGED, old, new)
    return Pair(How.SAME if old.path == new.path else How.MOVED, old, new)


def _key(heading: str | None, words: str) -> tuple[str, ...]:
    return tuple(tokens(f"{heading or ''} {words}"))


def _like(old: Earlier, new: Paragraph) -> float:
    return likeness_of(f"{old.heading} {old.words}", f"{new.heading or ''} {new.text}")


def _share_alike(pairs: Sequence[Pair]) -> float:
    found = whole = 0
    for pair in pairs:
        there = (pair.before is not None) + (pair.now is not None)
        whole += there
        if pair.how in (How.SAME, How.MOVED) or (pair.how is How.CHANGED and _alike(pair)):
            found += there
    return found / whole if whole else 0.0


def _alike(pair: Pair) -> bool:
    return pair.before is not None and pair.now is not None and _like(pair.before, pair.now) >= SAME_PARAGRAPH
