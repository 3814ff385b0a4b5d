"""Which notices a duty deserves and when. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from contracts.terms.moments import LONDON, end_of_day
from obligations.rules.notices.stages import Owed, Stage, roles_told
from obligations.rules.notices.windows import planned, why_not
from obligations.rules.time.working_days import load_calendar

CALENDAR = load_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def owed(due: str | None, since: str = "2026-03-12 10:00", **changes: object) -> Owed:
    """A supplier's duty due at the end of a day, or at a moment where a time is given."""
    if due is None:
        due_at = None
    elif len(due) == 10:
        due_at = end_of_day(date.fromisoformat(due))
    else:
        due_at = at(due)
    usual = Owed("open", "supplier", "", at(since), due_at, 1, at(since), at(since))
    return replace(usual, **changes)


def stages(duty: Owed, now: str) -> list[tuple[str, str]]:
    return [
        (str(told.stage), told.not_before.astimezone(LONDON).strftime("%Y-%m-%d %H:%M"))
        for told in planned(duty, CALENDAR, at(now))
    ]


def test_a_seven_day_patch_is_told_at_once_then_on_its_day_then_when_overdue():
    assert stages(owed("2026-03-19"), "2026-03-12 10:00") == [
        ("due_soon", "2026-03-12 10:00"),
        ("due_today", "2026-03-19 08:00"),
        ("overdue", "2026-03-20 08:00"),
    ]


def test_sixty_working_days_are_due_soon_a_week_before():
    assert stages(owed("2026-06-10"), "2026-03-12 10:00")[0] == ("due_soon", "2026-06-03 08:00")


def test_a_yearly_duty_is_due_soon_four_weeks_before():
    assert stages(owed("2027-03-12"), "2026-03-12 10:00")[0] == ("due_soon", "2027-02-12 08:00")


@pytest.mark.parametrize(
    ("due", "last_call"),
    [
        ("2026-03-20", "2026-03-20 08:00"),  # a Friday
        ("2026-03-21", "2026-03-20 08:00"),  # a Saturday: nobody is at work (R2)
        ("2026-04-06", "2026-04-02 08:00"),  # Easter Monday: back over the weekend and Good Friday
    ],
)
def test_the_last_reminder_comes_on_a_working_day(due, last_call):
    assert dict(stages(owed(due, since="2026-02-01 09:00"), "2026-02-01 09:00"))["due_today"] == last_call


def test_an_hour_clock_is_told_in_hours_day_or_night():
    duty = owed("2026-03-13 05:00", since="2026-03-12 05:00")
    assert stages(duty, "2026-03-12 05:00") == [
        ("due_soon", "2026-03-12 05:00"),
        ("due_today", "2026-03-13 01:00"),
        ("overdue", "2026-03-13 05:00"),
    ]


def test_a_stage_whose_moment_has_passed_is_not_told_late():
    assert stages(owed("2026-03-19"), "2026-03-19 09:00") == [
        ("due_today", "2026-03-19 09:00"),
        ("overdue", "2026-03-20 08:00"),
    ]
    assert stages(owed("2026-03-19"), "2026-05-01 09:00") == [("overdue", "2026-05-01 09:00")]


def test_both_sides_of_the_last_second():
    assert stages(owed("2026-03-19"), "2026-03-19 23:59:59")[0][0] == "due_today"
    assert stages(owed("2026-03-19"), "2026-03-20 00:00:00") == [("overdue", "2026-03-20 08:00")]


def test_a_word_without_a_number_is_told_once_when_raised():
    duty = owed(None, word="promptly")
    assert stages(duty, "2026-03-12 10:00") == [("raised", "2026-03-12 10:00")]
    assert stages(duty, "2026-03-14 10:00") == []


def test_a_duty_without_word_or_number_is_told_once_when_raised():
    assert stages(owed(None), "2026-03-12 10:00") == [("raised", "2026-03-12 10:00")]


def test_a_word_with_a_long_stop_is_told_once_and_then_by_its_long_stop():
    duty = owed("2026-03-16", word="as soon as reasonably practicable")
    assert [stage for stage, _ in stages(duty, "2026-03-12 10:00")] == ["raised", "due_today", "overdue"]


def test_a_limit_already_gone_is_told_as_overdue_only():
    duty = owed("2026-03-17 14:00", since="2026-03-17 14:00", word="as soon as reasonably practicable")
    assert [stage for stage, _ in stages(duty, "2026-03-17 14:05")] == ["overdue"]


