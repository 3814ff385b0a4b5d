"""The limbs of the definition of a breach, which differ by schedule: ``limbs.toml``, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from obligations.breaches.models import Limb

FILE = Path(__file__).with_name("limbs.toml")


@cache
def limbs() -> Mapping[str, tuple[str, ...]]:
    """The limbs by the key of the schedule's outline."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["limbs"]
    return {schedule: tuple(found) for schedule, found in rows.items()}


def limbs_of(schedules: Collection[str]) -> list[Limb]:
    """The limbs that these schedules have between them; every one where none of them is known."""
    known = {limb for schedule in schedules for limb in limbs().get(schedule, ())}
    return [limb for limb in Limb if limb in known or not known]
