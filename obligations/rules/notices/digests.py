"""What waits for the one mail of the day, and until when. Pure, as ``windows`` is.

The mail of the day goes at 8:00 in London, on Working Days of the contract. At once goes only what is
critical (``stages.is_critical``) and what speaks of a date that would have passed by then.
"""

from __future__ import annotations

from datetime import datetime

from contracts.terms.moments import LONDON, ONE_DAY, Moment, london_day
from obligations.rules.notices.windows import MORNING
from obligations.rules.time.working_days import Calendar


def mail_of_the_day(
    opens: Moment, due_at: Moment | None, critical: bool, calendar: Calendar
) -> Moment | None:
    """When the mail of the day goes that tells a notice; None where the notice goes at once.

    ``opens``: from when it may be sent; ``due_at``: the date that it speaks of, if it does.
    """
    if critical:
        return None
    at = next_morning(opens, calendar)
    return None if due_at is not None and opens < due_at < at else at


def next_morning(moment: Moment, calendar: Calendar) -> Moment:
    """The first 8:00 in London on a Working Day that is not before a moment."""
    day = london_day(moment)
    while True:
        morning = datetime.combine(day, MORNING, tzinfo=LONDON)
        if morning >= moment and calendar.is_working_day(day):
            return morning
        day += ONE_DAY
