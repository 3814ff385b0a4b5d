"""Limits that are more than one length counted forwards: the algebra of clauses (R35, R38 to R42).

A limit ends in one of several ways, each a reading (R12): what the words leave open is varied one thing at a
time, and the default of each is the careful one. ``ends`` gives them all, the default first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time

from contracts.terms.answers import WeekHours
from contracts.terms.limit import Hour, Joined, Limit
from contracts.terms.moments import (
    ONE_DAY,
    Day,
    Moment,
    When,
    is_moment,
    last_moment,
    london_day,
    start_of_day,
)
from contracts.terms.periods import Period, Unit
from obligations.rules.time.backwards import back_from, count_back
from obligations.rules.time.counting import (
    MINIMA,
    Counted,
    LimitError,
    Origin,
    count,
    count_on,
    counts_working_days,
    runs_by_the_clock,
)
from obligations.rules.time.derivation import Step, said, said_when
from obligations.rules.time.endings import Ending, comes_twice
from obligations.rules.time.working_days import Calendar
from obligations.rules.time.working_hours import (
    closed_between,
    count_hours_of_work,
    count_hours_of_work_back,
)

CLOSE = time(17, 0)
"""Close of business where the contract does not say its hour (R39)."""

UNTIL_THE_EVENT = "a period that ends at the event: no earlier than that day"
NTH_DAY = "the day so many days before, not one earlier"
FROM_ITS_END = "counted back from the end of that day"
DAY_AFTER = "the day after the clear days"
TO_THE_END = "through the end of the day"
HOLIDAYS = ("public holidays have no hours of service", "public holidays have hours of service")
LATER_HOUR = "the later of the two hours"
PLAIN_HOURS = "as hours by the clock, until the hours of work are set"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A limit with what its rule and its contract say for it.

    ``work``: the contract's hours of work, None while nobody set them (R41). ``close``: its close of
    business, None where 17:00 is assumed (R39). ``moved``: the rule moves an end to the next Working Day
    (R42). ``within``: the words may also mean a period that ends at the event (R35). ``periods_from``: the
    month, or the day, from which Quarters and half-years run by the words; None where nobody says (R40).
    ``begins``: the contract's own start, from which contract years run; None for the start of the limit.
    """

    limit: Limit
    work: WeekHours | None = None
    close: time | None = None
    moved: bool = False
    within: bool = False
    periods_from: int | Day | None = None
    begins: Day | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read what the words leave open; all defaults are the careful ones."""

    clear: bool = True
    arm: int | None = None
    to_the_end: bool = False
    from_the_end: bool = False
    clear_through: bool = False
    holidays: bool = False
    later_hour: bool = False


@dataclass(slots=True)
class End:
    """One reading of how a limit ends. ``window``: its first and last day; ``opens``: when a gate opens."""

    reading: str
    rule: str
    due: When | None
    steps: tuple[Step, ...]
    provisional: bool = False
    window: tuple[Day, Day] | None = None
    opens: Moment | None = None


def is_plain(limit: Limit) -> bool:
    """Whether it is one length counted forwards, for which ``counting.count`` is all that is needed."""
    return (
        len(limit.lengths) == 1
        and not (limit.before or limit.window or limit.standstill)
        and limit.hour is None
        and not limit.lengths[0].unit.needs_hours
    )


def is_minimum(limit: Limit) -> bool:
    """Whether it says how long at least something lasts (R8); "at least so long before" says by when."""
    return limit.qualifier in MINIMA and not limit.before


def needs_days(limit: Limit) -> bool:
    """Whether the day of the start matters, and not only its moment."""
    return any(not _by_moment(length) for length in limit.lengths)


def needs_a_moment(limit: Limit) -> bool:
    """Whether a bare day is no start for it: some length runs by the clock, and forwards (R5, R35)."""
    return any(_by_moment(one) for one in limit.lengths) and not limit.before


def needs_hours(limit: Limit) -> bool:
    """Whether it is counted by hours of work, which the words do not say (R41)."""
    return any(one.unit.needs_hours for one in limit.lengths)


def _by_moment(period: Period) -> bool:
    return runs_by_the_clock(period) or period.unit.needs_hours


def ends(origin: Origin, reckoning: Reckoning, calendar: Calendar) -> list[End]:
    """Every reading of how the limit ends from one beginning, the default first.

    Raises LimitError and CalendarError for what cannot be counted.
    """
    limit = reckoning.limit
    if limit.window:
        return [_window(origin, limit, calendar)]
    if _unset(reckoning):
        return list(_until_set(origin, reckoning, calendar))
    if limit.before and limit.qualifier == "at_most":
        return [_until_the_event(origin, limit, calendar)]
    default = _end(origin, reckoning, calendar, Way())
    found = [default]
    for way, reading, rule in _other_ways(origin, reckoning, default, calendar):
        end = _end(origin, reckoning, calendar, way)
        end.reading, end.rule = reading, rule
        found.append(end)
    if limit.joined is Joined.EITHER:
        found = _safest_first(found, limit)
    if limit.before and reckoning.within and limit.qualifier is None:
        found.append(_as_window(origin))
    if limit.standstill:
        found = [_opening(end) for end in found]
    return found


# The readings


def _other_ways(
    origin: Origin, reckoning: Reckoning, default: End, calendar: Calendar
) -> Iterator[tuple[Way, str, str]]:
    """What the words leave open, one thing at a time: the way, its name, its rule."""
    limit = reckoning.limit
    if limit.before:
        yield from _other_ways_back(origin, limit)
    elif any(one.unit is Unit.CLEAR_DAYS for one in limit.lengths):
        yield Way(clear_through=True), DAY_AFTER, "R12"
    if limit.joined is Joined.EITHER:
        for arm in range(len(limit.lengths)):
            yield Way(arm=arm), f"read as {limit.lengths[arm]}", "R38"
    if limit.hour is not None and limit.hour.assumed and reckoning.close is None:
        yield Way(to_the_end=True), TO_THE_END, "R39"
    if _comes_twice(reckoning, default):
        yield Way(later_hour=True), LATER_HOUR, "R13"
    if _meets_holidays(origin, reckoning, default, calendar):
        yield Way(holidays=True), HOLIDAYS[limit.before], "R41"


def _other_ways_back(origin: Origin, limit: Limit) -> Iterator[tuple[Way, str, str]]:
    if limit.qualifier in MINIMA and any(
        not _by_moment(one) and one.unit is not Unit.CLEAR_DAYS for one in limit.lengths
    ):
        yield Way(clear=False), NTH_DAY, "R35"
    if origin.moment is None and not all(not _by_moment(one) for one in limit.lengths):
        yield Way(from_the_end=True), FROM_ITS_END, "R35"


def _comes_twice(reckoning: Reckoning, default: End) -> bool:
    """Whether the hour of the last day is one that October repeats (R13)."""
    if reckoning.limit.hour is None or default.due is None or not is_moment(default.due):
        return False
    return comes_twice(london_day(default.due), ending_of(reckoning).hour)


def _meets_holidays(origin: Origin, reckoning: Reckoning, default: End, calendar: Calendar) -> bool:
    """Whether a public holiday with hours of service lies in the count."""
    if reckoning.work is None or all(one.unit is not Unit.SERVICE_HOURS for one in reckoning.limit.lengths):
        return False
    first, last = sorted((origin.day, london_day(default.due or origin.day)))
    return bool(closed_between(first, last, calendar, reckoning.work))


def _safest_first(found: list[End], limit: Limit) -> list[End]:
    """Of "A or B" the one that ends first counts, for a minimum and a standstill the last."""
    arms = found[1 : len(limit.lengths) + 1]
    latest = limit.standstill or is_minimum(limit)
    sign = -1 if latest else 1
    arms.sort(key=lambda end: sign * _moment_of(end))
    word = "later" if latest else "earlier"
    names = " or ".join(str(one) for one in limit.lengths)
    note = Step("R38", f"{names}: either may be meant, and the {word} counts")
    arms[0].steps = (*arms[0].steps, note)
    return [*arms, *found[len(limit.lengths) + 1 :]]


def _moment_of(end: End) -> float:
    return last_moment(end.due).timestamp() if end.due is not None else 0.0


# One way to the end


def _end(origin: Origin, reckoning: Reckoning, calendar: Calendar, way: Way) -> End:
    limit = reckoning.limit
    if limit.joined is Joined.EITHER:
        arm = way.arm or 0
        alone = replace(limit, lengths=(limit.lengths[arm],), joined=None)
        reckoning = replace(reckoning, limit=alone)
        limit = alone
    ending = ending_of(reckoning, way)
    if limit.joined in (Joined.PLUS, Joined.LESS):
        counted = ending.of(_sum(origin, reckoning, calendar, way), calendar)
    else:
        arms = [ending.of(_length(origin, one, reckoning, calendar, way), calendar) for one in limit.lengths]
        counted = arms[0] if limit.joined is None else _of_several(arms, limit)
    steps = counted.steps
    if is_minimum(limit):
        steps = (*steps, Step("R8", f"A minimum runs through the end of {said_when(counted.due)}"))
    return End("", "", counted.due, steps, counted.provisional)


def ending_of(reckoning: Reckoning, way: Way | None = None) -> Ending:
    """What the words say of the last day: its hour, the contract's own where the words name none."""
    hour = reckoning.limit.hour
    if hour is not None and hour.assumed:
        hour = Hour(reckoning.close, hour.edge) if reckoning.close else replace(hour, at=CLOSE)
        if way is not None and way.to_the_end:
            hour = None
    return Ending(hour, reckoning.moved, way is not None and way.later_hour)


