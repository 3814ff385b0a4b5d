"""The Celery application. Celery is another interface: its tasks live in each app's tasks.py and only call services."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

app = Celery("duly")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_the_owner(**_: Any) -> None:
    """A worker that could get around the database's own rules does not start."""
    from compliance.roles import exit_if_owner

    exit_if_owner()
