"""What the clock starts for visits."""

from __future__ import annotations

from celery import shared_task

from tests.trial.visits.models import Visit


@shared_task
def count_visits() -> int:
    """How many visits there are."""
    return Visit.objects.count()
