"""How the standing of a duty looks on a page."""

from __future__ import annotations

from datetime import datetime

from contracts.web.variations.presenters import Tag
from obligations.models import Duty
from obligations.rules.engine.standing import Standing

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
    Standing.WITHDRAWN: "grey",
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


def tag(duty: Duty, now: datetime) -> Tag:
    """The tag of a duty: its standing in words, with a colour that never says more than the words."""
    found = duty.standing_at(now)
    if duty.retention and found is Standing.LATER:
        return Tag("Keep until then", "blue")
    words = found.words if found is not Standing.ENDED or duty.ended_by_id else "Ended"
    return Tag(words, COLOURS[found])
