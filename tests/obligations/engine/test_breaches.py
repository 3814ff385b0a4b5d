"""Breaches and lapsed certificates: DMP 23 6, 8 and 10.5.2, Order Schedule 9 A 5 (R13, R25, R26)."""

from __future__ import annotations

import pytest

from tests.support.what_if import DMP, ORDER, due, duties, fact, of, only, others

HAPPENED = "2026-03-12T10:00:00+00:00"  # a Thursday
LEARNT = "2026-03-17T14:00:00+00:00"


def occurred(at=HAPPENED, subject="B-1", **more):
    return fact("breach_of_security_occurred", at, subject, **more)


def aware(at=LEARNT, subject="B-1", **more):
    return fact("breach_of_security_aware", at, subject, **more)


def keys(found, subject="B-1"):
    return {duty.rule_key for duty in found if duty.subject == subject}


def test_one_breach_makes_the_duties_it_should_and_no_others():
    found = duties(DMP, occurred(), aware(), as_at="2026-03-17")
    assert keys(found) == {"8.1", "8.2.1", "8.2.2", "10.5.2"}
    assert keys(duties(ORDER, occurred(), as_at="2026-03-17")) == {"A-5.1", "A-5.2.1"}


def test_details_are_due_two_working_days_after_the_breach_itself():
    duty = only(duties(DMP, occurred(), as_at="2026-03-12"), "8.2.2")
    assert (due(duty), duty.state, duty.word) == (
        "2026-03-16",
        "owed_now",
        "as soon as reasonably practicable",
    )


def test_a_breach_found_late_is_due_at_once():
    duty = only(duties(DMP, occurred(recorded=LEARNT), aware(), as_at="2026-03-17"), "8.2.2")
    assert duty.deadline.due_at.isoformat() == LEARNT
    assert duty.deadline.literal_limit.isoformat() == "2026-03-16"
    assert others(duty) == {"from awareness": "2026-03-19"}
    assert duty.state == "overdue"


def test_the_chosen_reading_counts_from_awareness():
    settings = {"readings": {"8.2.2": "from awareness"}}
    duty = only(
        duties(DMP, occurred(recorded=LEARNT), aware(), as_at="2026-03-17", settings=settings), "8.2.2"
    )
    assert (due(duty), duty.state) == ("2026-03-19", "owed_now")
    assert "2026-03-17" in others(duty).values()


def test_awareness_alone_raises_the_duty_and_is_redated_when_the_time_is_learnt():
    first = only(duties(DMP, aware(), as_at="2026-03-18"), "8.2.2")
    assert (due(first), first.deadline.flagged) == ("2026-03-19", True)
    later = occurred("2026-03-16T09:00:00+00:00", recorded="2026-03-18T09:00:00+00:00")
    second = only(duties(DMP, aware(), later, as_at="2026-03-18"), "8.2.2")
    assert due(second) == "2026-03-18"
    assert second.identity == first.identity


@pytest.mark.parametrize(
    ("given", "due_on", "state"),
    [
        # Noticed on Thursday 1 October 2026: two Working Days later is Monday 5 October.
        ("2026-10-05", "2026-10-05", "met"),
        ("2026-10-06", "2026-10-05", "met_late"),
        ("2026-10-15", "2026-10-05", "met_late"),
    ],
)
def test_awareness_put_on_the_record_late_makes_no_limit_later(given, due_on, state):
    """R11: the record of 22 November says when they became aware; being recorded then moves nothing."""
    noticed = aware("2026-10-01", recorded="2026-11-22T01:34:00+00:00", aware_party="supplier")
    details = fact("breach_details_provided", given, "B-1", recorded="2026-11-22T01:40:00+00:00")
    found = duties(DMP, noticed, details, as_at="2026-11-22")
    duty = only(found, "8.2.2")
    assert (due(duty), duty.state, duty.deadline.literal_limit) == (due_on, state, None)
    assert only(found, "8.1").owed_from.date().isoformat() == "2026-10-01"


def test_what_nobody_knew_bites_when_it_is_recorded():
    """R10: a breach found late, of which nobody says when it was noticed."""
    duty = only(duties(DMP, occurred(recorded=LEARNT), as_at="2026-03-17"), "8.2.2")
    assert duty.deadline.due_at.isoformat() == LEARNT
    assert duty.deadline.literal_limit.isoformat() == "2026-03-16"


