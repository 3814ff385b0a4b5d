"""The Celery application. Celery is another interface: tasks in each app's tasks.py only call services."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

if os.environ.get("DULY_LOCAL_RUN"):  # `script/server` as root says so itself, in one line
    warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("duly")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def refuse_the_owner(**_: Any) -> None:
    """A worker that could get around the database's own rules does not start."""
    from compliance.roles import exit_if_owner

    exit_if_owner()


worker_init.connect(refuse_the_owner)
beat_init.connect(refuse_the_owner)
