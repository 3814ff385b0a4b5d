"""What ends by itself: what its last day is over of, and what rests on something that ended (R26).

A certificate holds through its last day. One that rests on another (Cyber Essentials Plus on the basic one)
ends with the last of those, and does not come back with the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.terms.moments import ONE_DAY, Day, Moment, When, first_moment, london_day, start_of_day
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.kinds import Lapse
from obligations.rules.register.names import folded


def lapses(facts: Sequence[Fact], rule: Lapse, as_at: Moment) -> list[Fact]:
    """What lapsed: its last day passed with no later one, so that it ended at 00:00 of the next day (R26);
    or what it rests on ended, with no other of that in force, so that it ended at that moment.
    """
    holding = [fact for fact in facts if fact.kind == rule.of]
    ended = [fact for fact in facts if fact.kind == rule.makes]
    found = []
    for one in holding:
        end = _end_of(one, holding, ended, rule)
        if end is not None and end.at <= as_at:
            details = {**one.details, "lapsed": one.source}
            found.append(Fact(rule.makes, end.at, _later(end.learned, end.at), details, one.source))
    return found


def _end_of(one: Fact, holding: Sequence[Fact], ended: Sequence[Fact], rule: Lapse) -> _End | None:
    """How a fact ends by itself: by its last day, or with what it rests on, whichever comes first."""
    ends = []
    last = over(one, rule)
    if (
        last is not None
        and not _renewed(one, holding, last, rule)
        and not _recorded(one, holding, ended, rule)
    ):
        ends.append(_End(last, one.recorded_at))
    fall = _falls(one, holding, ended, rule)
    if fall is not None and not any(
        may_end(other, one, rule) and first_moment(other.at) <= fall.at for other in ended
    ):
        ends.append(fall)
    return min(ends, key=lambda end: end.at, default=None)


def over(fact: Fact, rule: Lapse) -> Moment | None:
    """When the last day of a fact is over, or None where none was given."""
    last = last_day(fact, rule)
    return None if last is None else start_of_day(last + ONE_DAY)


@dataclass(frozen=True, slots=True)
class _End:
    """A moment at which something ended, and when that was known."""

    at: Moment
    learned: When


def _falls(one: Fact, holding: Sequence[Fact], ended: Sequence[Fact], rule: Lapse) -> _End | None:
    """When what a fact rests on ends, so that it ends with it: at once where none of that is in force when
    it begins or later. None where it rests on nothing that is on record, that has no end, or it is over
    itself by then.
    """
    on = rests_on(one, rule)
    if not on:
        return None
    spans = [_span(other, ended, rule) for other in holding if _named(other, rule) == on]
    began, last = first_moment(one.at), over(one, rule)
    rested = next((span for span in _joined(spans) if span[1] is None or span[1].at > began), None)
    if rested is None or _by(last, rested[0]):
        return _End(began, one.recorded_at) if spans else None
    return None if rested[1] is None or _by(last, rested[1].at) else rested[1]


def _by(last: Moment | None, moment: Moment) -> bool:
    """Whether a last day was over by a moment."""
    return last is not None and last <= moment


def _span(fact: Fact, ended: Sequence[Fact], rule: Lapse) -> tuple[Moment, _End | None]:
    """From when a fact holds, and when it ended by itself or because somebody recorded it."""
    began, last = first_moment(fact.at), over(fact, rule)
    ends = [] if last is None else [_End(last, fact.recorded_at)]
    ends += [_End(first_moment(other.at), other.learned) for other in ended if may_end(other, fact, rule)]
    return began, min(ends, key=lambda end: end.at, default=None)


def _joined(spans: Sequence[tuple[Moment, _End | None]]) -> list[tuple[Moment, _End | None]]:
    """The times in which one at least held, in order of time."""
    found: list[tuple[Moment, _End | None]] = []
    for begins, end in sorted(spans, key=lambda span: span[0]):
        before = found[-1][1] if found else None
        if not found or (before is not None and before.at < begins):
            found.append((begins, end))
        elif before is not None and (end is None or end.at > before.at):
            found[-1] = (found[-1][0], end)
    return found


def _later(one: When, other: Moment) -> When:
    return one if first_moment(one) > other else other


def last_day(fact: Fact, rule: Lapse) -> Day | None:
    """The last day through which a fact holds, or None where none was given."""
    when: When | None = detail_when(fact.details.get(rule.last_day))
    return None if when is None else london_day(when)


def _same(one: Fact, other: Fact, rule: Lapse) -> bool:
    """Whether one takes over from the other: of the same scheme."""
    return not rule.same or _named(one, rule) == _named(other, rule)


def _named(fact: Fact, rule: Lapse) -> str:
    return folded(str(fact.details.get(rule.same) or ""))


def rests_on(fact: Fact, rule: Lapse) -> str:
    """What a fact rests on, folded; "" for nothing."""
    return folded(rule.rests_on(_named(fact, rule)))


def _renewed(one: Fact, holding: Sequence[Fact], lapse: Moment, rule: Lapse) -> bool:
    """Whether another of the same scheme was in force when this one's last day had passed."""
    return any(
        other is not one
        and _same(one, other, rule)
        and first_moment(other.at) <= lapse
        and ((last := last_day(other, rule)) is None or start_of_day(last) >= lapse)
        for other in holding
    )


def _recorded(one: Fact, holding: Sequence[Fact], ended: Sequence[Fact], rule: Lapse) -> bool:
    """Whether someone already recorded that this one ended; what they recorded need not say its scheme.

    What ended after a later one had begun under the same name is that one's end.
    """
    began = first_moment(one.at)
    later = [
        first_moment(other.at)
        for other in holding
        if other.subject == one.subject and _same(one, other, rule) and first_moment(other.at) > began
    ]
    until = min(later, default=None)
    return any(
        fact.subject == one.subject
        and (not rule.same or not fact.details.get(rule.same) or _same(one, fact, rule))
        and began <= first_moment(fact.at)
        and (until is None or first_moment(fact.at) < until)
        for fact in ended
    )


def runs(fact: Fact, at: When, rule: Lapse, ended: Sequence[Fact]) -> bool:
    """Whether what a fact says holds at a time, or from that fact on where that is later (R26).

    Not after its last day, not where that lies before it began, and not where it ended by then; the end of
    another scheme under the same name is not its end.
    """
    asked = max(first_moment(fact.at), first_moment(at))
    if _by(over(fact, rule), asked):
        return False
    return not any(may_end(other, fact, rule) and first_moment(other.at) <= asked for other in ended)


def may_end(other: Fact, fact: Fact, rule: Lapse) -> bool:
    """Whether what ended is what a fact says: under its name, since it began, and not of another scheme."""
    same = _named(fact, rule) == "" or _named(other, rule) in ("", _named(fact, rule))
    return other.subject == fact.subject and same and first_moment(fact.at) <= first_moment(other.at)


def is_lapse(fact: Fact) -> bool:
    """Whether the fact is a lapse, worked out from a last day or from the end of what it rests on."""
    return "lapsed" in fact.details
