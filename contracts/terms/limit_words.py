"""A limit in words, as pages, steps and the ledger say it: "30 days or 1 month, whichever is the earlier"."""

from __future__ import annotations

from contracts.terms.limit import Cycle, Edge, Hour, Joined, Limit
from contracts.terms.moments import clock_words
from contracts.terms.ordinals import ordinal_words

_BETWEEN = {Joined.PLUS: " plus ", Joined.LESS: " less "}
_BEHIND = {Joined.EARLIER: ", whichever is the earlier", Joined.LATER: ", whichever is the later"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_PLACED = {"days": "day", "working_days": "Working Day"}


def in_words(limit: Limit) -> str:
    """What the limit says. A plain length is said as it always was: "10 Working Days"."""
    if limit.cycle is not None:
        return f"{_cycle(limit.cycle)}{_hour(limit.hour)}"
    length = _BETWEEN.get(limit.joined, " or ") if limit.joined else ""
    said = length.join(str(one) for one in limit.lengths) + _BEHIND.get(limit.joined or Joined.PLUS, "")
    if limit.window:
        return f"the {said} that end on the day"
    if limit.before:
        least = {"at_least": "at least ", "more_than": "more than "}.get(limit.qualifier or "", "")
        return f"{least}{said} before{_hour(limit.hour)}"
    if limit.inclusive:
        said = f"{said}, the first day counted"
    return f"not until {said} have passed" if limit.standstill else f"{said}{_hour(limit.hour)}"


def _hour(hour: Hour | None) -> str:
    if hour is None:
        return ""
    if hour.assumed:
        return ", by the close of business"
    return f", {'before' if hour.edge is Edge.BEFORE else 'by'} {clock_words(hour.at)}"


def _cycle(cycle: Cycle) -> str:
    of = {"half_year": "half-year", "contract_year": "Contract Year"}.get(cycle.of, str(cycle.of))
    if cycle.month is not None:
        return f"{cycle.day} {_MONTHS[cycle.month - 1]} each year"
    if cycle.offset is not None:
        return f"{cycle.offset} {'before' if cycle.before else 'after'} the end of each {of}"
    assert cycle.place is not None and cycle.unit is not None
    noun = _PLACED.get(cycle.unit, cycle.unit.capitalize())
    if cycle.of == "week" and cycle.unit not in _PLACED:
        return f"each {noun}"
    return f"the {ordinal_words(cycle.place)} {noun} of each {of}"
