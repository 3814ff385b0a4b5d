"""For the machines that watch: `live` says that the process answers, `ready` that what it needs does."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from obligations.models import Notice
from obligations.models.notice import GAVE_UP
from obligations.services.versions.offers import behind

LOOKED_BACK = timedelta(days=7)
log = logging.getLogger(__name__)


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    parts: dict[str, Any] = {"database": database_answers(), "queue": queue_answers()}
    well = all(parts.values())
    if parts["database"] and (lost := notices_given_up()):
        parts["notices_given_up"] = lost
    if parts["database"] and (late := len({contract for contract, _, _ in behind()})):
        parts["contracts_behind"] = late
    return JsonResponse({"status": "ok" if well else "unwell", **parts}, status=200 if well else 503)


def notices_given_up() -> int:
    """Mails of the last seven days that nobody will get. A person looks into them; the site is well."""
    since = timezone.now() - LOOKED_BACK
    return Notice.objects.filter(cancelled_why__startswith=GAVE_UP, cancelled_at__gte=since).count()


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.error("the database does not answer: %s", error)
        return False
    return True


def queue_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError as error:
        log.error("the queue does not answer: %s", error)
        return False
    return True
