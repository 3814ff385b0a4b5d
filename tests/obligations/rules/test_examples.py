"""The worked examples, held against the product. No database."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from contracts.terms.moments import end_of_day, is_moment, parse_when
from contracts.terms.periods import Unit
from obligations.rules.time.deadlines import Reading, deadline_from, load_calendar, notice_day
from obligations.rules.time.derivation import said
from obligations.rules.time.recurrence import (
    next_anniversary,
    on_anniversary,
    periods_missed,
    recurring,
)
from tests.obligations.rules.examples_file import (
    COUNTED,
    Example,
    days,
    examples,
    holidays,
    period,
    product,
    title,
)
from tests.support.wording import DEFAULT, RULES, faults_of

ENGLAND = load_calendar("england-and-wales")
WEEKEND = {"Saturday", "Sunday"}
DATED = {
    "main": [
        *("5.6", "5.7", "6.2", "7.1.2", "7.1.3", "7.11", "8.2.2"),
        *("10.3", "10.3.1", "10.3.2", "10.3.3", "12.1"),
    ],
    "Part A": ["4.3.1", "4.3.2", "4.4.1"],
    "Part B": ["6.4", "6.5", "8.3"],
    "Annex 1": ["5/protective monitoring/3", "5/incident management/4", "13/1", "13/2"],
}
"""The paragraphs of both schedules that give a date, each of which has an example."""


def expected_at(text: str):
    when = parse_when(text)
    return when if is_moment(when) else end_of_day(when)


def as_data(readings: tuple[Reading, ...], example: Example) -> dict[str, object]:
    """Readings by name: the moment where the example gives one, else the day."""
    asked = example.get("readings", {})
    return {
        each.reading: each.due_at if "T" in asked.get(each.reading, "") else each.due_date
        for each in readings
    }


@pytest.mark.parametrize("example", examples(*COUNTED), ids=title)
def test_due(example: Example) -> None:
    deadline = product(example)
    assert deadline.suspended == example.get("suspended", False)
    if deadline.suspended:
        assert deadline.due_at is None and deadline.due_date is None
        return
    assert deadline.due_at == expected_at(example["due"])
    assert deadline.due_at.isoformat() == expected_at(example.get("due_at", example["due"])).isoformat()
    assert deadline.due_date == deadline.due_at.date()
    literal = example.get("literal_limit")
    assert deadline.literal_limit == (parse_when(literal) if literal else None)
    cure = example.get("cure")
    assert deadline.cure_date == (date.fromisoformat(cure) if cure else None)
    assert deadline.provisional == example.get("provisional", False)
    assert any(step.rule == "R4" for step in deadline.steps) == deadline.provisional


@pytest.mark.parametrize("example", examples(*COUNTED), ids=title)
def test_readings_and_flag(example: Example) -> None:
    deadline = product(example)
    expected = {name: parse_when(when) for name, when in example.get("readings", {}).items()}
    assert as_data(deadline.readings, example) == expected
    assert deadline.flagged == bool(expected)


@pytest.mark.parametrize("example", examples(*COUNTED), ids=title)
def test_says(example: Example) -> None:
    """The steps say what the example asks for, and that a date falls on a day off only where it does (R2)."""
    deadline = product(example)
    text = " / ".join(step.text for step in deadline.steps)
    if "says" in example:
        assert example["says"] in text
    else:
        assert "the date does not move" not in text
    assert all(step.rule in RULES and not faults_of(step.text) for step in deadline.steps)
    assert all(reading.rule in RULES or reading.reading in DEFAULT for reading in deadline.readings)


@pytest.mark.parametrize("example", [each for each in examples(*COUNTED) if "counted" in each], ids=title)
def test_counted_and_skipped_days(example: Example) -> None:
    """The days written out are as many as the limit says, end on the due day, and are all that is not
    skipped.
    """
    counted, limit, deadline = days(example["counted"]), period(example["within"]), product(example)
    if limit.unit is Unit.CLEAR_DAYS and "at least" in example["within"]:
        counted = counted[:-1]
        assert counted[-1] + timedelta(days=1) == deadline.due_date
    else:
        assert counted[-1] == deadline.due_date
    per = {Unit.WEEKS: 7, Unit.YEARS: 12}.get(limit.unit, 1)
    assert len(counted) == limit.amount * per
    skipped = {day.date: day.why for step in deadline.steps for day in step.skipped}
    named = {day: why for day, why in skipped.items() if why not in WEEKEND}
    assert named == holidays(example.get("skipped", ""))
    if limit.unit in (Unit.WORKING_DAYS, Unit.BUSINESS_DAYS):
        assert not set(counted) & set(skipped)
        whole = [counted[0] + timedelta(days=n) for n in range((counted[-1] - counted[0]).days + 1)]
        assert sorted({*counted, *(day for day in skipped if day > counted[0])}) == whole


@pytest.mark.parametrize("example", examples("recurring"), ids=title)
def test_recurring(example: Example) -> None:
    last = parse_when(example["last_done"]) if "last_done" in example else None
    begun, every = date.fromisoformat(example["commencement"]), period(example["every"])
    year_from = date.fromisoformat(example["year_from"]) if "year_from" in example else None
    deadline = deadline_from([recurring(last, begun, every, year_from=year_from)], ENGLAND)
    assert deadline.due_date == date.fromisoformat(example["due"])
    assert {each.reading: each.due_date.isoformat() for each in deadline.readings} == example["readings"]
    origin = "commencement" if last is None else "the last completion"
    assert deadline.steps[0].rule == "R16" and f"counted from {origin}" in deadline.steps[0].text
    if "as_at" in example:
        missed = periods_missed(last, begun, every, date.fromisoformat(example["as_at"]))
        assert missed == example["missed"]


@pytest.mark.parametrize("example", examples("anniversaries"), ids=title)
def test_anniversary(example: Example) -> None:
    of, after = date.fromisoformat(example["of"]), date.fromisoformat(example["after"])
    due, number = next_anniversary(of, after)
    assert (due.isoformat(), number) == (example["due"], example["number"])
    deadline = deadline_from([on_anniversary(of, number)], ENGLAND)
    assert deadline.due_at == end_of_day(due)
    assert f"anniversary of commencement, {said(of)}, is {said(due)}" in deadline.steps[0].text
    assert ("because" in deadline.steps[0].text) == (due.day != of.day)


@pytest.mark.parametrize("example", examples("notices"), ids=title)
def test_notice(example: Example) -> None:
    cutoff = time.fromisoformat(example["cutoff"]) if "cutoff" in example else None
    calendar = load_calendar(example.get("division", "england-and-wales"))
    given = notice_day(parse_when(example["given"]), cutoff, calendar)
    assert given.day.isoformat() == example["counts"]
    assert given.provisional == example.get("provisional", False)
    moved = parse_when(example["given"][:10]) != given.day
    assert [step.rule for step in given.steps][:1] == (["R14"] if moved else [])


def test_there_are_enough_examples_and_each_has_its_reason() -> None:
    every = examples(*COUNTED, "recurring", "anniversaries", "notices")
    assert len(every) >= 120
    assert len({each["title"] for each in every}) == len(every), "two examples share a title"
    for each in every:
        assert each["why"].endswith("."), each["title"]
    cited = {each["paragraph"].split("/", 1)[1] for each in every if "paragraph" in each}
    for scope, numbers in DATED.items():
        assert {f"{scope}/{number}" for number in numbers} <= cited, scope
