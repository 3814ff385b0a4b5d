"""How the last day of a limit ends: at an hour of it (R39), or moved to a Working Day (R42).

Both are for ends in whole days; what runs by the clock ends at its moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.terms.limit import Edge, Hour
from contracts.terms.moments import LONDON, ONE_DAY, Day, Moment, When, after, is_moment, london
from obligations.rules.time.counting import Counted, provisional_step, whose_working_days
from obligations.rules.time.derivation import Step, said, said_when
from obligations.rules.time.working_days import Calendar

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ending:
    """What the words say of the end of a limit in days.

    ``hour``: of the last day. ``moved``: an end that is no Working Day goes to the next one, because the rule
    says so (R42). ``later_hour``: of an hour that October repeats the later one is meant (R13). Without an
    hour the day ends with its last second.
    """

    hour: Hour | None = None
    moved: bool = False
    later_hour: bool = False

    def of(self, counted: Counted, calendar: Calendar) -> Counted:
        """The end of a count under these words, with the steps that say so. A moment stays as it is."""
        if is_moment(counted.due):
            return counted
        day, steps, provisional = counted.due, list(counted.steps), counted.provisional
        if self.moved and (why := calendar.why_not_working(day)) is not None:
            moved = calendar.add_working_days(day, 1)
            skipped = calendar.skipped_between(day - ONE_DAY, moved)
            text = f"{said(day)} is no Working Day ({why}), so the end is moved to {said(moved)}"
            steps.append(Step("R42", text, skipped=skipped))
            steps.append(whose_working_days(calendar.name, calendar.published_before(moved)))
            day = moved
        if self.moved and calendar.beyond_edge(day) and not provisional:
            steps.append(provisional_step(calendar))
            provisional = True
        if self.hour is None:
            return Counted(day, tuple(steps), provisional)
        moment, step = at_hour(day, self.hour, self.later_hour)
        return Counted(moment, (*steps, step), provisional)

    def moment(self, due: When, calendar: Calendar) -> When:
        """The end itself, where a later event moved the last day (R7, R23)."""
        return self.of(Counted(due, ()), calendar).due


def at_hour(day: Day, hour: Hour, later: bool = False) -> tuple[Moment, Step]:
    """The last moment in time on a day that ends at an hour, and the step that says so (R39).

    "By" includes the hour itself, "before" ends a second earlier. In the hour that October repeats the
    earlier one is meant, unless ``later`` says otherwise (R13); an hour that March skips ends with the last
    second before the clocks go forward.
    """
    wall = datetime.combine(day, hour.at)
    moment = wall.replace(tzinfo=LONDON, fold=int(later and comes_twice(day, hour))).astimezone(UTC)
    skipped = moment.astimezone(LONDON).replace(tzinfo=None) != wall
    if skipped:
        moment = after(_clocks_go_forward(moment), -_SECOND)
    elif hour.edge is Edge.BEFORE:
        moment = after(moment, -_SECOND)
    last = london(moment)
    return last, Step("R39", _why(hour, last, skipped))


def comes_twice(day: Day, hour: Hour | None) -> bool:
    """Whether October repeats this hour on this day."""
    if hour is None:
        return False
    wall = datetime.combine(day, hour.at, tzinfo=LONDON)
    offsets = [wall.replace(fold=fold).utcoffset() for fold in (0, 1)]
    return offsets[0] != offsets[1] and london(wall.astimezone(UTC)).time() == hour.at


def _clocks_go_forward(beyond: Moment) -> Moment:
    """The moment at which the clocks went forward, less than a day before ``beyond``."""
    moment = beyond.replace(minute=0, second=0, microsecond=0)
    while moment.astimezone(LONDON).utcoffset() == after(moment, -_SECOND).astimezone(LONDON).utcoffset():
        moment = after(moment, -_HOUR)
    return moment


def _why(hour: Hour, last: Moment, skipped: bool) -> str:
    if skipped:
        return f"{hour.at:%H:%M} does not exist on that day, so through {said_when(last)}"
    if hour.assumed:
        return f"The words name no hour: {hour.at:%H:%M} is taken, so through {said_when(last)}"
    if hour.edge is Edge.BEFORE:
        return f"Before {hour.at:%H:%M} on that day, so through {said_when(last)}"
    return f"By {hour.at:%H:%M} on that day, that moment included: {said_when(last)}"
