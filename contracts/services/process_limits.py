"""Limits of time and memory around something that runs."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MEGABYTE = 1024 * 1024
AGAIN = 5.0
"""Seconds after which the end of the time is said again, where somebody did not listen."""


class TimeUp(BaseException):
    """The time for it is over. Like an interrupt, so that ``except Exception`` does not swallow it."""


@contextmanager
def limited(seconds: float, megabytes: int) -> Iterator[None]:
    """Raise TimeUp after so long, and MemoryError where it needs so much more than the process has now.

    Only in a process's main thread, as workers run their tasks: elsewhere nothing is limited, because both
    limits are the whole process's.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _room(megabytes), _alarm(seconds):
        yield


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(*_: Any) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _room(megabytes: int) -> Iterator[None]:
    mapped = _mapped()
    if mapped is None:
        yield
        return
    soft, hard = before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = mapped + megabytes * MEGABYTE
    smallest = min([wanted, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_AS, (smallest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _mapped() -> int | None:
    """The bytes of addresses the process has now; None where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()