def _of_several(arms: list[Counted], limit: Limit) -> Counted:
    """The one that ends first, or last (R38). Provisional where any is: a holiday may yet change which."""
    choose = min if limit.joined is Joined.EARLIER else max
    chosen = choose(arms, key=lambda one: last_moment(one.due))
    steps = [step for arm in arms for step in arm.steps]
    each = " and ".join(said_when(one.due) for one in arms)
    steps.append(Step("R38", f"The {limit.joined} of {each} counts: {said_when(chosen.due)}"))
    return Counted(chosen.due, tuple(dict.fromkeys(steps)), any(one.provisional for one in arms))


def _sum(origin: Origin, reckoning: Reckoning, calendar: Calendar, way: Way) -> Counted:
    """Several lengths one after the other, each from the end of the one before, or back from it (R7, R38)."""
    limit = reckoning.limit
    last = len(limit.lengths) - 1
    counted = _length(origin, limit.lengths[0], reckoning, calendar, replace(way, clear=False))
    steps, provisional = list(counted.steps), counted.provisional
    backwards = limit.before is not (limit.joined is Joined.LESS)
    for place, length in enumerate(limit.lengths[1:], 1):
        more = back_from if backwards else count_on
        counted = more(counted.due, length, calendar)
        word = "less" if limit.joined is Joined.LESS else "and then"
        steps += [Step("R38", f"{word.capitalize()} {length}: {said_when(counted.due)}")]
        steps += [step for step in counted.steps if step.rule in ("R3", "R4")]
        provisional = provisional or counted.provisional
        if place == last and limit.before and limit.qualifier in MINIMA and way.clear:
            counted.due = _one_earlier(counted.due, length, calendar)
            text = f"All of it must lie in between, so one day earlier, {said_when(counted.due)}"
            steps.append(Step("R35", text))
    return Counted(counted.due, tuple(dict.fromkeys(steps)), provisional)


