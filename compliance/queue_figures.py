"""How the queue stands, read from the queue itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from compliance import pulse

QUEUE = "celery"
"""Celery's own queue, a list whose last entry is the oldest."""
QUEUED_AT = "queued_at"
"""The header of a task that says when it was queued, in seconds since 1970."""


@dataclass(frozen=True)
class QueueFigures:
    """Tasks that no worker has taken; how many seconds the oldest of them waited; and how many seconds ago
    beat and a worker gave a sign of life, None where they never did.
    """

    length: int
    age: float
    since_beat: float | None
    since_worker: float | None


def queue_figures(now: datetime) -> QueueFigures:
    """How the queue stands at `now`. Raises redis.RedisError where it does not answer."""
    second = now.timestamp()
    with pulse.client() as there:
        length, oldest = there.llen(QUEUE), there.lindex(QUEUE, -1)
        beat, worker = (pulse.seconds_since(there, who, second) for who in (pulse.BEAT, pulse.WORKER))
    queued_at = json.loads(oldest)["headers"].get(QUEUED_AT) if oldest else None
    age = max(0.0, second - float(queued_at)) if queued_at else 0.0
    return QueueFigures(length, age, beat, worker)
