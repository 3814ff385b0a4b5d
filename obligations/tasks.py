"""What the clock starts. Celery is another interface: each task takes the time once and calls one service."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from obligations.breaches.services import closing
from obligations.services import delivery, holidays, notices, published_list, recurring


@shared_task
def sweep_notices() -> None:
    """Send the notices whose moment has come."""
    delivery.sweep(timezone.now())


@shared_task
def plan_notices_ahead() -> None:
    """Plan the notices of duties due about now again, for people who joined since they were raised."""
    notices.plan_ahead(timezone.now())


@shared_task
def raise_recurring() -> None:
    """Raise what comes round with time alone: recurring duties, anniversaries, lapsed certificates."""
    recurring.raise_recurring(timezone.now())


@shared_task
def refresh_bank_holidays() -> None:
    """Look whether bank holidays were published that the calendars do not hold."""
    published_list.refresh(timezone.now())


@shared_task
def work_on_bank_holidays() -> None:
    """Go on with previews and changes of bank holidays that are under way."""
    holidays.work(timezone.now())


@shared_task
def make_closing_reports() -> None:
    """Make the PDFs that people have asked for of closed breaches."""
    closing.make_reports(timezone.now())
