"""When a duty is met (R14, R15)."""

from __future__ import annotations

import pytest

from tests.support.what_if import CVE, DMP, done, due, duties, fact, only

PATCH = fact("patch_publicly_released", "2026-03-12", CVE, category="Critical")
UPDATED = fact("risk_management_documentation_updated", "2026-03-12", "documentation")
SUBMIT = f"{DMP}/main/5.7"


def state(*completions, as_at="2026-04-01", facts=(PATCH,), key="10.3-critical"):
    return only(duties(DMP, *facts, as_at=as_at, completions=completions), key).state


@pytest.mark.parametrize(("on", "expected"), [("2026-03-19", "met"), ("2026-03-20", "met_late")])
def test_the_day_done_counts_and_not_the_day_it_was_logged(on, expected):
    assert state(done(f"{DMP}/main/10.3", on, CVE, "accepted")) == expected


def test_evidence_for_another_subject_meets_nothing():
    assert state(done(f"{DMP}/main/10.3", "2026-03-15", "CVE-2026-0002", "accepted")) == "overdue"
    assert state(done(f"{DMP}/main/10.6", "2026-03-15", CVE, "accepted")) == "overdue"


def test_what_is_not_yet_done_as_at_the_day_counts_for_nothing():
    assert state(done(f"{DMP}/main/10.3", "2026-03-15", CVE, "accepted"), as_at="2026-03-14") == "open"


def test_with_no_approver_the_record_meets_the_duty_until_it_is_rejected():
    assert state(done(f"{DMP}/main/10.3", "2026-03-15", CVE)) == "met"
    assert state(done(f"{DMP}/main/10.3", "2026-03-15", CVE, "rejected")) == "overdue"
    again = done(f"{DMP}/main/10.3", "2026-03-18", CVE)
    assert state(done(f"{DMP}/main/10.3", "2026-03-15", CVE, "rejected"), again) == "met"


def test_with_an_approver_it_waits_for_the_decision():
    def submit(outcome):
        proof = done(SUBMIT, "2026-03-13", "documentation", outcome, rule_key="5.7-submit")
        return state(proof, facts=(UPDATED,), key="5.7-submit")

    assert submit("undecided") == "awaiting_decision"
    assert submit("accepted") == "met"
    assert submit("rejected") == "owed_now"


def test_a_rejection_leaves_the_date_as_it_was():
    rejected = done(f"{DMP}/main/10.3", "2026-03-15", CVE, "rejected")
    duty = only(duties(DMP, PATCH, as_at="2026-03-16", completions=(rejected,)), "10.3-critical")
    assert (duty.state, due(duty), duty.done) == ("open", "2026-03-19", None)


@pytest.mark.parametrize("citation", [f"{DMP}/main/10.3", "main/10.3", "10.3"])
def test_duty_done_names_the_duty(citation):
    said = fact("duty_done", "2026-03-18", CVE, citation=citation)
    assert state(facts=(PATCH, said)) == "met"
    other = fact("duty_done", "2026-03-18", "CVE-2026-0002", citation=citation)
    assert state(facts=(PATCH, other)) == "overdue"


def test_duty_done_before_its_cause_meets_nothing():
    early = fact("duty_done", "2026-03-11", CVE, citation="10.3")
    assert state(facts=(PATCH, early)) == "overdue"


def test_hours_are_judged_by_the_moment():
    alert = fact("protective_monitoring_alert_raised", "2026-03-28T12:00:00+00:00", "A-1")

    def passed_on(at):
        told = fact("alert_provided", at, "A-1")
        return only(duties(DMP, alert, told, as_at="2026-04-01"), "annex-1-5-monitoring-3")

    assert passed_on("2026-03-29T13:00:00+01:00").state == "met"  # the clocks went forward
    assert passed_on("2026-03-29T13:00:01+01:00").state == "met_late"


def test_a_notice_on_the_last_day_after_the_hour_is_late_where_the_contract_says_so():
    breach = fact("breach_of_security_occurred", "2026-03-12", "B-1")
    told = fact("breach_details_provided", "2026-03-16T17:01:00+00:00", "B-1")

    def judged(settings):
        return only(duties(DMP, breach, told, as_at="2026-04-01", settings=settings), "8.2.2").state

    assert judged({}) == "met"
    assert judged({"notice_cutoff": "17:01"}) == "met"
    assert judged({"notice_cutoff": "17:00"}) == "met_late"


def test_what_was_done_stays_done_when_the_category_changes():
    important = fact("patch_publicly_released", "2026-03-12", CVE, category="Important")
    raised = fact("nvd_rating_published", "2026-03-17", CVE, rating="Critical")
    proof = done(
        f"{DMP}/main/10.3", "2026-03-16", CVE, "accepted", rule_key="10.3-important", occurrence="once"
    )
    assert state(proof, facts=(important,), key="10.3-important") == "met"
    assert state(proof, facts=(important, raised)) == "met"


def test_a_minimum_is_met_by_its_end_and_not_before():
    collected = fact("audit_record_collected", "2026-03-12", "log")
    early = done(f"{DMP}/Annex 1/13/1", "2026-04-01", "log", "accepted")

    def online(as_at):
        found = duties(DMP, collected, as_at=as_at, completions=(early,))
        return only(found, "annex-1-13-1-online").state

    assert online("2026-09-12") == "open"
    assert online("2026-09-13") == "met"
