"""The words of one paragraph over time: the base with every variation laid over it, never edited into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from contracts.terms.moments import Day

NOT_USED = "not_used"
REPLACED = "replaced"
INSERTED = "inserted"
REINSTATED = "reinstated"
FIGURE = "figure"
EDITION = "edition"
"""No variation: a later document of the schedule brings its words from a day on."""

REACHES_BELOW = frozenset({NOT_USED, REINSTATED})
"""Effects that reach everything under a paragraph (R29); the others bring words to that paragraph alone."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one variation does to this paragraph from ``day`` on. ``rank`` orders changes of one day.

    ``text``: the new words; where a changed figure brings none, the words there were stay. ``source`` and
    ``used`` are those of an edition, which has no ``variation``.
    """

    day: Day
    rank: tuple[Any, ...]
    variation: int | None
    kind: str
    text: str = ""
    source: int | None = None
    used: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """What the paragraph says from ``first`` until the day before ``until`` (None: it goes on).

    ``source`` is the document the text was read from, None where a variation brought it or there is none.
    ``variation`` began this span; None for the base.
    """

    first: Day
    until: Day | None
    text: str
    source: int | None
    used: bool
    variation: int | None


def lay_over(base: Span | None, changes: Iterable[Change], later: Iterable[Span] = ()) -> list[Span]:
    """The base (None where a variation inserted the paragraph) with the changes laid over in order of day.

    ``later``: what later documents of the schedule say, each from its first day on; words that a variation
    brought stay. Changes that reach a paragraph before it exists do nothing. New words for a paragraph that
    is not used wait until it is reinstated: only that, or inserting it anew, brings it back. Days are London
    days.
    """
    spans = [replace(base, until=None)] if base else []
    editions = [Change(one.first, (), None, EDITION, one.text, one.source, one.used) for one in later]
    for change in sorted([*editions, *changes], key=lambda change: (change.day, change.rank)):
        if not spans:
            if change.kind == INSERTED:
                spans.append(Span(change.day, None, change.text, None, True, change.variation))
            continue
        before = spans[-1]
        if change.kind == EDITION and before.variation is not None and before.source is None:
            continue  # a variation brought these words
        after = _changed(before, change)
        if change.day <= before.first:
            spans[-1] = replace(after, first=before.first)
        else:
            spans[-1:] = [replace(before, until=change.day), after]
    return spans


def _changed(before: Span, change: Change) -> Span:
    begun = replace(before, first=change.day, variation=change.variation)
    if change.kind == EDITION:
        stopped = not before.used and before.variation is not None
        return replace(begun, text=change.text, source=change.source, used=change.used and not stopped)
    if change.kind in (REPLACED, FIGURE):
        return replace(begun, text=change.text, source=None) if change.text else begun
    if change.kind == INSERTED:
        return replace(begun, text=change.text, source=None, used=True)
    return replace(begun, used=change.kind == REINSTATED)
