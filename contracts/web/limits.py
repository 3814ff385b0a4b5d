"""How often a stranger may try something, counted in the cache."""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.http import HttpRequest

log = logging.getLogger(__name__)


def too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Counts one try from where a request comes, and whether there were more than ``most`` in that time."""
    key = f"tries:{what}:{request.META.get('REMOTE_ADDR', '')}"
    try:
        cache.add(key, 0, seconds)
        return bool(cache.incr(key) > most)
    except ValueError:  # the count ran out in this very moment
        return False
    except Exception:
        log.exception("the cache does not answer: tries are not counted")
        return False
