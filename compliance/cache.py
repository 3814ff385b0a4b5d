"""The cache: what limits and buttons are counted in. It is Redis, or a process's memory while that is gone.

People sign in and programs ask on while Redis does not answer. Limits go on holding, for each process by
itself and from nothing: never looser than so many times as there are processes. Nothing else may be kept
here that is not safe to forget.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)

LEFT_ALONE = 5.0
"""Seconds for which Redis is not asked again after it did not answer: nobody waits for it in between."""

SAID_EVERY = 60.0
"""Seconds between two lines of the log about the same trouble."""

MOST_KEPT = 20_000
"""Keys in the memory of a process."""


class Trouble:
    """When Redis last did not answer this process, and when that was last said. By the monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._until = self._said = float("-inf")

    @property
    def is_fresh(self) -> bool:
        """Whether it is too early to ask Redis again."""
        return self._clock() < self._until

    def note(self, error: Exception) -> None:
        """Redis did not answer: said in the log once a minute."""
        with self._lock:
            now = self._clock()
            self._until = now + LEFT_ALONE
            if now - self._said < SAID_EVERY:
                return
            self._said = now
        log.error("the cache does not answer, limits are counted in each process by itself: %s", error)


TROUBLE = Trouble()
"""This process's own: Django makes a cache for every thread."""


class FallingBack(BaseCache):
    """Redis, and the memory of this process while Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(server, params)
        memory = {**params, "OPTIONS": {"MAX_ENTRIES": MOST_KEPT}}
        self._memory = LocMemCache("while-redis-is-gone", memory)

    def _ask(self, what: str, *args: Any, **kwargs: Any) -> Any:
        if not TROUBLE.is_fresh:
            try:
                return getattr(self._redis, what)(*args, **kwargs)
            except (redis.RedisError, OSError) as error:
                TROUBLE.note(error)
        return getattr(self._memory, what)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", *args, **kwargs)

    def clear(self) -> None:
        self._memory.clear()
        self._ask("clear")
