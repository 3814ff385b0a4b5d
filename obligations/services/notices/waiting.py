"""How long mail has been waiting: for those who watch, on /health/ready and among the figures."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet

from contracts.terms.moments import after, elapsed
from obligations.models import Notice
from obligations.services.notices.delivery import WAITS


def oldest_unsent(now: datetime) -> timedelta:
    """For how long the notice that waits longest should have been sent; zero where none waits. 1 query.

    One that failed is put off: what it has waited since its first try is added. Cancelled ones, given up or
    not, do not count: they wait for nothing.
    """
    rows = unsent(now).values_list("attempts").annotate(Min("goes_at")).order_by()
    ages = [elapsed(earliest, now) + _waited(attempts) for attempts, earliest in rows]
    return max([timedelta(0), *ages])


def unsent(now: datetime) -> QuerySet[Notice]:
    """The notices that ought to have gone, and those that were tried in vain.

    Found by one range of the index: nothing is put off for longer than the last of ``WAITS``.
    """
    waiting = Notice.objects.filter(sent_at=None, cancelled_at=None, goes_at__lte=after(now, WAITS[-1]))
    return waiting.filter(Q(attempts__gt=0) | Q(goes_at__lte=now))


def _waited(attempts: int) -> timedelta:
    """How long a notice was put off in all by so many failed tries."""
    more = max(0, attempts - len(WAITS))
    return sum((*WAITS[:attempts], *[WAITS[-1]] * more), timedelta(0))
