"""Hours, requests and retention in DMP 23 (R2, R5, R8, R17, R18)."""

from __future__ import annotations

import pytest

from obligations.rules.time.counting import LimitError
from tests.support.what_if import DMP, due, duties, fact, only, others


def test_alerts_run_24_hours_across_a_weekend_and_a_clock_change():
    """The words name no start: it is the alert, flagged (R5, R17)."""
    alert = fact("protective_monitoring_alert_raised", "2026-10-24T20:00:00+01:00", "A-1")
    duty = only(duties(DMP, alert, as_at="2026-10-25"), "annex-1-5-monitoring-3")
    assert duty.deadline.due_at.isoformat() == "2026-10-25T19:00:00+00:00"
    assert duty.deadline.flagged


def test_five_hours_run_from_detection_or_report_the_earlier():
    """No start is named either: the earlier counts, the later is the other reading (R12, R17)."""
    first = fact("incident_detected_or_reported", "2026-03-12T22:00:00+00:00", "I-1")
    second = fact("incident_detected_or_reported", "2026-03-13T01:00:00+00:00", "I-1")
    duty = only(duties(DMP, second, first, as_at="2026-03-13"), "annex-1-5-incident-4")
    assert duty.deadline.due_at.isoformat() == "2026-03-13T03:00:00+00:00"
    (reading,) = duty.deadline.readings
    assert reading.due_at.isoformat() == "2026-03-13T06:00:00+00:00"


def test_hours_from_a_bare_day_are_refused():
    from contracts.terms.moments import parse_when
    from obligations.rules.engine.derive import Fact

    day = Fact(
        "incident_detected_or_reported", parse_when("2026-03-12"), parse_when("2026-03-12"), {"subject": "I"}
    )
    with pytest.raises(LimitError, match="bare day"):
        duties(DMP, day, as_at="2026-03-13")


@pytest.mark.parametrize(
    ("kind", "key", "at", "day", "working"),
    [
        ("audit_records_requested", "12.1", "2026-03-12", "2026-03-17", "2026-03-19"),
        ("residual_risk_decision_made", "5.6", "2026-03-12", "2026-04-01", "2026-04-13"),
    ],
)
def test_calendar_days_by_default_and_working_days_named(kind, key, at, day, working):
    duty = only(duties(DMP, fact(kind, at, "X"), as_at=at), key)
    assert (due(duty), others(duty)) == (day, {"Working Days": working})


def test_a_limit_on_a_weekend_does_not_move_and_says_so():
    duty = only(duties(DMP, fact("audit_records_requested", "2026-03-09", "X"), as_at="2026-03-10"), "12.1")
    assert due(duty) == "2026-03-14"
    assert any("Saturday" in step.text for step in duty.deadline.steps)


def test_two_requests_without_a_subject_are_two():
    asked = [fact("audit_records_requested", at) for at in ("2026-03-09", "2026-03-10")]
    found = [duty for duty in duties(DMP, *asked, as_at="2026-03-10") if duty.rule_key == "12.1"]
    assert [due(duty) for duty in found] == ["2026-03-14", "2026-03-15"]


def test_records_are_kept_for_two_years_or_until_the_service_has_ended():
    collected = fact("audit_record_collected", "2026-03-12", "log")
    assert due(only(duties(DMP, collected, as_at="2026-03-12", end="2027-04-29"), "12.3")) == "2028-03-12"
    assert due(only(duties(DMP, collected, as_at="2026-03-12", end="2029-04-29"), "12.3")) == "2029-04-29"
    ended = fact("agreement_terminated", "2026-06-01")
    assert due(only(duties(DMP, collected, ended, as_at="2026-07-01"), "12.3")) == "2028-03-12"
    assert due(only(duties(DMP, collected, as_at="2026-03-12"), "annex-1-13-1-online")) == "2026-09-12"


def test_a_date_beyond_the_published_holidays_is_provisional():
    far = fact("patch_publicly_released", "2028-12-01", "CVE", category="Other")
    assert only(duties(DMP, far, as_at="2028-12-01"), "10.3-other").deadline.provisional
