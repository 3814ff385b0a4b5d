"""The worked examples of edges, held against the product. No database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.terms.moments import LONDON, When, end_of_day, is_moment, london_day
from contracts.terms.phrases import parse_limit
from obligations.rules.engine.scenario import Scenario, read_scenario
from obligations.rules.engine.under_variations import derive_amended
from obligations.rules.notices.stages import Owed
from obligations.rules.notices.windows import planned, why_not
from obligations.rules.register.amendments import Amendments, Figure, UsedAgain
from obligations.rules.register.duty import Duty
from obligations.rules.time.working_days import load_calendar
from tests.support.wording import well_said

Example = Mapping[str, Any]
FOLDER = Path(__file__).parent / "edges"
CONTRACT = {"start_date": "2026-01-01", "end_date": "2028-12-31"}
NOTICES = "notices"


def examples(*, notices: bool) -> list[Example]:
    """Every example of the folder; those of notices stand apart."""
    return [
        example
        for path in sorted(FOLDER.glob("*.toml"))
        if (path.stem == NOTICES) is notices
        for example in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
    ]


def title(example: Example) -> str:
    return example["title"]


def scenario(example: Example) -> Scenario:
    """The example's what-if, read as ``simulate`` reads it; nothing in it may be left unused."""
    asked = {
        "contract": CONTRACT | example.get("contract", {}),
        "variations": example.get("variations", []),
        "facts": example.get("facts", []),
        "as_at": example["as_at"],
    }
    read = read_scenario(example.get("book", "dmp_schedule_23"), asked)
    assert read.messages == ()
    return read


def amendments(example: Example) -> Amendments:
    """What variations do beside switching off."""
    return Amendments(
        figures=tuple(
            Figure(one["number"], date.fromisoformat(one["day"]), one["paragraph"], _period(one["within"]))
            for one in example.get("figures", ())
        ),
        again=tuple(
            UsedAgain(one["number"], date.fromisoformat(one["day"]), one["path"])
            for one in example.get("again", ())
        ),
    )


def _period(words: str):
    found = parse_limit(f"within {words}").period
    assert found is not None
    return found


def duties(example: Example) -> list[Duty]:
    """The product's answer: the duties under the example's paragraph."""
    asked = scenario(example)
    calendar = load_calendar(asked.terms.division)
    found = derive_amended(
        asked.rulebook, asked.terms, amendments(example), asked.facts, (), calendar, asked.as_at
    )
    well_said(found)
    return [duty for duty in found if duty.rule_key == example["paragraph"]]


def written(when: When | None, like: str = "") -> str:
    """A day or a moment as the example writes it: as a moment only where the example does."""
    if when is None:
        return ""
    if "T" in like and is_moment(when):
        return when.astimezone(LONDON).isoformat()
    return london_day(when).isoformat()


def answered(duty: Duty, expected: Example) -> dict[str, Any]:
    """What the product says of a duty, in the words of the example; a limit already gone always shows."""
    deadline = duty.deadline
    found: dict[str, Any] = {
        "due": written(deadline.due_at, expected.get("due", "")),
        "owed_from": written(duty.owed_from, expected.get("owed_from", "")),
        "literal_limit": written(deadline.literal_limit),
        "cure": written(deadline.cure_date),
        "readings": {each.reading: written(each.due_at) for each in deadline.readings},
    }
    shown = ("state", "ended_by", "before_duly", "missed", "subject")
    found |= {name: getattr(duty, name) for name in shown}
    asked = {*expected, "literal_limit", "cure"} if expected.get("due") else set(expected)
    return {name: found[name] for name in asked}


@pytest.mark.parametrize("example", examples(notices=False), ids=title)
def test_edge(example: Example) -> None:
    """Every duty of the paragraph is as the example says, and there are no others."""
    found, expected = duties(example), example["expect"]
    assert len(found) == len(expected), [(duty.occurrence, duty.state) for duty in found]
    for duty, one in zip(found, expected, strict=True):
        nothing = {"literal_limit": "", "cure": ""} if one.get("due") else {}
        assert answered(duty, one) == nothing | one


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def owed(duty: Example) -> Owed:
    """The example's duty, the supplier's; due at the end of a day, or at a moment where a time is given."""
    due, since = duty.get("due"), at(duty["since"])
    due_at = None if due is None else end_of_day(date.fromisoformat(due)) if len(due) == 10 else at(due)
    changed = at(duty["changed"]) if "changed" in duty else since
    return Owed(
        phase=duty.get("phase", "open"),
        party="supplier",
        word=duty.get("word", ""),
        owed_from=since,
        due_at=due_at,
        version=duty.get("version", 1),
        raised_at=since,
        changed_at=changed,
    )


@pytest.mark.parametrize("example", examples(notices=True), ids=title)
def test_edge_of_a_notice(example: Example) -> None:
    """The stages still to come, or why a planned one may not go any more."""
    duty, now, calendar = owed(example["duty"]), at(example["now"]), load_calendar()
    if "planned" in example:
        why = why_not(example["planned"], duty.version, duty, calendar, now)
        assert (why or "") == example["still"]
        return
    stages = [
        [str(each.stage), each.not_before.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S")]
        for each in planned(duty, calendar, now)
    ]
    assert stages == example["stages"]


def test_every_edge_has_its_reason_and_a_name_of_its_own() -> None:
    every = [*examples(notices=False), *examples(notices=True)]
    assert len(every) >= 70
    assert len({title(each) for each in every}) == len(every), "two examples share a title"
    for each in every:
        assert each["why"].endswith(".") and "rules" in each, title(each)
