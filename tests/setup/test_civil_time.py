"""The linter that keeps hours from being added as a clock on the wall shows them (R5)."""

from __future__ import annotations

import importlib.util

import pytest

from compliance import places

spec = importlib.util.spec_from_file_location("civil_time", places.ROOT / "script" / "civil_time.py")
civil_time = importlib.util.module_from_spec(spec)
spec.loader.exec_module(civil_time)


def complaints(line: str, allowed: dict | None = None, **others: str) -> list[str]:
    sources = {"a.py": line} | {f"{name}.py": source for name, source in others.items()}
    return list(civil_time.complaints(sources, allowed or {}))


@pytest.mark.parametrize(
    "line",
    [
        "due = begins + timedelta(hours=72)",
        "due = timedelta(hours=72) + begins",
        "HOURS = timedelta(hours=72)\ndue = begins + HOURS",
        "LEADS = ((timedelta(1), timedelta(2)),)\nsoon = due_at - LEADS[0]",
        "def lead() -> timedelta:\n    return x\nsoon = due_at - lead()",
        "due_at += timedelta(minutes=1)",
        "due = moment - ONE_DAY",
        "due = begins + 3 * timedelta(hours=24)",
        "due = today + timedelta(hours=72)",
        "left = due_at - now",
        "left = duty.due_at - timezone.now()",
    ],
)
def test_hours_added_elsewhere_are_named(line: str) -> None:
    (complaint,) = complaints(line)
    assert complaint.startswith("a.py:") and complaint.endswith("or the counting core (R5)")


def test_a_constant_of_another_module_is_known() -> None:
    assert complaints("due = begins + HOURS", b="HOURS = timedelta(hours=72)")
    assert not complaints("text = before + length", b="def length() -> timedelta:\n    return x")


@pytest.mark.parametrize(
    "line",
    [
        "due = after(begins, timedelta(hours=72))",
        "left = elapsed(now, due_at)",
        "last = day + ONE_DAY",
        "monday = today - timedelta(days=today.weekday())",
        "first = london_day(now) + 2 * ONE_DAY",
        "WAITS = (timedelta(seconds=30), timedelta(minutes=2))",
        "total = first + second",
    ],
)
def test_days_and_the_core_may(line: str) -> None:
    assert complaints(line) == []


def test_the_core_itself_may() -> None:
    assert not list(civil_time.complaints({civil_time.CORE[0]: "due = utc + timedelta(hours=1)"}, {}))


def test_what_is_listed_may_and_must_stand_there() -> None:
    allowed = {"a.py": {"now + LEASE": "a lease, in UTC"}}
    assert complaints("LEASE = timedelta(1)\nuntil = now + LEASE", allowed) == []
    assert complaints("until = now", allowed) == [
        "a.py: now + LEASE: is listed in script/civil_time.py and stands here no more"
    ]


def test_the_whole_of_duly_is_clean() -> None:
    assert list(civil_time.complaints(civil_time.modules(), civil_time.ALLOWED)) == []
