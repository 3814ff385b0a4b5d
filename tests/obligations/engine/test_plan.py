"""The security management plan and the other duties of Order Schedule 9 (R8, R15, R16, R27, R30)."""

from __future__ import annotations

import pytest

from tests.support.what_if import ORDER, due, duties, fact, of, only, others, rules

START = "2026-03-02"  # a Monday


def order(*facts, as_at="2026-05-29", **more):
    return duties(ORDER, *facts, as_at=as_at, start=START, end="2029-03-01", **more)


def plan(kind, at, **details):
    return fact(f"smp_{kind}", at, "plan", **details)


def test_the_plan_is_due_twenty_working_days_after_the_start_date():
    duty = only(order(as_at=START), "A-4.3.1")
    assert (due(duty), duty.state, duty.party) == ("2026-03-30", "open", "supplier")


@pytest.mark.parametrize(("at", "state"), [("2026-03-30", "met"), ("2026-03-31", "met_late")])
def test_delivery_meets_it_whatever_is_decided_later(at, state):
    refused = plan("non_approval_notified", "2026-04-10")
    assert only(order(plan("submitted", at), refused), "A-4.3.1").state == state


def test_both_parties_finish_within_fifteen_working_days_of_the_first_submission():
    again = plan("submitted", "2026-03-20", version="2")
    duty = only(order(plan("submitted", "2026-03-09"), again, as_at="2026-03-20"), "A-4.3.2-finish")
    assert (due(duty), duty.party, duty.state) == ("2026-03-30", "both", "open")


def test_the_two_limits_run_beside_each_other():
    """Refused on Working Day 6: the amend limit falls one Working Day after the ceiling."""
    found = order(
        plan("submitted", "2026-03-09"), plan("non_approval_notified", "2026-03-17"), as_at="2026-03-17"
    )
    amend, finish = only(found, "A-4.3.2-amend"), only(found, "A-4.3.2-finish")
    assert (due(finish), due(amend)) == ("2026-03-30", "2026-03-31")
    note = amend.deadline.steps[-1]
    assert (note.rule, "1 Working Day after" in note.text) == ("R27", True)


RECORDED = "2026-11-22T01:34:00+00:00"


@pytest.mark.parametrize(
    ("sent_again", "state"), [("2026-10-02", "met"), ("2026-10-05", "met_late"), ("2026-10-20", "met_late")]
)
def test_acts_of_the_parties_put_on_the_record_late_keep_their_limits(sent_again, state):
    """R11. Submitted on Thursday 10 September 2026, so to be finished by Thursday 1 October (15 Working
    Days); refused on Friday 18 September, so to be amended by Friday 2 October (10 Working Days).
    """
    found = order(
        fact("smp_submitted", "2026-09-10", "plan", recorded=RECORDED),
        fact("smp_non_approval_notified", "2026-09-18", "plan", recorded=RECORDED),
        fact("smp_submitted", sent_again, "plan", recorded=RECORDED, version="2"),
        as_at="2026-11-22",
    )
    finish, amend = only(found, "A-4.3.2-finish"), only(found, "A-4.3.2-amend")
    assert (due(finish), finish.state) == ("2026-10-01", "overdue")
    assert (due(amend), amend.state) == ("2026-10-02", state)
    assert (finish.deadline.literal_limit, amend.deadline.literal_limit) == (None, None)


def test_a_resubmission_meets_the_amend_limit_and_pauses_nothing():
    found = order(
        plan("submitted", "2026-03-09"),
        plan("non_approval_notified", "2026-03-17"),
        plan("submitted", "2026-03-31", version="2"),
        as_at="2026-03-31",
    )
    assert only(found, "A-4.3.2-amend").state == "met"
    assert only(found, "A-4.3.2-finish").state == "overdue"


def test_a_second_refusal_goes_to_dispute_with_no_further_ten_days():
    found = order(
        plan("submitted", "2026-03-09"),
        plan("non_approval_notified", "2026-03-12"),
        plan("submitted", "2026-03-16", version="2"),
        plan("non_approval_notified", "2026-03-19"),
        as_at="2026-03-20",
    )
    assert len(of(found, "A-4.3.2-amend")) == 1
    dispute = only(found, "A-4.3.2-dispute")
    assert (dispute.on, dispute.state, dispute.party, due(dispute)) == (
        "smp_second_refusal",
        "owed_now",
        "both",
        None,
    )


def test_two_notices_before_a_resubmission_are_one_refusal():
    notices = [plan("non_approval_notified", day) for day in ("2026-03-12", "2026-03-13")]
    found = order(plan("submitted", "2026-03-09"), *notices, as_at="2026-03-16")
    assert due(only(found, "A-4.3.2-amend")) == "2026-03-26"
    assert of(found, "A-4.3.2-dispute") == []


