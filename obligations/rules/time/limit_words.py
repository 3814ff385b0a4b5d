"""A limit in words: "30 days or 1 month, whichever is the earlier", "5 Working Days before the event"."""

from __future__ import annotations

from contracts.terms.limit import Edge, Joined, Limit
from obligations.rules.time import cycles


def in_words(limit: Limit) -> str:
    """All that a limit says, as a page and a list say it."""
    words = cycles.in_words(limit.cycle) if limit.cycle is not None else _lengths(limit)
    if limit.window:
        words = f"the {words} that end on the day"
    elif limit.before:
        words = f"{words} before the event"
    if limit.standstill:
        words = f"not until {words} have passed"
    if limit.inclusive and not limit.window:
        words += ", the day itself counted"
    if limit.hour is not None:
        word = "before" if limit.hour.edge is Edge.BEFORE else "by"
        at = "close of business" if limit.hour.assumed else f"{limit.hour.at:%H:%M}"
        words += f", {word} {at}"
    return words


def _lengths(limit: Limit) -> str:
    each = [str(length) for length in limit.lengths]
    match limit.joined:
        case Joined.PLUS:
            return " and then ".join(each)
        case Joined.LESS:
            return " less ".join(each)
        case Joined.EARLIER | Joined.LATER:
            return f"{' or '.join(each)}, whichever is the {limit.joined}"
    return " or ".join(each)
