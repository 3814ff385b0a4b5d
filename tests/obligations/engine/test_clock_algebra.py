"""The clock algebra as keys of a rule: what each makes of the facts (R35, R38 to R44). The book is invented.

Days are those of England and Wales in 2026: Good Friday 3 April, Easter Monday 6 April, 4 and 25 May.
"""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from contracts.terms.limit import read_limit
from contracts.terms.moments import last_moment, parse_when
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.contract_book import narrowed
from obligations.rules.engine.derive import Completion, ContractTerms, Fact, derive
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.stages import waiting
from obligations.rules.register.rulebook import RulebookError, content_from, parse_rulebook
from obligations.rules.register.vocabulary import Vocabulary
from obligations.rules.time.cycle_ends import counterpart, first_ends, from_the_start, places_from
from obligations.rules.time.reckoning import Reckoning
from obligations.rules.time.working_days import load_calendar
from tests.support.what_if import due, of, only, others
from tests.support.wording import faults_of

CALENDAR = load_calendar("england-and-wales")
HEADER = {
    "key": "lighthouse",
    "version": 1,
    "title": "Lighthouse",
    "dated": "2026",
    "scopes": ["main"],
    "setting": [
        {"name": "value", "type": "number", "question": "What is it worth?", "paragraph": "main/big"},
        {"name": "office", "type": "hours", "question": "When is the office open?", "paragraph": "main/call",
         "without": "No hours."},
    ],
}  # fmt: skip


def kind(name, **more):
    subject = {} if more.pop("whole", False) else {"subject": "The lamp"}
    return (
        {"name": name, "group": "light", "label": name.replace("_", " ").capitalize(), "side": "either"}
        | subject
        | more
    )


VOCABULARY = {
    "detail": [
        {"name": "day", "label": "The day", "type": "day"},
        {"name": "duty", "label": "Which", "type": "text"},
        {"name": "occurrence", "label": "Which occurrence", "type": "text"},
        {"name": "citation", "label": "Where", "type": "text"},
    ],
    "kind": [
        kind("duty_done", details=["duty", "occurrence", "citation"]),
        kind("lamp_failed"),
        kind("lamp_reported"),
        kind("lamp_mended"),
        kind("lamp_tested"),
        kind("call_made"),
        kind("plan_sent"),
        kind("plan_approved"),
        kind("works_begun"),
        kind("opening"),
        kind("opening_fixed", details=["day"]),
        kind("list_sent"),
        kind("return_made"),
        kind("first_told"),
        kind("fully_told"),
    ],
}


def rule(key, **more):
    return {
        "key": key, "path": f"main/{key}", "party": "supplier", "title": key, "summary": key,
        "shape": "event",
    } | more  # fmt: skip


