"""Random cases of the clock algebra, one kind for each thing that a limit can say; no product in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from tests.oracle import cycles, oracle
from tests.oracle.algebra import Form, Setting, Start, day_of

FIRST, LAST = date(2019, 1, 1), date(2028, 12, 31)
DIVISIONS = ("england-and-wales", "scotland", "northern-ireland", "all")
LONGEST = {
    "minutes": 3_000,
    "hours": 300,
    "days": 120,
    "working_days": 60,
    "business_days": 40,
    "clear_days": 40,
    "weeks": 20,
    "months": 24,
    "years": 4,
}
DAYS_OR_LONGER = ("days", "working_days", "business_days", "weeks", "months", "years")
CLOCK = ("minutes", "hours")
HOURS_OF_DAY = ("00:30", "08:00", "09:30", "10:00", "12:00", "17:00", "18:45", "23:59")
WORK = (
    dict.fromkeys(range(1, 6), ("09:00", "17:00")),
    {**dict.fromkeys(range(1, 5), ("08:30", "17:30")), 5: ("08:30", "16:00")},
    dict.fromkeys(range(1, 7), ("08:00", "20:00")),
    dict.fromkeys(range(1, 8), ("06:00", "22:00")),
)


class Case(NamedTuple):
    """A limit in its JSON form, where it starts and what the contract adds."""

    limit: Form
    start: Start
    setting: Setting


def some_day(dice: random.Random) -> date:
    """Any day, or one of the days around which counting goes wrong."""
    if dice.random() < 0.6:
        return FIRST + timedelta(days=dice.randrange((LAST - FIRST).days + 1))
    year = dice.randint(2019, 2028)
    near = dice.choice(
        [
            *(date(year, 2, 28), date(year, 3, 1), date(year, 12, 24), date(year, 12, 31)),
            *(date(2024, 2, 29), date(2022, 9, 19), date(2023, 5, 8), date(2026, 4, 2), date(2026, 6, 15)),
            *(oracle.last_sunday(year, 3), oracle.last_sunday(year, 10)),
            date(year, dice.choice([1, 3, 5, 7, 8, 10, 12]), 31),
            date(year, dice.choice([3, 6, 9, 12]), 30),
        ]
    )
    return near + timedelta(days=dice.randint(-2, 2))


def some_moment(dice: random.Random) -> datetime:
    """A moment in UTC that is neither midnight in London nor in the hours in which its clocks change."""
    day = some_day(dice)
    hour, minute = dice.choice(
        [(3, 30), (7, 0), (9, 0), (9, 5), (12, 0), (16, 0), (16, 59), (17, 0), (21, 30)]
    )
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def _setting(dice: random.Random, **added: Any) -> Setting:
    return Setting(dice.choice(DIVISIONS), **added)


def _length(dice: random.Random, *units: str, longest: int = 10_000) -> dict[str, Any]:
    unit = dice.choice(units or tuple(LONGEST))
    return {"amount": dice.randint(1, min(longest, LONGEST.get(unit, longest))), "unit": unit}


def _start(dice: random.Random, *lengths: Form) -> Start:
    clock = any(length["unit"] in CLOCK for length in lengths)
    return some_moment(dice) if clock or dice.random() < 0.2 else some_day(dice)


def _joined(joined: str, before: bool = False) -> Callable[[random.Random], Case]:
    units = (*CLOCK, *DAYS_OR_LONGER)

    def case(dice: random.Random) -> Case:
        lengths = [_length(dice, *units) for _ in range(dice.choice([2, 2, 2, 3]))]
        limit: dict[str, Any] = {"lengths": lengths, "joined": joined}
        if before or dice.random() < 0.2:
            limit["before"] = True
        return Case(limit, _start(dice, *lengths), _setting(dice))

    return case


def _sum(joined: str) -> Callable[[random.Random], Case]:
    """A second length in hours only where the first is: the end of a day is no moment that hours run from."""

    def case(dice: random.Random) -> Case:
        first = _length(dice, *CLOCK, *DAYS_OR_LONGER)
        clock = first["unit"] in CLOCK
        if joined == "less":
            first = first if clock else _length(dice, "months", "years")
            second = _length(dice, *CLOCK) if clock else _length(dice, *DAYS_OR_LONGER[:4], longest=3)
        else:
            second = _length(dice, *DAYS_OR_LONGER, *(CLOCK if clock else ()))
        return Case({"lengths": [first, second], "joined": joined}, _start(dice, first), _setting(dice))

    return case


def _back(*units: str, qualifier: str | None = None) -> Callable[[random.Random], Case]:
    def case(dice: random.Random) -> Case:
        length = _length(dice, *units)
        limit: dict[str, Any] = {"lengths": [length], "before": True}
        if qualifier is not None:
            limit["qualifier"] = qualifier
        bare = length["unit"] in CLOCK and dice.random() < 0.2
        return Case(limit, some_day(dice) if bare else _start(dice, length), _setting(dice))

    return case


def _window(dice: random.Random) -> Case:
    limit = {"lengths": [_length(dice, *DAYS_OR_LONGER)], "before": True, "window": True}
    return Case(limit, some_day(dice), _setting(dice))


def _standstill(dice: random.Random) -> Case:
    length = _length(dice, *DAYS_OR_LONGER, "hours")
    limit: dict[str, Any] = {"lengths": [length], "standstill": True}
    if length["unit"] != "hours" and dice.random() < 0.5:
        limit["inclusive"] = True
    return Case(limit, _start(dice, length), _setting(dice))


def _own_calendar(dice: random.Random) -> Case:
    """A clock of law: the day counts, and so do the holidays of every part of the United Kingdom."""
    limit = {"lengths": [_length(dice, "working_days", longest=20)], "inclusive": True}
    return Case(limit, some_day(dice), Setting("all"))


def _some_hour(dice: random.Random) -> dict[str, Any]:
    hour: dict[str, Any] = {"at": dice.choice(HOURS_OF_DAY)}
    if dice.random() < 0.3:
        hour["edge"] = "before"
    elif dice.random() < 0.2:
        hour = {"at": "17:00", "assumed": True}
    return hour


def _hour(dice: random.Random) -> Case:
    length = _length(dice, *DAYS_OR_LONGER)
    limit: dict[str, Any] = {"lengths": [length], "hour": _some_hour(dice)}
    if dice.random() < 0.3:
        limit["before"] = True
    return Case(limit, _start(dice, length), _setting(dice))


def _moved(dice: random.Random) -> Case:
    length = _length(dice, *DAYS_OR_LONGER, "hours")
    limit: dict[str, Any] = {"lengths": [length]}
    if length["unit"] != "hours" and dice.random() < 0.3:
        limit["hour"] = _some_hour(dice)
    return Case(limit, _start(dice, length), _setting(dice, moved=True))


def _cycle(dice: random.Random, cycle: Form) -> Case:
    """A moment only with the day's last minute: an hour that is over on the first day is a worked example."""
    limit: dict[str, Any] = {"cycle": cycle}
    start: Start = some_day(dice)
    if dice.random() < 0.2:
        limit["hour"] = _some_hour(dice)
    elif dice.random() < 0.2:
        limit["hour"], start = {"at": "23:59"}, some_moment(dice)
    begun = min(some_day(dice), day_of(start)) if cycle["of"] == "contract_year" else None
    return Case(limit, start, _setting(dice, contract_start=begun))


