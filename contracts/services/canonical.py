"""The one way in which a value is written as JSON, so that the same value has the same hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def canonical(value: Any) -> str:
    """A value as JSON: sorted keys, no spaces, days and moments as text. TypeError for anything else."""
    return _ENCODER.encode(value)


def plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as JSON gives it back: days and moments as text."""
    return dict(json.loads(canonical(payload)))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written to the ledger")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
