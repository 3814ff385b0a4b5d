"""What events leave behind: steps with their citation and decision, readings, errors. No database.

The dates themselves are in the worked examples.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from contracts.terms.moments import LONDON, end_of_day
from contracts.terms.periods import Period, Unit
from obligations.rules.time.deadlines import (
    AgreePeriod,
    Alternative,
    Calendar,
    CalendarError,
    Choose,
    End,
    Extend,
    FixedDay,
    LimitError,
    Resume,
    Start,
    Step,
    Suspend,
    deadline_from,
    given_in_time,
    limit,
    load_calendar,
)
from tests.support.holidays import with_holidays

ENGLAND = load_calendar()
RELEASE = date(2026, 3, 12)
SEVEN = Period(7, Unit.DAYS)
RELEASED = Start(RELEASE, SEVEN)


def rules(deadline) -> list[str]:
    return [step.rule for step in deadline.steps]


def test_the_form_of_the_command_line() -> None:
    """The example in docs: sixty Working Days from 12 March 2026."""
    form = limit(RELEASE, Period(60, Unit.WORKING_DAYS), ENGLAND).as_json()
    assert form["due_date"] == "2026-06-10"
    assert form["due_at"] == "2026-06-10T23:59:59+01:00"
    assert (form["provisional"], form["flagged"], form["readings"]) == (False, False, [])
    assert (form["literal_limit"], form["word"]) == (None, None)
    first, second, third = form["steps"]
    assert first == {"rule": "R1", "text": "12 March 2026 is left out"}
    assert (second["rule"], second["text"]) == ("R3", "60 Working Days counted")
    assert second["skipped"][0] == {"date": "2026-04-03", "why": "Good Friday"}
    assert len(second["skipped"]) == 30
    assert third == {
        "rule": "R3",
        "text": "Working Days are those of England and Wales, by the list published on 4 February 2026",
    }


def test_the_division_is_named() -> None:
    deadline = limit(RELEASE, Period(2, Unit.WORKING_DAYS), load_calendar("scotland"))
    assert deadline.steps[-1].text == (
        "Working Days are those of Scotland, by the list published on 4 February 2026"
    )


def test_steps_carry_citation_and_decision() -> None:
    deadline = deadline_from(
        [
            Start(RELEASE, SEVEN, citation="dmp_schedule_23/main/10.3"),
            Extend(
                date(2026, 3, 17),
                Period(5, Unit.DAYS),
                reason="slows the service",
                citation="dmp_schedule_23/main/10.3.2",
                decision="decision-4",
            ),
        ],
        ENGLAND,
    )
    assert deadline.steps[0].citation == "dmp_schedule_23/main/10.3"
    assert deadline.steps[-1].as_json() == {
        "rule": "R7",
        "text": "5 days added to the end of the limit (slows the service): 24 March 2026",
        "citation": "dmp_schedule_23/main/10.3.2",
        "decision": "decision-4",
    }


def test_a_step_for_each_event() -> None:
    deadline = deadline_from(
        [
            RELEASED,
            Suspend(date(2026, 3, 14), reason="not running"),
            Resume(date(2026, 3, 16)),
            AgreePeriod(date(2026, 3, 17), Period(10, Unit.DAYS)),
            End(date(2026, 3, 18), reason="Variation 001"),
        ],
        ENGLAND,
    )
    assert rules(deadline) == ["R1", "R2", "R21", "R21", "R21", "R23", "R28", "R2"]
    assert deadline.steps[2].text == "Suspended from 14 March 2026: not running"
    assert deadline.steps[6].text == "Ended on 18 March 2026: Variation 001; the date is kept"
    assert deadline.due_date == date(2026, 3, 22)


def test_a_word_without_a_number_gives_no_date() -> None:
    deadline = deadline_from([Start(RELEASE, None, word="promptly")], ENGLAND)
    assert (deadline.due_date, deadline.due_at, deadline.word) == (None, None, "promptly")
    assert (
        deadline.steps[0].text == "The contract says “promptly” and gives no number: owed from 12 March 2026"
    )
    assert rules(deadline) == ["R9"] and not deadline.flagged and not deadline.suspended


def test_a_word_with_a_long_stop_keeps_both() -> None:
    deadline = limit(RELEASE, Period(2, Unit.WORKING_DAYS), ENGLAND, word="as soon as reasonably practicable")
    assert deadline.due_date == date(2026, 3, 16)
    assert deadline.word == "as soon as reasonably practicable"


def test_a_fixed_day() -> None:
    deadline = deadline_from([FixedDay(date(2026, 4, 3), "R16", "The 7th anniversary")], ENGLAND)
    assert deadline.due_at == end_of_day(date(2026, 4, 3))
    assert [step.text for step in deadline.steps] == [
        "The 7th anniversary",
        "3 April 2026 is a holiday (Good Friday); the date does not move",
    ]


def test_notes_come_before_the_count_and_may_make_it_provisional() -> None:
    noted = Start(RELEASE, SEVEN, notes=(Step("R14", "given late"),), provisional=True)
    deadline = deadline_from([noted], ENGLAND)
    assert rules(deadline)[0] == "R14"
    assert deadline.provisional


def test_a_reading_under_which_nothing_is_due() -> None:
    released = Alternative("released by the variation", "R28", nothing_due=True)
    deadline = deadline_from([Start(RELEASE, SEVEN, alternatives=(released,))], ENGLAND)
    assert deadline.flagged
    assert deadline.readings[0].as_json() == {"reading": "released by the variation", "due_date": None}
    chosen = deadline_from(
        [Start(RELEASE, SEVEN, alternatives=(released,)), Choose("released by the variation")], ENGLAND
    )
    assert chosen.due_at is None and not chosen.suspended
    assert chosen.readings[0].due_date == date(2026, 3, 19)


def test_a_reading_in_hours_gives_its_moment() -> None:
    start = datetime(2026, 3, 12, 10, tzinfo=LONDON)
    other = Alternative("a day as 24 hours", "R5", period=Period(24, Unit.HOURS))
    deadline = deadline_from([Start(start, Period(1, Unit.DAYS), alternatives=(other,))], ENGLAND)
    assert deadline.readings[0].as_json() == {
        "reading": "a day as 24 hours",
        "due_date": "2026-03-13",
        "due_at": "2026-03-13T10:00:00+00:00",
    }


def test_choosing_keeps_the_default_beside_it() -> None:
    other = Alternative("Working Days", "R2", period=Period(5, Unit.WORKING_DAYS))
    start = Start(date(2026, 7, 6), Period(5, Unit.DAYS), alternatives=(other,))
    deadline = deadline_from(
        [start, Choose("Working Days", reason="agreed in June", decision="decision-1")], ENGLAND
    )
    assert deadline.due_date == date(2026, 7, 13)
    assert [(each.reading, each.due_date.day) for each in deadline.readings] == [("the default reading", 11)]
    chosen = next(step for step in deadline.steps if step.rule == "R12")
    assert chosen.text == "The reading “Working Days” was chosen: agreed in June"
    assert chosen.decision == "decision-1"


def test_choosing_before_the_reading_arises() -> None:
    """A reading chosen for the contract applies when the suspension that raises it comes."""
    deadline = deadline_from(
        [RELEASED, Choose("paused meanwhile"), Suspend(date(2026, 3, 15)), Resume(date(2026, 4, 20))], ENGLAND
    )
    assert deadline.due_date == date(2026, 4, 24)
    assert deadline.literal_limit is None


def test_choosing_what_is_no_reading_here_is_said() -> None:
    deadline = deadline_from([RELEASED, Choose("from awareness")], ENGLAND)
    assert deadline.due_date == date(2026, 3, 19)
    assert "The chosen reading “from awareness” makes no difference here" in [
        each.text for each in deadline.steps
    ]


def test_a_second_extension_is_only_a_reading() -> None:
    five = Period(5, Unit.DAYS)
    deadline = deadline_from(
        [RELEASED, Extend(date(2026, 3, 17), five), Extend(date(2026, 3, 20), five, only_in_reading="again")],
        ENGLAND,
    )
    assert deadline.due_date == date(2026, 3, 24)
    assert [(each.reading, each.due_date.day) for each in deadline.readings] == [("again", 29)]


def test_extending_twice_after_the_limit_moves_only_the_cure_date() -> None:
    five = Period(5, Unit.DAYS)
    deadline = deadline_from(
        [RELEASED, Extend(date(2026, 3, 21), five), Extend(date(2026, 3, 22), five)], ENGLAND
    )
    assert deadline.due_date == date(2026, 3, 19)
    assert deadline.cure_date == date(2026, 3, 29)
    assert deadline.as_json()["cure_date"] == "2026-03-29"


def test_hours_extended_by_hours_and_by_days() -> None:
    start = datetime(2026, 3, 12, 10, tzinfo=LONDON)
    day = Start(start, Period(24, Unit.HOURS))
    by_hours = deadline_from([day, Extend(start, Period(5, Unit.HOURS))], ENGLAND)
    assert by_hours.due_at == datetime(2026, 3, 13, 15, tzinfo=LONDON) and by_hours.hour_clock
    by_days = deadline_from([day, Extend(start, Period(2, Unit.DAYS))], ENGLAND)
    assert by_days.due_at == end_of_day(date(2026, 3, 15)) and not by_days.hour_clock


def test_an_hour_clock_paused_runs_on_for_what_was_left() -> None:
    start = datetime(2026, 3, 12, 10, tzinfo=LONDON)
    deadline = deadline_from(
        [
            Start(start, Period(24, Unit.HOURS)),
            Suspend(start + timedelta(hours=4)),
            Resume(start + timedelta(hours=10)),
        ],
        ENGLAND,
    )
    assert deadline.due_at == start + timedelta(hours=24)
    assert {each.reading: each.due_at for each in deadline.readings} == {
        "paused meanwhile": start + timedelta(hours=30),
        "fresh clock from the day": start + timedelta(hours=34),
    }


def test_agreeing_drops_readings_that_were_only_about_the_period() -> None:
    other = Alternative("Working Days", "R2", period=Period(7, Unit.WORKING_DAYS))
    start = Start(RELEASE, SEVEN, alternatives=(other,))
    assert not deadline_from([start, AgreePeriod(RELEASE, Period(30, Unit.DAYS))], ENGLAND).flagged


def test_agreeing_keeps_readings_about_the_start() -> None:
    other = Alternative("from awareness", "R25", start=date(2026, 3, 20))
    start = Start(RELEASE, SEVEN, alternatives=(other,))
    deadline = deadline_from([start, AgreePeriod(RELEASE, Period(30, Unit.DAYS))], ENGLAND)
    assert deadline.due_date == date(2026, 4, 11)
    assert deadline.readings[0].due_date == date(2026, 4, 19)


def test_resuming_or_suspending_out_of_turn_changes_nothing() -> None:
    assert deadline_from([RELEASED, Resume(date(2026, 4, 1))], ENGLAND) == deadline_from([RELEASED], ENGLAND)
    twice = [RELEASED, Suspend(date(2026, 3, 15)), Suspend(date(2026, 3, 16)), Resume(date(2026, 4, 20))]
    once = [RELEASED, Suspend(date(2026, 3, 15)), Resume(date(2026, 4, 20))]
    assert deadline_from(twice, ENGLAND) == deadline_from(once, ENGLAND)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "begins with its start"),
        ([Suspend(RELEASE)], "begins with its start"),
        ([RELEASED, RELEASED], "starts only once"),
        ([Start(RELEASE, Period(24, Unit.HOURS))], "cannot be counted from a bare day"),
        ([Start(RELEASE, Period(9000, Unit.YEARS))], "ends after the year 9999"),
        ([Start(RELEASE, Period(10**9, Unit.MONTHS))], "ends after the year 9999"),
        ([Start(RELEASE, Period(10**7, Unit.DAYS))], "ends after the year 9999"),
        ([Start(RELEASE, Period(10**12, Unit.WEEKS))], "ends after the year 9999"),
        ([FixedDay(RELEASE, "R16", "x"), AgreePeriod(RELEASE, SEVEN)], "counted from a start"),
        (
            [FixedDay(RELEASE, "R16", "x", alternatives=(Alternative("y", "R2"),))],
            "needs a start and a period",
        ),
        (
            [Start(RELEASE, None, word="promptly", alternatives=(Alternative("y", "R2"),))],
            "needs a start and a",
        ),
    ],
)
def test_what_cannot_be_worked_out_says_why(events, reason: str) -> None:
    with pytest.raises(LimitError, match=reason):
        deadline_from(events, ENGLAND)


def test_working_days_outside_the_calendar() -> None:
    with pytest.raises(CalendarError, match="before the first day"):
        limit(date(2011, 6, 1), Period(2, Unit.WORKING_DAYS), ENGLAND)
    assert limit(date(2011, 6, 1), SEVEN, ENGLAND).due_date == date(2011, 6, 8)


def test_calendar_days_beyond_the_edge_are_not_provisional() -> None:
    assert not limit(date(2030, 1, 1), SEVEN, ENGLAND).provisional
    assert limit(date(2030, 1, 1), Period(1, Unit.WORKING_DAYS), ENGLAND).provisional


def test_an_edge_that_is_a_working_day_is_not_beyond_itself() -> None:
    friday = Calendar("england-and-wales", {}, date(2026, 1, 1), edge=date(2026, 3, 13))
    assert not limit(RELEASE, Period(1, Unit.WORKING_DAYS), friday).provisional
    assert limit(RELEASE, Period(2, Unit.WORKING_DAYS), friday).provisional


def test_a_fresh_clock_forgets_the_miss_before_it() -> None:
    """Missed, then suspended and owed again: read afresh, an extension within the new limit is in time."""
    five = Period(5, Unit.DAYS)
    events = [
        RELEASED,
        Suspend(date(2026, 3, 25)),
        Resume(date(2026, 4, 20)),
        Extend(date(2026, 4, 22), five),
    ]
    deadline = deadline_from([*events, Choose("fresh clock from the day")], ENGLAND)
    assert deadline.due_date == date(2026, 5, 2)
    assert deadline.cure_date is None
    late = deadline_from(
        [RELEASED, Extend(date(2026, 3, 21), five), *events[1:3], Choose("fresh clock from the day")], ENGLAND
    )
    assert (late.due_date, late.cure_date) == (date(2026, 4, 27), None)


def test_an_extension_past_the_edge_is_provisional() -> None:
    start = Start(date(2028, 12, 15), SEVEN)
    extended = Extend(date(2028, 12, 16), Period(5, Unit.WORKING_DAYS))
    deadline = deadline_from([start, extended], ENGLAND)
    assert deadline.provisional and "R4" in rules(deadline)
    assert deadline.due_date == date(2029, 1, 2)


def test_a_notice_on_the_last_day_after_the_hour_is_late_only_with_a_cutoff() -> None:
    deadline = limit(RELEASE, SEVEN, ENGLAND)
    evening = datetime(2026, 3, 19, 18, tzinfo=LONDON)
    cutoff = datetime(2026, 1, 1, 17).time()
    assert given_in_time(evening, deadline, None, ENGLAND)
    assert not given_in_time(evening, deadline, cutoff, ENGLAND)
    assert given_in_time(evening - timedelta(hours=1), deadline, cutoff, ENGLAND)
    assert not given_in_time(datetime(2026, 3, 20, tzinfo=LONDON), deadline, None, ENGLAND)


def test_a_new_holiday_redates(  # R4: recomputed when new holidays are published
) -> None:
    with_one_off: Calendar = with_holidays({date(2026, 3, 16): "A one-off holiday"})
    start = Start(RELEASE, Period(2, Unit.WORKING_DAYS))
    assert deadline_from([start], ENGLAND).due_date == date(2026, 3, 16)
    redated = deadline_from([start], with_one_off)
    assert redated.due_date == date(2026, 3, 17)
    assert redated.steps[1].skipped[0].why == "A one-off holiday"


@pytest.mark.parametrize(
    ("until", "day"), [(date(2021, 5, 24), date(2021, 5, 24)), (date(2021, 5, 26), date(2021, 5, 26))]
)
def test_a_paused_clock_is_never_due_inside_the_suspension(until: date, day: date) -> None:
    """7 Working Days from Wednesday 5 May 2021: the 6th, 7th, 10th, 11th, 12th, 13th, 14th. Identified on the
    24th, when that had gone, and by then suspended from the 16th: owed again, it is due at once (R10, R21).
    """
    start = Start(date(2021, 5, 5), Period(7, Unit.WORKING_DAYS), first_bit=date(2021, 5, 24))
    deadline = deadline_from([start, Suspend(date(2021, 5, 16)), Resume(until)], ENGLAND)
    paused = next(one for one in deadline.readings if one.reading == "paused meanwhile")
    assert (paused.due_date, deadline.due_date) == (day, day)
