"""Several people at the same moment, each on a database connection of their own."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave back, or the exception it ended with, in the order of the acts."""
    start = threading.Barrier(len(acts))
    found: list[Any] = [TimeoutError("it did not end")] * len(acts)

    def run(place: int) -> None:
        try:
            start.wait(timeout=10)
            found[place] = acts[place]()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=[run, place])
        for place in range(len(acts))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found
