"""What Regulation (EEC, Euratom) No 1182/71 adds to a clock of law, as readings that are flagged (R42).

Article 3(4), an end moved to the next working day, is the rule's own key ``moved``. Article 3(1) and 3(5) are
other readings: whether they apply to a clock of this country's law is not settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.terms.moments import When, is_moment, london, london_day
from contracts.terms.periods import Period, Unit
from obligations.rules.register.rule import Rule
from obligations.rules.time.counting import Origin, by_the_clock
from obligations.rules.time.deadlines import Alternative, Calendar, Start, deadline_from

NEXT_FULL_HOUR = "next_full_hour"
TWO_WORKING_DAYS = "two_working_days"


def next_full_hour(at: When) -> When | None:
    """Article 3(1): the hour in which the event happens does not count. None for a bare day."""
    if not is_moment(at):
        return None
    return by_the_clock(london(at).replace(minute=0, second=0, microsecond=0), Period(1, Unit.HOURS))


def with_two_working_days(rule: Rule, start: Start, calendar: Calendar) -> Start:
    """Article 3(5): a period of two days or more has at least two working days in it."""
    others = tuple(_longer(rule, start, calendar))
    return replace(start, alternatives=(*start.alternatives, *others)) if others else start


def _longer(rule: Rule, start: Start, calendar: Calendar) -> Iterator[Alternative]:
    for reading in rule.readings:
        if reading.until != TWO_WORKING_DAYS:
            continue
        alone = replace(start, alternatives=(), first_bit=None)
        due = deadline_from([alone], calendar).due_date
        zero = Origin(london_day(start.at), start.inclusive).zero
        if due is not None and calendar.working_days_between(zero, due) < 2:
            yield Alternative(reading.name, reading.rule, due=calendar.add_working_days(zero, 2))
