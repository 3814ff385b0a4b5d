"""What the clock does about vulnerabilities."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from obligations.vulnerabilities.services import acting, import_work, on_record

__all__ = ["import_work", "put_missed_on_record", "run_again"]  # kinds of long work are known by an import


@shared_task
def put_missed_on_record() -> int:
    """Drafts whose date has passed go on the record."""
    return on_record.put_missed(timezone.now())


@shared_task
def run_again() -> int:
    """Limits run again where something was said not to be exploitable until a day that has passed."""
    return acting.hold_no_longer(timezone.now())
