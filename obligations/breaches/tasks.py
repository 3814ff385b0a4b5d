"""What the clock starts for breaches."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from obligations.breaches.services import closing


@shared_task
def make_closing_reports() -> None:
    """Make the PDFs that people have asked for of closed breaches."""
    closing.make_reports(timezone.now())
