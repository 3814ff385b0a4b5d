"""The calculator and the `deadline` command. No database."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from obligations.rules.engine.calculator import as_json, as_text, calculate

ROOT = Path(__file__).resolve().parents[3]


def asked(*words: str) -> str:
    out = io.StringIO()
    call_command("deadline", *words, stdout=out)
    return out.getvalue()


def test_json_has_these_fields_and_no_others() -> None:
    form = json.loads(asked("--within", "sixty (60) Working Days", "--from", "2026-03-12", "--json"))
    assert list(form) == ["due_date", "due_at", "provisional", "flagged", "readings", "steps"]
    assert form == as_json(calculate("sixty (60) Working Days", "2026-03-12"))
    assert form["due_at"] == "2026-06-10T23:59:59+01:00"


def test_the_division_decides() -> None:
    words = ("--within", "one (1) Working Day", "--from", "2026-04-02", "--json")
    assert json.loads(asked(*words))["due_date"] == "2026-04-07"
    assert json.loads(asked(*words, "--division", "scotland"))["due_date"] == "2026-04-06"


def test_for_people() -> None:
    text = asked("--within", "two (2) Working Days", "--from", "2026-04-02")
    assert text.startswith("Due by 23:59:59 BST on 8 April 2026, a Wednesday\n")
    assert "  R1  2 April 2026 is left out\n" in text
    assert "not 3 April 2026, Good Friday\n" in text
    assert "not 2 Saturdays and Sundays\n" in text
    assert "It is not legal advice." in text


def test_a_minimum_is_kept_through_its_last_day() -> None:
    assert as_text(calculate("at least 6 Months", "2026-03-12")).startswith(
        "Keep through 23:59:59 BST on 12 September"
    )


def test_other_readings_and_provisional_dates_are_shown() -> None:
    text = as_text(calculate("2 Working Days", "2028-12-25T00:00:00+00:00"))
    assert "(provisional)" in text
    assert "R13 the day that begins at midnight is left out" in text


def test_the_repeated_hour_is_flagged_and_with_an_offset_is_not() -> None:
    assert calculate("24 hours", "2026-10-25T01:30:00").flagged
    assert not calculate("24 hours", "2026-10-25T01:30:00+01:00").flagged
    assert not calculate("24 hours", "2026-10-25T02:30:00").flagged


def test_at_least_annually_is_a_limit_and_no_minimum() -> None:
    deadline = calculate("at least annually", "2026-03-30")
    assert "R8" not in {step.rule for step in deadline.steps}


def test_beginning_with() -> None:
    assert calculate("within 7 days beginning with", "2026-03-12").due_date.isoformat() == "2026-03-18"


def test_a_limit_that_counts_back_is_counted_from_its_event() -> None:
    """ "Within" may also mean a period, and "at least" is one day earlier (R35)."""
    within = calculate("within 10 days before the Fair", "2026-03-12")
    assert within.due_date.isoformat() == "2026-03-02" and within.flagged
    least = calculate("at least 10 days before the Fair", "2026-03-12")
    assert least.due_date.isoformat() == "2026-03-01" and least.flagged


def test_the_earlier_of_two_lengths() -> None:
    """R38: 30 days end on 26 April, a month on 27 April."""
    text = as_text(calculate("within 30 days or 1 month, whichever is the earlier", "2026-03-27"))
    assert text.startswith("Due by 23:59:59 BST on 26 April 2026")


@pytest.mark.parametrize(
    ("within", "start", "due_at"),
    [
        # the later of 14 March 10:00 and Monday 16 March
        (
            "within 24 hours or one (1) Working Day, whichever is the later",
            "2026-03-13T10:00:00+00:00",
            "2026-03-16T23:59:59+00:00",
        ),
        # 16, 17, 18, 19, 20 March; 30 days would be 12 April
        (
            "within 30 days or 5 Working Days, whichever is sooner",
            "2026-03-13",
            "2026-03-20T23:59:59+00:00",
        ),
        ("within 72 hours or 3 days", "2026-03-13T10:00:00+00:00", "2026-03-16T10:00:00+00:00"),
        ("within 14 days to 2 months", "2026-03-13", "2026-03-27T23:59:59+00:00"),
        ("by 12 noon on the second Working Day after", "2026-03-13", "2026-03-17T12:00:00+00:00"),
    ],
)
def test_two_lengths_and_an_hour_in_one_phrase(within: str, start: str, due_at: str) -> None:
    """R38, R39."""
    assert as_json(calculate(within, start))["due_at"] == due_at


def test_working_hours_take_the_hours_of_work_or_are_refused() -> None:
    """R41: two hours of Friday, two of Monday."""
    words = ("--within", "within 4 Working Hours", "--from", "2026-03-13T15:00:00+00:00")
    form = json.loads(asked(*words, "--hours", "mon-fri 09:00-17:00", "--json"))
    assert form["due_at"] == "2026-03-16T11:00:00+00:00"
    with pytest.raises(CommandError, match="“within 4 Working Hours” needs the hours of work"):
        asked(*words)


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        ("mon-fri 17:00-09:00", "is empty: it must end later than it begins"),
        ("mon-fri 09:00-09:00", "is empty"),
        ("mon-fri 09:00-17:00, fri 09:00-12:00", "Friday has hours of work twice"),
        ("weekdays 09:00-17:00", "is no day of the week"),
        ("mon-fri", "is no hours of work"),
        ("mon-fri 9:00-25:00", "25:00 is no time of day"),
        (" ", "there are no hours of work"),
    ],
)
def test_hours_of_work_that_overlap_or_are_empty(hours: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        asked("--within", "4 Working Hours", "--from", "2026-03-13T15:00:00+00:00", "--hours", hours)


@pytest.mark.parametrize("start", ["1899-12-31", "0001-01-01", "1066-10-14T09:00:00+00:00"])
def test_a_year_before_1900_is_refused(start: str) -> None:
    with pytest.raises(CommandError, match="is before 1900: give a day or a moment from 1900 on"):
        asked("--within", "7 days", "--from", start)


def test_1900_is_counted_from() -> None:
    assert calculate("7 days", "1900-01-01").due_date.isoformat() == "1900-01-08"


@pytest.mark.parametrize(
    ("within", "start", "division", "reason"),
    [
        ("24 hours", "2026-03-12", "england-and-wales", "24 hours cannot be counted from a bare day"),
        (
            "24 hours",
            "2026-03-29T01:30:00",
            "england-and-wales",
            "1:30am on 29 March 2026 does not exist in London",
        ),
        ("promptly", "2026-03-12", "england-and-wales", "no time limit"),
        ("7 days", "12 March 2026", "england-and-wales", "neither a day"),
        ("7 days", "2026-02-30", "england-and-wales", "neither a day"),
        ("7 days", "2026-03-12", "wales", "unknown division 'wales'"),
        ("2 Working Days", "2011-03-12", "scotland", "before the first day of the calendar"),
    ],
)
def test_bad_input_gives_one_line_and_exit_2(within: str, start: str, division: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as raised:
        asked("--within", within, "--from", start, "--division", division)
    assert raised.value.returncode == 2
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "words", [("--within", "7 days"), ("--from", "2026-03-12"), ("--within", "", "--from", "x")]
)
def test_a_missing_question_is_one_line_too(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="is missing; see --help") as raised:
        asked(*words)
    assert raised.value.returncode == 2


SLOW_TO_IMPORT = {
    *(
        "contracts.reader",
        "contracts.services",
        "obligations.services",
        "obligations.web.urls",
        "obligations.api",
    ),
    *("cvss", "docx", "drf_spectacular", "pypdf", "weasyprint"),
}
"""What one date has no need of; with it the program would take seconds to start."""


def imported(stderr: str) -> set[str]:
    """The modules that ``python -X importtime`` names."""
    return {
        line.rpartition("|")[2].strip() for line in stderr.splitlines() if line.startswith("import time:")
    }


def test_as_a_program_without_a_database() -> None:
    """Nothing but the JSON on standard output, nothing imported that it has no need of, and no database to
    reach.
    """
    program = [sys.executable, "-X", "importtime", "manage.py", "deadline"]
    words = ["--within", "24 hours", "--json"]
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "PATH": "", "LC_ALL": "C"}
    done = subprocess.run(
        [*program, *words, "--from", "2026-03-28T10:00:00+00:00"],
        cwd=ROOT,
        env=nowhere,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["due_at"] == "2026-03-29T11:00:00+01:00"
    modules = imported(done.stderr)
    assert "obligations.rules.engine.calculator" in modules and not SLOW_TO_IMPORT & modules
    refused = subprocess.run(
        [sys.executable, "manage.py", "deadline", *words, "--from", "2026-03-28"],
        cwd=ROOT,
        env=nowhere,
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert len(refused.stderr.strip().splitlines()) == 1
