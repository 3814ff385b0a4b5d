"""What the second version of both schedules reads otherwise than the first: each duty held against the words.

Days are worked out by hand. 12 March 2026 is a Thursday; bank holidays near it are Good Friday, 3 April, and
Easter Monday, 6 April.
"""

from __future__ import annotations

from datetime import date

import pytest

from obligations.rules.register.rule import Shape
from obligations.rules.register.rulebook import load_rulebook, parse_rulebook, version_content
from tests.support.what_if import DMP, ORDER, due, duties, fact, of, only, others

OCCURRED = fact("breach_of_security_occurred", "2026-03-12T09:00:00+00:00", "B-1")
SUBMITTED = fact("risk_management_documentation_submitted", "2026-03-12", "risk management documentation")


def rule(key, book=DMP):
    return load_rulebook(book).by_key[key]


def keys(found, subject=None):
    return {duty.rule_key for duty in found if subject is None or duty.subject == subject}


def test_a_rule_of_the_first_version_that_is_still_there_stands_at_its_paragraph():
    for key in (DMP, ORDER):
        first = parse_rulebook(version_content(key, 1)).by_key
        now = load_rulebook(key).by_key
        assert {one for one in first if one in now and first[one].path != now[one].path} == set()
        assert {one for one in first if one not in now} == ({"A-5.3"} if key == ORDER else set())


# 5: risk management


def test_a_risk_decision_is_notified_and_its_documentation_presented():
    """5.6: two duties. Presenting is due 20 days after 12 March: 1 April; being told has no date."""
    decided = fact("residual_risk_decision_made", "2026-03-12", "R1")
    told = fact("residual_risk_decision_notified", "2026-03-13", "R1")
    found = duties(DMP, decided, told, as_at="2026-03-13")
    assert only(found, "5.6-notify").state == "met"
    assert (due(only(found, "5.6")), only(found, "5.6").state) == ("2026-04-01", "open")
    assert only(duties(DMP, decided, as_at="2026-03-13"), "5.6-notify").state == "owed_now"


def test_controls_are_owed_once_the_supplier_was_told_in_writing():
    discontent = fact("authority_not_content_with_risk", "2026-03-12", "R1")
    found = duties(DMP, discontent, as_at="2026-03-20")
    assert keys(found, "R1") == {"5.6-inform"}
    told = fact("risk_discontent_notified", "2026-03-13", "R1")
    found = duties(DMP, discontent, told, as_at="2026-03-20")
    assert (only(found, "5.6-controls").word, only(found, "5.6-controls").state) == ("immediate", "owed_now")
    assert only(found, "5.6-inform").state == "met"


def test_the_statement_is_due_on_the_day_in_the_plan():
    """5.5, R44: open without a date, and the day is asked for; entered, it counts."""
    found = duties(DMP, SUBMITTED, as_at="2026-03-12")
    assert (only(found, "5.5").state, due(only(found, "5.5")), only(found, "5.5-day").state) == (
        "open",
        None,
        "owed_now",
    )
    day = fact("risk_statement_day_set", "2026-03-16", "risk management documentation", date="2026-04-30")
    found = duties(DMP, SUBMITTED, day, as_at="2026-04-30")
    assert (only(found, "5.5").state, due(only(found, "5.5")), only(found, "5.5-day").state) == (
        "open",
        "2026-04-30",
        "met",
    )
    assert only(duties(DMP, SUBMITTED, day, as_at="2026-05-01"), "5.5").state == "overdue"


def test_the_day_of_one_version_is_not_the_day_of_the_next():
    """The first's was due on 30 April and came on the 28th; the second was sent on 1 September."""
    about = "risk management documentation"
    facts = (
        SUBMITTED,
        fact("risk_statement_day_set", "2026-03-16", about, date="2026-04-30"),
        fact("risk_management_statement_issued", "2026-04-28", about),
        fact("risk_management_documentation_submitted", "2026-09-01", about),
    )
    first, second = of(duties(DMP, *facts, as_at="2026-09-10"), "5.5")
    assert (due(first), first.state, due(second), second.state) == ("2026-04-30", "met", None, "open")
    again = fact("risk_statement_day_set", "2026-09-02", about, date="2026-10-02")
    first, second = of(duties(DMP, *facts, again, as_at="2026-09-10"), "5.5")
    assert (due(first), first.state, due(second), second.state) == ("2026-04-30", "met", "2026-10-02", "open")


def test_documentation_changed_for_a_variation_is_submitted():
    """5.8: the request is reviewed; only where a change is necessary is there something to submit."""
    asked = fact("variation_requested", "2026-03-12", "Variation 002")
    assert keys(duties(DMP, asked, as_at="2026-03-20"), "Variation 002") == {"5.8"}
    needed = fact("risk_documentation_amendment_needed", "2026-03-13", "Variation 002")
    duty = only(duties(DMP, asked, needed, as_at="2026-03-20"), "5.8-submit")
    assert (duty.state, duty.approver) == ("owed_now", "authority")


# 7: security testing


