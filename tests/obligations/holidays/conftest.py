"""Bank holidays: the usual contract with a duty of 60 Working Days, due on 10 June 2026, and its people."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.models import Side
from contracts.services.actors import Actor
from obligations.models import CalendarChange, Duty
from obligations.rules.time.published import PLACES
from obligations.rules.time.working_days import shipped_lists
from obligations.services.holidays import applying, previewing, proposing
from tests.cast import NOON, Cast, patch_released, person, play

TUESDAY = date(2026, 5, 12)
DUE, THEN = date(2026, 6, 10), date(2026, 6, 11)


@pytest.fixture
def cast(db) -> Cast:
    return play()


@pytest.fixture
def duty(cast) -> Duty:
    """60 Working Days from 12 March 2026."""
    found = patch_released(cast, category="Other")
    assert found.due_date == DUE
    return found


@pytest.fixture
def admin(db) -> Actor:
    """Rosa looks after the system and is on no contract."""
    return Actor.of(person("rosa", is_staff=True), Side.NEITHER)


@pytest.fixture
def propose(admin):
    """Proposes a one-off day and works its preview out."""

    def made(day: date = TUESDAY, division: str = "england-and-wales", **changes: Any) -> CalendarChange:
        now = changes.pop("now", NOON)
        given = {"name": "Bank holiday for the jubilee", "source": "A proclamation"} | changes
        change = proposing.propose_day(admin, now, division=division, day=day, **given)
        previewing.preview(change, now)
        change.refresh_from_db()
        return change

    return made


@pytest.fixture
def applied(propose, admin):
    """Proposes a one-off day, previews and applies it."""

    def made(*args: Any, **changes: Any) -> CalendarChange:
        change = applying.ask_to_apply(propose(*args, **changes), admin, NOON)
        applying.apply(change, NOON)
        change.refresh_from_db()
        return change

    return made


@pytest.fixture
def published() -> dict[str, Any]:
    """The shipped lists in the form GOV.UK publishes, from 2024 on: a test changes it and uploads it."""
    lists = shipped_lists()
    return copy.deepcopy(
        {
            place: {
                "division": place,
                "events": [
                    {"title": name, "date": day.isoformat(), "notes": "", "bunting": True}
                    for day, name in lists.days[place].items()
                    if day.year >= 2024
                ],
            }
            for place in PLACES
        }
    )


def as_file(data: Any, name: str = "bank-holidays.json") -> SimpleUploadedFile:
    """The list as a file a browser sends."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return SimpleUploadedFile(name, content, "application/json")