def _one_earlier(due: When, length: Period, calendar: Calendar) -> When:
    if is_moment(due) or _by_moment(length):
        return due
    return calendar.working_day_before(due, 1) if counts_working_days(length) else due - ONE_DAY


def _length(origin: Origin, period: Period, reckoning: Reckoning, calendar: Calendar, way: Way) -> Counted:
    limit = reckoning.limit
    if limit.before:
        return _length_back(origin, period, reckoning, calendar, way)
    if period.unit.needs_hours:
        assert reckoning.work is not None
        too = _holidays_too(period, limit, way)
        return count_hours_of_work(origin, period, calendar, reckoning.work, holidays_too=too)
    if period.unit is Unit.CLEAR_DAYS and way.clear_through is not is_minimum(limit):
        return count(origin, Period(period.amount + 1, Unit.DAYS), calendar)
    return count(origin, period, calendar)


def _length_back(
    origin: Origin, period: Period, reckoning: Reckoning, calendar: Calendar, way: Way
) -> Counted:
    if not _by_moment(period):
        clear = reckoning.limit.qualifier in MINIMA and way.clear
        return count_back(origin, period, calendar, clear=clear)
    notes: tuple[Step, ...] = ()
    if origin.moment is None:
        day = origin.day + ONE_DAY if way.from_the_end else origin.day
        which = "end" if way.from_the_end else "beginning"
        notes = (Step("R35", f"{said(origin.day)} has no time: counted back from the {which} of that day"),)
        origin = replace(origin, moment=start_of_day(day))
    if period.unit.needs_hours:
        assert reckoning.work is not None
        too = _holidays_too(period, reckoning.limit, way)
        counted = count_hours_of_work_back(origin, period, calendar, reckoning.work, holidays_too=too)
    else:
        counted = count_back(origin, period, calendar)
    return Counted(counted.due, (*notes, *counted.steps), counted.provisional)


