"""Numbers nobody claimed: what stands beside a word of time and is no time limit that was read."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.terms.leftovers import Unclaimed, left_over
from contracts.terms.levelling import levelled
from contracts.terms.limits import TimeLimit
from contracts.terms.phrases import find_limits

__all__ = ["Unclaimed", "beside", "unclaimed"]


def unclaimed(text: str) -> list[Unclaimed]:
    """Every number beside a word of time that ``find_limits`` takes for no limit, with a plain reason."""
    return beside(text, find_limits(text))


def beside(text: str, limits: Sequence[TimeLimit]) -> list[Unclaimed]:
    """The same, where the limits of the text are known already."""
    words = levelled(text)
    found = ((words.span(one.span), one.reason) for one in left_over(words.plain, ()))
    return [
        Unclaimed(" ".join(text[slice(*span)].split()), span, reason)
        for span, reason in found
        if not any(span[0] < limit.span[1] and limit.span[0] < span[1] for limit in limits)
    ]
