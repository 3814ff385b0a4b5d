"""Which paragraphs of a schedule say just what those of a template say, and which say it otherwise.

Only the same words carry a decision over: every word, figure and capital, and the words that lead in to them
(the paragraphs above). Where anything differs a person decides.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.reader.likeness import likeness_of, stems
from obligations.rules.register.book_template import TemplateParagraph

ALIKE = 0.5
"""The likeness from which two paragraphs are shown side by side."""
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00ad": None})


class Worded(Protocol):
    """A paragraph with its words."""

    @property
    def path(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Here:
    """A paragraph of the schedule that a template is used for."""

    path: str
    heading: str
    words: str


@dataclass(frozen=True, slots=True)
class Other:
    """A paragraph that says it otherwise. ``led_in``: only the words above it differ."""

    path: str
    template: TemplateParagraph
    led_in: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """``same``: by path the template's paragraph. ``others``: those that differ. ``new``: the paths of those
    that the template has not. ``gone``: those that only the template has.
    """

    same: Mapping[str, TemplateParagraph]
    others: tuple[Other, ...]
    new: tuple[str, ...]
    gone: tuple[TemplateParagraph, ...]


def plain(text: str) -> str:
    """The words without what printing adds: other blanks, quotation marks and dashes."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_MARKS).split())


def match(template: Sequence[TemplateParagraph], here: Sequence[Here]) -> Matched:
    """Hold every paragraph of a schedule against those of a template."""
    same = _same(template, here)
    used = {one.path for one in same.values()}
    left = [one for one in template if one.path not in used]
    others: list[Other] = []
    new: list[str] = []
    nearest = _Nearest(left)
    for one in here:
        if one.path in same:
            continue
        found = nearest.to(one)
        if found is None:
            new.append(one.path)
        else:
            others.append(Other(one.path, found, led_in=_said(found) == _said(one)))
    shown = {one.template.path for one in others}
    gone = tuple(one for one in left if one.path not in shown)
    return Matched(same, tuple(others), tuple(new), gone)


def _said(one: Worded) -> tuple[str, str]:
    return plain(one.heading), plain(one.words)


def _same(template: Sequence[TemplateParagraph], here: Sequence[Here]) -> dict[str, TemplateParagraph]:
    """By path the template's paragraph with the same words, under the same words."""
    by_words = _by_words(template)
    above_there, above_here = _above(template), _above(here)
    found: dict[str, TemplateParagraph] = {}
    taken: set[str] = set()
    for each in sorted(here, key=lambda one: len(one.path)):
        led_in = above_here[each.path]
        if led_in is not None and led_in not in found:
            continue
        wanted = found[led_in].path if led_in is not None else None
        free = (one for one in by_words[_said(each)] if one.path not in taken)
        chosen = _chosen(each.path, [one for one in free if above_there[one.path] == wanted])
        if chosen is not None:
            found[each.path] = chosen
            taken.add(chosen.path)
    return found


def _by_words(template: Sequence[TemplateParagraph]) -> dict[tuple[str, str], list[TemplateParagraph]]:
    found: dict[tuple[str, str], list[TemplateParagraph]] = defaultdict(list)
    for one in template:
        found[_said(one)].append(one)
    return found


def _chosen(path: str, fits: Sequence[TemplateParagraph]) -> TemplateParagraph | None:
    """Of several with the same words the one at the same place, or none."""
    there = next((one for one in fits if one.path == path), None)
    return there or (fits[0] if len(fits) == 1 else None)


def _above(paragraphs: Iterable[Worded]) -> dict[str, str | None]:
    """By path the nearest paragraph above it that the schedule has."""
    there = {one.path for one in paragraphs}
    return {path: _nearest_above(path, there) for path in there}


def _nearest_above(path: str, there: set[str]) -> str | None:
    for end in range(len(path) - 1, 0, -1):
        if path[end] in ".(/" and path[:end] in there:
            return path[:end]
    return None


class _Nearest:
    """The paragraph of a template that is most like one of the schedule."""

    def __init__(self, left: Sequence[TemplateParagraph]) -> None:
        self._by_path = {one.path: one for one in left}
        self._with: dict[str, list[TemplateParagraph]] = defaultdict(list)
        for one in left:
            for stem in stems(one.words):
                self._with[stem].append(one)

    def to(self, one: Here) -> TemplateParagraph | None:
        """It, where it is like enough to be shown beside."""
        there = self._by_path.get(one.path)
        shared: Counter[str] = Counter()
        for stem in stems(one.words):
            for other in self._with[stem]:
                shared[other.path] += 1
        first = [there] if there is not None else []
        for other in (*first, *(self._by_path[path] for path, _ in shared.most_common(2))):
            if _said(other) == _said(one) or likeness_of(other.words, one.words) >= ALIKE:
                return other
        return None