DAYS, WORKING = {"unit": "days"}, {"unit": "working_days"}
RULES = [
    rule("list", on=["opening_fixed"], event_day="day", amount=5, **WORKING, before=True,
         met_by=["list_sent"]),
    rule("exit", shape="one_off", event_day="end", amount=3, unit="months", before=True,
         met_by=["plan_sent"]),
    rule("mend", on=["lamp_failed"], amount=30, **DAYS, others=[{"amount": 1, "unit": "months"}],
         joined="earlier", met_by=["lamp_mended"]),
    rule("noon", on=["lamp_failed"], amount=2, **WORKING, hour={"at": "12:00"}, met_by=["lamp_mended"]),
    rule("close", on=["lamp_failed"], amount=2, **WORKING, hour={"at": "17:00", "assumed": True},
         met_by=["lamp_mended"]),
    rule("moved", on=["lamp_failed"], amount=2, **DAYS, moved="next_working_day", met_by=["lamp_mended"]),
    rule("own", on=["lamp_failed"], amount=3, **WORKING, calendar="all", inclusive=True,
         met_by=["lamp_mended"]),
    rule("both", on=["lamp_failed"], amount=3, **DAYS, all_of=["lamp_mended", "lamp_tested"]),
    rule("early", on=["lamp_failed", "lamp_reported"], amount=7, **DAYS, start="earliest",
         met_by=["lamp_mended"]),
    rule("late", on=["plan_sent", "lamp_reported"], amount=7, **DAYS, start="all", met_by=["works_begun"]),
    rule("first", on=["call_made"], amount=24, unit="hours", met_by=["first_told"]),
    rule("full", on=["call_made"], amount=72, unit="hours", former="first", met_by=["fully_told"]),
    rule("law", on=["call_made"], amount=24, unit="hours", met_by=["first_told"],
         readings=[{"name": "from the next full hour", "rule": "R42", "start": "next_full_hour"}]),
    rule("law-days", on=["lamp_failed"], amount=2, **DAYS, moved="next_working_day", met_by=["lamp_mended"],
         readings=[{"name": "two working days in it", "rule": "R42", "until": "two_working_days"}]),
    rule("news", on=["call_made"], each_day_until="lamp_mended", met_by=["lamp_tested"]),
    rule("answer", party="authority", on=["plan_sent"], amount=10, **WORKING, met_by=["plan_approved"],
         deemed={"fact": "plan_approved", "outcome": "approved", "path": "main/answer"}),
    rule("begin", on=["plan_approved"], amount=5, **DAYS, met_by=["works_begun"]),
    rule("wait", shape="gate", on=["plan_sent"], amount=8, **WORKING, standstill=True,
         met_by=["works_begun"]),
    rule("call", on=["call_made"], amount=4, unit="service_hours", hours="office", met_by=["first_told"]),
    rule("work", on=["call_made"], amount=4, unit="working_hours", met_by=["first_told"]),
    rule("big", on=["opening"], amount=1, **DAYS, conditions=["setting value >= 5000000"]),
    rule("small", on=["opening"], amount=1, **DAYS, conditions=["setting value < 5000000"]),
    rule("monthly", shape="recurring", every="cycle", met_by=["return_made"],
         cycle={"of": "month", "place": 5, "unit": "working_days"}),
    rule("quarterly", shape="recurring", every="cycle", met_by=["list_sent"],
         cycle={"of": "quarter", "offset": {"amount": 5, "unit": "working_days"}}),
    rule("yearly", shape="recurring", every="cycle", met_by=["lamp_tested"],
         cycle={"of": "year", "month": 3, "day": 31}),
]  # fmt: skip


def book(rules=None):
    return parse_rulebook(
        content_from(HEADER, {"o.toml": {"rule": rules or RULES}}, Vocabulary.from_json(VOCABULARY))
    )


BOOK = book()


def fact(what, at, subject="North", **details):
    about = {"subject": subject} if subject else {}
    return Fact(what, parse_when(at), parse_when(at), about | details)


def duties(*facts, as_at, done=(), start=date(2026, 1, 5), end=date(2029, 12, 31), tracked=None, **settings):
    terms = ContractTerms(start, end, settings=ContractSettings.from_json(settings), tracked_from=tracked)
    found = derive(BOOK, terms, facts, done, CALENDAR, last_moment(parse_when(as_at)))
    for one in found:
        assert not [fault for step in one.deadline.steps for fault in faults_of(step.text)], one.rule_key
    return found


def last(duty):
    """Its last moment."""
    return duty.deadline.as_json()["due_at"]


def state(found, key):
    duty = only(found, key)
    return due(duty), duty.state


# One limit


def test_a_limit_counts_back_from_its_event():
    """R35. Opening on Thursday 9 April: 8, 7 April, not Easter, 2, 1 April, 31 March."""
    fixed = fact("opening_fixed", "2026-03-02", day="2026-04-09")
    assert state(duties(fixed, as_at="2026-03-31"), "list") == ("2026-03-31", "open")
    assert state(duties(fixed, as_at="2026-04-01"), "list") == ("2026-03-31", "overdue")
    sent = fact("list_sent", "2026-03-31")
    assert state(duties(fixed, sent, as_at="2026-04-09"), "list") == ("2026-03-31", "met")


