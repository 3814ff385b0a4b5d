"""Which duties still to be done would move by a choice: the engine's answers before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from obligations.rules.engine.lifecycle import FINISHED, State
from obligations.rules.register.duty import Duty

ByName: TypeAlias = Mapping[tuple[str, str | None, str], Duty]
"""Duties of one rulebook by what names them for life: rule, subject and occurrence."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A duty still to be done, before and after a choice; None where nothing would be due, or was."""

    before: Duty | None
    after: Duty | None


def moves(before: ByName, after: ByName) -> list[Moved]:
    """What would begin, get another date, end or be owed again. What is finished stays as it was judged."""
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        was, becomes = before.get(key), after.get(key)
        if was is not None and was.state in FINISHED and not _reopens(was, becomes):
            continue
        if was is None or becomes is None or _stands(was) != _stands(becomes):
            found.append(Moved(was, becomes))
    return found


def _reopens(was: Duty, becomes: Duty | None) -> bool:
    return was.state == State.ENDED and becomes is not None and becomes.state not in FINISHED


def _stands(duty: Duty) -> tuple[object, bool]:
    return duty.deadline.due_at, duty.state == State.ENDED
