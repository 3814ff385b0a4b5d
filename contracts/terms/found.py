"""The time limits of a text, remembered: pages that show many paragraphs ask for the same words again."""

from __future__ import annotations

from functools import lru_cache

from contracts.terms.limits import TimeLimit
from contracts.terms.phrases import find_limits

REMEMBERED = 10_000


@lru_cache(maxsize=REMEMBERED)
def limits_in(text: str) -> tuple[TimeLimit, ...]:
    """As ``find_limits``, in the order of the text."""
    return tuple(find_limits(text))