def test_the_event_moves_and_the_limit_with_it():
    """R35. Put off to 16 April: 15, 14, 13, 10, 9 April; known before the limit, or after it was missed."""
    fixed = fact("opening_fixed", "2026-03-02", day="2026-04-09")
    moved = fact("opening_fixed", "2026-03-31", day="2026-04-16")
    assert state(duties(fixed, moved, as_at="2026-04-01"), "list") == ("2026-04-09", "open")
    late = fact("opening_fixed", "2026-04-01", day="2026-04-16")
    missed = only(duties(fixed, late, as_at="2026-04-01"), "list")
    assert (due(missed), missed.state) == ("2026-03-31", "overdue")
    assert str(missed.deadline.cure_date) == "2026-04-09"


def test_an_event_moved_so_near_that_its_limit_has_gone():
    """R10, R35. On 27 March the opening is brought forward to 31 March: 30, 27, 26, 25, 24 March had gone."""
    fixed = fact("opening_fixed", "2026-03-02", day="2026-04-09")
    near = fact("opening_fixed", "2026-03-27", day="2026-03-31")
    duty = only(duties(fixed, near, as_at="2026-03-27"), "list")
    assert due(duty) == "2026-03-27" and str(duty.deadline.literal_limit) == "2026-03-24"


def test_nothing_is_counted_until_the_day_of_the_event_is_known():
    """R44."""
    duty = only(duties(fact("opening_fixed", "2026-03-02"), as_at="2026-03-02"), "list")
    assert duty.deadline.due_at is None and "enter it" in duty.deadline.steps[-1].text


def test_a_limit_counts_back_from_the_last_day_of_the_contract():
    """R6, R35: three months before 31 May 2027 is the last of February."""
    assert state(duties(as_at="2026-03-02", end=date(2027, 5, 31)), "exit") == ("2027-02-28", "open")


def test_the_earlier_of_two_lengths():
    """R38. From 27 March: 30 days end on 26 April, a month on 27 April."""
    assert state(duties(fact("lamp_failed", "2026-03-27"), as_at="2026-03-27"), "mend")[0] == "2026-04-26"
    assert state(duties(fact("lamp_failed", "2026-02-10"), as_at="2026-02-10"), "mend")[0] == "2026-03-10"


@pytest.mark.parametrize(("done", "judged"), [("12:00:00", "met"), ("12:00:01", "met_late")])
def test_the_hour_of_the_last_day_decides(done, judged):
    """R39. From Friday 13 March: Monday, Tuesday 17 March at noon."""
    facts = (fact("lamp_failed", "2026-03-13"), fact("lamp_mended", f"2026-03-17T{done}+00:00"))
    noon = only(duties(*facts, as_at="2026-03-18"), "noon")
    assert (last(noon), noon.state) == ("2026-03-17T12:00:00+00:00", judged)


def test_an_act_without_a_time_on_the_last_day_is_late_for_an_hour():
    """R15, R39: a bare day is taken to its end."""
    facts = (fact("lamp_failed", "2026-03-13"), fact("lamp_mended", "2026-03-17"))
    assert only(duties(*facts, as_at="2026-03-18"), "noon").state == "met_late"


def test_close_of_business_is_the_contracts_own_hour():
    """R39: five and flagged where nobody said; half past four where the contract does."""
    failed = fact("lamp_failed", "2026-03-13")
    assumed = only(duties(failed, as_at="2026-03-13"), "close")
    assert last(assumed) == "2026-03-17T17:00:00+00:00"
    assert others(assumed) == {"through the end of the day": "2026-03-17"}
    said = only(duties(failed, as_at="2026-03-13", close_of_business="16:30"), "close")
    assert (last(said), others(said)) == ("2026-03-17T16:30:00+00:00", {})


def test_an_end_is_moved_only_where_the_rule_says_so():
    """R42. Two days after Thursday 12 March is Saturday 14 March; after Wednesday it is Friday."""
    moved = only(duties(fact("lamp_failed", "2026-03-12"), as_at="2026-03-12"), "moved")
    assert due(moved) == "2026-03-16" and "R42" in {step.rule for step in moved.deadline.steps}
    stays = only(duties(fact("lamp_failed", "2026-03-11"), as_at="2026-03-11"), "moved")
    assert due(stays) == "2026-03-13" and "R42" not in {step.rule for step in stays.deadline.steps}


