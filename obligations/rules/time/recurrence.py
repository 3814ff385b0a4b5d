"""What comes back: from the last completion, or on a fixed anniversary (R6, R16)."""

from __future__ import annotations

from datetime import timedelta

from contracts.terms.moments import ONE_DAY, Day, When, london_day
from contracts.terms.periods import Period, Unit
from obligations.rules.time.counting import LimitError, add_months
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.events import Alternative, FixedDay, Start

CALENDAR_MONTH = "once each calendar month"
CONTRACT_YEAR = "once each contract year"
FIRST_OF_MARCH = "on 1 March where there is no 29 February"

_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}


def recurring(
    last_done: When | None,
    commencement: Day,
    period: Period,
    *,
    begins: str = "commencement",
    year_from: Day | None = None,
    word: str | None = None,
    citation: str | None = None,
) -> Start:
    """The start of the next occurrence: the last completion, or before the first the ``commencement``
    (R16).

    ``begins`` says what ``commencement`` is ("adoption of the plan", "access given"). ``year_from`` is the
    day from which contract years run, where that is another day.
    """
    origin = commencement if last_done is None else london_day(last_done)
    what = f"{begins}, {said(origin)}" if last_done is None else f"the last completion, {said(origin)}"
    other = _calendar_reading(last_done, commencement, period, year_from or commencement)
    return Start(
        origin,
        period,
        word=word,
        alternatives=() if other is None else (other,),
        reading="from the last completion",
        notes=(Step("R16", f"Every {period}, counted from {what}"),),
        citation=citation,
    )


def _calendar_reading(
    last_done: When | None, commencement: Day, period: Period, year_from: Day
) -> Alternative | None:
    """Once in each calendar month or contract year, whichever the period is; other periods have no such
    reading.
    """
    months = period.amount * _MONTHS.get(period.unit, 0)
    if months == 1:
        return Alternative(CALENDAR_MONTH, "R16", due=_end_of_next_month(last_done, commencement))
    if months == 12:
        return Alternative(CONTRACT_YEAR, "R16", due=_end_of_next_year(last_done, commencement, year_from))
    return None


def _end_of_next_month(last_done: When | None, commencement: Day) -> Day:
    """The end of the month after the last completion's; before the first, of the first whole month."""
    if last_done is None and commencement.day == 1:
        return add_months(commencement, 1) - ONE_DAY
    done = commencement if last_done is None else london_day(last_done)
    return add_months(done.replace(day=1), 2) - ONE_DAY


def _end_of_next_year(last_done: When | None, commencement: Day, year_from: Day) -> Day:
    """The last day of the contract year after the last completion's; before the first, of the year in which
    it begins, and never of one before the first contract year.
    """
    if last_done is None:
        return anniversary(year_from, max(0, whole_years(year_from, commencement)) + 1) - ONE_DAY
    return anniversary(year_from, whole_years(year_from, london_day(last_done)) + 2) - ONE_DAY


def anniversary(day: Day, years: int) -> Day:
    """The same date ``years`` later; for 29 February, 28 February where there is no 29th (R6)."""
    return add_months(day, 12 * years)


def whole_years(day: Day, until: Day) -> int:
    """How many anniversaries of ``day`` have come by the end of ``until``; negative before ``day``."""
    years = until.year - day.year
    return years if anniversary(day, years) <= until else years - 1


def next_anniversary(day: Day, after: Day) -> tuple[Day, int]:
    """The first anniversary of ``day`` that is later than ``after``, and which one it is."""
    years = max(1, whole_years(day, after) + 1)
    return anniversary(day, years), years


def on_anniversary(
    day: Day, years: int, *, of: str = "commencement", word: str | None = None, citation: str | None = None
) -> FixedDay:
    """Due on the ``years``-th anniversary of ``day``, a fixed day each year (R16)."""
    due = anniversary(day, years)
    text = f"The {ordinal(years)} anniversary of {of}, {said(day)}, is {said(due)}"
    others: tuple[Alternative, ...] = ()
    if due.day != day.day:
        text += f", because {due.year} has no 29 February"
        others = (Alternative(FIRST_OF_MARCH, "R6", due=due + ONE_DAY),)
    return FixedDay(due, "R16", text, word=word, citation=citation, alternatives=others)


def periods_missed(last_done: When | None, commencement: Day, period: Period, as_at: Day) -> int:
    """Whole periods that ended before ``as_at`` with nothing done since the last completion (R16).

    Each period ends at the start plus so many whole periods, so month ends do not drift. Raises LimitError
    for a period in hours or Working Days, in which nothing recurs.
    """
    origin = commencement if last_done is None else london_day(last_done)
    if period.amount < 1:
        raise LimitError(f"nothing can come back every {period}")
    if period.unit in _DAYS:
        length = timedelta(days=period.amount * _DAYS[period.unit])
        return max(0, (as_at - ONE_DAY - origin) // length)
    if period.unit not in _MONTHS:
        raise LimitError(f"whole periods of {period} are not counted")
    length_in_months = period.amount * _MONTHS[period.unit]
    elapsed = (as_at.year - origin.year) * 12 + as_at.month - origin.month
    missed = max(0, elapsed // length_in_months)
    while missed and add_months(origin, missed * length_in_months) >= as_at:
        missed -= 1
    return missed


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