def test_a_new_date_is_told_in_place_of_due_soon():
    duty = owed("2026-03-24", version=2, changed_at=at("2026-03-18 11:00"))
    assert [stage for stage, _ in stages(duty, "2026-03-18 11:00")] == ["redated", "due_today", "overdue"]


def test_a_new_date_far_away_leaves_due_soon_to_come():
    duty = owed("2026-06-10", version=2, changed_at=at("2026-03-18 11:00"))
    assert [stage for stage, _ in stages(duty, "2026-03-18 11:00")] == [
        "redated",
        "due_soon",
        "due_today",
        "overdue",
    ]


@pytest.mark.parametrize(
    "phase", ["awaiting_decision", "suspended", "met", "met_late", "withdrawn", "before_duly"]
)
def test_nothing_is_told_about_a_duty_that_is_not_open(phase):
    assert stages(owed("2026-03-19", phase=phase), "2026-03-12 10:00") == []


@pytest.mark.parametrize(("tracked_from", "told_stages"), [("2026-03-19", 3), ("2026-03-20", 0)])
def test_no_mail_about_what_was_due_before_duly_kept_the_contract(tracked_from, told_stages):
    duty = owed("2026-03-19", tracked_from=date.fromisoformat(tracked_from))
    assert len(stages(duty, "2026-03-12 10:00")) == told_stages


def test_a_minimum_to_keep_something_is_never_announced():
    assert stages(owed("2026-03-19", is_retention=True), "2026-03-12 10:00") == []


def test_an_end_is_told_where_it_changes_what_people_do_next():
    ended = owed("2026-03-19", phase="ended", changed_at=at("2026-03-10 12:00"))
    assert stages(ended, "2026-03-10 12:00") == [("ended", "2026-03-10 12:00")]
    assert stages(replace(ended, due_at=end_of_day(date(2026, 9, 1))), "2026-03-10 12:00") == []
    assert stages(ended, "2026-03-11 12:00") == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"phase": "met"}, "the duty is met"),
        ({"phase": "awaiting_decision"}, "evidence is waiting for a decision"),
        ({"version": 2}, "the date has changed since"),
        ({"tracked_from": date(2026, 4, 1)}, "the duty is from before Duly kept the contract (R32)"),
    ],
)
def test_a_planned_notice_is_looked_at_again_before_it_goes(changes, why):
    assert why_not("due_today", 1, owed("2026-03-19", **changes), CALENDAR, at("2026-03-19 08:00")) == why


def test_a_stage_is_given_up_when_the_next_one_begins():
    duty = owed("2026-03-19")
    assert why_not("due_soon", 1, duty, CALENDAR, at("2026-03-19 07:59:59")) is None
    assert why_not("due_soon", 1, duty, CALENDAR, at("2026-03-19 08:00")) == "a later notice takes its place"
    assert why_not("overdue", 1, duty, CALENDAR, at("2026-07-01 08:00")) is None


def test_every_planned_notice_would_be_sent_at_its_moment():
    for due in ("2026-03-13", "2026-03-19", "2026-06-10", "2026-03-12 18:00"):
        duty = owed(due)
        for notice in planned(duty, CALENDAR, at("2026-03-12 10:00")):
            assert why_not(notice.stage, 1, duty, CALENDAR, notice.not_before + timedelta(seconds=1)) is None


def test_who_is_told():
    assert roles_told("due_soon", "supplier") == {"lead", "contributor"}
    assert roles_told("due_today", "authority") == {"reviewer", "assurance_lead"}
    assert roles_told("overdue", "supplier") == {
        "lead",
        "contributor",
        "reviewer",
        "assurance_lead",
        "board_member",
    }
    assert "board_member" not in roles_told("overdue", "authority")
    assert roles_told("due_soon", "both") == roles_told("overdue", "authority")
    assert roles_told(Stage.SUBMITTED, "supplier") == {"lead"}


def test_overdue_begins_a_second_after_the_limit_when_the_clocks_go_back():
    """Due at 1:59:59am BST, the last second before the clocks go back: overdue at 1am GMT, not an hour on."""
    duty = owed("2026-10-25 01:59:59", since="2026-10-24 02:00")
    assert duty.due_at is not None
    (overdue,) = [
        told for told in planned(duty, CALENDAR, at("2026-10-24 12:00")) if told.stage is Stage.OVERDUE
    ]
    assert overdue.not_before.timestamp() == duty.due_at.timestamp() + 1