def test_a_rule_counts_by_its_own_calendar_and_its_own_first_day():
    """Three Working Days beginning with 16 March: 16; not 17, St Patrick's in Northern Ireland; 18, 19."""
    own = only(duties(fact("lamp_failed", "2026-03-16"), as_at="2026-03-16"), "own")
    assert due(own) == "2026-03-19"
    assert any("a calendar of its own" in step.text for step in own.deadline.steps)


def test_a_standstill_is_a_gate_that_opens():
    """R35. 8 Working Days after 12 March: 13, 16 to 20, 23, 24 March; open from the 25th."""
    gate = only(duties(fact("plan_sent", "2026-03-12"), as_at="2026-03-12"), "wait")
    assert gate.deadline.due_at is None
    assert gate.as_json()["opens_at"] == "2026-03-25T00:00:00+00:00"


@pytest.mark.parametrize(
    ("begun", "as_at", "judged"),
    [
        (None, "2026-03-24T23:59:59+00:00", "open"),
        (None, "2026-03-25T00:00:00+00:00", "met"),
        ("2026-03-24T23:59:59+00:00", "2026-03-30", "overdue"),
        ("2026-03-25T00:00:00+00:00", "2026-03-30", "met"),
    ],
)
def test_what_is_done_while_it_stands_still_is_a_miss(begun, as_at, judged):
    """R35."""
    facts = [fact("plan_sent", "2026-03-12"), *([fact("works_begun", begun)] if begun else [])]
    assert only(duties(*facts, as_at=as_at), "wait").state == judged


@pytest.mark.parametrize(
    ("at", "other"), [("10:20", "11:00"), ("10:00", "11:00"), ("10:59", "11:00"), ("11:00", "12:00")]
)
def test_the_next_full_hour_is_another_reading_of_hours(at, other):
    """R42: Regulation 1182/71, Article 3(1): the hour of the event does not count."""
    law = only(duties(fact("call_made", f"2026-03-12T{at}:00+00:00"), as_at="2026-03-12"), "law")
    assert last(law) == f"2026-03-13T{at}:00+00:00"
    (full,) = law.deadline.readings
    assert full.due_at.isoformat() == f"2026-03-13T{other}:00+00:00"


@pytest.mark.parametrize(
    ("failed", "due_on", "other"),
    [
        ("2026-03-11", "2026-03-13", {}),  # Thursday and Friday
        ("2026-03-13", "2026-03-16", {"two working days in it": "2026-03-17"}),  # to Sunday, moved to Monday
        ("2026-03-12", "2026-03-16", {}),  # to Saturday, moved to Monday: Friday and Monday
    ],
)
def test_two_working_days_in_a_period_are_another_reading(failed, due_on, other):
    """R42: Article 3(4) moves the end, 3(5) asks for two working days in the period."""
    law = only(duties(fact("lamp_failed", failed), as_at=failed), "law-days")
    assert (due(law), others(law)) == (due_on, other)


# Hours of work


def test_hours_of_work_are_the_settings_that_the_rule_names():
    """R41. From 16:00 on Friday 13 March until five, and three hours of Monday."""
    call = fact("call_made", "2026-03-13T16:00:00+00:00")
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ["09:00", "17:00"])
    found = duties(call, as_at="2026-03-13", office=week, working_hours=week | {"friday": ["09:00", "16:30"]})
    assert last(only(found, "call")) == "2026-03-16T12:00:00+00:00"
    assert last(only(found, "work")) == "2026-03-16T12:30:00+00:00"


def test_until_the_hours_are_set_it_is_owed_now_with_plain_hours_beside_it():
    """R41."""
    work = only(duties(fact("call_made", "2026-03-13T16:00:00+00:00"), as_at="2026-03-13"), "work")
    assert (work.deadline.due_at, work.state) == (None, "owed_now")
    (plain,) = work.deadline.readings
    assert plain.as_json() == {
        "reading": "as hours by the clock, until the hours of work are set",
        "due_date": "2026-03-13",
        "due_at": "2026-03-13T20:00:00+00:00",
    }
    assert "set the hours" in work.deadline.steps[-1].text


# All of several acts


