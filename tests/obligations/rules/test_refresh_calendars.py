"""Refreshing the calendar file from a newly published list (R4). No database, no network."""

from __future__ import annotations

import importlib.util
import tomllib
from datetime import date
from pathlib import Path

from obligations.rules.time.working_days import load_calendar, read_calendar

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = tomllib.loads((ROOT / "obligations" / "calendars" / "uk.toml").read_text(encoding="utf-8"))

_spec = importlib.util.spec_from_file_location("refresh_calendars", ROOT / "script" / "refresh_calendars.py")
refresh = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(refresh)


def published(*events: tuple[str, str, str]) -> dict:
    part = {"events": [{"date": day, "title": title, "notes": notes} for day, title, notes in events]}
    return dict.fromkeys(refresh.DIVISIONS, part)


def test_the_shipped_file_is_what_the_bundled_list_gives() -> None:
    written = tomllib.loads(refresh.as_toml(refresh.bundled(), SHIPPED["source"], {}))
    assert written == SHIPPED


def test_a_newer_list_moves_the_edge_and_keeps_the_years_it_dropped() -> None:
    newer = published(
        ("2026-01-01", "New Year’s Day", ""),
        ("2029-12-25", "Christmas Day", ""),
        ("2029-12-26", 'Boxing "Day"', "Substitute day"),
    )
    calendar = read_calendar(refresh.as_toml(newer, "a test", SHIPPED), "england-and-wales")
    assert (calendar.first, calendar.edge, calendar.source) == (
        date(2012, 1, 1),
        date(2029, 12, 26),
        "a test",
    )
    assert calendar.holidays[date(2029, 12, 26)] == 'Boxing "Day" (substitute day)'
    before = {day: name for day, name in load_calendar().holidays.items() if day.year < 2026}
    assert {day: name for day, name in calendar.holidays.items() if day.year < 2026} == before
    assert date(2026, 4, 3) not in calendar.holidays, (
        "of the years it speaks about, the new list is the whole truth"
    )


def test_the_edge_is_the_earliest_of_the_three() -> None:
    newer = published(("2026-01-01", "New Year’s Day", ""), ("2029-12-26", "Boxing Day", ""))
    newer["scotland"] = {"events": [{"date": "2028-11-30", "title": "St Andrew’s Day"}]}
    assert read_calendar(refresh.as_toml(newer, "a test", {}), "all").edge == date(2028, 11, 30)
