"""What a limit says, worked out by walking: two lengths, counting back, windows, gates, hours of the day.

The oracle's own reading of the JSON form of ``contracts/terms/limit.py``; it shares no code with the product.
A start is a day, or a moment (no midnight and no stamp from abroad: those are in ``oracle.count``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.oracle import cycles, oracle, working_hours
from tests.oracle.oracle import DAY, Answer, is_working, last_second, wall_clock

Form = Mapping[str, Any]
Start = date | datetime
CLOCK = ("minutes", "hours", *working_hours.UNITS)
WORKING = ("working_days", "business_days")
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Setting:
    """What the contract or the clock of law adds: whose holidays, its hours, whether an end moves."""

    division: str = "england-and-wales"
    hours: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """By weekday, Monday is 1: from and to."""
    moved: bool = False
    contract_start: date | None = None


@dataclass(frozen=True)
class Outcome:
    """``due``: the last day and second. ``others``: the ends that other readings give. ``window``: first
    and last day. ``opens``: the last moment in which a gate is still shut.
    """

    due: Answer | None = None
    others: frozenset[datetime] = frozenset()
    window: tuple[date, date] | None = None
    opens: Answer | None = None


def outcome(limit: Form, start: Start, setting: Setting) -> Outcome:
    """What a limit gives from a day or a moment."""
    if "cycle" in limit:
        return _cycle(limit, start, setting)
    if limit.get("window"):
        return Outcome(window=(_first_of_window(limit, day_of(start), setting), day_of(start)))
    counted = _chosen_first(limit, _ends(limit, start, setting))
    first, *others = [_finish(limit, each, setting) for each in counted]
    if limit.get("hour", {}).get("assumed"):
        others.append(_finish(_without_hour(limit), counted[0], setting))
    if limit.get("standstill"):
        return Outcome(opens=first)
    return Outcome(due=first, others=frozenset(each.second for each in others) - {first.second})


def _without_hour(limit: Form) -> Form:
    """The end of the day is the other reading of "close of business" (R39)."""
    return {key: value for key, value in limit.items() if key != "hour"}


def day_of(start: Start) -> date:
    return wall_clock(start).date() if isinstance(start, datetime) else start


def _ends(limit: Form, start: Start, setting: Setting) -> list[Answer]:
    """The default end, and after it those of other readings."""
    lengths, joined = limit["lengths"], limit.get("joined")
    if joined in ("plus", "less"):
        end = _one(limit, lengths[0], start, setting)[0]
        for further in lengths[1:]:
            end = _after(end, further, setting) if joined == "plus" else _less(end, further, setting)
        return [end]
    every = [_one(limit, length, start, setting) for length in lengths]
    if joined is None:
        return every[0]
    firsts = [ends[0] for ends in every]
    if joined == "either":
        return firsts
    chosen = (min if joined == "earlier" else max)(firsts, key=lambda each: each.second)
    return [replace(chosen, provisional=any(each.provisional for each in firsts))]


def _chosen_first(limit: Form, ends: list[Answer]) -> list[Answer]:
    """Of two readings the earlier counts, for a minimum that runs forward the later (R12, R38)."""
    if limit.get("joined") != "either":
        return ends
    minimum = limit.get("qualifier") == "at_least" and not limit.get("before")
    return sorted(ends, key=lambda each: each.second, reverse=minimum)


def _one(limit: Form, length: Form, start: Start, setting: Setting) -> list[Answer]:
    amount, unit = length["amount"], length["unit"]
    if unit == "service_hours":
        return _service_hours(limit, amount, start, setting)
    if not limit.get("before"):
        return [forward(amount, unit, start, setting, limit.get("inclusive", False))]
    nth = back(amount, unit, start, setting)
    if unit in CLOCK and not isinstance(start, datetime):
        return [nth, back(amount, unit, last_second(start) + SECOND, setting)]  # from the end of the day
    if unit in CLOCK or limit.get("qualifier") != "at_least" or unit == "clear_days":
        return [nth]
    return [_one_earlier(amount, unit, start, setting), nth]


def _service_hours(limit: Form, amount: int, start: Start, setting: Setting) -> list[Answer]:
    """With the holidays and without: the earlier end first (R12, R41)."""
    assert isinstance(start, datetime)
    back_or_on = working_hours.back if limit.get("before") else working_hours.forward
    ends = [back_or_on(start, amount, setting.hours, each) for each in (setting.division, None)]
    looked_at = start - SECOND if limit.get("before") else min(ends)
    provisional = wall_clock(looked_at).date() > oracle.edge(setting.division)
    return [replace(_at(end), provisional=provisional) for end in sorted(ends)]


def forward(amount: int, unit: str, start: Start, setting: Setting, inclusive: bool = False) -> Answer:
    """The end of a length that runs forward (R1 to R6, R41)."""
    if unit in working_hours.UNITS:
        assert isinstance(start, datetime)
        end = working_hours.forward(start, amount, setting.hours, setting.division)
        day = wall_clock(end).date()
        return Answer(day, end, day > oracle.edge(setting.division))
    return oracle.count(start, amount, unit, setting.division, inclusive)


def back(amount: int, unit: str, start: Start, setting: Setting) -> Answer:
    """The N-th day before, the event's own day left out; hours from moment to moment (R35)."""
    if unit in working_hours.UNITS:
        assert isinstance(start, datetime)
        begin = _at(working_hours.back(start, amount, setting.hours, setting.division))
        return replace(begin, provisional=wall_clock(start - SECOND).date() > oracle.edge(setting.division))
    if unit in CLOCK:
        moment = start if isinstance(start, datetime) else last_second(start - DAY) + SECOND
        return _at(moment.astimezone(UTC) - timedelta(seconds=amount * (3600 if unit == "hours" else 60)))
    event = day_of(start)
    if unit in WORKING:
        counted = _walk_back(event - DAY, amount, lambda each: is_working(each, setting.division))
        return Answer(counted, last_second(counted), event - DAY > oracle.edge(setting.division))
    return _whole(_back_day(amount, unit, event))