def test_the_earliest_plausible_time_counts_where_the_time_is_not_known():
    duty = only(duties(DMP, aware(earliest_plausible="2026-03-16"), as_at="2026-03-17"), "8.2.2")
    assert due(duty) == "2026-03-18"
    assert others(duty)["from awareness"] == "2026-03-19"


@pytest.mark.parametrize(
    ("outcome", "dmp", "order"),
    [
        ("actual", {"8.1", "8.2.1", "8.2.2", "10.5.2"}, {"A-5.1", "A-5.2.1"}),
        ("sustained_attempted", {"8.1", "8.2.1", "8.2.2", "10.5.2"}, {"A-5.1", "A-5.2.1"}),
        ("attempted", {"8.1", "8.2.1", "8.2.2"}, {"A-5.1", "A-5.2.1"}),
        ("potential", set(), {"A-5.1", "A-5.2.1"}),
    ],
)
def test_attempts_count_where_the_words_say_so(outcome, dmp, order):
    assert keys(duties(DMP, occurred(outcome=outcome), as_at="2026-03-13")) == dmp
    assert keys(duties(ORDER, occurred(outcome=outcome), as_at="2026-03-13")) == order


def test_an_attempt_that_turns_out_to_have_succeeded_is_a_breach():
    found = duties(DMP, occurred(outcome="attempted"), aware(outcome="actual"), as_at="2026-03-17")
    assert "10.5.2" in keys(found)


@pytest.mark.parametrize(("book", "key"), [(DMP, "8.1"), (ORDER, "A-5.1")])
def test_whichever_party_became_aware_is_bound(book, key):
    assert [d.party for d in of(duties(book, aware(aware_party="authority"), as_at="2026-03-17"), key)] == [
        "authority"
    ]
    assert [d.party for d in of(duties(book, aware(), as_at="2026-03-17"), key)] == ["supplier"]
    both = of(duties(book, aware(aware_party="both"), as_at="2026-03-17"), key)
    assert {d.party for d in both} == {"authority", "supplier"}
    assert len({d.identity for d in both}) == 2


def test_a_breach_at_midnight_counts_that_day_flagged():
    duty = only(duties(DMP, occurred("2026-03-12T00:00:00+00:00"), as_at="2026-03-12"), "8.2.2")
    assert due(duty) == "2026-03-13"
    assert "2026-03-16" in others(duty).values()


def test_a_root_cause_analysis_is_owed_only_where_required():
    required = fact("root_cause_analysis_required", "2026-03-18", "B-1")
    assert of(duties(DMP, occurred(), as_at="2026-03-18"), "8.2.2-root-cause") == []
    assert only(duties(DMP, occurred(), required, as_at="2026-03-18"), "8.2.2-root-cause").state == "owed_now"


# Certificates


def issued(at, expires=None, subject="Cyber Essentials", **more):
    details = {"expires": expires} if expires else {}
    return fact("certificate_issued", at, subject, **details, **more)


def test_a_lapse_happens_by_itself_at_midnight_after_the_last_day():
    certificate = issued("2025-03-01", "2026-02-28")
    before = duties(DMP, certificate, as_at="2026-02-28")
    assert of(before, "6.2") == []
    found = duties(DMP, certificate, as_at="2026-03-02")
    lapsed = {duty.rule_key for duty in found if duty.on == "certification_ceased"}
    assert lapsed == {"6.1-gate", "6.2", "8.1", "8.2.1", "8.2.2", "10.5.2"}
    flagged = {duty.rule_key for duty in found if duty.on == "certification_ceased" and duty.deadline.flagged}
    assert flagged == lapsed - {"6.1-gate"}  # that the paper be in place is all the gate asks (R12)
    notice = only(found, "6.2")
    assert (due(notice), notice.state) == ("2026-03-03", "owed_now")  # 1 March is a Sunday
    assert notice.cause_fact == certificate.source


def test_a_lapse_on_a_working_day_counts_that_day():
    notice = only(duties(DMP, issued("2025-03-04", "2026-03-03"), as_at="2026-03-04"), "6.2")
    assert due(notice) == "2026-03-05"
    assert "2026-03-06" in others(notice).values()


