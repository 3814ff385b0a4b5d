"""The Celery application. Celery is another interface: tasks in each app's tasks.py only call services."""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import beat_init, worker_init, worker_ready
from django.conf import settings

from compliance import places, pulse, start_checks  # noqa: F401 - pulse listens to signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")
start_checks.exit_if_unreadable()
with contextlib.suppress(OSError):  # of beat, which then says where it cannot write
    places.RUN.mkdir(parents=True, exist_ok=True)

if os.environ.get("DULY_LOCAL_RUN"):  # `script/server` as root says so itself, in one line
    warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("duly")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(lambda: settings.SUBJECTS)

MINUTE = 60.0
app.conf.beat_schedule = {
    name: {"task": f"obligations.tasks.{name}", "schedule": every, "options": {"expires": every}}
    for name, every in {
        "sweep_notices": MINUTE,
        "raise_recurring": 5 * MINUTE,
        "plan_notices_ahead": 60 * MINUTE,
        "do_long_work": MINUTE / 6,
        "work_on_bank_holidays": 5 * MINUTE,
        "offer_versions": 10 * MINUTE,
        "refresh_bank_holidays": 24 * 60 * MINUTE,
        "sweep_uploads": 60 * MINUTE,
        "sweep_records": 60 * MINUTE,
        "look_at_distribution_lists": 24 * 60 * MINUTE,
    }.items()
}


@app.on_after_configure.connect
def add_subjects(sender: Celery, **_: Any) -> None:
    """The clock of the subjects that are installed; their tasks are in their own folders."""
    from obligations import subjects

    for name, tick in subjects.clock().items():
        sender.conf.beat_schedule[name] = {
            "task": name, "schedule": float(tick.every), "options": {"expires": tick.every}
        }  # fmt: skip


def look_before_starting(**_: Any) -> None:
    """Worker and beat start only where web would."""
    start_checks.exit_if_refused()


worker_init.connect(look_before_starting)
beat_init.connect(look_before_starting)


@worker_ready.connect
def catch_up(**_: Any) -> None:
    """What came due while no worker ran is done at once, not at the clock's next tick."""
    from obligations import subjects

    of_subjects = [name for name, tick in subjects.clock().items() if tick.at_start]
    own = [f"obligations.tasks.{name}" for name in ("raise_recurring", "sweep_notices", "do_long_work")]
    for name in (*own, *of_subjects):
        app.send_task(name, expires=MINUTE)