def test_it_is_met_only_when_all_acts_are_done():
    failed, mended = fact("lamp_failed", "2026-03-12"), fact("lamp_mended", "2026-03-13")
    assert state(duties(failed, mended, as_at="2026-03-15"), "both") == ("2026-03-15", "open")
    assert only(duties(failed, mended, as_at="2026-03-16"), "both").state == "overdue"
    tested = fact("lamp_tested", "2026-03-15")
    assert only(duties(failed, mended, tested, as_at="2026-03-16"), "both").state == "met"
    late = fact("lamp_tested", "2026-03-16")
    assert only(duties(failed, mended, late, as_at="2026-03-16"), "both").state == "met_late"
    other = fact("lamp_tested", "2026-03-14", "South")
    assert only(duties(failed, mended, other, as_at="2026-03-16"), "both").state == "overdue"


# Stages


def test_the_earlier_of_two_is_redated_if_the_other_proves_earlier():
    """R44. Failed on 12 March; the report was of the 10th, recorded on the 13th: from the 10th, the 17th."""
    failed = fact("lamp_failed", "2026-03-12")
    assert state(duties(failed, as_at="2026-03-13"), "early")[0] == "2026-03-19"
    report = Fact("lamp_reported", parse_when("2026-03-10"), parse_when("2026-03-13"), {"subject": "North"})
    assert state(duties(failed, report, as_at="2026-03-13"), "early")[0] == "2026-03-17"
    assert state(duties(failed, report, as_at="2026-03-12"), "early")[0] == "2026-03-19"


def test_all_of_two_is_no_duty_until_both_are_known():
    """R44: what is missing is named."""
    sent, reported = fact("plan_sent", "2026-03-12"), fact("lamp_reported", "2026-03-14")
    assert of(duties(sent, as_at="2026-03-20"), "late") == []
    terms = ContractTerms(date(2026, 1, 5))
    asked = Evaluation.of(BOOK, terms, [sent], (), CALENDAR, last_moment(parse_when("2026-03-20")))
    assert [one.as_json() for one in waiting(asked)] == [
        {"rule": "late", "subject": "North", "missing": ["lamp_reported"]}
    ]
    assert state(duties(sent, reported, as_at="2026-03-20"), "late") == ("2026-03-21", "open")


def test_what_follows_the_former_is_counted_from_its_first_submission():
    """R44. Called at 10:00 on 12 March; told at 20:00 that day, and again on the 13th: 20:00 on the 15th."""
    call = fact("call_made", "2026-03-12T10:00:00+00:00")
    assert of(duties(call, as_at="2026-03-12"), "full") == []
    told = fact("first_told", "2026-03-12T20:00:00+00:00"), fact("first_told", "2026-03-13T08:00:00+00:00")
    full = only(duties(call, *told, as_at="2026-03-13"), "full")
    assert (last(full), others(full)) == ("2026-03-15T20:00:00+00:00", {})


def test_the_former_not_submitted_by_its_limit():
    """R44. Its limit was 10:00 on the 13th: from there, 10:00 on the 16th, flagged; told at noon, redated."""
    call = fact("call_made", "2026-03-12T10:00:00+00:00")
    full = only(duties(call, as_at="2026-03-13"), "full")
    assert last(full) == "2026-03-16T10:00:00+00:00"
    (named,) = full.deadline.readings
    assert (named.reading, named.due_at) == ("from the submission itself, which has not been made", None)
    chosen = duties(call, as_at="2026-03-13", readings={"full": named.reading})
    assert last(only(chosen, "full")) == last(full)  # it asks the same, and does not vanish (R12)
    told = fact("first_told", "2026-03-13T12:00:00+00:00")
    full = only(duties(call, told, as_at="2026-03-13"), "full")
    assert (last(full), others(full)) == ("2026-03-16T12:00:00+00:00", {})