@pytest.mark.parametrize(
    ("renewed", "lapses"), [("2026-02-20", False), ("2026-03-01", False), ("2026-03-02", True)]
)
@pytest.mark.parametrize("subject", ["Cyber Essentials", "CE-2026"])
def test_a_later_certificate_in_time_keeps_the_gate_open(renewed, lapses, subject):
    later = issued(renewed, "2027-02-28", subject, scheme="Cyber Essentials")
    first = issued("2025-03-01", "2026-02-28", scheme="Cyber Essentials")
    found = duties(DMP, first, later, as_at="2026-03-05")
    assert bool(of(found, "6.2")) is lapses
    if lapses:
        gate = only(found, "6.1-gate")
        assert (gate.state, gate.done.isoformat()) == ("met", renewed)


def test_a_certificate_of_another_scheme_does_not_stand_in():
    other = issued("2025-06-01", "2028-05-31", "ISO 27001", scheme="ISO 27001")
    found = duties(DMP, issued("2025-03-01", "2026-02-28"), other, as_at="2026-03-05")
    assert only(found, "6.2").subject == "Cyber Essentials"


def test_a_loss_that_was_recorded_is_not_found_a_second_time():
    ceased = fact("certification_ceased", "2026-02-10T09:00:00+00:00", "Cyber Essentials")
    found = duties(DMP, issued("2025-03-01", "2026-02-28"), ceased, as_at="2026-03-05")
    notice = only(found, "6.2")
    assert (due(notice), notice.deadline.flagged) == ("2026-02-12", False)
    assert only(found, "8.2.2").deadline.flagged


def test_the_loss_of_a_later_certificate_hides_no_earlier_lapse():
    """Lapsed on Sunday 1 March, had again on Tuesday 10 March, lost on Monday 16 March: two losses (R26)."""
    first, second = issued("2025-03-01", "2026-02-28"), issued("2026-03-10", "2027-02-28")
    ceased = fact("certification_ceased", "2026-03-16T09:00:00+00:00", "Cyber Essentials")
    found = of(duties(DMP, first, second, ceased, as_at="2026-03-20"), "6.2")
    assert sorted(due(one) for one in found) == ["2026-03-03", "2026-03-18"]
    before = fact("certification_ceased", "2026-03-05T09:00:00+00:00", "Cyber Essentials")
    found = of(duties(DMP, first, second, before, as_at="2026-03-20"), "6.2")
    assert [due(one) for one in found] == ["2026-03-09"], "what was recorded of the first one is its end"


def test_every_lapse_of_one_certificate_is_its_own():
    first, second = issued("2024-03-01", "2025-02-28"), issued("2025-03-10", "2026-02-28")
    assert len(of(duties(DMP, first, second, as_at="2026-03-05"), "6.2")) == 2


@pytest.mark.parametrize(("at", "state"), [("2026-03-03", "met"), ("2026-03-04", "met_late")])
def test_the_notice_of_a_lapse_is_in_time_or_late(at, state):
    told = fact("certification_loss_notified", at, "Cyber Essentials")
    assert (
        only(duties(DMP, issued("2025-03-01", "2026-02-28"), told, as_at="2026-03-10"), "6.2").state == state
    )


def test_the_paper_alone_may_be_read_to_have_lapsed():
    settings = {"readings": {"10.5.2": "the paper lapsed, compliance did not"}}
    found = duties(DMP, issued("2025-03-01", "2026-02-28"), as_at="2026-03-05", settings=settings)
    assert of(found, "10.5.2") == []
    assert len(of(found, "8.2.2")) == 1


def test_each_certificate_is_copied_to_the_authority():
    certificates = [issued("2025-03-01", "2026-02-28"), issued("2026-02-20", "2027-02-28")]
    found = of(duties(DMP, *certificates, as_at="2026-03-05"), "6.1-copy")
    assert [duty.state for duty in found] == ["owed_now", "owed_now"]
    copied = fact("certificate_copy_provided", "2026-02-21", "Cyber Essentials")
    assert {d.state for d in of(duties(DMP, *certificates, copied, as_at="2026-03-05"), "6.1-copy")} == {
        "met"
    }
