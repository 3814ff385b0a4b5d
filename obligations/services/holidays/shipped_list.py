"""Proposing what a list of bank holidays that came with a release changes here (R4, R47).

An installation goes on with the shipped list that it began with. Where a release brings a later one, what
that says otherwise is proposed as any other change: an administrator sees whose dates would move and applies
it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from obligations.models import CalendarBase, CalendarChange, ChangeKind
from obligations.rules.time.published import between
from obligations.rules.time.working_days import newest_shipped, shipped_lists
from obligations.services.asking import calendars
from obligations.services.holidays.applying import CLOCK
from obligations.services.holidays.proposing import put_forward


@transaction.atomic
def offer(now: datetime) -> CalendarChange | None:
    """Propose, once, what a later shipped list changes; None where nothing is new here.

    1 query where there is nothing to do.
    """
    base = CalendarBase.objects.filter(offered__lt=newest_shipped()).select_for_update().first()
    if base is None:
        return None
    later = shipped_lists(newest_shipped())
    change = between(shipped_lists(base.offered), later, calendars.load().lists)
    base.offered = newest_shipped()
    base.save(update_fields=["offered"])
    if not change:
        return None
    return put_forward(CLOCK, now, change, ChangeKind.SHIPPED, f"Shipped with Duly: {later.source}"[:300])
