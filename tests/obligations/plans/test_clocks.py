"""The clocks of plan approval in the product: what is done with versions makes and meets the duties (R27)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from contracts.terms.moments import LONDON
from obligations.models import FactRecord
from obligations.plans.models import PlanState, PlanVersion
from obligations.plans.selectors import closed_by_refusal, last_act, plan_page
from obligations.plans.services import decisions, versions
from obligations.plans.services.taking_back import take_back
from obligations.rules.engine.standing import Standing
from obligations.services.reconciling.reconcile import reconcile
from tests.cast import SYSTEM
from tests.obligations.plans.conftest import SMP, at

MONDAY = date(2026, 3, 9)


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def test_delivery_is_owed_from_the_start_and_met_by_submitting(table):
    assert table.duty("A-4.3.1").due_date == day(30)
    table.draft(MONDAY)
    assert table.duty("A-4.3.1").phase == "open"
    table.cast.contract.plan_versions.get()
    version = table.cast.contract.plan_versions.get()
    from obligations.plans.services.versions import submit_version

    submit_version(version, table.cast.as_("priya"), at(MONDAY))
    assert (table.duty("A-4.3.1").phase, table.duty("A-4.3.1").done_on) == ("met", MONDAY)
    finish = table.duty("A-4.3.2-finish")
    assert (finish.due_date, finish.party) == (day(30), "both")


@pytest.mark.parametrize(("on", "phase"), [(day(30), "met"), (day(31), "met_late")])
def test_a_first_delivery_on_the_last_day_and_late(table, on, phase):
    table.submit(on)
    assert table.duty("A-4.3.1").phase == phase
    assert len(table.duties("A-4.3.2-finish")) == 1


@pytest.mark.parametrize(
    ("refused", "amend", "says"),
    [(day(16), day(30), "on the same day as"), (day(17), day(31), "1 Working Day after")],
    ids=["on Working Day 5", "on Working Day 6"],
)
def test_the_amend_limit_beside_the_ceiling(table, refused, amend, says):
    version = table.submit(MONDAY)
    table.refuse(version, refused)
    duty, ceiling = table.duty("A-4.3.2-amend"), table.duty("A-4.3.2-finish")
    assert (duty.due_date, ceiling.due_date) == (amend, day(30))
    assert any(says in step["text"] for step in duty.derivation["steps"])
    assert any("4.2.1(b)" in step["text"] for step in duty.derivation["steps"])


def test_a_submission_on_a_saturday_counts_from_the_monday(table):
    table.submit(day(14))
    assert table.duty("A-4.3.2-finish").due_date == date(2026, 4, 7)  # WD 1 is Monday 16 March; Easter inside


def test_easter_inside_the_window(table):
    version = table.submit(day(30))
    table.refuse(version, date(2026, 4, 1))
    assert table.duty("A-4.3.2-finish").due_date == date(2026, 4, 22)
    assert table.duty("A-4.3.2-amend").due_date == date(2026, 4, 17)


def test_a_resubmission_meets_the_amend_limit_and_restarts_nothing(table):
    table.refuse(table.submit(MONDAY), day(12))
    table.submit(day(18))
    assert (table.duty("A-4.3.2-amend").phase, table.duty("A-4.3.2-amend").done_on) == ("met", day(18))
    assert table.duty("A-4.3.2-finish").due_date == day(30)


def test_a_second_refusal_goes_to_dispute_resolution_with_no_further_ten_days(table):
    table.refuse(table.submit(MONDAY), day(12))
    again = table.refuse(table.submit(day(18)), day(20))
    assert again.state == PlanState.REFUSED_AGAIN
    assert len(table.duties("A-4.3.2-amend")) == 1
    dispute = table.duty("A-4.3.2-dispute")
    assert (dispute.phase, dispute.party, dispute.due_date) == ("open", "both", None)
    assert table.duty("A-4.3.2-finish").phase == "met"
    decisions.refer_version(again, table.cast.as_("priya"), at(day(23)), reason="No agreement on roles")
    assert table.duty("A-4.3.2-dispute").phase == "met"


def closed(table) -> list[bool]:
    page = plan_page(table.cast.access("priya", at(day(31))), SMP, at(day(31)))
    return [
        closed_by_refusal(page, duty) for duty in page.duties if duty.obligation.rule_key == "A-4.3.2-finish"
    ]


def test_the_limit_that_a_second_refusal_ends_is_told_from_one_that_an_approval_met(table):
    table.refuse(table.submit(MONDAY), day(12))
    assert closed(table) == [False]
    again = table.refuse(table.submit(day(18)), day(20))
    assert closed(table) == [True]
    table.approve(again, day(23), seen="refused_again")  # too late for the process that ended
    assert closed(table) == [True]
    table.approve(table.submit(day(24)), day(25))
    assert closed(table) == [True, False]


def test_refused_and_resubmitted_within_one_day(table):
    """The acts of one day have their times, so the resubmission is not taken for the first submission."""
    version = table.submit(day(9))
    table.refuse(version, day(12))
    table.submit(day(12) + timedelta(days=0))
    assert table.duties("A-4.3.2-dispute") == []


def test_silence_never_approves(table):
    version = table.submit(MONDAY)
    later = at(date(2026, 6, 1))
    reconcile(table.cast.contract, later, SYSTEM, subjects={"plan", ""}, because="time")
    version.refresh_from_db()
    assert version.state == PlanState.SUBMITTED
    assert table.duties("A-4.4.1") == []
    assert table.duty("A-4.3.2-finish").standing_at(later) is Standing.OVERDUE


def test_silence_after_a_resubmission_leaves_it_overdue_for_both(table):
    table.refuse(table.submit(MONDAY), day(12))
    table.submit(day(18))
    later = at(day(31))
    reconcile(table.cast.contract, later, SYSTEM, subjects={"plan", ""}, because="time")
    finish = table.duty("A-4.3.2-finish")
    assert (finish.standing_at(later), finish.party) == (Standing.OVERDUE, "both")
    assert finish.flagged
    assert finish.derivation["readings"][0]["reading"].startswith("either party may refer")


# Silence after a resubmission: either party may refer the undecided version, by a flagged reading (R27)


@pytest.fixture
def undecided(table) -> PlanVersion:
    """Submitted on 9 March, refused, submitted again on the 18th: the last day to finish is 30 March."""
    table.refuse(table.submit(MONDAY), day(12))
    return table.submit(day(18))


def london(number: int, *time: int) -> datetime:
    return datetime(2026, 3, number, *time, tzinfo=LONDON)


@pytest.mark.parametrize("by", ["priya", "ada", "ben"])
def test_the_moment_after_the_limit_either_party_may_refer(table, undecided, by):
    version = decisions.refer_version(undecided, table.cast.as_(by), london(31, 0, 0), reason="No answer")
    assert version.state == PlanState.IN_DISPUTE
    fact = FactRecord.objects.get(kind="smp_dispute_referred")
    assert (fact.happened_at, fact.details["reason"]) == (london(31, 0, 0), "No answer")
    finish = table.duty("A-4.3.2-finish")
    assert (finish.phase, finish.standing_at(at(day(31)))) == ("open", Standing.OVERDUE)
    approved = table.approve(version, date(2026, 4, 2), seen="in_dispute")
    assert (approved.state, table.duty("A-4.3.2-finish").phase) == (PlanState.ADOPTED, "met_late")


@pytest.mark.parametrize(
    ("now", "on"),
    [
        (london(30, 23, 59, 59), None),  # summer time began the day before
        (london(30, 12, 0), None),
        (london(31, 9, 0), day(30)),
        (london(31, 9, 0), london(30, 23, 59)),
    ],
)
def test_until_the_limit_has_ended_nobody_may(table, undecided, now, on):
    for by in ("priya", "ada"):
        with pytest.raises(Refused, match="its last day is 30 March 2026") as refused:
            decisions.refer_version(undecided, table.cast.as_(by), now, on=on)
        assert refused.value.field == "on"
    undecided.refresh_from_db()
    assert undecided.state == PlanState.SUBMITTED
    assert not FactRecord.objects.filter(kind="smp_dispute_referred").exists()


def test_on_a_past_day_after_the_limit_it_may(table, undecided):
    later = at(date(2026, 4, 10))
    referred = decisions.refer_version(undecided, table.cast.as_("priya"), later, on=day(31))
    assert referred.state == PlanState.IN_DISPUTE
    assert FactRecord.objects.get(kind="smp_dispute_referred").happened == day(31)


def test_silence_on_the_first_submission_refers_nothing_however_long(table):
    version = table.submit(MONDAY)
    with pytest.raises(Refused, match="submitted again after a refusal"):
        decisions.refer_version(version, table.cast.as_("priya"), at(date(2026, 6, 1)))
    version.refresh_from_db()
    assert version.state == PlanState.SUBMITTED


def test_a_refusal_of_an_earlier_round_makes_no_resubmission(table):
    table.refuse(table.submit(MONDAY), day(12))
    table.approve(table.submit(day(16)), day(18))
    third = table.submit(date(2026, 5, 1))  # finish by 26 May
    with pytest.raises(Refused, match="submitted again after a refusal"):
        decisions.refer_version(third, table.cast.as_("priya"), at(date(2026, 6, 1)))


def test_the_limit_is_that_of_its_own_round(table):
    table.approve(table.submit(MONDAY), day(12))
    table.refuse(table.submit(date(2026, 5, 1)), date(2026, 5, 5))
    fourth = table.submit(date(2026, 5, 8))
    with pytest.raises(Refused, match="its last day is 26 May 2026"):
        decisions.refer_version(fourth, table.cast.as_("ada"), at(date(2026, 5, 26)))
    referred = decisions.refer_version(fourth, table.cast.as_("ada"), at(date(2026, 5, 27)))
    assert referred.state == PlanState.IN_DISPUTE


def test_a_draft_of_the_next_version_hides_no_silence(table, undecided):
    table.draft(day(20))
    assert (
        decisions.refer_version(undecided, table.cast.as_("ada"), at(day(31))).state == PlanState.IN_DISPUTE
    )


def test_the_referral_of_an_undecided_version_is_taken_back_to_waiting(table, undecided):
    referred = decisions.refer_version(undecided, table.cast.as_("ada"), at(day(31)))
    last = last_act(table.cast.contract, SMP)
    known = {"act": last.pk, "reason": "The answer was in the post."}
    with pytest.raises(Refused, match="whose act it was"):
        take_back(referred, table.cast.as_("priya"), at(date(2026, 4, 1)), **known)
    version = take_back(referred, table.cast.as_("ada"), at(date(2026, 4, 1)), **known)
    assert (version.state, version.decided) == (PlanState.SUBMITTED, None)
    assert table.refuse(version, date(2026, 4, 1)).state == PlanState.REFUSED_AGAIN


# An approval after a second refusal or in dispute resolution (A 4.3.2)


def marked_not_met(table, version: PlanVersion, on: date) -> PlanVersion:
    marks = {"Part A/4.2.1(b)": ("not_met", "No roles are named.")}
    return decisions.review_requirements(version, table.cast.as_("ada"), at(on), marks=marks)


def test_a_first_decision_does_not_go_against_the_review(table):
    version = marked_not_met(table, table.submit(MONDAY), day(10))
    with pytest.raises(Refused, match=r"Marked as not met: 4\.2\.1\(b\)") as refused:
        table.approve(version, day(11))
    assert refused.value.field == "outcome"


@pytest.mark.parametrize("state", ["refused_again", "in_dispute", "in_dispute undecided"])
def test_dispute_resolution_may_approve_against_the_review_with_the_reason(table, state):
    """The review is closed by then, and what the procedure brings binds both (R27)."""
    table.refuse(table.submit(MONDAY), day(12))
    version, later = marked_not_met(table, table.submit(day(18)), day(19)), day(31)
    if "undecided" not in state:
        version = table.refuse(version, day(20))
    if "dispute" in state:
        version = decisions.refer_version(version, table.cast.as_("priya"), at(later))
    seen = version.state
    for reason in ("", "  "):
        with pytest.raises(Refused, match="Say why it is approved after all") as refused:
            table.approve(version, later, seen=seen, reason=reason)
        assert refused.value.field == "reason"
    version.refresh_from_db()
    assert version.state == seen
    approved = table.approve(version, later, seen=seen, reason="The mediator found the roles in annex B")
    assert (approved.state, approved.approval_reason) == (
        PlanState.ADOPTED,
        "The mediator found the roles in annex B",
    )
    told = LedgerEntry.objects.filter(verb="plan_version_moved", payload__event="approve").get()
    assert told.payload["reason"] == "The mediator found the roles in annex B"
    last = last_act(table.cast.contract, SMP)
    back = take_back(approved, table.cast.as_("ada"), at(later), act=last.pk, reason="Another version")
    assert (back.state, back.approval_reason) == (seen, "")


def test_a_first_approval_has_no_reason(table):
    with pytest.raises(Refused, match="A reason goes with a refusal") as refused:
        table.approve(table.submit(MONDAY), day(11), reason="All is well")
    assert refused.value.field == "reason"


def test_approval_adopts_at_once_and_starts_the_yearly_review(table):
    approved = table.approve(table.submit(MONDAY), day(20))
    assert (approved.state, approved.approved_sha256) == (PlanState.ADOPTED, approved.sha256)
    assert table.duty("A-4.3.2-finish").phase == "met"
    assert table.duty("A-4.4.1").due_date == date(2027, 3, 20)


def test_a_later_version_has_a_round_of_its_own_and_replaces_the_former(table):
    first = table.approve(table.submit(MONDAY), day(20))
    second = table.submit(date(2026, 5, 1))
    assert second.round == 2
    assert [duty.due_date for duty in table.duties("A-4.3.2-finish")] == [day(30), date(2026, 5, 26)]
    refused = table.refuse(second, date(2026, 5, 5))
    assert refused.state == PlanState.NOT_APPROVED  # the first refusal of this round
    third = table.approve(table.submit(date(2026, 5, 8)), date(2026, 5, 11))
    first.refresh_from_db()
    assert (first.state, third.state) == (PlanState.REPLACED, PlanState.ADOPTED)


def test_no_day_of_a_plan_is_before_the_calendars_begin(table):
    with pytest.raises(Refused, match="before 1 January 2012") as refused:
        versions.submit_version(
            table.draft(date(2026, 3, 2)),
            table.cast.as_("priya"),
            at(date(2026, 3, 2)),
            on=date(2011, 12, 31),
        )
    assert refused.value.field == "on"