SPANS = ("week", "month", "quarter", "half_year", "year", "contract_year")
PLACES = {"week": 7, "month": 31, "quarter": 90, "half_year": 180, "year": 365, "contract_year": 365}


def _place_of_days(dice: random.Random) -> Case:
    of = dice.choice(SPANS)
    place = dice.choice([1, 2, -1, -1, -2, 5, dice.randint(1, PLACES[of])])
    return _cycle(dice, {"of": of, "place": place, "unit": "days"})


def _place_of_working_days(dice: random.Random) -> Case:
    of = dice.choice(SPANS)
    place = dice.choice([1, -1] if of == "week" else [1, 2, 5, 10, 15, -1, -2, -5])
    return _cycle(dice, {"of": of, "place": place, "unit": "working_days"})


def _place_of_weekdays(dice: random.Random) -> Case:
    of, unit = dice.choice(SPANS), dice.choice(cycles.WEEKDAYS)
    place = dice.choice([1, -1] if of == "week" else [1, 2, 3, 4, -1, -2])
    return _cycle(dice, {"of": of, "place": place, "unit": unit})


def _fixed_day(dice: random.Random) -> Case:
    day = some_day(dice)
    return _cycle(dice, {"of": "year", "month": day.month, "day": day.day})


def _beside_the_end(before: bool) -> Callable[[random.Random], Case]:
    """Short enough that each period has its place before the next one ends."""

    def case(dice: random.Random) -> Case:
        of = dice.choice(SPANS[1:])
        longest = 15 if of == "month" else 40
        offset = _length(dice, "days", "working_days", longest=longest)
        if of != "month" and not before and dice.random() < 0.3:
            offset = {"amount": dice.randint(1, 2), "unit": "months"}
        cycle = {"of": of, "offset": offset} | ({"before": True} if before else {})
        return _cycle(dice, cycle)

    return case


def _work(before: bool) -> Callable[[random.Random], Case]:
    def case(dice: random.Random) -> Case:
        unit = dice.choice(["working_hours", "business_hours", "service_hours"])
        limit: dict[str, Any] = {"lengths": [{"amount": dice.randint(1, 20), "unit": unit}]}
        if before:
            limit["before"] = True
        return Case(limit, some_moment(dice), _setting(dice, hours=dice.choice(WORK)))

    return case


KINDS: dict[str, Callable[[random.Random], Case]] = {
    "earlier": _joined("earlier"),
    "later": _joined("later"),
    "either": _joined("either"),
    "plus": _sum("plus"),
    "less": _sum("less"),
    "before, in minutes": _back("minutes"),
    "before, in hours": _back("hours"),
    "before, in days": _back("days"),
    "before, in Working Days": _back("working_days", "business_days"),
    "before, in weeks": _back("weeks"),
    "before, in months": _back("months"),
    "before, in years": _back("years"),
    "clear days before": _back("clear_days"),
    "at least so long before": _back(*DAYS_OR_LONGER, qualifier="at_least"),
    "window": _window,
    "standstill": _standstill,
    "own calendar": _own_calendar,
    "hour of the day": _hour,
    "moved end": _moved,
    "place of days": _place_of_days,
    "place of Working Days": _place_of_working_days,
    "place of weekdays": _place_of_weekdays,
    "fixed day": _fixed_day,
    "after a period's end": _beside_the_end(before=False),
    "before a period's end": _beside_the_end(before=True),
    "working hours": _work(before=False),
    "working hours before": _work(before=True),
}
