"""The state of a duty: one function of its deadline, what was done, and the moment of asking (R15, R21,
R28).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, TypeVar

from contracts.terms.moments import Moment, When, last_moment, london_day
from obligations.rules.time.derivation import Deadline


class State(StrEnum):
    """What a duty is at a moment. Overdue and owed now depend on that moment and are never stored."""

    OPEN = "open"
    OWED_NOW = "owed_now"
    OVERDUE = "overdue"
    AWAITING_DECISION = "awaiting_decision"
    SUSPENDED = "suspended"
    MET = "met"
    MET_LATE = "met_late"
    ENDED = "ended"


class Outcome(StrEnum):
    """What the other side said of what was done."""

    ACCEPTED = "accepted"
    UNDECIDED = "undecided"
    REJECTED = "rejected"


FINISHED = frozenset({State.MET, State.MET_LATE, State.ENDED})
"""States in which nobody has anything left to do."""


class Completed(Protocol):
    """Evidence as the rules see it: when the thing was done, and the decision on it."""

    @property
    def done(self) -> When: ...

    @property
    def outcome(self) -> str: ...


_C = TypeVar("_C", bound=Completed)


def what_counts(completions: Iterable[_C]) -> _C | None:
    """Of everything handed in, what decides: the earliest accepted, else the earliest still undecided.

    A rejected completion counts for nothing: the duty is owed again with the same date (R15).
    """
    ranked = [
        (completion.outcome != Outcome.ACCEPTED, last_moment(completion.done), index, completion)
        for index, completion in enumerate(completions)
        if completion.outcome != Outcome.REJECTED
    ]
    return min(ranked, key=lambda item: item[:3])[3] if ranked else None


def in_time(done: When, deadline: Deadline) -> bool:
    """Whether a thing done then was done in time (R15).

    The day done decides. For a limit in hours the moment does, and a bare day there means its end. What has
    no date, is suspended, or has a careful date only (R48), cannot be late.
    """
    if deadline.limit_at is None or deadline.due_date is None:
        return True
    if deadline.hour_clock:
        return last_moment(done) <= deadline.limit_at
    return london_day(done) <= deadline.due_date


def overdue(deadline: Deadline, as_at: Moment) -> bool:
    """Whether the last moment has passed. At that very second it has not (R1)."""
    return deadline.limit_at is not None and deadline.limit_at < as_at


def state_of(
    deadline: Deadline,
    *,
    as_at: Moment,
    done: When | None = None,
    outcome: str | None = None,
    ended: bool = False,
) -> State:
    """The state of a duty at ``as_at``.

    ``done`` and ``outcome`` are those of the completion that counts (``what_counts``). Accepted is met, or
    met late, by when it was done, whatever ended later; done and undecided is awaiting a decision, neither
    met nor overdue (R15). Raises ValueError for an outcome that is not known.
    """
    if done is not None and outcome is not None:
        match Outcome(outcome):
            case Outcome.ACCEPTED:
                return State.MET if in_time(done, deadline) else State.MET_LATE
            case Outcome.UNDECIDED:
                return State.AWAITING_DECISION
            case Outcome.REJECTED:
                pass
    if ended:
        return State.ENDED
    if deadline.suspended:
        return State.SUSPENDED
    if overdue(deadline, as_at):
        return State.OVERDUE
    return State.OWED_NOW if deadline.word or deadline.careful else State.OPEN
