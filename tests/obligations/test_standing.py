"""Where the row of a duty stands: one answer for pages and API, and a minimum is never late (R8, R9, R32)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.terms.moments import end_of_day
from obligations.models import Duty, Phase
from obligations.rules.engine.standing import Standing

DUE = end_of_day(date(2026, 3, 19))
AFTER = DUE + timedelta(seconds=1)


def row(phase: str = Phase.OPEN, **fields) -> Duty:
    return Duty(phase=phase, due_at=DUE, due_date=DUE.date(), **fields)


@pytest.mark.parametrize(
    ("duty", "now", "standing"),
    [
        (row(), DUE, Standing.DUE_TODAY),
        (row(), AFTER, Standing.OVERDUE),
        (row(word="promptly"), DUE, Standing.OWED_NOW),
        (row(word="promptly"), AFTER, Standing.OVERDUE),
        (row(retention=True), DUE, Standing.LATER),
        (row(retention=True), AFTER, Standing.LATER),
        (row(Phase.BEFORE), AFTER, Standing.BEFORE_DULY),
        (row(Phase.BEFORE, retention=True), AFTER, Standing.BEFORE_DULY),
        (row(Phase.MET, retention=True), AFTER, Standing.MET),
        (row(Phase.MET_LATE), AFTER, Standing.MET_LATE),
        (row(Phase.SUSPENDED), AFTER, Standing.SUSPENDED),
        (row(Phase.AWAITING), AFTER, Standing.AWAITING_DECISION),
        (row(Phase.ENDED), AFTER, Standing.ENDED),
        (row(Phase.WITHDRAWN), AFTER, Standing.WITHDRAWN),
    ],
)
def test_a_row_has_one_standing(duty, now, standing):
    assert duty.standing_at(now) is standing
