"""What the engine says of a duty, and what its row says, in a form in which the two can be held together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from obligations.models import Duty, Phase
from obligations.rules.register.duty import CONTRACT_END
from obligations.rules.register.duty import Duty as Derived

ABSENT = ""
"""The outcome of a duty that nothing calls for."""

CLOSED = (Phase.MET, Phase.MET_LATE)
PHASE_OF = {
    "open": Phase.OPEN,
    "owed_now": Phase.OPEN,
    "overdue": Phase.OPEN,
    "awaiting_decision": Phase.AWAITING,
    "suspended": Phase.SUSPENDED,
    "met": Phase.MET,
    "met_late": Phase.MET_LATE,
    "ended": Phase.ENDED,
}


def phase_of(duty: Derived) -> Phase:
    """The stored phase of a duty as the engine sees it."""
    phase = PHASE_OF[duty.state]
    unmet = duty.ended_by is None and phase in (Phase.OPEN, Phase.ENDED)
    return Phase.BEFORE if duty.before_duly and unmet else phase


def outcome_of(duty: Derived) -> str:
    """What the engine says of a duty: its phase, its last moment in time, its word, what ended it."""
    phase = phase_of(duty)
    ended_by = duty.ended_by if phase == Phase.ENDED and duty.ended_by != CONTRACT_END else None
    return _outcome(phase, duty.deadline.due_at, _word(duty.word, duty.deadline.careful), ended_by)


def outcome_of_row(row: Duty, numbers: Mapping[int, str]) -> str:
    """What a duty's row says; ``numbers`` are those of the variations by their keys."""
    if row.phase == Phase.WITHDRAWN:
        return ABSENT
    return _outcome(row.phase, row.due_at, _word(row.word, row.careful), numbers.get(row.ended_by_id or 0))


def _word(word: str | None, careful: bool) -> str:
    """The contract's word; of a careful date that it is one (R48)."""
    return f"careful {word or ''}".rstrip() if careful else word or ""


def _outcome(phase: str, due_at: datetime | None, word: str, ended_by: str | None) -> str:
    due = due_at.astimezone(UTC).isoformat(timespec="seconds") if due_at else ""
    return "|".join((str(phase), due, word, ended_by or ""))


def is_judged(row: Duty, now: datetime) -> bool:
    """Whether a duty was met, ended or missed, or lies before Duly: its date is the one it was judged by.

    A time for which something is to be kept is a minimum and cannot be missed (R8).
    """
    if row.phase in (*CLOSED, Phase.ENDED, Phase.BEFORE):
        return True
    return row.limit_at is not None and row.limit_at < now and not row.retention
