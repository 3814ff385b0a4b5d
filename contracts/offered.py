"""What the package above offers, by its dotted name: it is imported where it is first asked for, so that a
command which needs nothing of it starts as quickly as before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

_names: dict[str, list[str]] = defaultdict(list)


def offer(what: str, name: str) -> None:
    """Say where a function is that answers for ``what``. Offered once, when the application starts."""
    if name not in _names[what]:
        _names[what].append(name)


def offered(what: str) -> list[Callable[..., Any]]:
    """The functions that answer for it, in the order they were offered."""
    return [import_string(name) for name in _names[what]]
