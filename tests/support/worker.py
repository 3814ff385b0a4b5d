"""A real Celery worker process on the test's own database, queue and mail server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from compliance import places


class Worker:
    """The worker and the way to send it a task by name."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, redis_url: str) -> None:
        self.process = process
        self.log = log
        self.broker = redis_url.replace("unix://", "redis+socket://", 1)

    def send(self, task: str, *args: Any, **kwargs: Any) -> None:
        """Queues a task, for example ``worker.send("obligations.tasks.sweep_notices")``."""
        from compliance.celery import app

        with app.connection_for_write(self.broker) as connection:
            app.send_task(task, args, kwargs, connection=connection)

    def wait_for_line(self, text: str, seconds: float = 30) -> None:
        """Waits until the worker's log says `text`. Raises AssertionError with the log where it does not."""
        until = time.monotonic() + seconds
        while text not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)


TRAVELLED = """
import sys
from datetime import datetime

import time_machine
from celery.__main__ import main

time_machine.travel(datetime.fromisoformat(sys.argv.pop(1))).start()
sys.argv[0] = "celery"
main()
"""


@contextmanager
def worker(folder: Path, environment: dict[str, str], at: datetime | None = None) -> Iterator[Worker]:
    """Starts a worker with one process; `environment` gives DATABASE_URL, REDIS_URL and EMAIL_URL.

    `at`: the moment that its clock shows when it starts, instead of the real one.
    """
    log = folder / "worker.log"
    celery = str(Path(sys.executable).parent / "celery")
    command = [
        *([celery] if at is None else [sys.executable, "-c", TRAVELLED, at.isoformat()]),
        "--quiet",
        "--app",
        "compliance.celery",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "INFO",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            cwd=places.ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(places.ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        started = Worker(process, log, environment["REDIS_URL"])
        started.wait_for_line("ready.")
        yield started
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