def _holidays_too(period: Period, limit: Limit, way: Way) -> bool:
    """Whether work goes on on public holidays: the careful way is the one that ends earlier (R12, R41)."""
    return period.unit is Unit.SERVICE_HOURS and limit.before is way.holidays


# Ends that are no date


def _only_length(limit: Limit, what: str) -> Period:
    if len(limit.lengths) != 1 or _by_moment(limit.lengths[0]):
        raise LimitError(f"{what} is counted from one length in days or longer")
    return limit.lengths[0]


def _window(origin: Origin, limit: Limit, calendar: Calendar) -> End:
    """The period that ends on a day, that day included: its first and last day, and no date (R35)."""
    length = _only_length(limit, "a period that ends on a day")
    counted = count_back(Origin(origin.day, counts=True), length, calendar)
    first, last = london_day(counted.due), origin.day
    text = f"The period runs from {said(first)} to {said(last)}, both included, and has no date of its own"
    steps = (*counted.steps, Step("R35", text))
    return End("", "", None, steps, counted.provisional, window=(first, last))


def _until_the_event(origin: Origin, limit: Limit, calendar: Calendar) -> End:
    """ "No earlier than N days before": a period that begins on the N-th day before and ends at the event."""
    length = _only_length(limit, "a day before which a thing may not be done")
    counted = count_back(origin, length, calendar)
    first = london_day(counted.due)
    last = london_day(_as_window(origin).due or origin.day)
    step = Step("R35", f"No earlier than {said(first)}, and before the event")
    return End("", "", None, (*counted.steps, step), counted.provisional, window=(first, last))


def _as_window(origin: Origin) -> End:
    """ "Within N days before" read as a period that ends at the event: the last moment before it."""
    before = origin.moment if origin.moment is not None else origin.zero_back - ONE_DAY
    text = f"Read as a period that ends at the event: through {said_when(before)}"
    return End(UNTIL_THE_EVENT, "R35", before, (Step("R35", text),))


def _opening(end: End) -> End:
    """The end of a standstill: the moment from which the thing may be done, and no date (R35)."""
    assert end.due is not None
    opens = end.due if is_moment(end.due) else start_of_day(end.due + ONE_DAY)
    through = "until then" if is_moment(end.due) else f"through the end of {said(end.due)}"
    step = Step("R35", f"It may not be done {through}: from {said_when(opens)}")
    return replace(end, due=None, steps=(*end.steps, step), opens=opens)


def _unset(reckoning: Reckoning) -> bool:
    return reckoning.work is None and needs_hours(reckoning.limit)


def _until_set(origin: Origin, reckoning: Reckoning, calendar: Calendar) -> Iterator[End]:
    """No date while nobody set the hours of work, and the careful one beside it (R41)."""
    limit = reckoning.limit
    names = " and ".join(str(one) for one in limit.lengths if one.unit.needs_hours)
    step = Step("R41", f"{names} need the hours of work of the contract: set the hours")
    yield End("", "", None, (step,))
    lengths = tuple(Period(one.amount, Unit.HOURS) if one.unit.needs_hours else one for one in limit.lengths)
    plain = replace(reckoning, limit=replace(limit, lengths=lengths))
    end = _end(origin, plain, calendar, Way())
    end.reading, end.rule = PLAIN_HOURS, "R41"
    yield end
