"""What is held over time: how long each certificate is in force, and the days without one (R26).

Asked of the facts and the vocabulary alone, as the engine reads them. Moments are aware; days are London's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.terms.moments import ONE_DAY, Day, Moment, first_moment, london_day, start_of_day
from obligations.rules.engine.derived_facts import complete
from obligations.rules.engine.lapses import is_lapse, may_end, over
from obligations.rules.register.facts import Fact
from obligations.rules.register.kinds import Lapse
from obligations.rules.register.names import folded
from obligations.rules.register.vocabulary import Vocabulary

BY_ITSELF, BY_HAND, WITH_ANOTHER = "by itself", "by hand", "with another"
"""How something ends: with its last day, because somebody recorded it, with what it rests on."""


@dataclass(frozen=True, slots=True)
class Held:
    """One certificate: in force from ``begins`` until just before ``ends``; None where no end is known.

    ``scheme`` as it was written. ``ended``: how it ended or will, one of the three above; "" where no end is
    known. ``ending``: the fact that ended it, where somebody recorded one. One that rests on something that
    is not in force when it begins ends as it begins.
    """

    fact: Fact
    scheme: str
    begins: Moment
    ends: Moment | None
    ended: str = ""
    ending: Fact | None = None

    def at(self, moment: Moment) -> bool:
        """Whether it is in force at a moment."""
        return self.begins <= moment and (self.ends is None or moment < self.ends)

    @property
    def last_day(self) -> Day | None:
        """The last London day of which any part is covered; None where no end is known."""
        if self.ends is None:
            return None
        day = london_day(self.ends)
        return day - ONE_DAY if self.ends == start_of_day(day) else day


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which none of a scheme was in force. ``until``: just before this moment; None: still open."""

    since: Moment
    until: Moment | None

    @property
    def first(self) -> Day:
        """The first London day of which a part is not covered."""
        return london_day(self.since)

    @property
    def last(self) -> Day | None:
        """The last London day of which a part is not covered; None while it is open."""
        if self.until is None:
            return None
        day = london_day(self.until)
        return day - ONE_DAY if self.until == start_of_day(day) else day

    @property
    def days(self) -> int | None:
        """How many London days it touches; None while it is open."""
        return (self.last - self.first).days + 1 if self.last is not None else None


def held(facts: Iterable[Fact], vocabulary: Vocabulary, now: Moment) -> list[Held]:
    """Every certificate that the facts speak of, in the order in which they begin.

    What is still to come is worked out as though nothing more were recorded: a last day that lies ahead ends
    it at 00:00 of the day after.
    """
    facts = list(facts)
    found: list[Held] = []
    for rule in vocabulary.lapses.values():
        known = complete(facts, _after_all(facts, rule, now), vocabulary)
        ended = [fact for fact in known if fact.kind == rule.makes]
        found += [_held(fact, rule, ended) for fact in known if fact.kind == rule.of]
    return sorted(found, key=lambda one: (one.begins, one.fact.source))


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that will lapse by itself, as though nothing more were recorded: its last London day."""

    fact: Fact
    last: Day


def lapsing(facts: Iterable[Fact], vocabulary: Vocabulary, now: Moment) -> list[Ahead]:
    """What will lapse by itself after ``now``: nothing that ended before, or that another takes over from.

    In the order of their last days.
    """
    facts = list(facts)
    found: list[Ahead] = []
    for rule in vocabulary.lapses.values():
        known = complete(facts, _after_all(facts, rule, now), vocabulary)
        by_source = {fact.source: fact for fact in known if fact.kind == rule.of}
        for lapse in known:
            if lapse.kind == rule.makes and is_lapse(lapse) and first_moment(lapse.at) > now:
                last = london_day(lapse.at) - ONE_DAY
                found.append(Ahead(by_source[str(lapse.details["lapsed"])], last))
    return sorted(found, key=lambda one: (one.last, one.fact.source))


def gaps(spans: Sequence[Held], now: Moment) -> list[Gap]:
    """The times between the first of these and now in which none was in force, in order.

    One that nothing has ended by now is open, also where the next one lies ahead.
    """
    found: list[Gap] = []
    covered: Moment | None = None
    for one in sorted((one for one in spans if one.begins <= now), key=lambda one: one.begins):
        if covered is not None and covered < one.begins:
            found.append(Gap(covered, one.begins))
        if one.ends is None:
            return found
        covered = one.ends if covered is None else max(covered, one.ends)
    if covered is not None and covered <= now:
        found.append(Gap(covered, None))
    return found


def by_scheme(spans: Iterable[Held]) -> dict[str, list[Held]]:
    """Certificates by their scheme, as it was written first; capitals and hyphens make no other scheme."""
    names: dict[str, str] = {}
    found: dict[str, list[Held]] = {}
    for one in spans:
        name = names.setdefault(folded(one.scheme), one.scheme)
        found.setdefault(name, []).append(one)
    return found


def _held(fact: Fact, rule: Lapse, ended: Sequence[Fact]) -> Held:
    begins = first_moment(fact.at)
    ends, how, ending = over(fact, rule), "", None
    if ends is not None:
        how = BY_ITSELF
    for other in ended:
        at = first_moment(other.at)
        if _is_its_end(fact, other, rule) and (ends is None or at < ends):
            ends, how, ending = at, WITH_ANOTHER if is_lapse(other) else BY_HAND, other
    scheme = str(fact.details.get(rule.same) or "") if rule.same else ""
    return Held(fact, scheme, begins, ends, how, ending if how == BY_HAND else None)


def _is_its_end(fact: Fact, other: Fact, rule: Lapse) -> bool:
    """Whether something that ended is this one: its own lapse, or what somebody recorded under its name."""
    if is_lapse(other):
        return bool(other.details["lapsed"] == fact.source)
    return may_end(other, fact, rule)


def _after_all(facts: Iterable[Fact], rule: Lapse, now: Moment) -> Moment:
    """A moment by which every last day that is on record has passed."""
    ends = (over(fact, rule) for fact in facts if fact.kind == rule.of)
    return max([now, *(end for end in ends if end is not None)])
