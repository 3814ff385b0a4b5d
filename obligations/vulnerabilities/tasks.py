"""What the clock does about vulnerabilities."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from obligations.vulnerabilities.services import import_work, on_record

__all__ = ["import_work", "put_missed_on_record"]  # the kinds of long work are known where they are imported


@shared_task
def put_missed_on_record() -> int:
    """Drafts whose date has passed go on the record."""
    return on_record.put_missed(timezone.now())
