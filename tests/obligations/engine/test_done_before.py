"""What was done before its trigger: gates, days known in advance, and what is asked about (R36)."""

from __future__ import annotations

import pytest

from tests.support.what_if import CVE, DMP, ORDER, done, duties, fact, of, only, rules

RELEASE = fact("patch_publicly_released", "2026-03-10", CVE, category="Critical")
GRANTED = "data_access_granted"


def approved(at, **more):
    return fact("security_approval_obtained", at, "Portal", **more)


def proposed(at):
    return fact("data_processing_proposed", at, "Portal")


def said(duty):
    return [step.text for step in duty.deadline.steps if step.rule == "R36"]


# Gates and days known in advance


@pytest.mark.parametrize("day", ["2026-01-05", "2026-01-10", "2026-01-12"])
def test_an_approval_opens_the_gate_on_its_own_day_whenever_it_came(day):
    """The use was proposed on 10 January."""
    gate = only(duties(DMP, approved(day), proposed("2026-01-10"), as_at="2026-02-01"), "2.1.1")
    assert (gate.state, gate.done.isoformat()) == ("met", day)
    assert bool(said(gate)) is (day < "2026-01-10")


def test_an_approval_of_something_else_opens_nothing():
    other = fact("security_approval_obtained", "2026-01-05", "Archive")
    assert only(duties(DMP, other, proposed("2026-01-10"), as_at="2026-02-01"), "2.1.1").state == "owed_now"


def test_a_plan_delivered_before_the_start_date_is_delivered():
    """Start Date 10 February 2026; 20 Working Days after it is 10 March."""
    plan = fact("smp_submitted", "2026-02-02", "plan")
    duty = only(duties(ORDER, plan, as_at="2026-03-20", start="2026-02-10"), "A-4.3.1")
    assert (duty.state, duty.done.isoformat()) == ("met", "2026-02-02")


@pytest.mark.parametrize(
    ("granted", "state"), [(None, "met"), ("2026-04-01", "met"), ("2026-04-02", "overdue")]
)
def test_rights_revoked_before_a_leaver_left_count_unless_given_back_since(granted, state):
    """Revoked on 1 April, left on 3 April (Good Friday): one Working Day is 7 April 2026."""
    left = fact("access_no_longer_needed", "2026-04-03", "P-1")
    facts = [fact("access_revoked", "2026-04-01", "P-1"), left]
    facts += [fact(GRANTED, granted, "P-1")] if granted else []
    duty = only(duties(ORDER, *facts, as_at="2026-04-10"), "B-6.5")
    assert duty.state == state
    assert "R36" in rules(duty)


def test_what_was_revoked_when_somebody_left_first_is_not_for_when_they_leave_again():
    left = [fact("access_no_longer_needed", day, "P-1") for day in ("2026-01-05", "2026-09-01")]
    revoked = fact("access_revoked", "2026-01-06", "P-1")
    found = of(duties(ORDER, *left, revoked, as_at="2026-09-10"), "B-6.5")
    assert [duty.state for duty in found] == ["met", "overdue"]
    assert said(found[1]) == []


# Elsewhere it is asked about


@pytest.mark.parametrize(
    ("applied", "confirmed", "state"),
    [
        ("2026-03-09", False, "overdue"),
        ("2026-03-09", True, "met"),
        ("2026-03-10", False, "met"),
        ("2026-03-17", False, "met"),
        ("2026-03-18", False, "met_late"),
    ],
)
def test_a_patch_before_its_release_counts_once_it_is_confirmed(applied, confirmed, state):
    """Released on 10 March: seven days end on 17 March."""
    more = {"done_before_owed": True} if confirmed else {}
    patch = fact("patch_applied", applied, CVE, **more)
    duty = only(duties(DMP, RELEASE, patch, as_at="2026-03-20"), "10.3-critical")
    assert duty.state == state
    if state in ("met", "met_late"):
        assert duty.done.isoformat() == applied


def test_what_waits_for_a_confirmation_is_pointed_to():
    early = fact("patch_applied", "2026-03-09", CVE)
    duty = only(duties(DMP, RELEASE, early, as_at="2026-03-20"), "10.3-critical")
    (step,) = [step for step in duty.deadline.steps if step.rule == "R36"]
    assert step.decision == early.source
    assert "9 March 2026" in step.text


@pytest.mark.parametrize(("confirmed", "state"), [(False, "overdue"), (True, "met")])
def test_evidence_obeys_the_same_check_as_a_fact(confirmed, state):
    """A wrong year, or the work really done before: of 2020 for a duty of 2026."""
    proof = done("dmp_schedule_23/main/10.3", "2020-01-01", CVE, occurrence="once", before_owed=confirmed)
    assert (
        only(duties(DMP, RELEASE, completions=(proof,), as_at="2026-03-20"), "10.3-critical").state == state
    )


@pytest.mark.parametrize(
    ("trained", "due_on"),
    [
        # access from 1 March 2026: training of 1 February is good until 1 February 2027
        ("2026-02-01", "2027-02-01"),
        # of exactly a year before: its own period ran out on the day that access began
        ("2025-02-28", "2027-03-01"),
    ],
)
def test_training_before_access_meets_the_first_year_if_it_still_held(trained, due_on):
    before = fact("training_completed", trained, "P-1", done_before_owed=True)
    facts = fact(GRANTED, "2026-03-01", "P-1"), before
    found = of(duties(ORDER, *facts, as_at="2026-03-20"), "B-6.4")
    (left,) = [duty for duty in found if duty.state == "open"]
    assert left.deadline.due_date.isoformat() == due_on
    assert len(found) == (2 if due_on == "2027-02-01" else 1)


def test_training_before_access_that_nobody_confirmed_meets_nothing():
    facts = fact(GRANTED, "2026-03-01", "P-1"), fact("training_completed", "2026-02-01", "P-1")
    (duty,) = of(duties(ORDER, *facts, as_at="2026-03-20"), "B-6.4")
    assert (duty.state, duty.deadline.due_date.isoformat()) == ("open", "2027-03-01")


# Series about somebody who came back (R16)


def trained(*days):
    return [fact("training_completed", day, "P-1") for day in days]


def access(*days):
    kinds = (GRANTED, "data_access_ended")
    return [fact(kinds[place % 2], day, "P-1") for place, day in enumerate(days)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # ended before the first year was over; again from September: due a year later
        (access("2024-03-01", "2024-06-01", "2024-09-01"), [("2025-09-01", "overdue")]),
        # trained in the first time and again in the second
        (
            [*access("2024-03-01", "2024-10-01", "2025-02-01"), *trained("2024-05-01", "2025-03-01")],
            [("2025-03-01", "met"), ("2026-02-01", "met"), ("2026-03-01", "overdue")],
        ),
        # ended and given back on one day: the end comes first
        (access("2024-03-01", "2024-06-01", "2024-06-01"), [("2025-06-01", "overdue")]),
        # twice given and ended once: it ended
        ([*access("2024-03-01"), *access("2024-04-01", "2024-06-01")], []),
    ],
)
def test_somebody_who_has_access_again_is_trained_again(facts, expected):
    found = of(duties(ORDER, *facts, as_at="2026-03-20"), "B-6.4")
    assert [(duty.deadline.due_date.isoformat(), duty.state) for duty in found] == expected