def test_each_day_until_it_is_mended():
    """Called on 12 March, mended on the 16th: the 13th, 14th and 15th, of which the 14th was missed."""
    call = fact("call_made", "2026-03-12T10:00:00+00:00")
    told = [fact("lamp_tested", f"2026-03-{day}T09:00:00+00:00") for day in (13, 15)]
    found = of(duties(call, *told, as_at="2026-03-15"), "news")
    assert [(due(one), one.state) for one in found] == [
        *(("2026-03-13", "met"), ("2026-03-14", "overdue"), ("2026-03-15", "met")),
    ]
    mended = fact("lamp_mended", "2026-03-16T08:00:00+00:00")
    later = of(duties(call, *told, mended, as_at="2026-03-20"), "news")
    assert [(one.occurrence, one.state) for one in later] == [
        *(("2026-03-13", "met"), ("2026-03-14", "overdue"), ("2026-03-15", "met")),
    ]


# Silence


def test_silence_speaks_at_the_end_of_the_last_day():
    """R43. Sent on 27 March: 30, 31 March, 1, 2, 7, 8, 9, 10, 13, 14 April; then five days to begin."""
    sent = fact("plan_sent", "2026-03-27")
    waits = only(duties(sent, as_at="2026-04-14"), "answer")
    assert (due(waits), waits.state) == ("2026-04-14", "open")
    assert of(duties(sent, as_at="2026-04-14"), "begin") == []
    found = duties(sent, as_at="2026-04-15")
    answered = only(found, "answer")
    assert answered.state == "met" and "deemed approved" in answered.deadline.steps[-1].text
    assert due(only(found, "begin")) == "2026-04-19"


def test_an_answer_in_time_leaves_nothing_to_silence_and_a_late_one_changes_nothing():
    """R43."""
    sent = fact("plan_sent", "2026-03-27")
    timely = duties(sent, fact("plan_approved", "2026-04-14"), as_at="2026-04-20")
    assert due(only(timely, "begin")) == "2026-04-19"
    assert all("deemed" not in step.text for step in only(timely, "answer").deadline.steps)
    late = duties(sent, fact("plan_approved", "2026-04-16"), as_at="2026-04-20")
    assert only(late, "answer").state == "met" and due(only(late, "begin")) == "2026-04-19"


# Conditions


@pytest.mark.parametrize(
    ("value", "keys"),
    [(5_000_000, {"big"}), (4_999_999, {"small"}), (None, {"big", "small"})],
)
def test_a_rule_may_rest_on_a_number(value, keys):
    """R12, R30: unknown, rather a duty too many."""
    settings = {} if value is None else {"value": value}
    found = duties(fact("opening", "2026-04-09"), as_at="2026-04-09", **settings)
    assert {one.rule_key for one in found} & {"big", "small"} == keys


# Places in the calendar


def test_each_place_is_a_duty_of_its_own():
    """R40. From 5 January: 8 January (2, 5, 6, 7, 8), 6 February, 6 March, 9 April, 8 May."""
    found = of(duties(as_at="2026-04-12"), "monthly")
    assert [(due(one), one.state) for one in found] == [
        *(("2026-01-08", "overdue"), ("2026-02-06", "overdue"), ("2026-03-06", "overdue")),
        *(("2026-04-09", "overdue"), ("2026-05-08", "open")),
    ]
    assert [one.occurrence for one in found[:2]] == ["2026-01-01", "2026-02-01"]


@pytest.mark.parametrize(
    ("done", "met"),
    [
        ("2026-03-05", {"2026-03-06": "met"}),  # the nearest that had not passed
        ("2026-03-06", {"2026-03-06": "met"}),
        ("2026-03-07", {"2026-04-09": "met"}),  # March's was missed and stays so
    ],
)
def test_what_was_done_is_for_the_nearest_place_neither_met_nor_missed(done, met):
    """R36, R40."""
    found = of(duties(fact("return_made", done), as_at="2026-04-12"), "monthly")
    assert {due(one): one.state for one in found if one.state.startswith("met")} == met


def test_evidence_that_names_its_place_is_late_for_it():
    """R40."""
    done = Completion("lighthouse/main/monthly", None, "2026-03-01", date(2026, 3, 9), "accepted", "e")
    found = of(duties(as_at="2026-03-10", done=[done]), "monthly")
    assert [(due(one), one.state) for one in found][-2:] == [
        ("2026-03-06", "met_late"),
        ("2026-04-09", "open"),
    ]


