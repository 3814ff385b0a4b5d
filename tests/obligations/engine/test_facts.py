"""The vocabulary of facts, and what a fact must be to be used (R11)."""

from __future__ import annotations

import pytest

from contracts.terms.moments import end_of_day, parse_when
from obligations.rules.register.facts import Fact, FactError, check, distinct, kind_of, period_of, vocabulary
from obligations.rules.register.severity import category_of
from obligations.rules.register.vocabulary import shipped_vocabulary

NAMES = """
duty_done agreement_in_force start_date_reached commencement_anniversary agreement_terminated
variation_requested variation_effective smp_submitted smp_approved smp_non_approval_notified
smp_second_refusal smp_adopted smp_review_completed smp_review_results_provided smp_change_proposed
smp_accelerated_change_required smp_accelerated_change_implemented security_policy_specified
security_policy_change_proposed breach_of_security_occurred breach_of_security_aware
root_cause_analysis_required client_requests_breach_details client_requires_breach_action
mitigation_affects_service breach_response_shows_smp_noncompliance incident_detected_or_reported
protective_monitoring_alert_raised patch_publicly_released vulnerability_identified
nvd_rating_published microsoft_rating_published vulnerability_not_exploitable_demonstrated
vulnerability_becomes_exploitable patch_adverse_effect_identified patch_period_agreed
patch_timescale_unlikely patch_applied exploitable_vulnerability_without_patch new_threat_aware
cots_mainstream_support_ended certificate_issued certification_ceased authority_cease_data_requested
authority_return_data_requested data_processing_proposed residual_risk_decision_made
authority_not_content_with_risk security_test_planned security_test_report_received
security_test_issue_identified security_test_weakness_revealed check_test_completed
external_vulnerability_scan_completed repeat_test_same_root_cause authority_test_required
authority_security_test_completed risk_management_documentation_submitted
risk_management_documentation_updated irm_approval_reviewed service_change_proposed
service_change_major_impact_identified standards_inconsistency_found
standards_inconsistency_notified audit_records_requested audit_record_collected data_return_demanded
data_erasure_requested data_location_change_proposed media_end_of_life equipment_redundant
bulk_data_access_granted staff_engagement_proposed data_access_granted training_completed
access_no_longer_needed clearance_role_identified ncsc_deviation_proposed subcontractor_engaged
subcontractor_risk_assessed subcontract_terminated threat_review_completed
""".split()  # noqa: SIM905


def fact(kind="patch_publicly_released", at="2026-03-12", recorded=None, **details):
    return Fact(kind, parse_when(at), parse_when(recorded or at), details)


def test_the_agreed_names_are_all_known():
    assert set(NAMES) <= set(vocabulary())


def test_every_kind_can_be_put_on_a_form():
    for kind in vocabulary().values():
        assert kind.label[0].isupper(), kind.name
        assert not kind.label.endswith("."), kind.name
        assert bool(kind.subject) == bool(kind.example), kind.name


def test_an_unknown_kind_comes_with_suggestions():
    with pytest.raises(FactError, match="did you mean breach_of_security_occurred"):
        kind_of("breach_of_security_ocurred")
    with pytest.raises(FactError, match="unknown kind of fact 'lunch'$"):
        kind_of("lunch")


def test_nothing_may_lie_in_the_future_when_the_time_is_given():
    now = end_of_day(parse_when("2026-03-11"))
    with pytest.raises(FactError, match="lies in the future") as caught:
        check(fact(), now=now)
    assert caught.value.field == "at"
    assert check(fact(at="2026-03-11"), now=now) == []
    assert check(fact()) == []


def test_hours_need_a_moment():
    with pytest.raises(FactError, match="needs a time of day"):
        check(fact("incident_detected_or_reported"))
    assert check(fact("incident_detected_or_reported", "2026-03-12T10:00:00+00:00")) == []


@pytest.mark.parametrize(
    ("kind", "details", "field"),
    [
        ("patch_publicly_released", {"category": "High"}, "category"),
        ("patch_publicly_released", {"ratings": "High"}, "ratings"),
        ("nvd_rating_published", {"rating": "Huge"}, "rating"),
        ("nvd_rating_published", {"rating": 11}, "rating"),
        ("microsoft_rating_published", {"rating": "High"}, "rating"),
        ("patch_adverse_effect_identified", {"test_plan_followed": "yes"}, "test_plan_followed"),
        ("patch_period_agreed", {"period": {"amount": -1, "unit": "days"}}, "period"),
        ("certificate_issued", {"expires": "2026-02-30"}, "expires"),
        ("smp_non_approval_notified", {"grounds": "4.2.1(b)"}, "grounds"),
        ("breach_of_security_aware", {"aware_party": "client"}, "aware_party"),
    ],
)
def test_a_detail_of_the_wrong_form_names_its_field(kind, details, field):
    with pytest.raises(FactError) as caught:
        check(fact(kind, **details))
    assert caught.value.field == field
    said = str(caught.value)
    assert said.startswith((f"{kind}: {field} must ", f"{kind}: {field} cannot be read: ")), said


def test_unknown_details_are_ignored_with_a_message():
    assert check(fact(colour="red")) == [
        "patch_publicly_released: the detail 'colour' is not used and was ignored"
    ]


def test_the_same_fact_twice_is_one_and_the_first_recorded_stands():
    first, second = fact(recorded="2026-03-13", reason="a"), fact(recorded="2026-03-14", reason="b")
    assert distinct([second, first]) == [first]


def test_learned_is_never_before_it_happened():
    assert fact(recorded="2026-03-10").learned == parse_when("2026-03-12")
    assert fact(recorded="2026-03-14").learned == parse_when("2026-03-14")


@pytest.mark.parametrize(
    ("source", "value", "category"),
    [
        ("nvd", 10.0, "Critical"),
        ("nvd", "9.0", "Critical"),
        ("nvd", 0.1, "Other"),
        ("nvd", 0.0, "none"),
        ("nvd", "None", "none"),
        ("nvd", True, None),
        ("nvd", -1, None),
        ("microsoft", 9.8, None),
        ("cvss", "CVSS:3.0/nonsense", None),
    ],
)
def test_categories_of_ratings(source, value, category):
    assert category_of(shipped_vocabulary().source(source), value) == category


@pytest.mark.parametrize("unit", ["working_hours", "business_hours", "service_hours"])
def test_a_period_agreed_for_a_case_is_not_in_hours_of_work(unit) -> None:
    """It is counted without a contract's hours (R23, R41)."""
    assert period_of({"amount": 4, "unit": unit}) is None
    assert period_of({"amount": 4, "unit": "hours"}) is not None
