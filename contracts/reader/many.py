"""Many warnings of one kind made few: the first are shown, the others counted, so that they are of use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from contracts.reader.results import ReaderWarning
from contracts.terms.limits import PROBLEMS

SHOWN = 10
"""Warnings of one kind that are shown each by itself."""
_EACH = frozenset({*PROBLEMS, "limit_outside"})
"""What each asks for a person's look, however many there are."""


def gathered(warnings: Iterable[ReaderWarning]) -> tuple[ReaderWarning, ...]:
    """The warnings in the order of their lines. Of a kind with more than one and a half times ``SHOWN`` the
    first are kept, and one more says how many others there are and where.
    """
    kinds: dict[str, list[ReaderWarning]] = defaultdict(list)
    for warning in sorted(warnings):
        kinds[warning.code].append(warning)
    few: list[ReaderWarning] = []
    for code, found in kinds.items():
        if code in _EACH or len(found) * 2 <= SHOWN * 3:
            few += found
            continue
        others = found[SHOWN:]
        why = f"and {len(others):,} more of this kind, on lines {others[0].line:,} to {others[-1].line:,}"
        few += [*found[:SHOWN], ReaderWarning(others[0].line, code, why)]
    return tuple(sorted(few))