TESTS = {"7.1.1", "7.1.2", "7.1.3", "7.1.4-a", "7.1.4-b", "7.1.4-c"}


@pytest.mark.parametrize(("answer", "owed"), [(None, TESTS), (True, TESTS), (False, set())])
def test_tests_are_owed_while_authority_data_are_processed(answer, owed):
    """7.1: taken to be so until somebody answers (R12)."""
    required = fact("authority_test_required", "2026-03-12", "Test 1")
    settings = {} if answer is None else {"authority_data_processed": answer}
    found = keys(duties(DMP, required, as_at="2026-03-12", settings=settings, continuous=True))
    assert found & TESTS == owed and "7.11" in found


def test_a_test_is_agreed_in_advance_and_relief_is_a_right():
    assert rule("7.3").shape is Shape.GATE
    for key in ("7.3-relief", "7.6-relief", "8.2.1-c"):
        assert (rule(key).shape, rule(key).party, rule(key).claim) == (Shape.RIGHT, "supplier", True)
    assert rule("7.6").party == "authority"


def test_what_a_repeated_test_shows_is_no_consequence_of_a_missed_notice():
    """7.10 follows from a repeated test that shows the same root cause."""
    assert [one.key for one in load_rulebook(DMP).rules if one.consequence == "7.10"] == []
    assert rule("7.10").on == ("repeat_test_same_root_cause",)


def test_changes_and_the_repeated_test_follow_the_timetable_agreed_or_are_owed_as_soon_as_possible():
    told = fact("corrective_changes_notified", "2026-03-12", "Test 1")
    found = duties(DMP, told, as_at="2026-03-12")
    for key in ("7.8", "7.8-repeat"):
        assert (only(found, key).state, only(found, key).word) == (
            "owed_now",
            "as soon as reasonably possible",
        )
    agreed = fact("corrective_timetable_agreed", "2026-03-13", "Test 1", date="2026-04-17")
    made = fact("corrective_changes_implemented", "2026-04-17", "Test 1")
    found = duties(DMP, told, agreed, made, as_at="2026-04-18")
    assert (due(only(found, "7.8")), only(found, "7.8").state) == ("2026-04-17", "met")
    assert (due(only(found, "7.8-repeat")), only(found, "7.8-repeat").state) == ("2026-04-17", "overdue")
    gone = fact("corrective_timetable_agreed", "2026-03-23", "Test 1", date="2026-03-20")
    assert due(only(duties(DMP, told, gone, as_at="2026-04-18"), "7.8")) == "2026-03-23"  # not before it was
    both = fact("corrective_changes_made", "2026-04-17", "Test 1")
    assert {
        only(duties(DMP, told, both, as_at="2026-04-18"), key).state for key in ("7.8", "7.8-repeat")
    } == {"met"}


# 8: breaches


def test_the_root_cause_analysis_is_part_of_the_details_and_due_with_them():
    """8.2.2: Working Day 1 after Thursday 12 March is the 13th, Working Day 2 Monday the 16th."""
    required = fact("root_cause_analysis_required", "2026-03-12T12:00:00+00:00", "B-1")
    found = duties(DMP, OCCURRED, required, as_at="2026-03-13")
    assert due(only(found, "8.2.2-root-cause")) == due(only(found, "8.2.2")) == "2026-03-16"
    assert only(found, "8.2.2-root-cause").word == "as soon as reasonably practicable"
    assert of(duties(DMP, OCCURRED, as_at="2026-03-13"), "8.2.2-root-cause") == []


def test_an_analysis_required_after_the_limit_is_due_at_once():
    required = fact("root_cause_analysis_required", "2026-03-18", "B-1")
    duty = only(duties(DMP, OCCURRED, required, as_at="2026-03-18"), "8.2.2-root-cause")
    assert (due(duty), duty.deadline.literal_limit) == ("2026-03-18", date(2026, 3, 16))
    assert others(duty)["from when it was required"] == "2026-03-20"


def test_an_action_that_the_authority_requires_is_a_duty_of_its_own():
    required = fact("client_requires_breach_action", "2026-03-13", "B-1")
    duty = only(duties(DMP, OCCURRED, required, as_at="2026-03-13"), "8.2.1-action")
    assert (duty.word, duty.state, duty.party) == ("immediately", "owed_now", "supplier")


# 10 and 11


def test_products_are_always_in_support_and_upgraded_by_the_last_day():
    assert rule("10.4").shape is Shape.CONTINUOUS
    known = fact("cots_support_end_announced", "2026-03-12", "Server 14", date="2026-11-10")
    ended = fact("cots_mainstream_support_ended", "2026-11-10", "Server 14")
    assert only(duties(DMP, known, as_at="2026-11-10"), "10.4-upgrade").state == "open"
    assert only(duties(DMP, known, ended, as_at="2026-11-11"), "10.4-upgrade").state == "overdue"
    assert only(duties(DMP, ended, as_at="2026-11-11"), "10.4-upgrade").state == "owed_now"
    otherwise = fact("cots_support_exception_agreed", "2026-11-02", "Server 14")
    assert only(duties(DMP, known, otherwise, as_at="2026-11-11"), "10.4-upgrade").state == "met"


