"""A moment comes back from the database in UTC, which is nobody's stamp (R13). No database."""

from __future__ import annotations

from datetime import UTC, date, datetime

from contracts.terms.periods import Period, Unit
from obligations.models import FactRecord
from obligations.rules.time.deadlines import limit, load_calendar
from obligations.services.asking.engine_input import as_fact


def test_half_past_midnight_in_summer_is_that_day_in_london() -> None:
    half_past_midnight = datetime(2026, 6, 11, 23, 30, tzinfo=UTC)
    row = FactRecord(
        kind="patch_publicly_released",
        happened_on=date(2026, 6, 12),
        happened_at=half_past_midnight,
        recorded_at=half_past_midnight,
    )
    fact = as_fact(row)
    deadline = limit(fact.at, Period(7, Unit.DAYS), load_calendar())
    assert deadline.due_date == date(2026, 6, 19)
    assert not deadline.flagged
    assert limit(half_past_midnight, Period(7, Unit.DAYS), load_calendar()).flagged