def test_silence_after_a_resubmission_never_approves():
    facts = [
        plan("submitted", "2026-03-09"),
        plan("non_approval_notified", "2026-03-12"),
        plan("submitted", "2026-03-16", version="2"),
    ]
    before = only(order(*facts, as_at="2026-03-30"), "A-4.3.2-finish")
    assert (before.state, before.deadline.flagged) == ("open", False)
    after = only(order(*facts, as_at="2026-03-31"), "A-4.3.2-finish")
    assert (after.state, after.party) == ("overdue", "both")
    assert others(after) == {"either party may refer the undecided plan to dispute resolution": None}


@pytest.mark.parametrize(("at", "state"), [("2026-03-30", "met"), ("2026-03-31", "met_late")])
def test_approval_finishes_it(at, state):
    found = order(plan("submitted", "2026-03-09"), plan("approved", at))
    assert only(found, "A-4.3.2-finish").state == state


def test_grounds_of_a_refusal_are_recorded_against_it():
    refused = plan("non_approval_notified", "2026-03-17", grounds=["4.2.1(b)"])
    duty = only(order(plan("submitted", "2026-03-09"), refused), "A-4.3.2-amend")
    step = next(step for step in duty.deadline.steps if "4.2.1(b)" in step.text)
    assert step.citation == "order_schedule_9/Part A/4.3.3"


def test_a_later_revision_has_clocks_of_its_own():
    facts = [
        plan("submitted", "2026-03-09"),
        plan("approved", "2026-03-20"),
        plan("submitted", "2026-05-01", version="2"),
    ]
    found = of(order(*facts), "A-4.3.2-finish")
    assert [due(duty) for duty in found] == ["2026-03-30", "2026-05-26"]  # bank holidays on 4 and 25 May
    assert len({duty.identity for duty in found}) == 2


def test_the_yearly_review_runs_from_adoption():
    assert of(order(as_at="2027-06-01"), "A-4.4.1") == []
    facts = [plan("submitted", "2026-03-09"), plan("approved", "2026-03-20")]
    first = only(order(*facts, as_at="2026-06-01"), "A-4.4.1")
    assert (due(first), first.cause_fact) == ("2027-03-20", facts[1].source)
    assert others(first) == {"once each contract year": "2027-03-01"}
    reviewed = plan("review_completed", "2027-02-10")
    found = order(*facts, reviewed, as_at="2027-03-01")
    assert [(due(duty), duty.state) for duty in of(found, "A-4.4.1")] == [
        ("2027-03-20", "met"),
        ("2028-02-10", "open"),
    ]
    results = only(found, "A-4.4.2")
    assert (results.state, results.word) == ("owed_now", "as soon as reasonably practicable")


# The other clocks of the schedule


@pytest.mark.parametrize(
    ("left", "day"),
    [("2026-04-02", "2026-04-07"), ("2026-03-14", "2026-03-16"), ("2026-03-13T23:59:00+00:00", "2026-03-16")],
)
def test_access_is_revoked_within_one_working_day(left, day):
    assert due(only(order(fact("access_no_longer_needed", left, "P-104")), "B-6.5")) == day


def test_each_time_access_is_no_longer_needed_counts():
    left = [fact("access_no_longer_needed", at, "P-104") for at in ("2026-03-10", "2026-05-12")]
    revoked = fact("access_revoked", "2026-03-11", "P-104")
    assert [duty.state for duty in of(order(*left, revoked, as_at="2026-05-12"), "B-6.5")] == ["met", "open"]


def test_training_is_yearly_for_each_person_from_access():
    facts = [
        fact("data_access_granted", "2026-03-04", "P-1"),
        fact("data_access_granted", "2026-04-01", "P-2"),
    ]
    trained = fact("training_completed", "2026-09-01", "P-1")
    found = order(*facts, trained, as_at="2026-10-01")
    assert [due(duty) for duty in of(found, "B-6.4", "P-1")] == ["2027-03-04", "2027-09-01"]
    assert [due(duty) for duty in of(found, "B-6.4", "P-2")] == ["2027-04-01"]
    gone = fact("data_access_ended", "2026-06-01", "P-2")
    assert of(order(*facts, trained, gone, as_at="2026-10-01"), "B-6.4", "P-2") == []


def test_audit_records_are_kept_through_the_corresponding_date():
    duty = only(order(fact("audit_record_collected", "2026-08-31", "log"), as_at="2026-09-01"), "B-8.3")
    assert duty.deadline.due_at.isoformat() == "2027-02-28T23:59:59+00:00"
    assert (duty.state, "R8" in rules(duty)) == ("open", True)
    after = only(order(fact("audit_record_collected", "2026-08-31", "log"), as_at="2027-03-01"), "B-8.3")
    assert (after.state, due(after)) == ("met", "2027-02-28")


def test_a_policy_change_is_told_only_where_the_policy_applies():
    """Whether a Security Policy applies is a condition of the order, and a setting (R30)."""
    change = fact("security_policy_change_proposed", "2026-03-10", "Policy 4")
    assert of(order(change), "A-2.3") == []
    found = order(change, settings={"security_policy_applies": True})
    assert [duty.party for duty in of(found, "A-2.3")] == ["authority"]