def test_data_are_given_and_erased_under_11_once_the_agreement_has_ended():
    facts = (
        fact("data_return_demanded", "2026-03-12", "D1"),
        fact("data_erasure_requested", "2026-03-12", "E1"),
        fact("media_end_of_life", "2026-03-12", "M1"),
    )
    during = duties(DMP, *facts, as_at="2026-03-20")
    assert {"11.1.1", "11.1.3", "11.1.4"} & keys(during) == set()
    assert keys(during, "E1") == {"annex-1-2-sanitisation-boarding-1"}
    assert keys(during, "M1") == {"annex-1-2-equipment-disposal-2"}
    for kind in ("agreement_terminated", "service_use_ceased"):
        found = duties(DMP, *facts, fact(kind, "2026-03-31"), as_at="2026-03-31")
        assert {"11.1.1", "11.1.3", "11.1.4"} <= keys(found)
        assert {only(found, key).owed_from.date() for key in ("11.1.1", "11.1.3")} == {date(2026, 3, 31)}
    afterwards = duties(DMP, fact("agreement_terminated", "2026-03-01"), *facts, as_at="2026-03-20")
    assert only(afterwards, "11.1.1").owed_from.date() == date(2026, 3, 12)


@pytest.mark.parametrize(("as_at", "there"), [("2026-03-31", False), ("2026-04-01", True)])
def test_data_are_erased_when_the_contracting_authority_leaves(as_at, there):
    """Annex 1, row 2: its contract runs out on 31 March, so it has left when that day is over."""
    found = duties(DMP, as_at=as_at, end="2026-03-31")
    assert ("annex-1-2-sanitisation-boarding-1" in keys(found)) is there
    left = duties(DMP, fact("service_use_ceased", "2026-03-12"), as_at="2026-03-12")
    assert only(left, "annex-1-2-sanitisation-boarding-1").state == "owed_now"


# Appendix 1 and Annex 1


def test_what_sensitive_information_asks_is_said_duty_by_duty():
    handling = fact("official_sensitive_handling_proposed", "2026-03-12", "Records")
    one = {"row-2-nominate", "row-3-triggers", "row-3-format", "row-3-group"}
    found = duties(DMP, handling, as_at="2026-03-12")
    assert {f"appendix-1-{key}" for key in one} <= keys(found, "Records")
    nominated = fact("independent_person_nominated", "2026-03-13", "Records")
    assert (
        only(duties(DMP, handling, nominated, as_at="2026-03-13"), "appendix-1-row-2-nominate").state == "met"
    )
    none = duties(
        DMP, handling, as_at="2026-03-12", settings={"official_sensitive_handled": False}, continuous=True
    )
    assert {key for key in keys(none) if key.startswith("appendix-1-row")} == set()


def test_an_incident_is_reported_to_the_controller_and_to_the_ico_where_such_information_is_handled():
    incident = fact("incident_detected_or_reported", "2026-03-12T09:00:00+00:00", "INC-1")
    found = keys(duties(DMP, incident, as_at="2026-03-12"), "INC-1")
    assert found == {"annex-1-5-incident-4", "appendix-1-row-3-controller", "appendix-1-row-3-ico"}
    settings = {"official_sensitive_handled": False}
    assert keys(duties(DMP, incident, as_at="2026-03-12", settings=settings), "INC-1") == {
        "annex-1-5-incident-4"
    }


def test_audit_information_is_kept_for_two_years_or_until_it_leaves():
    """13/1: collected on 12 March 2026, two years end on 12 March 2028; the service in 2027 or in 2029."""
    collected = fact("audit_record_collected", "2026-03-12", "log")
    for end, kept, earlier in (
        ("2027-04-29", "2028-03-12", "2027-04-29"),
        ("2029-04-29", "2029-04-29", "2028-03-12"),
    ):
        duty = only(duties(DMP, collected, as_at="2026-04-01", end=end), "annex-1-13-1-keep")
        assert (due(duty), others(duty)["whichever is the earlier"]) == (kept, earlier)
        assert others(duty)["from the event recorded, not from its collection"] is None
    online = only(duties(DMP, collected, as_at="2026-04-01"), "annex-1-13-1-online")
    assert (due(online), others(online)) == ("2026-09-12", {})


# Order Schedule 9


def test_the_order_schedule_says_who_pays_and_what_goes_with_the_details():
    assert load_rulebook(ORDER).at("Part A/5.3")[0].shape is Shape.NONE
    assert rule("A-2.1", ORDER).party == "both"
    asked = fact("client_requests_breach_details", "2026-03-12", "B-1", root_cause_required=True)
    found = duties(ORDER, asked, as_at="2026-03-12")
    assert keys(found, "B-1") == {"A-5.2.1-d", "A-5.2.1-d-cause"}
    plain = fact("client_requests_breach_details", "2026-03-12", "B-1")
    assert keys(duties(ORDER, plain, as_at="2026-03-12"), "B-1") == {"A-5.2.1-d"}
