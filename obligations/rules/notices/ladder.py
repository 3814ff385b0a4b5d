"""How people are reminded again of what is overdue, until it is done: the steps after the limit.

Pure, as ``windows`` is. Days are London's; moments are aware.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count

from contracts.terms.moments import LONDON, Moment, london_day
from obligations.rules.notices.stages import Owed, Stage
from obligations.rules.notices.windows import MORNING
from obligations.rules.time.working_days import Calendar, CalendarError


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps after a limit, in Working Days: those in ``after``, then one ``every`` so many.

    From the step ``escalated_from`` on those above and those on the other side are told too.
    """

    after: tuple[int, ...] = (1, 3, 5, 10)
    every: int = 10
    escalated_from: int = 5

    def steps(self, stage: str) -> Iterator[int]:
        """The steps at which a stage is told, without end."""
        further = count(self.after[-1] + self.every, self.every)
        for step in chain(self.after, further):
            if stage != Stage.ESCALATED or step >= self.escalated_from:
                yield step


USUAL = Ladder()


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder of what is overdue: how many Working Days after the limit, and from when it is sent."""

    days: int
    opens: Moment

    @property
    def about(self) -> str:
        """What tells it from the other steps of a duty."""
        return f"{self.days} Working Day{'' if self.days == 1 else 's'} after"


def next_step(stage: str, owed: Owed, calendar: Calendar, now: Moment, ladder: Ladder = USUAL) -> Step | None:
    """The first step of a stage after ``now``: at 8:00 in London on that Working Day after the limit's day.

    None for what nobody is late by: without a limit, not yet over, not open, from before Duly (R32), a
    minimum to keep something (R8) or a careful date (R48); and where the step lies beyond the calendar.
    """
    if owed.due_at is None or owed.due_at >= now or owed.phase != "open" or owed.before_duly:
        return None
    if owed.is_retention or owed.is_careful:
        return None
    day = london_day(owed.due_at)
    try:
        for days in ladder.steps(stage):
            opens = datetime.combine(calendar.add_working_days(day, days), MORNING, tzinfo=LONDON)
            if opens > now:
                return Step(days, opens)
    except CalendarError:
        return None
    return None