def test_a_notice_after_the_hour_counts_on_the_next_working_day_where_the_contract_says_so():
    late = plan("non_approval_notified", "2026-03-13T17:30:00+00:00")  # a Friday
    facts = [plan("submitted", "2026-03-09"), late]
    assert due(only(order(*facts), "A-4.3.2-amend")) == "2026-03-27"
    cutoff = only(order(*facts, settings={"notice_cutoff": "17:00"}), "A-4.3.2-amend")
    assert (due(cutoff), "R14" in rules(cutoff)) == ("2026-03-30", True)


def test_on_one_day_without_times_the_plan_comes_before_the_answer_to_it():
    found = order(
        plan("submitted", "2026-03-09"),
        plan("non_approval_notified", "2026-03-12"),
        plan("submitted", "2026-03-16", version="2"),
        plan("non_approval_notified", "2026-03-16"),
    )
    assert only(found, "A-4.3.2-dispute").on == "smp_second_refusal"
    timed = order(
        plan("submitted", "2026-03-09"),
        plan("non_approval_notified", "2026-03-16T09:00:00+00:00"),
        plan("submitted", "2026-03-16T15:00:00+00:00", version="2"),
    )
    assert of(timed, "A-4.3.2-dispute") == []
    assert only(timed, "A-4.3.2-amend").state == "met"


@pytest.mark.parametrize(("refused", "state"), [("2026-03-30", "met"), ("2026-03-31", "met_late")])
def test_a_second_refusal_ends_the_approval_process(refused, state):
    found = order(
        plan("submitted", "2026-03-09"),
        plan("non_approval_notified", "2026-03-12"),
        plan("submitted", "2026-03-16", version="2"),
        plan("non_approval_notified", refused),
    )
    assert only(found, "A-4.3.2-finish").state == state


# A corrected copy is no resubmission


@pytest.mark.parametrize(
    ("events", "second"),
    [
        # two versions before any answer: the first refusal, ten Working Days to amend
        (
            [
                ("submitted", "2026-03-09"),
                ("submitted", "2026-03-12"),
                ("non_approval_notified", "2026-03-19"),
            ],
            False,
        ),
        # refused, submitted again, refused
        (
            [
                ("submitted", "2026-03-09"),
                ("non_approval_notified", "2026-03-12"),
                ("submitted", "2026-03-16"),
                ("non_approval_notified", "2026-03-19"),
            ],
            True,
        ),
        # refused twice without anything in between
        (
            [
                ("submitted", "2026-03-09"),
                ("non_approval_notified", "2026-03-12"),
                ("non_approval_notified", "2026-03-19"),
            ],
            False,
        ),
    ],
)
def test_only_what_was_submitted_again_is_refused_a_second_time(events, second):
    found = order(*(plan(kind, at) for kind, at in events), as_at="2026-03-20")
    assert bool(of(found, "A-4.3.2-dispute")) is second
    assert only(found, "A-4.3.2-finish").state == ("met" if second else "open")
    if len(events) == 3 and not second and events[1][0] == "submitted":
        # notice of Thursday 19 March 2026: 20, 23 to 27, 30 and 31 March, 1 and 2 April are ten Working Days
        assert due(only(found, "A-4.3.2-amend")) == "2026-04-02"


@pytest.mark.parametrize(
    ("at", "cutoff", "state"),
    [
        ("2026-03-30T17:00:00+01:00", "17:00", "met"),
        ("2026-03-30T17:01:00+01:00", "17:00", "met_late"),
        ("2026-03-30T17:01:00+01:00", None, "met"),
    ],
)
def test_a_plan_is_in_time_by_the_day_on_which_it_counts_as_given(at, cutoff, state):
    """Start Date 2 March 2026: 3 to 6, 9 to 13, 16 to 20, 23 to 27 and 30 March are twenty Working Days.

    It starts the fifteen days of A-4.3.2 too: it cannot be in time by one day and begin the next.
    """
    settings = {"notice_cutoff": cutoff} if cutoff else {}
    found = order(plan("submitted", at), settings=settings, as_at="2026-04-01")
    assert only(found, "A-4.3.1").state == state


def test_a_resubmission_too_is_in_time_by_the_day_on_which_it_counts():
    """Refused on Thursday 12 March 2026: 13, 16 to 20, 23 to 26 March are ten Working Days (R14)."""
    facts = [plan("submitted", "2026-03-09"), plan("non_approval_notified", "2026-03-12")]
    again = plan("submitted", "2026-03-26T18:00:00+00:00")
    late = only(
        order(*facts, again, settings={"notice_cutoff": "17:00"}, as_at="2026-03-31"), "A-4.3.2-amend"
    )
    assert (late.state, due(late)) == ("met_late", "2026-03-26")
    assert only(order(*facts, again, as_at="2026-03-31"), "A-4.3.2-amend").state == "met"
