"""Numbers nobody claimed: what stands beside a word of time and is no time limit that was read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from contracts.terms.leftovers import Unclaimed, left_over
from contracts.terms.levelling import levelled
from contracts.terms.limits import TimeLimit
from contracts.terms.phrases import find_limits
from contracts.terms.pieces import pieces

__all__ = ["Unclaimed", "beside", "each_beside", "unclaimed"]


def unclaimed(text: str) -> list[Unclaimed]:
    """Every number beside a word of time that ``find_limits`` takes for no limit, with a plain reason."""
    return beside(text, find_limits(text))


def beside(text: str, limits: Sequence[TimeLimit]) -> list[Unclaimed]:
    """The same, where the limits of the text are known already."""
    return list(each_beside(text, limits))


def each_beside(text: str, limits: Sequence[TimeLimit]) -> Iterator[Unclaimed]:
    """The same, one after the other."""
    claimed = sorted(limit.span for limit in limits)
    ends = [end for _, end in claimed]
    for piece in pieces(text):
        words = levelled(piece.text)
        for one in left_over(words.plain, ()):
            begin, end = words.span(one.span)
            if begin < piece.own:
                continue
            span = (begin + piece.start, end + piece.start)
            near = bisect_right(ends, span[0])
            if near == len(claimed) or claimed[near][0] >= span[1]:
                yield Unclaimed(" ".join(text[slice(*span)].split()), span, one.reason)
