"""Where a stored duty stands at a moment, and how that looks on a page."""

from __future__ import annotations

from datetime import datetime

from contracts.web.variations.presenters import Tag
from obligations.models import Duty, Phase
from obligations.rules.lifecycle import State
from obligations.rules.standing import Standing, standing_of

COLOURS = {
    Standing.OWED_NOW: "red",
    Standing.OVERDUE: "red",
    Standing.DUE_TODAY: "orange",
    Standing.DUE_THIS_WEEK: "orange",
    Standing.DUE_SOON: "yellow",
    Standing.LATER: "blue",
    Standing.NO_DATE: "blue",
    Standing.AWAITING_DECISION: "purple",
    Standing.SUSPENDED: "grey",
    Standing.BEFORE_DULY: "grey",
    Standing.MET_LATE: "turquoise",
    Standing.MET: "green",
    Standing.ENDED: "grey",
}
OPEN = {
    Standing.OWED_NOW,
    Standing.OVERDUE,
    Standing.DUE_TODAY,
    Standing.DUE_THIS_WEEK,
    Standing.DUE_SOON,
    Standing.LATER,
    Standing.NO_DATE,
}
"""Standings in which the party that owes the duty has something to do."""


def standing(duty: Duty, now: datetime) -> Standing:
    """Where the duty stands at ``now``. A withdrawn duty has no standing of its own and reads as ended."""
    phase = Phase(duty.phase)
    if phase is Phase.OPEN and duty.retention:
        return Standing.LATER
    if phase in (Phase.OPEN, Phase.BEFORE):
        state = State.OWED_NOW if duty.word else State.OPEN
        return standing_of(state, duty.due_at, now, before_duly=phase is Phase.BEFORE)
    if phase is Phase.WITHDRAWN:
        return Standing.ENDED
    return standing_of(State(phase.value), duty.due_at, now)


def tag(duty: Duty, now: datetime) -> Tag:
    """The tag of a duty: its standing in words, with a colour that never says more than the words."""
    if duty.phase == Phase.WITHDRAWN:
        return Tag("Withdrawn", "grey")
    found = standing(duty, now)
    if duty.retention and found is Standing.LATER:
        return Tag("Keep until then", "blue")
    words = found.words if found is not Standing.ENDED or duty.ended_by_id else "Ended"
    return Tag(words, COLOURS[found])
