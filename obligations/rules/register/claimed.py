"""Which time limits in the words of a paragraph some entry has, and which nobody claimed.

An entry has a limit where it rests on those very words, or where it says the same length and stands at the
paragraph, above it or under it: what leads in to a list speaks for each of its items.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.terms.limit import Cycle, Limit, LimitFormError, read_limit
from contracts.terms.limits import TimeLimit
from contracts.terms.periods import Period
from obligations.rules.register.rule import Rule

_FLAGS = ("before", "inclusive", "standstill")
_PARTS = ("joined", "qualifier", "hour")


@dataclass(frozen=True, slots=True)
class Claim:
    """What an entry at ``path`` says of time: its lengths and its place in the calendar. ``spans``: the words
    that its limit rests on, as path, start and end; none where that is not known.
    """

    path: str
    lengths: frozenset[Period]
    cycle: Cycle | None = None
    spans: tuple[tuple[str, int, int], ...] = ()

    def has(self, path: str, limit: TimeLimit) -> bool:
        """Whether the entry has a limit that stands in the words of a paragraph."""
        first, until = limit.span
        if any(at == path and start < until and first < end for at, start, end in self.spans):
            return True
        return _near(self.path, path) and self._says(limit)

    def _says(self, limit: TimeLimit) -> bool:
        if limit.cycle is not None and limit.cycle == self.cycle:
            return True
        lengths = limit.lengths or ((limit.period,) if limit.period is not None else ())
        return bool(lengths) and all(length in self.lengths for length in lengths)


def _near(one: str, other: str) -> bool:
    return one == other or _under(one, other) or _under(other, one)


def _under(path: str, above: str) -> bool:
    return path.startswith(above) and path[len(above) : len(above) + 1] in (".", "(", "/")


def claims_of_rule(rule: Rule) -> Iterable[Claim]:
    """What a rule says of time; of an extension at the paragraph that grants it."""
    said = [rule.period, *rule.others] if rule.period is not None else []
    yield Claim(rule.path, frozenset(said), rule.cycle)
    if rule.extension is not None:
        yield Claim(rule.extension.path, frozenset([rule.extension.period]))


def claim_of_entry(entry: Mapping[str, Any], rests_on: Mapping[str, Any]) -> Claim:
    """What an entry that was decided says of time, and the words it rests on by its fields."""
    limit = limit_of_entry(entry)
    lengths = frozenset(limit.lengths) if limit is not None else frozenset()
    cycle = limit.cycle if limit is not None else None
    spans = tuple(_spans(rests_on)) if limit is not None else ()
    return Claim(entry["path"], lengths, cycle, spans)


def limit_of_entry(entry: Mapping[str, Any]) -> Limit | None:
    """All that the table of an entry says of its limit; None where it gives no number."""
    form: dict[str, Any] = {name: entry[name] for name in (*_FLAGS, *_PARTS) if name in entry}
    if "cycle" in entry:
        form["cycle"] = entry["cycle"]
    elif "amount" in entry:
        first = {"amount": entry["amount"], "unit": entry.get("unit")}
        form["lengths"] = [first, *entry.get("others", ())]
    else:
        return None
    try:
        return read_limit(form)
    except LimitFormError:
        return None


def _spans(rests_on: Mapping[str, Any]) -> Iterable[tuple[str, int, int]]:
    """Where the limit's words stand. A sentence holds others too, so only its own field tells."""
    for name in ("amount", "cycle"):
        for words in rests_on.get(name, ()):
            yield words["path"], words["start"], words["end"]


def unclaimed_of(path: str, limits: Iterable[TimeLimit], claims: Iterable[Claim]) -> list[TimeLimit]:
    """The limits in the words of a paragraph that no entry has."""
    claims = list(claims)
    return [one for one in limits if not any(claim.has(path, one) for claim in claims)]
