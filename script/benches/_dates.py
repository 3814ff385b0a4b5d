"""The measures of ``script/bench dates``, in an environment that has the libraries to compare with.

Every library adds the same Working Days to the same days and must give the same answers before it is timed.
Exits 1 where a promise is not kept: 300 times workalendar, twice numpy's scalar call, 50,000 deadlines a
second.
"""

from __future__ import annotations

import random
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import holidays
import numpy
import pandas
from workalendar.europe import UnitedKingdom

from contracts.terms.periods import Period, Unit
from obligations.rules.time.deadlines import (
    Alternative,
    Resume,
    Start,
    Suspend,
    deadline_from,
    limit,
    load_calendar,
)

CALENDAR = load_calendar("england-and-wales")
DICE = random.Random("dates")
CASES = [
    (date(2019, 1, 1) + timedelta(days=DICE.randrange(3200)), DICE.randint(1, 60)) for _ in range(100_000)
]
Adding = Callable[[date, int], date]


def rate(work: Callable[[], object], count: int, repeats: int = 5) -> float:
    """The best of several runs, in additions a second."""
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return count / best


def one_at_a_time(
    add: Callable[..., object], cases: Sequence[tuple[object, object]], repeats: int = 5
) -> float:
    """A plain loop, one call for each case."""

    def work() -> None:
        for day, amount in cases:
            add(day, amount)

    return rate(work, len(cases), repeats)


def check(name: str, add: Adding) -> None:
    """The library gives Duly's answers where it knows the same holidays."""
    for day, amount in CASES[:300]:
        ours = CALENDAR.add_working_days(day, amount)
        if add(day, amount) != ours:
            raise SystemExit(
                f"{name} disagrees: {amount} Working Days after {day} is {add(day, amount)}, not {ours}"
            )


def numpy_rates() -> tuple[float, float]:
    closed = numpy.busdaycalendar(holidays=sorted(CALENDAR.holidays))

    def add(day: object, amount: object) -> object:
        return numpy.busday_offset(day, amount, roll="preceding", busdaycal=closed)

    check("numpy", lambda day, amount: add(day, amount).astype(date))  # type: ignore[attr-defined]
    days = numpy.array([day for day, _ in CASES], dtype="datetime64[D]")
    amounts = numpy.array([amount for _, amount in CASES])
    scalar = one_at_a_time(add, list(zip(days, (amount for _, amount in CASES), strict=True)))
    return scalar, rate(lambda: add(days, amounts), len(CASES))


def pandas_rate() -> float:
    closed = sorted(CALENDAR.holidays)
    steps = {amount: pandas.offsets.CustomBusinessDay(amount, holidays=closed) for amount in range(1, 61)}
    check("pandas", lambda day, amount: (pandas.Timestamp(day) + steps[amount]).date())
    cases = [(pandas.Timestamp(day), steps[amount]) for day, amount in CASES[:5_000]]
    return one_at_a_time(lambda day, step: day + step, cases, 3)


def holidays_rate() -> float:
    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(2012, 2030))
    check("holidays", lambda day, amount: closed.get_nth_working_day(day, amount))
    return one_at_a_time(closed.get_nth_working_day, CASES[:5_000], 3)


def workalendar_rate() -> float:
    closed = UnitedKingdom()
    for year in range(2019, 2030):
        closed.holidays(year)
    return one_at_a_time(closed.add_working_days, CASES[:5_000], 3)


def deadline_rates() -> dict[str, float]:
    seven, sixty = Period(7, Unit.DAYS), Period(60, Unit.WORKING_DAYS)
    days = [day for day, _ in CASES[:20_000]]
    awareness = Alternative("from awareness", "R25", start=date(2026, 3, 17))

    def timed(make: Callable[[date], object]) -> float:
        return one_at_a_time(lambda day, _: make(day), [(day, None) for day in days], 3)

    return {
        "7 days": timed(lambda day: limit(day, seven, CALENDAR)),
        "60 Working Days": timed(lambda day: limit(day, sixty, CALENDAR)),
        "6 months": timed(lambda day: limit(day, Period(6, Unit.MONTHS), CALENDAR, qualifier="at_least")),
        "2 Working Days with another reading": timed(
            lambda day: limit(day, Period(2, Unit.WORKING_DAYS), CALENDAR, alternatives=(awareness,))
        ),
        "7 days, suspended and resumed": timed(
            lambda day: deadline_from(
                [Start(day, seven), Suspend(day + timedelta(days=2)), Resume(day + timedelta(days=30))],
                CALENDAR,
            )
        ),
        "60 Working Days, as JSON": timed(lambda day: limit(day, sixty, CALENDAR).as_json()),
    }


def line(name: str, figure: float, note: str = "") -> None:
    print(f"  {name:<42}{figure:>14,.0f} a second  {note}".rstrip(), flush=True)


def main() -> int:
    warnings.simplefilter("ignore")
    print(f"Working Days added, {len(CASES):,} cases of 1 to 60")
    ours = one_at_a_time(CALENDAR.add_working_days, CASES)
    line("Duly, one at a time", ours)
    scalar, array = numpy_rates()
    line("numpy.busday_offset, one at a time", scalar, f"Duly is {ours / scalar:,.1f} times as fast")
    line("numpy.busday_offset, whole arrays", array)
    line("pandas CustomBusinessDay", frames := pandas_rate(), f"Duly is {ours / frames:,.0f} times as fast")
    line(
        "holidays get_nth_working_day", other := holidays_rate(), f"Duly is {ours / other:,.0f} times as fast"
    )
    line(
        "workalendar add_working_days",
        slow := workalendar_rate(),
        f"Duly is {ours / slow:,.0f} times as fast",
    )
    print("Whole deadlines with their steps and readings")
    rates = deadline_rates()
    for name, figure in rates.items():
        line(name, figure)
    promises = {
        "at least 300 times workalendar": ours >= 300 * slow,
        "at least twice numpy's scalar call": ours >= 2 * scalar,
        "100,000 whole deadlines a second": min(rates["7 days"], rates["60 Working Days"]) >= 100_000,
    }
    for promise, kept in promises.items():
        print(f"  {'kept  ' if kept else 'BROKEN'}  {promise}")
    return 0 if all(promises.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
