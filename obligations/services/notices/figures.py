"""How the mail stands, in figures, for a machine that watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from contracts.terms.moments import after
from obligations.models import Notice
from obligations.models.notice import GAVE_UP
from obligations.services.notices.waiting import oldest_unsent, unsent

LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True)
class MailFigures:
    """Notices that ought to have gone: how many, how many of them were tried in vain, and how long the oldest
    has waited; and those given up lately.
    """

    waiting: int
    failing: int
    oldest: timedelta
    given_up: int


def mail_figures(now: datetime) -> MailFigures:
    """How the mail of all contracts stands at `now`. What failed and was put off still waits. 3 queries."""
    tried = Q(attempts__gt=0)
    found = unsent(now).aggregate(waiting=Count("pk"), failing=Count("pk", filter=tried))
    return MailFigures(**found, oldest=oldest_unsent(now), given_up=given_up(now))


def given_up(now: datetime) -> int:
    """Notices of the seven days before `now` that nobody will get, for a person to look into."""
    lately = Q(cancelled_why__startswith=GAVE_UP, cancelled_at__gte=after(now, -LOOKED_BACK))
    return Notice.objects.filter(lately).count()
