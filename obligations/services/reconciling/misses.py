"""What becomes of misses while duties are brought in line (R49). Writes nothing.

A missed limit stays: it is undone only where what it rested on is taken back, where the other side accepts
that it was none, or where the contract's own figure or a holiday shows that the date was wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.terms.restricted import key_for
from obligations.models import Duty, Miss, Phase
from obligations.rules.register.duty import Duty as Derived
from obligations.services.reconciling.outcomes import CLOSED


def is_missed(row: Duty, now: datetime) -> bool:
    """Whether a duty's date passed with nothing done, and still does: what is met in time missed nothing.

    A minimum cannot be missed (R8), a careful date neither (R48), and what was due before Duly kept the
    contract is not called so (R32).
    """
    if row.retention or row.limit_at is None or row.limit_at >= now:
        return False
    if row.phase == Phase.OPEN:
        return True
    return row.phase == Phase.AWAITING and _done_late(row)


def _done_late(row: Duty) -> bool:
    if row.derivation.get("hour_clock") and row.done_at is not None and row.due_at is not None:
        return row.done_at > row.due_at
    return row.done_on is not None and row.due_date is not None and row.done_on > row.due_date


class Misses:
    """The misses of a contract in one reconciliation: those that stay, and those that stop counting.

    ``shows_wrong``: what is done now shows that dates were wrong from the beginning. ``accepted``: the duties
    of which the other side accepts that what was missed was none.
    """

    def __init__(
        self,
        standing: Iterable[Miss],
        now: datetime,
        because: str,
        *,
        shows_wrong: bool,
        accepted: frozenset[int] = frozenset(),
    ) -> None:
        self.accepted = accepted
        self.standing = {miss.duty_id: miss for miss in standing}
        self.now, self.because, self.shows_wrong = now, because, shows_wrong
        self.new: list[Miss] = []
        self.changed: list[Miss] = []

    def keeps(self, row: Duty, duty: Derived | None, phase: Phase) -> bool:
        """Whether the engine would move a missed date or end its duty, and nothing shows it was wrong."""
        taken = phase != Phase.ENDED and self._taken(row, duty, phase)
        return taken and not self._shown_wrong(row, duty)

    def stays_late(self, row: Duty) -> bool:
        """Whether a duty met late stays so though no rule asks for it now, and nothing shows why not."""
        return row.phase == Phase.MET_LATE and not self.shows_wrong and row.pk not in self.accepted

    def lets_go(self, row: Duty, duty: Derived | None, phase: Phase) -> bool:
        """Whether a date that stood for its miss is shown to be wrong by what is done now."""
        return row.pk in self.standing and self._taken(row, duty, phase) and self._shown_wrong(row, duty)

    def keep(self, row: Duty, duty: Derived | None) -> bool:
        """Let the miss stay; returns whether that is new."""
        instead = _due(duty)
        there = self.standing.get(row.pk)
        if there is None:
            self._put_down(row, instead=instead, despite=self.because)
            return True
        if there.instead != instead:
            there.instead, there.despite = instead, self.because
            self.changed.append(there)
        return False

    def part(self, row: Duty, duty: Derived | None, phase: Phase) -> None:
        """Note what becomes of a duty's miss before its row says something else.

        It stays where a variation or the contract's end ends the duty, and stops counting otherwise.
        """
        if self._taken(row, duty, phase):
            if phase == Phase.ENDED:
                self.keep(row, duty)
            else:
                self._stop(row)
        elif self._late_no_more(row, duty):
            if phase == Phase.WITHDRAWN or self._shown_wrong(row, duty):
                self._stop(row)
            else:
                self.keep(row, duty)
        elif row.pk in self.standing and phase == Phase.WITHDRAWN:
            self._stop(row)

    def _late_no_more(self, row: Duty, duty: Derived | None) -> bool:
        """Whether what was met late is given a later date, or none: that it was late stays beside."""
        if row.phase != Phase.MET_LATE or row.retention or row.limit_at is None:
            return False
        due = _due(duty)
        return due is None or due > row.limit_at

    def _taken(self, row: Duty, duty: Derived | None, phase: Phase) -> bool:
        """Whether a missed duty would not be missed any more, but for what was done about it (R15)."""
        if not is_missed(row, self.now) or row.due_at is None:
            return False
        due = _due(duty)
        if phase in CLOSED and due == row.due_at:
            return False
        return phase in (Phase.ENDED, Phase.WITHDRAWN) or due is None or due > row.due_at

    def _shown_wrong(self, row: Duty, duty: Derived | None) -> bool:
        """Whether what is done now shows it: it moves the date to another than was known to count instead."""
        if row.pk in self.accepted:
            return True
        there = self.standing.get(row.pk)
        return self.shows_wrong and (there is None or there.instead != _due(duty))

    def _stop(self, row: Duty) -> None:
        there = self.standing.pop(row.pk, None)
        if there is None:
            self._put_down(row, until=self.now, because=self.because)
        else:
            there.until, there.because = self.now, self.because
            self.changed.append(there)

    def _put_down(self, row: Duty, **more: Any) -> None:
        miss = new_miss(row, row.due_at, self.now, **more)
        self.new.append(miss)
        if miss.until is None:
            self.standing[row.pk] = miss


def new_miss(row: Duty, limit: datetime | None, now: datetime, **more: Any) -> Miss:
    """The row of a miss of a duty by a limit, not yet saved."""
    assert limit is not None
    return Miss(pk=key_for(row.subject), duty=row, limit=limit, cause_id=row.cause_id, since=now, **more)


def _due(duty: Derived | None) -> datetime | None:
    return duty.deadline.limit_at if duty is not None else None
