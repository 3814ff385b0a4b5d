"""Loads the Celery application with Django, so that every process queues to the same broker."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = "Duly"

    def ready(self) -> None:
        from compliance import celery  # noqa: F401 - importing it makes it the current Celery application
