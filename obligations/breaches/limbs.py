"""What of a breach differs by schedule: the limbs of its definition, the paragraphs of relief and cost.

``limbs.toml``, read once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from obligations.breaches.models import Limb

FILE = Path(__file__).with_name("limbs.toml")


@cache
def limbs() -> Mapping[str, tuple[str, ...]]:
    """The limbs by the key of the schedule's outline."""
    return {schedule: tuple(found) for schedule, found in _data()["limbs"].items()}


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def limbs_of(schedules: Collection[str]) -> list[Limb]:
    """The limbs that these schedules have between them; every one where none of them is known."""
    known = {limb for schedule in schedules for limb in limbs().get(schedule, ())}
    return [limb for limb in Limb if limb in known or not known]


def paragraphs_of(schedules: Collection[str], what: str) -> str:
    """The paragraphs of these schedules under which relief or cost falls; "" where they name none."""
    tables = _data()["paragraphs"]
    return ", ".join(found for one in tables if one in schedules and (found := tables[one].get(what)))
