"""The words of several paragraphs over time, each as the product lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contracts.terms.in_force import SignedText, span_on, spans_of
from contracts.terms.moments import Day
from contracts.terms.words import Span


def text_over_time(base: Mapping[str, Span], variations: Iterable[SignedText]) -> dict[str, list[Span]]:
    """Every paragraph's words over time: those of the base, and those that a variation inserted."""
    variations = list(variations)
    paths = [*base, *(effect.path for one in variations for effect in one.effects)]
    spans = {path: spans_of(path, base.get(path), variations) for path in dict.fromkeys(paths)}
    return {path: found for path, found in spans.items() if found}


def text_in_force(over_time: Mapping[str, list[Span]], day: Day) -> dict[str, str]:
    """The words in force on a day, by path. A paragraph not used on that day is not among them."""
    found = {path: span_on(spans, day) for path, spans in over_time.items()}
    return {path: span.text for path, span in found.items() if span is not None and span.used}
