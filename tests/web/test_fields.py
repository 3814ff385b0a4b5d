"""Days and times as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django import forms

from contracts.web.forms import DayField, DulyForm, TimeField


class Asking(DulyForm):
    happened = DayField(called="The day it happened")
    at = TimeField(called="The time it happened", required=False)
    until = DayField(called="The last day", required=False)

    def clean(self):
        data = super().clean()
        data["when"] = self.when("happened", "at")
        return data

    def field_at_fault(self, refused):
        return "happened" if refused.field == "when" else refused.field


def ask(day="12", month="3", year="2026", at="", **more) -> Asking:
    data = {"happened_day": day, "happened_month": month, "happened_year": year, "at": at} | more
    return Asking(data)


@pytest.mark.parametrize(
    ("day", "month"), [("12", "3"), ("12", "03"), (" 12 ", "March"), ("12", "mar"), ("12", "MARCH")]
)
def test_a_day_as_people_write_it(day, month):
    form = ask(day, month)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["happened"] == date(2026, 3, 12)
    assert form.cleaned_data["until"] is None


@pytest.mark.parametrize(
    ("day", "month", "year", "said", "box"),
    [
        ("", "", "", "The day it happened is missing", "all"),
        ("12", "3", "", "The day it happened must include a year", "year"),
        ("", "3", "2026", "must include a day", "day"),
        ("12", "", "", "must include a month and a year", "month"),
        ("31", "2", "2026", "must be a real date", "all"),
        ("29", "2", "2026", "must be a real date", "all"),
        ("0", "3", "2026", "must be a real date", "all"),
        ("12", "13", "2026", "must be a real date", "all"),
        ("12", "3", "26", "must have a year with 4 numbers", "year"),
        ("twelve", "3", "2026", "must be a real date", "all"),
        ("१२x", "3", "2026", "must be a real date", "all"),
        ("1" * 5000, "3", "2026", "must be a real date", "all"),
        ("12", "3", "0000", "must be a real date", "all"),
    ],
)
def test_a_day_that_cannot_be_read_says_why_and_marks_the_box(day, month, year, said, box):
    form = ask(day, month, year)
    assert not form.is_valid()
    [error] = form.errors.as_data()["happened"]
    assert said in error.message
    assert error.code == box


def test_29_february_of_a_leap_year_is_a_day():
    assert ask("29", "2", "2028").is_valid()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2:30pm", time(14, 30)),
        ("2.30 pm", time(14, 30)),
        ("2pm", time(14)),
        ("12am", time(0)),
        ("12 p.m.", time(12)),
        ("14:30", time(14, 30)),
        ("0930", time(9, 30)),
        ("midnight", time(0)),
        ("Midday", time(12)),
    ],
)
def test_a_time_as_people_write_it(text, read):
    form = ask(at=text)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["at"] == read


@pytest.mark.parametrize("text", ["half two", "25:00", "14", "13pm", "0pm", "12:60", "2:30:15", "-1:00"])
def test_a_time_that_cannot_be_read_says_how_to_write_it(text):
    form = ask(at=text)
    assert not form.is_valid()
    assert form.errors["at"] == ["The time it happened must be a time, like 2:30pm or 14:30."]


def test_a_day_with_a_time_is_a_london_moment_and_without_one_a_day():
    form = ask("1", "7", "2026", "9am")
    assert form.is_valid()
    assert form.cleaned_data["when"] == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    day = ask("1", "7", "2026")
    assert day.is_valid()
    assert day.cleaned_data["when"] == date(2026, 7, 1)


def test_the_hour_that_the_clocks_skip_is_refused():
    form = ask("29", "3", "2026", "1:30am")
    assert not form.is_valid()
    assert "1:30am on 29 March 2026 does not exist in London: the clocks go forward" in form.errors["at"][0]


def test_a_refusal_goes_to_the_field_it_names_or_to_the_form():
    from contracts.services.errors import Refused

    form = ask()
    assert form.is_valid()
    form.refuse(Refused("when", "Too late."))
    form.refuse(Refused("nobody knows", "Not so."))
    assert form.errors["happened"] == ["Too late."]
    assert form.errors[forms.forms.NON_FIELD_ERRORS] == ["Not so."]
