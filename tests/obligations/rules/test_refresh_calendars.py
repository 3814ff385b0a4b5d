"""Writing the next shipped list of bank holidays from a published one (R4, R47). No database, no network."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from obligations.rules.time.published import PLACES
from obligations.rules.time.working_days import newest_shipped, shipped_lists

ROOT = Path(__file__).resolve().parents[3]
_spec = importlib.util.spec_from_file_location("refresh_calendars", ROOT / "script" / "refresh_calendars.py")
refresh = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(refresh)

NEXT = f"{newest_shipped() + 1}.toml"


@pytest.fixture
def later(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(refresh, "LATER", tmp_path)
    monkeypatch.setattr(refresh, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def published() -> dict:
    """The newest shipped list in the form GOV.UK publishes, from 2024 on."""
    days = shipped_lists().days
    return {
        place: {
            "events": [
                {"title": name, "date": day.isoformat(), "notes": ""}
                for day, name in days[place].items()
                if day.year >= 2024
            ]
        }
        for place in PLACES
    }


def write(later: Path, published: dict, *options: str) -> int:
    file = later / "bank-holidays.json"
    file.write_text(json.dumps(published), encoding="utf-8")
    return refresh.main([str(file), "--published", "2027-11-02", *options])


def test_a_newer_list_becomes_the_next_file(later, published) -> None:
    for place in PLACES:
        published[place]["events"].append({"date": "2029-12-25", "title": 'Christmas "Day"', "notes": ""})
    published["scotland"]["events"].append(
        {"date": "2029-12-26", "title": "Boxing Day", "notes": "Substitute day"}
    )
    assert write(later, published) == 0
    written = tomllib.loads((later / NEXT).read_text(encoding="utf-8"))
    assert (written["published"], written["edge"]) == (date(2027, 11, 2), date(2029, 12, 25))
    assert written["added"]["england-and-wales"] == {"2029-12-25": 'Christmas "Day"'}
    assert written["added"]["scotland"]["2029-12-26"] == "Boxing Day (substitute day)"
    assert "removed" not in written


def test_a_name_of_its_own_replaces_the_old_one(later, published) -> None:
    (first, *_) = published["scotland"]["events"]
    first["title"] = "Another name"
    assert write(later, published) == 0
    written = tomllib.loads((later / NEXT).read_text(encoding="utf-8"))
    assert written["added"] == {"scotland": {first["date"]: "Another name"}}


def test_a_list_that_says_nothing_new_writes_nothing(later, published, capsys) -> None:
    assert write(later, published) == 1
    assert "holds all of this already" in capsys.readouterr().err and not (later / NEXT).exists()


def test_a_day_is_taken_out_only_where_that_is_said(later, published, capsys) -> None:
    """An older copy, without the day that was proclaimed since, must not take it out."""
    events = published["scotland"]["events"]
    events[:] = [event for event in events if event["date"] != "2026-06-15"]
    assert write(later, published) == 1
    assert "2026-06-15 in scotland" in capsys.readouterr().err and not (later / NEXT).exists()
    assert write(later, published, "--remove") == 0
    written = tomllib.loads((later / NEXT).read_text(encoding="utf-8"))
    assert written["removed"] == {"scotland": {"2026-06-15": "World Cup bank holiday"}}
