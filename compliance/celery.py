"""The Celery application. Celery is another interface: tasks in each app's tasks.py only call services."""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from logging.config import dictConfig
from typing import Any

from celery import Celery, Task
from celery.platforms import SecurityWarning
from celery.signals import (
    beat_init,
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_ready,
)
from django.conf import settings
from structlog.contextvars import bind_contextvars, clear_contextvars

from compliance import places, pulse, queue_figures, start_checks, unwell  # noqa: F401 - two listen to signals
from contracts.row_security import asking

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")
start_checks.exit_if_unreadable()
with contextlib.suppress(OSError):  # of beat, which then says where it cannot write
    places.RUN.mkdir(parents=True, exist_ok=True)

if os.environ.get("DULY_LOCAL_RUN"):  # `script/server` as root says so itself, in one line
    warnings.filterwarnings("ignore", category=SecurityWarning)


class AskingTask(Task):
    """A task asks the database as the job of its name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with asking.job(self.name):
            return super().__call__(*args, **kwargs)


app = Celery("duly", task_cls=AskingTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(lambda: settings.SUBJECTS)

MINUTE = 60.0
app.conf.beat_schedule = {
    name: {"task": f"obligations.tasks.{name}", "schedule": every, "options": {"expires": every}}
    for name, every in {
        "sweep_notices": MINUTE,
        "send_webhooks": MINUTE,
        "raise_recurring": 5 * MINUTE,
        "plan_notices_ahead": 60 * MINUTE,
        "do_long_work": MINUTE / 6,
        "send_sign_in_mails": MINUTE / 12,
        "work_on_bank_holidays": 5 * MINUTE,
        "offer_versions": 10 * MINUTE,
        "refresh_bank_holidays": 24 * 60 * MINUTE,
        "sweep_uploads": 60 * MINUTE,
        "sweep_records": 60 * MINUTE,
        "sweep_sessions": 60 * MINUTE,
        "seal_ledgers": 15 * MINUTE,
        "mail_heads": 15 * MINUTE,
        "look_at_distribution_lists": 24 * 60 * MINUTE,
    }.items()
}


@setup_logging.connect
def log_as_elsewhere(**_: Any) -> None:
    """Worker and beat write their log as web does, by the settings: Celery would set up its own."""
    dictConfig(settings.LOGGING)


@task_prerun.connect
def name_task(task_id: str, task: Any, **_: Any) -> None:
    """The log lines of a task say which it is."""
    bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_task(**_: Any) -> None:
    clear_contextvars()


@before_task_publish.connect
def note_queued(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """A queued task says since when it waits."""
    if headers is not None:
        headers[queue_figures.QUEUED_AT] = time.time()


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
    own = [
        f"obligations.tasks.{name}"
        for name in ("raise_recurring", "sweep_notices", "do_long_work", "send_sign_in_mails")
    ]
    for name in (*own, *of_subjects):
        app.send_task(name, expires=MINUTE)