def _back_day(amount: int, unit: str, event: date) -> date:
    if unit in ("months", "years"):
        months = amount * (12 if unit == "years" else 1)
        return _walk_back(event - DAY, months, lambda each: oracle.corresponding(each, event.day))
    days = {"weeks": 7 * amount, "clear_days": amount + 1}.get(unit, amount)
    return _walk_back(event - DAY, days, lambda each: True)


def _one_earlier(amount: int, unit: str, start: Start, setting: Setting) -> Answer:
    """So that N whole days lie between: one day earlier, a Working Day where those are counted (R35)."""
    if unit in WORKING:
        return back(amount + 1, unit, start, setting)
    return _whole(back(amount, unit, start, setting).day - DAY)


def _walk_back(first: date, amount: int, counts: Callable[[date], bool]) -> date:
    day, seen = first + DAY, 0
    while seen < amount:
        day -= DAY
        seen += 1 if counts(day) else 0
    return day


def _after(end: Answer, length: Form, setting: Setting) -> Answer:
    """A further length from the end of another (R7)."""
    start = end.second if length["unit"] in CLOCK else end.day
    further = forward(length["amount"], length["unit"], start, setting)
    return replace(further, provisional=further.provisional or end.provisional)


def _less(end: Answer, length: Form, setting: Setting) -> Answer:
    """A length back from the end of another (R38)."""
    start = end.second if length["unit"] in CLOCK else end.day
    earlier = back(length["amount"], length["unit"], start, setting)
    return replace(earlier, provisional=earlier.provisional or end.provisional)


def _first_of_window(limit: Form, last: date, setting: Setting) -> date:
    """The first day of a period whose last day is given and counts (R35)."""
    (length,) = limit["lengths"]
    amount, unit = length["amount"], length["unit"]
    if unit in WORKING:
        return _walk_back(last, amount, lambda each: is_working(each, setting.division))
    if unit in ("months", "years"):
        return _back_day(amount, unit, last) + DAY
    return _walk_back(last, amount * (7 if unit == "weeks" else 1), lambda each: True)


def _finish(limit: Form, end: Answer, setting: Setting) -> Answer:
    """Moved off a day on which nobody works, where that is said (R42); then the hour of that day (R39)."""
    if any(length["unit"] in CLOCK for length in limit.get("lengths", ())):
        return end
    day = end.day
    while setting.moved and not is_working(day, setting.division):
        day += DAY
    provisional = end.provisional or (setting.moved and day > oracle.edge(setting.division))
    if "hour" not in limit:
        return Answer(day, last_second(day), provisional)
    return Answer(day, at_hour(day, limit["hour"]), provisional)


def at_hour(day: date, hour: Form) -> datetime:
    """An hour of a day by London's clocks; "before" an hour ends a second earlier (R39)."""
    hours, minutes = (int(part) for part in hour["at"].split(":"))
    shown = datetime(day.year, day.month, day.day, hours, minutes, tzinfo=UTC)
    moment = shown - timedelta(hours=1) if oracle.summer(shown - timedelta(hours=1)) else shown
    return moment - SECOND if hour.get("edge") == "before" else moment


def _cycle(limit: Form, start: Start, setting: Setting) -> Outcome:
    """The first place that is not over at the start, at its hour (R40).

    Other readings: whole periods only, for what follows or precedes the end of a period that had begun before
    the start; Quarters from the contract's start, where nobody defines them; the end of the day for "close of
    business".
    """
    cycle, day = limit["cycle"], day_of(start)
    begun = setting.contract_start or day
    anchor = begun if cycle["of"] == "contract_year" else None
    due = _place(limit, start, setting, anchor)
    others = set()
    period = cycles.period(day, cycle["of"], anchor)
    if "offset" in cycle and period[0] < day:
        others.add(_place(limit, period[-1] + DAY, setting, anchor).second)
    if limit.get("hour", {}).get("assumed"):
        others.add(_finish(_without_hour(limit), due, setting).second)
    if cycle["of"] == "quarter":
        others.add(_place(limit, start, setting, begun).second)
    return Outcome(due=due, others=frozenset(others) - {due.second})


def _place(limit: Form, start: Start, setting: Setting, anchor: date | None) -> Answer:
    begins = start.astimezone(UTC) if isinstance(start, datetime) else last_second(start - DAY) + SECOND
    for day, counted in cycles.places(limit["cycle"], day_of(start), setting.division, anchor):
        known = not cycles.counts_working_days(limit["cycle"]) or counted <= oracle.edge(setting.division)
        end = _finish(limit, Answer(day, last_second(day), not known), setting)
        if end.second >= begins:
            return end
    raise AssertionError("a cycle comes round for ever")


def _at(moment: datetime) -> Answer:
    return Answer(wall_clock(moment).date(), moment)


def _whole(day: date) -> Answer:
    return Answer(day, last_second(day))
