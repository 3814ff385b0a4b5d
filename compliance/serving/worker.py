"""gunicorn's worker process that reads whole requests before a thread is given to them."""

from __future__ import annotations

import os
import time

from gunicorn.workers.base import Worker
from waitress.task import ThreadedTaskDispatcher

from compliance.serving.server import Loop

TURN_SECONDS = 0.5


class BufferingWorker(Worker):
    """gunicorn starts, watches and ends it like its own; how it serves is server.py's."""

    def run(self) -> None:
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        loop = Loop(self.wsgi, [each.sock for each in self.sockets], dispatcher)
        while self.alive and self.ppid == os.getppid():
            self.notify()
            loop.turn(TURN_SECONDS)
        loop.take_nothing_new()
        until = time.monotonic() + self.cfg.graceful_timeout
        while loop.working() and time.monotonic() < until:
            self.notify()
            loop.turn(0.1)
        dispatcher.shutdown(timeout=1)
