"""What the steps of a deadline say, to the letter: people read them, and a dispute may turn on them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from contracts.terms.moments import LONDON
from contracts.terms.periods import Period, Unit
from obligations.rules.time.deadlines import (
    AgreePeriod,
    Alternative,
    Choose,
    Deadline,
    End,
    Event,
    Extend,
    Resume,
    Start,
    Suspend,
    deadline_from,
    given_in_time,
    load_calendar,
)
from obligations.rules.time.events import FRESH, PAUSED, RETROSPECTIVE

RELEASE = date(2026, 3, 12)
SEVEN, FIVE = Period(7, Unit.DAYS), Period(5, Unit.DAYS)
BEGUN = [("R1", "12 March 2026 is left out"), ("R2", "7 days counted, to 19 March 2026")]


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def built(*events: Event, start: Start | None = None) -> Deadline:
    return deadline_from([start or Start(RELEASE, SEVEN), *events], load_calendar())


def said(deadline: Deadline) -> list[tuple[str, str]]:
    return [(step.rule, step.text) for step in deadline.steps]


def test_suspended_and_owed_again_with_their_reasons():
    off, on = (
        Suspend(day(15), "not running", "A/1", "fact 1"),
        Resume(day(17), "it runs again", "A/1", "fact 2"),
    )
    assert said(built(off)) == [*BEGUN, ("R21", "Suspended from 15 March 2026: not running")]
    deadline = built(off, on)
    assert said(deadline) == [
        *BEGUN,
        ("R21", "Suspended from 15 March 2026: not running"),
        ("R21", "Owed again from 17 March 2026: it runs again"),
        ("R21", "The original clock runs on from its start"),
    ]
    assert [(step.citation, step.decision) for step in deadline.steps[2:]] == [
        *(("A/1", "fact 1"), ("A/1", "fact 2"), ("A/1", "fact 2")),
    ]
    assert said(built(Suspend(day(15)), Resume(day(17))))[2:4] == [
        ("R21", "Suspended from 15 March 2026"),
        ("R21", "Owed again from 17 March 2026"),
    ]


def test_suspended_twice_without_an_end_counts_once_and_an_end_without_a_beginning_does_not():
    twice = built(Suspend(day(15), "first"), Suspend(day(16), "second"))
    assert said(twice)[2:] == [("R21", "Suspended from 15 March 2026: first")] and twice.suspended
    assert said(built(Resume(day(17), "nothing"))) == BEGUN


def test_the_other_readings_of_a_suspension_keep_the_steps_that_led_to_them():
    events = [Suspend(day(15)), Resume(day(17))]
    paused = built(*events, Choose(PAUSED, "agreed", "A/1", "reading 3"))
    assert said(paused) == [
        *BEGUN,
        ("R21", "Suspended from 15 March 2026"),
        ("R21", "Owed again from 17 March 2026"),
        ("R21", "The clock was paused meanwhile: 21 March 2026"),
        ("R12", f"The reading “{PAUSED}” was chosen: agreed"),
        ("R2", "21 March 2026 is a Saturday; the date does not move"),
    ]
    fresh = built(*events, Choose(FRESH))
    assert said(fresh) == [
        *BEGUN,
        ("R21", "Suspended from 15 March 2026"),
        ("R21", "Owed again from 17 March 2026"),
        ("R21", "A fresh clock from 17 March 2026"),
        ("R2", "7 days counted, to 24 March 2026"),
        ("R12", f"The reading “{FRESH}” was chosen"),
    ]
    assert fresh.due_date == day(24)


def test_a_limit_missed_before_it_was_suspended_says_so():
    assert said(built(Suspend(day(20)), Resume(day(25))))[-1] == (
        "R21",
        "The limit had passed before it was suspended; the old date stands",
    )


def test_more_time_with_its_reason_and_as_another_reading():
    more = Extend(
        day(18), FIVE, Period(5, Unit.WORKING_DAYS), reason="the plan is followed", decision="fact 4"
    )
    deadline = built(more)
    assert said(deadline)[2:] == [
        ("R7", "5 days added to the end of the limit (the plan is followed): 24 March 2026"),
    ]
    assert deadline.steps[2].decision == "fact 4"
    assert [(one.reading, one.rule, one.due_date) for one in deadline.readings] == [
        ("the extension counted as 5 Working Days", "R2", day(26)),
    ]
    only = built(Extend(day(18), FIVE, only_in_reading="each time"))
    assert (said(only), only.due_date) == (BEGUN, day(19))
    assert [(one.reading, one.rule, one.due_date) for one in only.readings] == [("each time", "R22", day(24))]


def test_more_time_in_working_days_says_which_were_left_out():
    """Five Working Days after Thursday 2 April 2026: Good Friday and Easter Monday are none, so 13 April."""
    deadline = built(Extend(day(30), Period(5, Unit.WORKING_DAYS)), start=Start(day(26), SEVEN))
    assert said(deadline)[2:] == [
        ("R7", "5 Working Days added to the end of the limit: 13 April 2026"),
        ("R3", "5 Working Days counted"),
        ("R3", "Working Days are those of England and Wales, by the list published on 4 February 2026"),
    ]
    assert [one.why for one in deadline.steps[3].skipped][:2] == ["Good Friday", "Easter Monday"]


def test_more_time_that_came_too_late_is_a_cure_date():
    deadline = built(Extend(day(20), FIVE, reason="late"))
    assert said(deadline)[2:] == [
        ("R7", "5 days added to the end of the limit (late): 24 March 2026"),
        ("R23", "That came after the limit had passed: the old date stands; 24 March 2026 is the cure date"),
    ]
    assert (deadline.due_date, deadline.cure_date) == (day(19), day(24))
    chosen = built(Extend(day(20), FIVE), Choose(RETROSPECTIVE))
    assert (chosen.due_date, chosen.cure_date) == (day(24), None)
    assert ("R23", "Taken as if it had come in time: 24 March 2026") in said(chosen)


def test_another_period_agreed_with_its_reason():
    deadline = built(AgreePeriod(day(16), Period(45, Unit.DAYS), "a hard case", "A/3", "fact 5"))
    text = "45 days agreed (a hard case), counted from the same start: 26 April 2026"
    assert said(deadline)[2:] == [
        ("R23", text),
        ("R2", "26 April 2026 is a Sunday; the date does not move"),
    ]
    assert (deadline.steps[2].citation, deadline.steps[2].decision) == ("A/3", "fact 5")
    assert said(built(AgreePeriod(day(16), FIVE)))[2][1].startswith("5 days agreed, counted from")


def test_ended_with_its_reason_and_a_reading_that_makes_no_difference():
    ended = built(End(day(15), "the contract ended", citation="A/9"))
    assert said(ended)[2:] == [("R28", "Ended on 15 March 2026: the contract ended; the date is kept")]
    assert ended.steps[2].citation == "A/9" and ended.due_date == day(19)
    nothing = built(Choose("from awareness", "as agreed"))
    assert said(nothing)[2:] == [
        ("R12", "The chosen reading “from awareness” makes no difference here"),
    ]


def test_a_word_alone_says_that_there_is_no_number():
    deadline = built(
        start=Start(datetime(2026, 3, 12, 9, 30, tzinfo=LONDON), None, word="promptly", citation="A/2")
    )
    text = "The contract says “promptly” and gives no number: owed from 09:30 GMT on 12 March 2026"
    assert (said(deadline), deadline.steps[0].citation) == ([("R9", text)], "A/2")
    assert (deadline.due_at, deadline.word) == (None, "promptly")


def test_a_limit_already_gone_says_when_it_was():
    late = built(start=Start(RELEASE, SEVEN, first_bit=day(25)))
    assert said(late)[2][0] == "R10"
    assert said(late)[2][1].startswith(
        "That limit, 19 March 2026, had gone when the duty first bit: due at once, "
    )
    assert (late.due_date, late.literal_limit) == (day(25), day(19))


def test_the_hour_that_comes_twice_and_the_day_that_was_another_abroad():
    twice = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    hours = Period(24, Unit.HOURS)
    earlier = built(start=Start(twice, hours, repeated_hour=True))
    assert ("R13", "01:30 comes twice on 25 October 2026: the earlier is BST") in said(earlier)
    assert [(one.reading, one.rule) for one in earlier.readings] == [("the later of the two hours", "R13")]
    later = built(Choose("the later of the two hours"), start=Start(twice, hours, repeated_hour=True))
    assert [(one.reading, one.rule) for one in later.readings] == [("the earlier of the two hours", "R13")]
    abroad = datetime(2026, 3, 12, 20, 0, tzinfo=timezone(timedelta(hours=-8)))
    far = built(start=Start(abroad, SEVEN))
    text = "The moment fell on 12 March 2026 where it was stamped and on 13 March 2026 in London"
    assert said(far)[0] == ("R13", text)
    assert [(one.reading, one.rule, one.due_date) for one in far.readings] == [
        ("the day in London", "R13", day(20))
    ]


def test_another_reading_says_what_it_is_read_as():
    aware = Alternative("from awareness", "R25", start=day(17))
    nothing = Alternative("nothing of it", "R26", nothing_due=True)
    fixed = Alternative("once each month", "R16", due=day(31))
    start = Start(RELEASE, SEVEN, alternatives=(aware, nothing, fixed))
    assert said(built(Choose("from awareness"), start=start))[:2] == [
        ("R25", "Read as “from awareness”"),
        ("R1", "17 March 2026 is left out"),
    ]
    assert said(built(Choose("nothing of it"), start=start))[0] == (
        "R26",
        "Read as “nothing of it”: nothing is due",
    )
    assert said(built(Choose("once each month"), start=start))[0] == (
        "R16",
        "Read as “once each month”: 31 March 2026",
    )


def test_a_fresh_clock_past_the_published_holidays_is_provisional():
    """Published holidays end on 26 December 2028 (R4): a fresh clock of 60 Working Days ends beyond them."""
    start = Start(date(2028, 9, 1), Period(60, Unit.WORKING_DAYS))
    off, on = Suspend(date(2028, 9, 4)), Resume(date(2028, 11, 1))
    assert not built(off, on, start=start).provisional
    fresh = built(off, on, Choose(FRESH), start=start)
    assert fresh.provisional and "R4" in [step.rule for step in fresh.steps]


def test_a_minimum_in_hours_runs_from_the_later_of_the_two_hours():
    """For a minimum the careful end is the later one (R8, R12): 24 hours from the second 01:30."""
    twice = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    start = Start(twice, Period(24, Unit.HOURS), qualifier="at_least", repeated_hour=True)
    deadline = built(start=start)
    assert deadline.due_at is not None and deadline.due_at.isoformat() == "2026-10-26T01:30:00+00:00"
    assert ("R8", "A minimum runs through the end of 01:30 GMT on 26 October 2026") in said(deadline)
    assert [one.reading for one in deadline.readings] == ["the earlier of the two hours"]


def test_a_notice_for_a_limit_in_hours_is_judged_by_its_moment():
    """24 hours after 10:00 on 12 March 2026 (R14, R15)."""
    alert = datetime(2026, 3, 12, 10, 0, tzinfo=LONDON)
    deadline = built(start=Start(alert, Period(24, Unit.HOURS)))
    limit, second = alert + timedelta(days=1), timedelta(seconds=1)
    assert given_in_time(limit, deadline, None, load_calendar())
    assert not given_in_time(limit + second, deadline, None, load_calendar())