def test_a_part_of_a_quarter_counts_and_is_flagged():
    """R40. Begun on 5 January: the Quarter to 31 March, of which four days are gone; 9 April."""
    first, second = of(duties(as_at="2026-04-10"), "quarterly")
    assert (due(first), due(second)) == ("2026-04-09", "2026-07-07")
    assert set(others(first)) == {"whole periods only", "counted from the start"}
    assert set(others(second)) == {"counted from the start"}


def test_the_other_quarters_place_may_lie_before_and_keeps_step():
    """R40. The second day of each, from 12 March: 2 April, 2 July; from the start 13 March, 13 June."""
    cycle = read_limit({"cycle": {"of": "quarter", "place": 2, "unit": "days"}})
    calendar, start, january = load_calendar("england-and-wales"), date(2026, 3, 12), Reckoning(cycle)
    begins = from_the_start(start, january)
    assert begins is not None
    two = list(islice(places_from(start, january, calendar), 2))
    assert [one.day for one in two] == [date(2026, 4, 2), date(2026, 7, 2)]
    other = [counterpart(start, one, january, begins, calendar).day for one in two]
    assert other == [date(2026, 3, 13), date(2026, 6, 13)]
    ends = first_ends(start, january, calendar)
    assert [(one.reading, one.due) for one in ends] == [
        ("", date(2026, 4, 2)),
        ("counted from the start", date(2026, 3, 13)),
    ]


def test_whole_quarters_only_where_that_was_chosen():
    """R12, R40."""
    chosen = {"quarterly": "whole periods only"}
    found = of(duties(as_at="2026-04-10", readings=chosen), "quarterly")
    assert [due(one) for one in found] == ["2026-07-07"]


def test_quarters_from_the_start_where_that_was_chosen():
    """R12, R40. 5 January to 4 April; 7, 8, 9, 10, 13 April."""
    chosen = {"quarterly": "counted from the start"}
    (first,) = of(duties(as_at="2026-04-10", readings=chosen), "quarterly")
    assert due(first) == "2026-04-13" and set(others(first)) == {"counted from January"}


def test_a_fixed_day_of_the_year_on_both_sides():
    """R40. Begun on 31 March it is that day, on 1 April the next year's."""
    for start, first in ((date(2026, 3, 31), "2026-03-31"), (date(2026, 4, 1), "2027-03-31")):
        found = of(duties(as_at="2026-04-01", start=start), "yearly")
        assert due(found[0]) == first


def test_no_place_comes_after_the_end():
    """R37, R40: the contract ends on 8 April, the day before the place."""
    found = of(duties(as_at="2026-05-20", end=date(2026, 4, 8)), "monthly")
    assert [due(one) for one in found][-1] == "2026-03-06"


def test_of_what_fell_due_before_duly_only_the_first_is_told():
    """R32."""
    found = of(duties(as_at="2026-04-12", tracked=date(2026, 3, 10)), "monthly")
    assert [(due(one), one.before_duly) for one in found] == [
        *(("2026-01-08", True), ("2026-04-09", False), ("2026-05-08", False)),
    ]


# Part of a book


def test_a_part_of_a_book_keeps_what_its_rules_are_read_with():
    """R43, R44."""
    keys = {rule.key for rule in narrowed(BOOK, {"full"}).duties}
    assert keys == {"full", "first", "answer"}


# Bad input


