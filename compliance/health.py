"""For the machines that watch: `live` says that the process answers, `ready` that what it needs does."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import redis
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from compliance import pulse
from contracts.models import LedgerEntry
from contracts.row_security import asking
from contracts.services import kept_files
from contracts.services.seals import making
from obligations.services.notices.figures import given_up
from obligations.services.notices.waiting import oldest_unsent
from obligations.services.versions.offers import behind

LOOKED_BACK = timedelta(days=7)
PARTS = ("database", "queue", "beat", "worker", "mail")
MAIL_WAITS = timedelta(minutes=15)
"""A notice that should have gone so long ago says that mail does not go: one try takes a minute at most."""

log = logging.getLogger(__name__)


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
@asking.job("health")
def ready(request: HttpRequest) -> JsonResponse:
    """Each part by itself: true where it is well, false where not, null where that cannot be known now.

    Without the database or the queue it answers 503, "unwell". Without beat or a worker, where mail does not
    go, or the database has no room for more, people go on working or reading and it answers 200, "degraded".
    """
    parts: dict[str, Any] = {"database": database_answers(), **queue_beat_and_worker(), "mail": None}
    well = bool(parts["database"] and parts["queue"])
    if parts["database"]:
        parts |= of_the_database()
    whole = all(parts[name] for name in PARTS) and "database_full" not in parts
    status = "unwell" if not well else "ok" if whole else "degraded"
    return JsonResponse({"status": status, **parts}, status=200 if well else 503)


def of_the_database() -> dict[str, Any]:
    """Whether mail goes; and, where there are some, what else somebody should look at, counted."""
    waited = oldest_unsent(timezone.now())
    found: dict[str, Any] = {"mail": waited < MAIL_WAITS}
    if waited >= MAIL_WAITS:
        found["oldest_unsent_minutes"] = int(waited.total_seconds() // 60)
    if lost := given_up(timezone.now()):
        found["notices_given_up"] = lost
    if wrong := files_at_fault():
        found["files_at_fault"] = wrong
    if unsealed := making.overdue(timezone.now()):
        found["writes_not_sealed"] = unsealed
    if late := len({contract for contract, _, _ in behind()}):
        found["contracts_behind"] = late
    return found


def files_at_fault() -> int:
    """Files asked for in the last seven days that are not what was kept and were not given out."""
    since = timezone.now() - LOOKED_BACK
    return LedgerEntry.objects.filter(verb=kept_files.FOUND, moment__gte=since).count()


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        log.error("the database does not answer: %s", error)
        return False
    return True


def queue_beat_and_worker() -> dict[str, bool | None]:
    """Whether the queue answers, whether beat and a worker gave a sign of life there, and whether somebody
    noted there that the database is full."""
    try:
        with pulse.client() as there:
            full = {"database_full": True} if pulse.is_full(there) else {}
            return {
                "queue": bool(there.ping()),
                "beat": pulse.seen(there, pulse.BEAT),
                "worker": pulse.seen(there, pulse.WORKER),
                **full,
            }
    except redis.RedisError as error:
        log.error("the queue does not answer: %s", error)
        return {"queue": False, "beat": None, "worker": None}
