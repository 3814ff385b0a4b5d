"""Standing: the words a page uses for a duty today, and the order it lists them in (R9, R15, R32).

Always a function of the facts and the moment of asking, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from contracts.terms.moments import Moment, london_day
from obligations.rules.engine.lifecycle import State

SOON = timedelta(days=28)
"""A duty due within this time, and not this week, is due soon."""


class Standing(StrEnum):
    """Where a duty stands on a page, in the order in which pages list them."""

    OWED_NOW = "owed_now"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    DUE_THIS_WEEK = "due_this_week"
    DUE_SOON = "due_soon"
    LATER = "later"
    NO_DATE = "no_date"
    AWAITING_DECISION = "awaiting_decision"
    SUSPENDED = "suspended"
    BEFORE_DULY = "before_duly"
    MET_LATE = "met_late"
    MET = "met"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The words on a page: "Due this week", "Met on time"."""
        return _WORDS[self]

    @property
    def order(self) -> int:
        """Its place in a list, 0 first."""
        return _ORDER[self]


_WORDS: Mapping[Standing, str] = {
    Standing.OWED_NOW: "Owed now",
    Standing.OVERDUE: "Overdue",
    Standing.DUE_TODAY: "Due today",
    Standing.DUE_THIS_WEEK: "Due this week",
    Standing.DUE_SOON: "Due soon",
    Standing.LATER: "Due later",
    Standing.NO_DATE: "Open",
    Standing.AWAITING_DECISION: "Awaiting decision",
    Standing.SUSPENDED: "Suspended",
    Standing.BEFORE_DULY: "Before Duly",
    Standing.MET_LATE: "Met late",
    Standing.MET: "Met on time",
    Standing.ENDED: "Ended by variation",
    Standing.WITHDRAWN: "Withdrawn",
}
_ORDER = {standing: place for place, standing in enumerate(Standing)}
_SETTLED = {
    State.OWED_NOW: Standing.OWED_NOW,
    State.OVERDUE: Standing.OVERDUE,
    State.AWAITING_DECISION: Standing.AWAITING_DECISION,
    State.SUSPENDED: Standing.SUSPENDED,
    State.MET: Standing.MET,
    State.MET_LATE: Standing.MET_LATE,
    State.ENDED: Standing.ENDED,
}


def standing_of(
    state: State | str,
    due_at: Moment | None,
    now: Moment,
    *,
    before_duly: bool = False,
    is_retention: bool = False,
) -> Standing:
    """Where a duty in this state stands at ``now``.

    ``due_at`` is the deadline's, in any zone; days and weeks are London's and a week ends on Sunday.
    ``before_duly`` is for occurrences due before Duly kept the contract, which are never overdue (R32).
    ``is_retention`` is for a minimum to keep something until, which is nobody's limit and never overdue (R8).
    Any other open duty whose ``due_at`` has passed is overdue, however it was stored.
    """
    state = State(state)
    if before_duly and state in (State.OPEN, State.OVERDUE, State.OWED_NOW):
        return Standing.BEFORE_DULY
    if is_retention and state in (State.OPEN, State.OVERDUE):
        return Standing.LATER
    if state in (State.OPEN, State.OWED_NOW) and due_at is not None and due_at < now:
        return Standing.OVERDUE
    return _SETTLED[state] if state is not State.OPEN else _how_soon(due_at, now)


def _how_soon(due_at: Moment | None, now: Moment) -> Standing:
    """Where an open duty stands whose date has not passed."""
    if due_at is None:
        return Standing.NO_DATE
    today, due = london_day(now), london_day(due_at)
    if due == today:
        return Standing.DUE_TODAY
    if due <= today + timedelta(days=6 - today.weekday()):
        return Standing.DUE_THIS_WEEK
    return Standing.DUE_SOON if due <= today + SOON else Standing.LATER


def sort_key(standing: Standing, due_at: Moment | None, title: str = "") -> tuple[int, float, str]:
    """How pages order duties: by standing, then the nearest date first, dateless last, then by title."""
    return standing.order, float("inf") if due_at is None else due_at.timestamp(), title
