"""Doing something and taking it back, so that a page can say exactly what would happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

Found = TypeVar("Found")


class _Rehearsed(Exception):
    """Takes back what was done for a rehearsal."""


def rehearse(doing: Callable[[], Found]) -> Found:
    """What ``doing`` answers; whatever it wrote is taken back. What it raises goes on its way."""
    found: list[Found] = []
    try:
        with transaction.atomic():
            found.append(doing())
            raise _Rehearsed
    except _Rehearsed:
        return found[0]
