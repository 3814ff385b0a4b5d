"""The words in force on a day: a base, and variations laid over it in order of effective day, then number.

One pure function over a base and a set of effects. In which order they were recorded makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.terms.moments import Day
from contracts.terms.variations import covers
from contracts.terms.words import REACHES_BELOW, Change, Span, lay_over

_RUNS = re.compile(r"\d+|\D+")


@dataclass(frozen=True, slots=True)
class EffectOnText:
    """What a variation does to the paragraph ``path``; ``text``: the words it brings, if any."""

    path: str
    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class SignedText:
    """A variation that both have signed: ``key`` tells it apart, ``day`` is the day from which it has
    effect.
    """

    key: int
    number: str
    day: Day
    effects: tuple[EffectOnText, ...]

    def renumbered(self, moved: Mapping[str, str]) -> SignedText:
        """The same where paragraphs have other paths now. ``moved``: old to new."""
        effects = (replace(one, path=moved.get(one.path, one.path)) for one in self.effects)
        return replace(self, effects=tuple(effects))


def number_rank(number: str) -> tuple[Any, ...]:
    """A key that puts variation 10 after 9, and 002A after 002."""
    return tuple(
        (0, int(run), "") if run.isdecimal() else (1, 0, run.strip().lower()) for run in _RUNS.findall(number)
    )


def reaches(effect: EffectOnText, path: str) -> bool:
    """Whether an effect touches a paragraph: "not used" and "reinstated" reach all under it (R29)."""
    if effect.kind in REACHES_BELOW:
        return covers(effect.path, path)
    return effect.path == path


def changes_to(path: str, variations: Iterable[SignedText]) -> list[Change]:
    """What the variations do to one paragraph. Of one variation, the effect on the nearest paragraph wins."""
    return [
        Change(
            variation.day,
            (number_rank(variation.number), len(effect.path)),
            variation.key,
            effect.kind,
            effect.text,
        )
        for variation in variations
        for effect in variation.effects
        if reaches(effect, path)
    ]


def spans_of(
    path: str, base: Span | None, variations: Iterable[SignedText], later: Iterable[Span] = ()
) -> list[Span]:
    """One paragraph's words over time: its base, if it has one, with later documents and the variations laid
    over it.
    """
    return lay_over(base, changes_to(path, variations), later)


def span_on(spans: Iterable[Span], day: Day) -> Span | None:
    """What holds on a day, or None before the paragraph began."""
    return next((s for s in spans if s.first <= day and (s.until is None or day < s.until)), None)
