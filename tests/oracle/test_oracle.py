"""The product and the oracle agree on random cases: every unit, four calendars, clock changes, extensions,
suspensions.

100,000 cases run with the suite; ``script/prove oracle`` runs millions.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from contracts.terms.periods import Period, Unit
from obligations.rules.time.deadlines import (
    PAUSED,
    AgreePeriod,
    Calendar,
    Deadline,
    Event,
    Extend,
    FixedDay,
    Resume,
    Start,
    Suspend,
    deadline_from,
    load_calendar,
)
from tests.oracle import oracle
from tests.oracle.cases import DIVISIONS, some_day

Calendars = dict[str, Calendar]
CASES = 100_000
SHARES = 10
LONGEST = {
    "minutes": 20_000,
    "hours": 2_000,
    "days": 400,
    "working_days": 150,
    "business_days": 60,
    "weeks": 60,
    "months": 30,
    "years": 4,
}
OFFSETS = [UTC, *(timezone(timedelta(hours=hours)) for hours in (-8, -5, 1, 5.5, 12))]


def some_moment(dice: random.Random) -> datetime:
    day = some_day(dice)
    hour, minute = dice.choice(
        [(0, 0), (0, 30), (1, 0), (1, 30), (9, 5), (17, 0), (23, 0), (23, 30), (23, 59)]
    )
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=dice.choice(OFFSETS))


def both_midnight_and_far(start: object) -> bool:
    """Midnight in London stamped on another day: two flags at once, which R13 does not rank."""
    return (
        isinstance(start, datetime)
        and oracle.wall_clock(start).time() == datetime.min.time()
        and oracle.wall_clock(start).date() != start.date()
    )


def agrees(expected: oracle.Answer, deadline: Deadline, case: object) -> None:
    assert deadline.due_date == expected.day, case
    assert deadline.due_at is not None and deadline.due_at.astimezone(UTC) == expected.second, case
    assert deadline.provisional == expected.provisional, case


@pytest.mark.parametrize("share", range(SHARES))
def test_every_unit_from_days_and_moments(share: int) -> None:
    counted_alike(f"counting {share}", CASES * 7 // 10 // SHARES)


def counted_alike(seed: str, number: int) -> None:
    """So many random counts come out alike. Raises AssertionError with the first that does not."""
    dice = random.Random(seed)
    calendars = {division: load_calendar(division) for division in DIVISIONS}
    checked = 0
    while checked < number:
        unit = dice.choice(list(LONGEST))
        clock = unit in ("minutes", "hours")
        start = some_moment(dice) if clock or dice.random() < 0.3 else some_day(dice)
        if both_midnight_and_far(start):
            continue
        amount, division = dice.randint(1, LONGEST[unit]), dice.choice(DIVISIONS)
        inclusive = not clock and dice.random() < 0.2
        expected = oracle.count(start, amount, unit, division, inclusive)
        begins = Start(start, Period(amount, Unit(unit)), inclusive=inclusive)
        deadline = deadline_from([begins], calendars[division])
        agrees(expected, deadline, (start, amount, unit, division, inclusive))
        checked += 1


@pytest.mark.parametrize("share", range(SHARES))
def test_extended_agreed_and_suspended(share: int) -> None:
    changed_alike(f"events {share}", CASES * 3 // 10 // SHARES)


def changed_alike(seed: str, number: int) -> None:
    """The same for deadlines to which something happened. Raises as ``counted_alike`` does."""
    dice = random.Random(seed)
    calendars = {division: load_calendar(division) for division in DIVISIONS}
    for _ in range(number):
        case = dice.choice([extended, agreed, suspended])
        case(dice, calendars)


def extended(dice: random.Random, calendars: Calendars) -> None:
    unit, further = (
        dice.choice(["days", "working_days", "months"]),
        dice.choice(["days", "working_days", "weeks"]),
    )
    start, division = some_day(dice), dice.choice(DIVISIONS)
    amount, more = dice.randint(1, 60 if unit != "months" else 12), dice.randint(1, 20)
    first = oracle.count(start, amount, unit, division)
    expected = oracle.extend(first, more, further, division)
    asked = start + timedelta(days=dice.randint(0, (first.day - start).days))
    events: list[Event] = [
        Start(start, Period(amount, Unit(unit))),
        Extend(asked, Period(more, Unit(further))),
    ]
    agrees(
        expected, deadline_from(events, calendars[division]), (start, amount, unit, more, further, division)
    )


def agreed(dice: random.Random, calendars: Calendars) -> None:
    """In time, the agreed period counts from the same start; too late, the old date stands (R23)."""
    start, division = some_day(dice), dice.choice(DIVISIONS)
    amount, other = dice.randint(5, 60), dice.randint(5, 90)
    first = oracle.count(start, amount, "working_days", division)
    second = oracle.count(start, other, "working_days", division)
    late = dice.random() < 0.3
    at = first.day + timedelta(days=dice.randint(1, 30)) if late else start
    events: list[Event] = [
        Start(start, Period(amount, Unit.WORKING_DAYS)),
        AgreePeriod(at, Period(other, Unit.WORKING_DAYS)),
    ]
    deadline = deadline_from(events, calendars[division])
    case = (start, amount, other, at, division)
    if late:
        assert deadline.due_date == first.day, case
        assert deadline.cure_date == second.day, case
    else:
        assert deadline.due_date == second.day, case
        assert deadline.cure_date is None, case


def suspended(dice: random.Random, calendars: Calendars) -> None:
    """The original clock runs on, due at once if it has gone; the other two readings are named (R10, R21)."""
    unit = dice.choice(["days", "working_days", "weeks"])
    start, division = some_day(dice), dice.choice(DIVISIONS)
    amount = dice.randint(2, 40 if unit != "weeks" else 8)
    original = oracle.count(start, amount, unit, division)
    stopped = start + timedelta(days=dice.randint(-2, (original.day - start).days))
    resumed = max(stopped, start) + timedelta(days=dice.randint(1, 60))
    events: list[Event] = [Start(start, Period(amount, Unit(unit))), Suspend(stopped), Resume(resumed)]
    deadline = deadline_from(events, calendars[division])
    case = (start, amount, unit, stopped, resumed, division)
    gone = resumed > original.day
    assert deadline.due_date == (resumed if gone else original.day), case
    assert deadline.literal_limit == (original.day if gone else None), case
    readings = {reading.reading: reading.due_date for reading in deadline.readings}
    assert readings[PAUSED] == oracle.paused(start, amount, unit, division, stopped, resumed).day, case
    fresh = next(day for name, day in readings.items() if name.startswith("fresh clock"))
    assert fresh == oracle.count(resumed, amount, unit, division).day, case


def test_the_oracle_itself_against_days_counted_by_hand() -> None:
    """60 Working Days after 12 March 2026 skip Good Friday, Easter Monday and two May holidays: 10 June."""
    assert oracle.count(date(2026, 3, 12), 60, "working_days", "england-and-wales").day == date(2026, 6, 10)
    assert oracle.count(date(2026, 4, 2), 1, "working_days", "england-and-wales").day == date(2026, 4, 7)
    assert oracle.count(date(2026, 4, 2), 1, "working_days", "scotland").day == date(2026, 4, 6)
    assert oracle.count(date(2026, 1, 31), 1, "months", "all").day == date(2026, 2, 28)
    assert oracle.count(date(2024, 2, 29), 1, "years", "all").day == date(2025, 2, 28)
    changes = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    assert oracle.wall_clock(oracle.count(changes, 24, "hours", "all").second).hour == 23


def test_the_product_disagrees_when_the_oracle_is_wrong() -> None:
    """The comparison can fail: one day off is seen."""
    deadline = deadline_from([FixedDay(date(2026, 3, 19), "R1", "a fixed day")], load_calendar("scotland"))
    wrong = oracle.Answer(date(2026, 3, 20), oracle.last_second(date(2026, 3, 20)))
    with pytest.raises(AssertionError):
        agrees(wrong, deadline, "one day off")
