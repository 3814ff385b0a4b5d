"""Reads the worked examples and puts each question to the product."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from contracts.terms.moments import LONDON, When, parse_when
from contracts.terms.periods import Period
from contracts.terms.phrases import Kind, parse_limit
from obligations.rules.time.deadlines import (
    AgreePeriod,
    Alternative,
    Choose,
    Deadline,
    Event,
    Extend,
    Resume,
    Start,
    Suspend,
    deadline_from,
    load_calendar,
)

FOLDER = Path(__file__).parent / "examples"
COUNTED = ("working_days", "days", "months", "hours", "starts", "events")
Example = Mapping[str, Any]


def examples(*names: str) -> list[Example]:
    """Every example of these files, in order."""
    return [
        example
        for name in names
        for example in tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["example"]
    ]


def title(example: Example) -> str:
    return example["title"]


def period(phrase: str) -> Period:
    found = parse_limit(phrase).period
    assert found is not None
    return found


def product(example: Example) -> Deadline:
    """The product's answer."""
    found = parse_limit(example["within"])
    start = Start(
        parse_when(example["from"]),
        found.period,
        qualifier=None if found.kind is Kind.INTERVAL else found.qualifier,
        inclusive=example.get("beginning_with", False),
        first_bit=parse_when(example["first_bit"]) if "first_bit" in example else None,
        repeated_hour=example.get("repeated_hour", False),
        alternatives=tuple(_alternative(other) for other in example.get("alternatives", ())),
    )
    events = [_event(*event) for event in example.get("events", ())]
    return deadline_from([start, *events], load_calendar(example.get("division", "england-and-wales")))


def _alternative(other: Example) -> Alternative:
    return Alternative(
        other["name"],
        other["rule"],
        start=parse_when(other["from"]) if "from" in other else None,
        period=period(other["within"]) if "within" in other else None,
    )


def _event(kind: str, *words: str) -> Event:
    match kind, words:
        case "suspend", (at,):
            return Suspend(parse_when(at))
        case "resume", (at,):
            return Resume(parse_when(at))
        case "extend", (length, at, *other):
            return Extend(parse_when(at), period(length), or_period=period(other[0]) if other else None)
        case "agree", (length, at):
            return AgreePeriod(parse_when(at), period(length))
        case "choose", (reading,):
            return Choose(reading)
    raise ValueError(f"an example has an event that is not known: {kind} {words}")


def days(text: str) -> list[date]:
    """The days of "March 2026: 30 31; April 2026: 1 2"."""
    found = []
    for month in text.split(";"):
        name, _, numbers = month.partition(":")
        first = datetime.strptime(name.strip(), "%B %Y")
        found += [date(first.year, first.month, int(number)) for number in numbers.split()]
    return found


def holidays(text: str) -> dict[date, str]:
    """The days and names of "3 April 2026 Good Friday; 6 April 2026 Easter Monday"."""
    found = {}
    for each in filter(None, (part.strip() for part in text.split(";"))):
        day, month, year, name = each.split(" ", 3)
        found[datetime.strptime(f"{day} {month} {year}", "%d %B %Y").date()] = name
    return found


def day_of(when: When) -> date:
    return when.astimezone(LONDON).date() if isinstance(when, datetime) else when
