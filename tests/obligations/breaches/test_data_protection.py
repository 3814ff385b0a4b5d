"""The law's 72 hours over the changes of the clocks (R5, R42). No database; every sum is written out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.terms.moments import LONDON, When
from obligations.breaches.data_protection import clocks


def at(*when: int) -> datetime:
    """A time on the London clock."""
    return datetime(*when, tzinfo=LONDON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("aware", "due", "on_the_clock"),
    [
        # 9am BST is 08:00 UTC; three days on, the clocks having gone back, 08:00 UTC is 8am
        (at(2026, 10, 24, 9), datetime(2026, 10, 27, 8, tzinfo=UTC), (8, 0)),
        # 9am GMT is 09:00 UTC; three days on, the clocks having gone forward, that is 10am
        (at(2026, 3, 28, 9), datetime(2026, 3, 31, 9, tzinfo=UTC), (10, 0)),
        # no change in between: the same hour
        (at(2026, 6, 1, 9, 20), datetime(2026, 6, 4, 8, 20, tzinfo=UTC), (9, 20)),
        # the last hour before the change and the first after it: 00:59 BST is 23:59 UTC, 2am GMT 02:00 UTC
        (at(2026, 10, 25, 0, 59), datetime(2026, 10, 27, 23, 59, tzinfo=UTC), (23, 59)),
        (at(2026, 10, 25, 2, 0), datetime(2026, 10, 28, 2, 0, tzinfo=UTC), (2, 0)),
        # the change on the last day of the 72: 22 October 3am BST is 02:00 UTC
        (at(2026, 10, 22, 3), datetime(2026, 10, 25, 2, tzinfo=UTC), (2, 0)),
        # stamped in another zone: the same moment
        (datetime(2026, 10, 24, 8, tzinfo=UTC), datetime(2026, 10, 27, 8, tzinfo=UTC), (8, 0)),
        # a bare day begins at midnight: 29 October 2027, BST, is 28 October 23:00 UTC; back on the 31st
        (date(2027, 10, 29), datetime(2027, 10, 31, 23, tzinfo=UTC), (23, 0)),
        # 26 March 2027, GMT, begins at 00:00 UTC; they go forward on the 28th
        (date(2027, 3, 26), datetime(2027, 3, 29, 0, tzinfo=UTC), (1, 0)),
    ],
)
def test_the_72_hours_run_from_moment_to_moment(
    aware: When, due: datetime, on_the_clock: tuple[int, int]
) -> None:
    (clock,) = clocks("authority", {"authority": aware})
    assert clock.due_at is not None
    assert clock.due_at.astimezone(UTC) == due
    assert (clock.due_at.hour, clock.due_at.minute) == on_the_clock
    assert clock.whole_day is not isinstance(aware, datetime)


def test_nothing_is_rounded_and_no_end_is_moved() -> None:
    """Aware at 9:20am on Friday 22 May 2026: Monday 25 May is a bank holiday and the end (R42)."""
    (clock,) = clocks("supplier", {"supplier": at(2026, 5, 22, 9, 20)})
    assert clock.due_at == at(2026, 5, 25, 9, 20)
