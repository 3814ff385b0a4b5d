"""Signs of life of beat and of the workers, in Redis: where each was seen last, for those who watch."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

import redis
from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.conf import settings

log = logging.getLogger(__name__)

BEAT, WORKER = "beat", "worker"
FULL = "database_full"
"""Not a sign of life: that the database had no room for something."""

EVERY = 10.0
"""Seconds between two signs of one process; by the monotonic clock."""

SEEN_WITHIN = timedelta(minutes=1)
"""Who gave no sign for longer is taken for gone. Beat queues something every ten seconds."""

STILL_FULL = timedelta(minutes=15)
"""A database that had no room so long ago is taken to be full still."""

KEPT = timedelta(days=30)
"""How long the last sign of who is gone is kept."""

_last: dict[str, float] = {}


def client() -> redis.Redis:
    """A connection to the queue that waits two seconds at most. Close it."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def note(who: str) -> None:
    """A sign of life of this process. What Redis answers does not matter: the queue has its own watch."""
    if time.monotonic() - _last.get(who, float("-inf")) < EVERY:
        return
    _last[who] = time.monotonic()
    try:
        with client() as there:
            there.set(_key(who), time.time(), ex=KEPT)
    except redis.RedisError as error:
        log.debug("no sign of life of %s was kept: %s", who, error)


def seen(there: redis.Redis, who: str) -> bool:
    """Whether there was a sign of life within the last minute. Raises redis.RedisError."""
    since = seconds_since(there, who, time.time())
    return since is not None and since <= SEEN_WITHIN.total_seconds()


def is_full(there: redis.Redis) -> bool:
    """Whether the database had no room for something a short while ago. Raises redis.RedisError."""
    since = seconds_since(there, FULL, time.time())
    return since is not None and since <= STILL_FULL.total_seconds()


def seconds_since(there: redis.Redis, who: str, now: float) -> float | None:
    """How long before `now`, in seconds since 1970, the last sign of life was; None where there was none."""
    at = there.get(_key(who))
    return max(0.0, now - float(at)) if at else None


def _key(who: str) -> str:
    return f"duly:seen:{who}"


def _of_worker(**_: Any) -> None:
    note(WORKER)


def _of_beat(**_: Any) -> None:
    note(BEAT)


def _watch_beat(**_: Any) -> None:
    after_task_publish.connect(_of_beat)


heartbeat_sent.connect(_of_worker)
beat_init.connect(_watch_beat)
