"""Days, moments and lengths of time in words, on both sides of each edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.terms.moments import end_of_day
from contracts.web import words
from tests.cast import NOON

TODAY = date(2026, 3, 17)


def test_a_day_is_written_with_its_weekday():
    assert words.weekday_day(date(2026, 3, 19)) == "Thursday 19 March 2026"
    assert words.short_day(date(2026, 3, 19)) == "Thu 19 Mar 2026"


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "midnight"),
        (0, 1, "12:01am"),
        (9, 0, "9am"),
        (11, 59, "11:59am"),
        (12, 0, "midday"),
        (12, 30, "12:30pm"),
        (23, 59, "11:59pm"),
    ],
)
def test_times_of_day_in_winter(hour, minute, said):
    assert words.clock(datetime(2026, 1, 5, hour, minute, tzinfo=UTC)) == said


def test_times_are_london_times_in_summer_too():
    assert words.moment_words(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "12:30am on 2 July 2026"


def test_the_end_of_a_day_is_said_as_the_day_and_an_hour_as_the_hour():
    assert words.due_words(end_of_day(date(2026, 3, 19))) == "Thursday 19 March 2026"
    assert words.due_words(datetime(2026, 3, 18, 10, 0, tzinfo=UTC)) == "10am on Wednesday 18 March 2026"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "due today"),
        (1, "due tomorrow"),
        (2, "2 days left"),
        (-1, "1 day overdue"),
        (-2, "2 days overdue"),
        (-400, "400 days overdue"),
    ],
)
def test_time_left_to_the_end_of_a_day(days, said):
    assert words.time_left(end_of_day(TODAY + timedelta(days=days)), NOON) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=30), "less than a minute left"),
        (timedelta(minutes=59), "59 minutes left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(hours=47, minutes=59), "47 hours left"),
        (timedelta(hours=48), "2 days left"),
        (-timedelta(minutes=5), "5 minutes overdue"),
        (-timedelta(hours=13), "13 hours overdue"),
        (-timedelta(hours=37), "2 days overdue"),
    ],
)
def test_time_left_on_an_hour_clock(span, said):
    assert words.time_left(NOON + span, NOON) == said


def test_numbers_and_lists():
    assert words.count(1, "duty", "duties") == "1 duty"
    assert words.count(1200, "duty", "duties") == "1,200 duties"
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert [words.size_words(size) for size in (1, 999, 1000, 12_400, 3_400_000)] == [
        "1 byte",
        "999 bytes",
        "1 KB",
        "12 KB",
        "3.4 MB",
    ]
