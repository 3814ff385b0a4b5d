"""What the record does not show of what comes round: worked out from what is there, by nobody's entry. Writes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q

from contracts.access import Access
from contracts.terms.moments import Moment, london_day
from obligations.models import Duty, Phase
from obligations.rules.engine.absences import Absence, absence, year_before
from obligations.rules.register.rule import Rule, Shape
from obligations.selectors import duties_of, group_of
from obligations.services.asking.versions import rule_of

_LATE = Q(phase__in=[Phase.MET_LATE, Phase.AWAITING], done_on__gt=F("due_date"))


@dataclass(frozen=True, slots=True)
class Absent:
    """A period of a duty that comes round in which the record shows nothing of it."""

    duty: Duty
    absence: Absence


def not_there(access: Access, now: Moment) -> list[Absent]:
    """Of what comes round, what is not on record by now though its period has ended; by date. 1 query."""
    rows = duties_of(access).filter(group_of("overdue", access.side, now), shape=Shape.RECURRING)
    return _found(rows, now)


def absence_of(duty: Duty, now: Moment, *, counted: bool = True) -> Absence | None:
    """What was not there in the period of a duty that comes round, also where it was done later.

    ``counted``: with the whole periods that went by since, which are the rule's. No query, once the version
    of its rulebook was read; none at all where they are not counted.
    """
    late = duty.phase in (Phase.MET_LATE, Phase.AWAITING)
    if duty.shape != Shape.RECURRING or not (late or duty.phase == Phase.OPEN):
        return None
    rule = rule_of(duty.obligation) if counted else None
    period = rule.period if rule is not None else None
    return absence(london_day(duty.owed_from), duty.due_date, duty.done_on if late else None, period, now)


def unconfirmed(access: Access, duty: Duty, rule: Rule, now: Moment) -> list[Absent]:
    """What a duty's act confirms to the other side that it was done in the year before, and was not there on
    every day of it, as far as the record shows by now (DMP 23, 7.11.1). 1 query at most.
    """
    if not rule.confirms or duty.due_date is None:
        return []
    first, last = year_before(duty.due_date)
    rows = duties_of(access).filter(
        group_of("overdue", access.side, now) | (_LATE & Q(done_on__gt=first)),
        shape=Shape.RECURRING,
        due_date__lt=last,
        obligation__rulebook_key=duty.obligation.rulebook_key,
        obligation__paragraph__path__in=rule.confirms,
    )
    return [one for one in _found(rows, now) if one.absence.touches(first, last)]


def _found(rows: Iterable[Duty], now: Moment) -> list[Absent]:
    return [Absent(row, one) for row in rows if (one := absence_of(row, now)) is not None]
