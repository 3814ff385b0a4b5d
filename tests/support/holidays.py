"""England's calendar with a change of the holidays laid over it, as the product lays it."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.terms.moments import Day
from obligations.rules.time.published import Change, laid_over
from obligations.rules.time.working_days import DEFAULT_DIVISION, Calendar, shipped_lists


def with_holidays(extra: Mapping[Day, str], edge: Day | None = None) -> Calendar:
    change = Change(added={DEFAULT_DIVISION: dict(extra)}, edge=edge)
    return laid_over(shipped_lists(), change).calendar(DEFAULT_DIVISION)
