"""The time while something goes on for longer than a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic


class Clock:
    """The moment it is, given the moment at which it was made: time goes on while mails are sent."""

    def __init__(self, now: datetime) -> None:
        self._now, self._started = now, monotonic()

    @property
    def elapsed(self) -> timedelta:
        return timedelta(seconds=monotonic() - self._started)

    @property
    def now(self) -> datetime:
        return self._now + self.elapsed
