"""The algebra of limits, held against examples worked by hand (R35, R38 to R42). No database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from contracts.terms.limit import read_limit
from contracts.terms.moments import end_of_day, is_moment, parse_when
from contracts.terms.week_hours import read_week_hours
from obligations.rules.time.counting import LimitError
from obligations.rules.time.deadline_builder import deadline_from
from obligations.rules.time.derivation import Deadline
from obligations.rules.time.events import start_by
from obligations.rules.time.reckoning import Reckoning
from obligations.rules.time.working_days import CalendarError, load_calendar
from tests.support.wording import RULES, faults_of

FOLDER = Path(__file__).parent / "algebra"
EXAMPLES = [
    example
    for path in sorted(FOLDER.glob("*.toml"))
    for example in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
]
ENGLAND = load_calendar()
Example = Mapping[str, Any]


def reckoning(example: Example) -> Reckoning:
    began = example.get("periods_from")
    return Reckoning(
        read_limit(example["limit"]),
        work=read_week_hours(example["hours"]) if "hours" in example else None,
        close=time.fromisoformat(example["close"]) if "close" in example else None,
        moved=example.get("moved", False),
        within=example.get("within", False),
        periods_from=date.fromisoformat(began) if isinstance(began, str) else began,
        begins=date.fromisoformat(example["begins"]) if "begins" in example else None,
    )


def asked(example: Example) -> Deadline:
    of = reckoning(example)
    return deadline_from([start_by(parse_when(example["from"]), of.limit, of)], ENGLAND)


def told(when: str) -> datetime:
    found = parse_when(when)
    return in_utc(found if is_moment(found) else end_of_day(found))


def in_utc(moment: datetime) -> datetime:
    """In UTC, where the hour that October repeats is not the same twice."""
    return moment.astimezone(UTC)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["title"])
def test_the_answer(example: Example) -> None:
    if "refused" in example:
        with pytest.raises((LimitError, CalendarError), match=example["refused"]):
            asked(example)
        return
    deadline = asked(example)
    due = in_utc(deadline.due_at) if deadline.due_at else None
    assert due == (told(example["due"]) if "due" in example else None)
    assert deadline.due_date == (deadline.due_at.date() if deadline.due_at else None)
    form = deadline.as_json()
    assert form.get("window") == example.get("window")
    assert form.get("opens_at") == example.get("opens_at")
    named = {one.reading: one.due_at and in_utc(one.due_at) for one in deadline.readings}
    expected = example.get("readings", {})
    assert named == {name: None if when == "opens" else told(when) for name, when in expected.items()}
    assert deadline.provisional == example.get("provisional", False)


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if "refused" not in one], ids=lambda example: example["title"]
)
def test_the_words_of_the_steps(example: Example) -> None:
    deadline = asked(example)
    assert deadline.steps and all(step.rule in RULES and not faults_of(step.text) for step in deadline.steps)
    assert all(one.rule in RULES for one in deadline.readings)


def test_the_examples_are_worked_and_told_apart() -> None:
    assert len({one["title"] for one in EXAMPLES}) == len(EXAMPLES) >= 90
    assert all(one["counted"] for one in EXAMPLES)
