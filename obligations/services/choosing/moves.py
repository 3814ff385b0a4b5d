"""Which duties still to be done would move by a choice: the engine's answers before and after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from contracts.terms.moments import Moment, london, london_day
from obligations.models import Duty as Row
from obligations.rules.engine.lifecycle import FINISHED, State
from obligations.rules.register.duty import Duty
from obligations.services.reconciling.misses import is_missed

ByName: TypeAlias = Mapping[tuple[str, str | None, str], Duty]
"""Duties of one rulebook by what names them for life: rule, subject and occurrence."""


ByRow: TypeAlias = Mapping[tuple[str, str | None, str], Row]
"""Duties of one rulebook as they are stored, by the same."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A duty still to be done, before and after a choice; None where nothing would be due, or was."""

    before: Duty | None
    after: Duty | None


def rows_by_name(rows: Iterable[Row], book: str) -> ByRow:
    """The duties there are under one rulebook, by what names them. Needs each row's obligation."""
    return {
        (row.obligation.rule_key, row.subject or None, row.occurrence): row
        for row in rows
        if row.obligation.rulebook_key == book
    }


def moves(
    before: ByName, after: ByName, there: ByRow | None = None, *, missed_at: Moment | None = None
) -> list[Moved]:
    """What would begin, get another date, end or be owed again. What is finished stays as it was judged.

    ``there``: the duties as they stand, whose dates are those shown as before: a date may be held or stand
    though the engine of today says another. ``missed_at``: now, where what is missed stays missed (R49).
    """
    found = []
    there = there or {}
    for key in [*before, *(key for key in after if key not in before)]:
        was, becomes = before.get(key), after.get(key)
        row = there.get(key)
        if _stays_finished(was, becomes) or _stays_missed(row, becomes, missed_at):
            continue
        if was is None or becomes is None or _stands(was) != _stands(becomes):
            found.append(Moved(as_it_stands(was, row), becomes))
    return found


def _stays_finished(was: Duty | None, becomes: Duty | None) -> bool:
    return was is not None and was.state in FINISHED and not _reopens(was, becomes)


def _stays_missed(row: Row | None, becomes: Duty | None, now: Moment | None) -> bool:
    if row is None or now is None or row.due_at is None or not is_missed(row, now):
        return False
    due = becomes.deadline.limit_at if becomes is not None else None
    return due is None or due > row.due_at


def as_it_stands(was: Duty | None, row: Row | None) -> Duty | None:
    """The duty with the date that its row has."""
    if was is None or row is None or row.due_at is None or row.due_at == was.deadline.due_at:
        return was
    due_at = london(row.due_at)
    return replace(was, deadline=replace(was.deadline, due_at=due_at, due_date=london_day(due_at)))


def _reopens(was: Duty, becomes: Duty | None) -> bool:
    return was.state == State.ENDED and becomes is not None and becomes.state not in FINISHED


def _stands(duty: Duty) -> tuple[object, bool]:
    return (duty.deadline.due_at, duty.deadline.careful), duty.state == State.ENDED