def deemed(kind, outcome, path="main/list"):
    return {"deemed": {"fact": kind, "outcome": outcome, "path": path}}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"joined": "earlier"}, "joined = “earlier” with one arm: give the other in others"),
        ({"others": [{"amount": 1, "unit": "months"}]}, "several lengths need joined"),
        ({"others": [], "joined": "later"}, "others must be a list of lengths, one at least"),
        ({"others": [{"amount": 1, "unit": "moons"}], "joined": "later"}, "others: unit of a length 'moons'"),
        ({"joined": "both", "others": [{"amount": 1, "unit": "months"}]}, "joined 'both' is not one of"),
        ({"hour": {"at": "25:00"}}, "hour: hour: at '25:00' is no time of day"),
        ({"hour": {"at": "10:00"}, "unit": "hours"}, "hour is of a day"),
        ({"hour": {}}, "hour"),
        ({"cycle": {"of": "month"}}, "cycle: cycle: give its place"),
        ({"cycle": {"of": "month", "place": 0, "unit": "days"}}, "place is not 0"),
        ({"cycle": {"of": "month", "place": 1, "unit": "days"}}, "a cycle or amount and unit"),
        ({"moved": "next_day"}, "moved 'next_day' is not one of next_working_day"),
        ({"moved": "next_working_day", "before": True}, "moved goes with a limit that runs forwards"),
        ({"calendar": "wales"}, "calendar 'wales' is not one of"),
        ({"hours": "value"}, "hours: 'value' is no setting with hours of work; there are office"),
        ({"hours": "office"}, "hours goes with Working, Business or Service Hours"),
        ({"before": "yes"}, "before must be true or false"),
        ({"standstill": True, "qualifier": "at_least"}, "a standstill is no minimum"),
        ({"start": "sometimes"}, "start 'sometimes' is not one of earliest, latest, all"),
        ({"start": "earliest"}, "start = “earliest” needs several kinds of fact in on"),
        ({"former": "nothing"}, "former names the unknown rule 'nothing'"),
        ({"former": "list"}, "former names the unknown rule 'list'"),
        ({"all_of": ["list_sent"], "met_by": []}, "all_of needs two kinds of fact or more"),
        ({"all_of": ["list_sent", "opening"]}, "all_of and met_by do not go together"),
        ({"all_of": ["list_sent", "nothing"], "met_by": []}, "'nothing' is not a kind of fact"),
        ({"each_day_until": "lamp_mended"}, "each_day_until goes with shape event and without a limit"),
        ({"deemed": {"fact": "list_sent"}}, "deemed must be a table of fact, outcome, path"),
        (deemed("list_sent", "lost"), "outcome of deemed 'lost'"),
        (deemed("opening", "accepted"), "is none of met_by"),
        (deemed("list_sent", "accepted", "main/9"), "has no entry of its own"),
        ({"periods_from": 13}, "periods_from must be a month from 1 to 12"),
        ({"periods_from": 4}, "periods_from goes with a cycle"),
        ({"every": "cycle", "shape": "recurring"}, "every = “cycle” needs a cycle"),
        ({"every": "completion", "shape": "recurring", "hour": {"at": "10:00"}}, "has one length, counted"),
        ({"conditions": ["setting value >= many"]}, "is not “setting NAME”"),
        ({"conditions": ["setting office > 5"]}, "'office' is no number"),
        ({"conditions": ["subject > 5"]}, "only a setting that is a number"),
        ({"conditions": ["setting worth > 5"]}, "is no setting of a contract"),
    ],
)  # fmt: skip
def test_a_key_that_does_not_fit_is_refused_by_file_and_key(more, reason):
    others = [one for one in RULES if one["key"] in ("big", "call")]
    with pytest.raises(RulebookError) as refused:
        book([*others, RULES[0] | {"before": False} | more])
    assert "lighthouse: " in str(refused.value) and "list" in str(refused.value)
    assert reason in str(refused.value)


def test_the_register_prints_what_a_rule_says():
    rows = {one.key: one.as_row() for one in BOOK.rules}
    assert rows["list"]["before"] is True and "hour" not in rows["list"]
    assert rows["mend"]["lengths"] == [{"amount": 30, "unit": "days"}, {"amount": 1, "unit": "months"}]
    assert rows["mend"]["joined"] == "earlier"
    assert rows["noon"]["hour"] == {"at": "12:00"}
    assert rows["monthly"]["cycle"] == {"of": "month", "place": 5, "unit": "working_days"}
    assert rows["both"]["all_of"] == ["lamp_mended", "lamp_tested"]
    assert (rows["moved"]["moved"], rows["own"]["calendar"]) == ("next_working_day", "all")
    assert (rows["wait"]["standstill"], rows["call"]["hours"]) == (True, "office")
    assert (rows["late"]["start"], rows["full"]["former"]) == ("all", "first")
    assert rows["news"]["each_day_until"] == "lamp_mended"
    assert rows["answer"]["deemed"]["outcome"] == "approved"
    assert rows["big"]["conditions"] == ["setting value >= 5000000"]
