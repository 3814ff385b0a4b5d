"""Numbers nobody claimed: what stands beside a word of time and is no time limit that was read."""

from __future__ import annotations

from dataclasses import replace

from contracts.terms.amounts import level
from contracts.terms.leftovers import Unclaimed, left_over
from contracts.terms.phrases import find_limits

__all__ = ["Unclaimed", "unclaimed"]


def unclaimed(text: str) -> list[Unclaimed]:
    """Every number beside a word of time that ``find_limits`` takes for no limit, with a plain reason."""
    found = left_over(level(text), find_limits(text))
    return [replace(one, phrase=" ".join(text[slice(*one.span)].split())) for one in found]
