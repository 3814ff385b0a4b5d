"""The worked examples, held against the day-by-day oracle, which shares no code with the product."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.obligations.rules.examples_file import COUNTED, Example, examples, title
from tests.oracle import oracle
from tests.oracle.oracle import Answer

WORDS = {"two": 2, "five": 5, "six": 6}
UNITS = ("working day", "business day", "clear day", "minute", "hour", "week", "month", "year", "day")
CHOSEN = [
    each for each in examples(*COUNTED) if not any(event[0] == "choose" for event in each.get("events", ()))
]


def read(phrase: str) -> tuple[int, str]:
    """The number and the unit, read without the product's reader."""
    text = phrase.lower()
    if text == "annually":
        return 1, "years"
    figures = re.findall(r"\d+", text)
    amount = int(figures[-1]) if figures else next(n for word, n in WORDS.items() if word in text)
    return amount, next(unit for unit in UNITS if unit in text).replace(" ", "_") + "s"


def moment(text: str) -> date | datetime:
    if len(text) == 10:
        return date.fromisoformat(text)
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo("Europe/London"))


def ends(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else oracle.last_second(value)


def begins(value: date | datetime) -> datetime:
    return (
        value
        if isinstance(value, datetime)
        else oracle.last_second(value - timedelta(days=1)) + timedelta(seconds=1)
    )


def is_minimum(example: Example) -> bool:
    return any(words in example["within"] for words in ("at least", "minimum"))


def counted(example: Example, phrase: str, start: date | datetime) -> Answer:
    """One count; for a minimum from the later of the days a moment allows."""
    amount, unit = read(phrase)
    division = example.get("division", "england-and-wales")
    if is_minimum(example) and isinstance(start, datetime):
        start = max(start.date(), oracle.wall_clock(start).date())
    if unit == "clear_days":
        amount, unit = amount + (1 if is_minimum(example) else 0), "days"
    return oracle.count(start, amount, unit, division, example.get("beginning_with", False))


@dataclass
class Second:
    """The oracle's own fold: a limit, the moment before which nothing can be due, and a date that came too
    late.
    """

    answer: Answer
    floor: datetime | None = None
    cure: Answer | None = None
    suspended: bool = False
    missed: bool = False

    @property
    def due(self) -> datetime:
        return max(self.answer.second, self.floor) if self.floor else self.answer.second

    def passed(self, at: date | datetime) -> bool:
        return self.cure is not None or begins(at) > self.due

    def settle(self, answer: Answer, at: date | datetime) -> None:
        if self.passed(at):
            self.cure = answer
        else:
            self.answer = answer


def second_opinion(example: Example) -> Second:
    start, division = moment(example["from"]), example.get("division", "england-and-wales")
    second = Second(counted(example, example["within"], start))
    if "first_bit" in example and not is_minimum(example):
        second.floor = ends(moment(example["first_bit"]))
    for kind, *words in example.get("events", ()):
        at = moment(words[-1] if kind in ("suspend", "resume") else words[1])
        if kind == "suspend":
            second.suspended, second.missed = True, second.passed(at)
        elif kind == "resume":
            second.suspended = False
            second.floor = second.floor if second.missed else ends(at)
        elif kind == "extend":
            second.settle(oracle.extend(second.cure or second.answer, *read(words[0]), division), at)
        else:
            second.settle(counted(example, words[0], start), at)
            if second.cure is None:
                second.floor = ends(at)
    return second


@pytest.mark.parametrize("example", CHOSEN, ids=title)
def test_the_oracle_agrees(example: Example) -> None:
    second = second_opinion(example)
    assert second.suspended == example.get("suspended", False)
    if second.suspended:
        return
    assert second.due == ends(moment(example["due"]))
    assert second.answer.provisional == example.get("provisional", False)
    gone = second.due > second.answer.second
    assert gone == ("literal_limit" in example)
    if gone:
        assert second.answer.second == ends(moment(example["literal_limit"]))
    assert (second.cure and second.cure.day.isoformat()) == example.get("cure")


@pytest.mark.parametrize("example", [each for each in CHOSEN if "readings" in each], ids=title)
def test_the_oracle_agrees_on_other_readings(example: Example) -> None:
    """Those it can work out: from another start, in another unit, paused, afresh, and midnight left out."""
    start, division = moment(example["from"]), example.get("division", "england-and-wales")
    others = {each["name"]: each for each in example.get("alternatives", ())}
    events = example.get("events", ())
    spans = [
        (moment(a[1]), moment(b[1])) for a, b in pairwise(events) if (a[0], b[0]) == ("suspend", "resume")
    ]
    for name, when in example["readings"].items():
        if other := others.get(name):
            answer = counted(
                example, other.get("within", example["within"]), moment(other.get("from", example["from"]))
            )
        elif name == "paused meanwhile" and len(events) == 2 and not second_opinion(example).missed:
            stopped, resumed = (oracle.wall_clock(ends(each)).date() for each in spans[0])
            answer = oracle.paused(start, *read(example["within"]), division, stopped, resumed)
        elif name == "fresh clock from the day" and len(events) == 2:
            answer = counted(example, example["within"], oracle.wall_clock(ends(spans[-1][1])).date())
        elif name == "the day that begins at midnight is left out":
            answer = counted(example, example["within"], start.date())
        elif name == "retrospective":
            answer = replace(second_opinion(example).cure)
        else:
            continue
        floor = second_opinion(example).floor or answer.second
        assert max(answer.second, floor) == ends(moment(when)), name
