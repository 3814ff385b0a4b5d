"""The stages of a notice, what of a duty decides them, and whom each is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contracts.terms.moments import Day, Moment, end_of_day, london_day


class Stage(StrEnum):
    """Why a notice is sent. The same values as the stored stages."""

    RAISED = "raised"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    REDATED = "redated"
    ENDED = "ended"
    GIVEN_UP = "given_up"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    LAPSES = "lapses"


@dataclass(frozen=True, slots=True)
class Owed:
    """What of a duty decides its notices.

    ``phase`` is the stored phase. ``due_at`` is the last moment in time, None for a word without a number
    (R9). ``owed_from`` is when the duty first bit, ``raised_at`` when Duly learned of it and ``changed_at``
    when it last changed. ``version`` counts its dates. ``tracked_from`` is the contract's (R32).
    ``is_retention``: the date is a minimum to keep something until (R8), which is never late and so never
    announced. ``is_careful``: the date is no limit, and what it runs from is to be found (R48): that is owed
    now, people are reminded of it by that date, and it is never overdue.
    """

    phase: str
    party: str
    word: str
    owed_from: Moment
    due_at: Moment | None
    version: int
    raised_at: Moment
    changed_at: Moment
    tracked_from: Day | None = None
    is_retention: bool = False
    is_careful: bool = False

    @property
    def before_duly(self) -> bool:
        """Due, or owed, before the day from which Duly keeps the contract: no mail is sent about it (R32)."""
        if self.tracked_from is None:
            return False
        return london_day(self.due_at or self.owed_from) < self.tracked_from

    @property
    def runs_in_hours(self) -> bool:
        """Whether the limit is a moment and not the end of a day."""
        return self.due_at is not None and self.due_at != end_of_day(london_day(self.due_at))


SUPPLIER, AUTHORITY = "supplier", "authority"

MANAGES = "manages"
"""Stands among the roles for whoever manages the contract beside a role of their own."""

WORKING_ROLES = {
    SUPPLIER: frozenset({"lead", "contributor"}),
    AUTHORITY: frozenset({"reviewer", "assurance_lead"}),
}
"""Who on each side does the work and is told of it."""

DECIDING_ROLES = {SUPPLIER: frozenset({"lead"}), AUTHORITY: frozenset({"reviewer", "assurance_lead"})}
"""Who on each side decides on the other's evidence."""


def roles_told(stage: str, party: str) -> frozenset[str]:
    """The roles told at a stage. ``party`` owes the duty; for notices about evidence or a claim it
    is the side told.

    Overdue is told to both sides and, where the supplier owes, to its board member. That a notice could not
    be sent is told to the contract's administrators and to who manages it, who put an address right.
    """
    if stage == Stage.GIVEN_UP:
        return frozenset({"administrator", MANAGES})
    if stage in (Stage.SUBMITTED, Stage.CLAIMED):
        return DECIDING_ROLES.get(party, frozenset())
    owing = _working_roles(party)
    if stage != Stage.OVERDUE:
        return owing
    board = frozenset() if party == AUTHORITY else frozenset({"board_member"})
    return _working_roles("both") | board


def _working_roles(party: str) -> frozenset[str]:
    if party == "both":
        return WORKING_ROLES[SUPPLIER] | WORKING_ROLES[AUTHORITY]
    return WORKING_ROLES.get(party, frozenset())
