"""What was not there: a period in which something had to be done ended, and the record shows nothing of it.

Nobody records an absence. It follows from what is on record, from 00:00 in London of the day after the
period: a record that turns up later and is dated inside it says that it was there, one dated after it does
not (R11, R15, R16). Pure; no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.moments import ONE_DAY, Day, Moment, london_day, start_of_day
from contracts.terms.periods import Period
from obligations.rules.time.derivation import Step, said
from obligations.rules.time.recurrence import anniversary, periods_missed


@dataclass(frozen=True, slots=True)
class Absence:
    """One period without what was to be done in it. All days are London's.

    ``after``: the day that is left out, on which it was done last or the series began; ``last``: the last
    day of the period. ``found``: when it was done after that, None where it is not there yet. ``missed``: the
    whole periods that went by meanwhile.
    """

    after: Day
    last: Day
    found: Day | None
    missed: int

    @property
    def first(self) -> Day:
        """The first day of the period; of what falls on a fixed day, that day."""
        return min(_day_after(self.after), self.last)

    @property
    def since(self) -> Moment:
        """From when its absence is a fact: the midnight that ends the period."""
        return _over(self.last)

    def touches(self, first: Day, last: Day) -> bool:
        """Whether it was not there on some day from ``first`` to ``last`` on which it had to have been."""
        return self.last < last and (self.found is None or self.found > first)

    def steps(self, citation: str) -> tuple[Step, ...]:
        """Why the record says that it was not there."""
        period = f"on {said(self.last)}"
        if self.first < self.last:
            period = f"from {said(self.first)} to {said(self.last)}"
        told = [
            Step("R16", f"It was to be done by the end of {said(self.last)}", citation),
            Step("R11", f"Nothing that was done {period} is on record, whenever it was recorded"),
        ]
        if self.found is not None:
            told.append(Step("R15", f"What was done on {said(self.found)} was done after it"))
        if self.missed > 1:
            told.append(Step("R16", f"{self.missed} whole periods went by with nothing done"))
        return tuple(told)


def absence(
    after: Day, last: Day | None, done: Day | None, period: Period | None, as_at: Moment
) -> Absence | None:
    """What was not there in the period that ends with ``last``, as at a moment; None where it was, or the
    period has not ended.

    ``after`` is left out of it. ``done``: when it was done, whatever was decided since. ``period``: how long
    each is, by which later ones are counted.
    """
    if last is None or as_at < _over(last) or (done is not None and done <= last):
        return None
    until = london_day(as_at) if done is None else done
    missed = periods_missed(None, after, period, until) if period is not None and after < last else 0
    return Absence(after, last, done, missed)


def _day_after(day: Day) -> Day:
    return day + ONE_DAY


def _over(last: Day) -> Moment:
    """The midnight in London that ends a day."""
    return start_of_day(_day_after(last))


def year_before(day: Day) -> tuple[Day, Day]:
    """The first and the last day of the year of which a letter on an anniversary speaks: the day is in it."""
    return anniversary(day, -1) + ONE_DAY, day
