"""Choosing another reading never takes a duty away where the words ask for one (R12, R17, R18)."""

from __future__ import annotations

import pytest

from tests.support.what_if import DMP, ORDER, due, duties, fact, only, others

KEPT = "from the event recorded, not from its collection"


def collected(**more):
    return fact("audit_record_collected", "2026-01-10", "Log", **more)


def chosen(key, name):
    return {"readings": {key: name}}


def test_a_reading_whose_moment_nobody_entered_leaves_the_date_and_asks():
    duty = only(duties(ORDER, collected(), as_at="2026-02-01", settings=chosen("B-8.3", KEPT)), "B-8.3")
    assert due(duty) == "2026-07-10"
    assert any("the date stands until this is entered" in step.text for step in duty.deadline.steps)


def test_the_moment_entered_counts_once_the_reading_is_chosen():
    """Six months from the event of 1 January 2026, not from the collection of the 10th."""
    facts = collected(event_recorded_at="2026-01-01")
    assert due(only(duties(ORDER, facts, as_at="2026-02-01"), "B-8.3")) == "2026-07-10"
    settings = chosen("B-8.3", KEPT)
    assert due(only(duties(ORDER, facts, as_at="2026-02-01", settings=settings), "B-8.3")) == "2026-07-01"


@pytest.mark.parametrize(("end", "by"), [("2027-12-31", "2028-01-01"), ("2028-01-04", "2028-01-04")])
def test_another_start_of_what_is_kept_until_the_service_ended_names_the_later_of_both_too(end, by):
    """Two years from the event of 1 January 2026 end on 1 January 2028, from the collection on 10 January;
    chosen, the reading gives the date that was named before.
    """
    facts, key = collected(event_recorded_at="2026-01-01"), "annex-1-13-1-keep"
    duty = only(duties(DMP, facts, as_at="2026-02-01", end=end), key)
    assert (due(duty), others(duty)[KEPT]) == ("2028-01-10", by)
    settings = chosen(key, KEPT)
    assert due(only(duties(DMP, facts, as_at="2026-02-01", end=end, settings=settings), key)) == by


def test_before_it_is_chosen_the_reading_says_what_it_asks():
    (reading,) = only(duties(ORDER, collected(), as_at="2026-02-01"), "B-8.3").deadline.readings
    assert (reading.due_date, reading.asks) == (None, "When the last event recorded in them happened")


def test_of_two_facts_the_later_is_the_one_that_is_known():
    """Detected at 22:00 on 28 March 2026; the clocks go forward at 01:00: five hours end at 04:00 BST."""
    name = "from the later of detection and report"
    seen = fact("incident_detected_or_reported", "2026-03-28T22:00:00+00:00", "I")
    settings = chosen("annex-1-5-incident-4", name)
    found = duties(DMP, seen, as_at="2026-03-28T23:00:00+00:00", settings=settings)
    duty = only(found, "annex-1-5-incident-4")
    assert duty.deadline.due_at.isoformat() == "2026-03-29T04:00:00+01:00"


@pytest.mark.parametrize(
    ("key", "kind", "at"),
    [
        ("annex-1-5-monitoring-3", "protective_monitoring_alert_raised", "2026-01-10T09:00:00+00:00"),
        ("annex-1-13-1-keep", "audit_record_collected", "2026-01-10"),
        ("annex-1-13-1-online", "audit_record_collected", "2026-01-10"),
        ("12.3", "audit_record_collected", "2026-01-10"),
    ],
)
def test_no_reading_of_these_words_takes_the_duty_away(key, kind, at):
    facts = fact(kind, at, "X")
    for reading in only(duties(DMP, facts, as_at="2026-01-11"), key).deadline.readings:
        assert only(duties(DMP, facts, as_at="2026-01-11", settings=chosen(key, reading.reading)), key)
