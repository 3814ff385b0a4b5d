"""What a variation does to duties (R28, R29): both sides of every edge."""

from __future__ import annotations

import pytest

from tests.support.what_if import DMP, due, duties, fact, of, only, others, variation

SIGNED = variation("2026-03-10", "2026-03-09")


def dmp(*facts, as_at="2026-03-31", variations=(SIGNED,), **more):
    return duties(DMP, *facts, as_at=as_at, variations=variations, **more)


def scan(at):
    return fact("external_vulnerability_scan_completed", at, "scan")


def decision(at):
    return fact("residual_risk_decision_made", at, "Risk decision 2")


@pytest.mark.parametrize(
    ("last", "day", "state", "ended"),
    [
        ("2026-02-09", "2026-03-09", "overdue", None),
        ("2026-02-10", "2026-03-10", "overdue", None),
        ("2026-02-11", "2026-03-11", "ended", "001"),
        ("2026-02-20", "2026-03-20", "ended", "001"),
    ],
)
def test_an_occurrence_due_after_the_effective_day_ends(last, day, state, ended):
    duty = only(dmp(scan(last)), "7.1.3", "scan")
    assert (due(duty), duty.state, duty.ended_by) == (day, state, ended)
    assert ("released" in others(duty)) is (day == "2026-03-10")


def test_an_occurrence_that_was_met_is_not_ended():
    found = of(dmp(scan("2026-02-11"), scan("2026-03-05")), "7.1.3", "scan")
    assert [(due(duty), duty.state, duty.ended_by) for duty in found] == [
        ("2026-03-11", "met", None),
        ("2026-04-05", "ended", "001"),
    ]


def test_what_stays_owed_can_still_be_met():
    found = of(dmp(scan("2026-02-09"), scan("2026-03-20")), "7.1.3", "scan")
    assert [(due(duty), duty.state) for duty in found] == [
        ("2026-03-09", "met_late"),
        ("2026-04-20", "ended"),
    ]


@pytest.mark.parametrize(
    ("made", "day", "released"),
    [
        ("2026-02-17", "2026-03-09", False),
        ("2026-02-18", "2026-03-10", True),
        ("2026-03-09", "2026-03-29", True),
    ],
)
def test_what_a_fact_started_before_stays_owed(made, day, released):
    duty = only(dmp(decision(made)), "5.6")
    assert (due(duty), duty.state, duty.ended_by) == (day, "overdue", None)
    assert ("released" in others(duty)) is released
    assert others(duty)["Working Days"]


@pytest.mark.parametrize("made", ["2026-03-10", "2026-03-11"])
def test_a_fact_on_or_after_the_effective_day_starts_nothing(made):
    assert of(dmp(decision(made)), "5.6") == []
    assert len(of(dmp(decision(made), variations=()), "5.6")) == 1


def test_the_other_reading_releases_it_when_chosen():
    duty = only(dmp(decision("2026-03-09"), settings={"readings": {"5.6": "released"}}), "5.6")
    assert (duty.state, duty.ended_by, due(duty)) == ("ended", "001", "2026-03-29")
    assert others(duty)["still owed"] == "2026-03-29"


@pytest.mark.parametrize(
    "unsigned",
    [
        variation("2026-03-10", None),
        variation(None, "2026-03-09"),
        variation(None, None),
        variation("2026-04-01", "2026-03-09"),
    ],
)
def test_unsigned_half_signed_or_not_yet_signed_it_has_no_effect(unsigned):
    assert only(dmp(scan("2026-02-20"), variations=(unsigned,)), "7.1.3", "scan").state == "overdue"


def test_where_the_supplier_signs_later_the_later_day_counts():
    late = variation("2026-03-10", "2026-03-16")
    between = only(dmp(scan("2026-02-13"), variations=(late,)), "7.1.3", "scan")
    assert (due(between), between.state, others(between)["released"]) == ("2026-03-13", "overdue", None)
    made = only(dmp(decision("2026-03-12"), variations=(late,)), "5.6")
    assert "released" in others(made)
    after = only(dmp(scan("2026-02-20"), variations=(late,)), "7.1.3", "scan")
    assert (after.state, after.ended_by) == ("ended", "001")


def test_only_what_stands_under_the_paragraph_ends():
    alert = fact("protective_monitoring_alert_raised", "2026-03-20T10:00:00+00:00", "ALERT-1")
    request = fact("audit_records_requested", "2026-03-20", "Request 5")
    found = dmp(alert, request)
    assert only(found, "annex-1-5-monitoring-3").ended_by is None
    assert due(only(found, "12.1")) == "2026-03-25"


def test_continuous_duties_end_and_gates_forbid_nothing_any_more():
    proposed = fact("data_processing_proposed", "2026-03-01", "Portal")
    found = dmp(proposed, continuous=True)
    assert {d.rule_key for d in found if d.shape == "continuous" and d.ended_by == "001"} == {
        "5.2",
        "5.3",
        "5.7-review",
        "7.1.1",
        "7.1.4-a",
        "7.1.4-b",
        "7.3-design",
        "7.6",
    }
    assert only(found, "5.6-gate").ended_by == "001"
    assert only(found, "2.1.1").state == "owed_now"


@pytest.mark.parametrize("order", [1, -1])
def test_the_first_of_two_variations_counts(order):
    """Both are in force when it is asked: the later one finds nothing left to end."""
    other = variation("2026-05-01", "2026-05-01", "main/7", number="002")
    both = (other, SIGNED)[::order]
    found = dmp(scan("2026-02-20"), as_at="2026-05-31", variations=both)
    assert only(found, "7.1.3", "scan").ended_by == "001"
    alone = dmp(scan("2026-04-20"), as_at="2026-05-31", variations=(other,))
    assert only(alone, "7.1.3", "scan").ended_by == "002"


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_variations_of_one_day_the_lower_number_counts(order):
    """9 comes before 10, as people count, and not after it, as texts are sorted."""
    nine, ten = (variation("2026-03-10", "2026-03-10", "main/7", number=number) for number in ("9", "10"))
    found = dmp(scan("2026-02-20"), as_at="2026-05-31", variations=(nine, ten)[::order])
    assert only(found, "7.1.3", "scan").ended_by == "9"
