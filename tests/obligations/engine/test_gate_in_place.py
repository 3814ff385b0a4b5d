"""The certificate gate of DMP 23, 6.1: opened only by a certificate of its scheme that runs (R26, R36)."""

from __future__ import annotations

import pytest

from obligations.rules.register.facts import FactError
from tests.support.what_if import DMP, duties, fact, of, only

PROPOSED = fact("data_processing_proposed", "2026-01-10", "Portal")


def issued(at, expires=None, subject="CE", scheme="Cyber Essentials"):
    details = {"expires": expires, "scheme": scheme}
    return fact("certificate_issued", at, subject, **{name: said for name, said in details.items() if said})


def gate(*facts, as_at="2026-04-01", subject="Portal"):
    return only(duties(DMP, *facts, as_at=as_at), "6.1-gate", subject)


def test_a_use_is_shut_out_where_no_certificate_was_ever_shown():
    assert gate(PROPOSED).state == "owed_now"


@pytest.mark.parametrize(
    ("certificate", "state", "done"),
    [
        (issued("2025-06-01", "2026-05-31"), "met", "2025-06-01"),  # runs when the use is proposed
        (issued("2025-01-11", "2026-01-10"), "met", "2025-01-11"),  # through that very day
        (issued("2025-01-10", "2026-01-09"), "owed_now", None),  # its last day was the day before
        (issued("2026-01-15", "2027-01-14"), "met", "2026-01-15"),  # issued afterwards
        (issued("2025-06-01", scheme="cyber essentials plus"), "met", "2025-06-01"),
        (issued("2025-06-01", scheme="ISO27001"), "owed_now", None),
        (issued("2025-06-01", scheme=None), "owed_now", None),  # it shows no scheme
    ],
)
def test_only_a_certificate_of_the_scheme_that_runs_opens_it(certificate, state, done):
    found = gate(certificate, PROPOSED)
    assert (found.state, found.done.isoformat() if found.done else None) == (state, done)


def test_another_scheme_does_not_lift_the_gate_after_a_lapse():
    lapsed, other = issued("2025-03-11", "2026-03-10"), issued("2026-03-20", "2029-03-10", "ISO", "ISO27001")
    shut = gate(lapsed, other, subject="CE")
    assert shut.state == "owed_now"
    assert any("ISO27001" in step.text for step in shut.deadline.steps)
    assert gate(lapsed, other, issued("2026-03-25", "2027-03-24", "CE 2"), subject="CE").state == "met"


def test_the_lapse_of_another_scheme_shuts_nothing():
    assert (
        of(duties(DMP, issued("2025-03-11", "2026-03-10", "ISO", "ISO27001"), as_at="2026-04-01"), "6.1-gate")
        == []
    )


def test_a_certificate_that_was_lost_before_its_last_day_does_not_run():
    lost = fact("certification_ceased", "2026-01-05", "CE")
    assert gate(issued("2025-06-01", "2026-05-31"), lost, PROPOSED).state == "owed_now"


def test_a_loss_by_hand_is_not_found_again_where_the_certificate_names_a_scheme():
    lost = fact("certification_ceased", "2026-02-10", "CE")
    found = duties(DMP, issued("2025-03-01", "2026-02-28"), lost, as_at="2026-03-05")
    assert [duty.owed_from.date().isoformat() for duty in of(found, "6.2")] == ["2026-02-10"]


@pytest.mark.parametrize("day", ["2026-01-02", "2026-01-20"])
def test_unless_otherwise_agreed(day):
    agreed = fact("uncertified_use_agreed", day, "Portal", reason="Pilot without personal data")
    assert gate(PROPOSED, agreed).state == "met"


def test_a_certificate_that_ends_before_it_is_issued_is_refused_at_its_field():
    with pytest.raises(FactError, match="lies before 2 March 2026") as caught:
        issued("2026-03-02", "2026-03-01")
    assert caught.value.field == "expires"
    assert issued("2026-03-02", "2026-03-02").details["expires"] == "2026-03-02"


# What starts on a loss goes by the same schemes: the Certification Requirements are those of paragraph 6.

LOSS = {"6.2", "8.1", "8.2.1", "8.2.2", "10.5.2"}
PLUS = {"subject": "CE Plus", "scheme": "Cyber Essentials Plus"}
ENDS = issued("2025-03-11", "2026-03-10")  # lapses on Wednesday 11 March 2026 at 00:00


def lost(*facts, as_at="2026-03-16"):
    """The rules whose duties a loss of certification started, save the gate, with what they are about."""
    found = duties(DMP, *facts, as_at=as_at)
    return {
        (one.rule_key, one.subject)
        for one in found
        if one.on == "certification_ceased" and one.rule_key != "6.1-gate"
    }


def all_about(subject):
    return {(key, subject) for key in LOSS}


SPELT = ["CE", "ce+", "CE Plus", "Cyber Essential", "CyberEssentials", "NCSC Cyber Essentials (IASME)", "—"]


@pytest.mark.parametrize("scheme", ["Cyber Essentials", "cyber essentials plus", None, *SPELT])
def test_the_lapse_of_what_paragraph_6_asks_for_is_a_breach(scheme):
    """One that does not say its scheme, or spells it otherwise, may be the one: a duty exists rather than not
    (R12).
    """
    assert lost(issued("2025-03-11", "2026-03-10", scheme=scheme)) == all_about("CE")


OTHERS = [
    "ISO 27001",
    "ISO27001",
    "ISO/IEC 27001:2022",
    "PCI DSS",
    "SOC 2",
    "IASME Governance",
    "Cyber Assurance",
]


@pytest.mark.parametrize("scheme", OTHERS)
@pytest.mark.parametrize("also", [(), (issued("2025-06-01", "2026-05-31"),)])
def test_the_lapse_of_a_scheme_that_paragraph_6_does_not_ask_for_is_none(scheme, also):
    assert lost(issued("2025-03-11", "2026-03-10", "ISO", scheme), *also) == set()


def test_a_certificate_spelt_otherwise_shuts_the_gate_when_it_lapses_and_does_not_stand_in():
    assert gate(issued("2025-03-11", "2026-03-10", scheme="CE"), subject="CE").state == "owed_now"
    assert lost(ENDS, issued("2025-06-01", "2026-05-31", "CE Plus", "CE+")) == all_about("CE")


def test_a_loss_of_another_scheme_that_somebody_recorded_is_none_either():
    assert lost(fact("certification_ceased", "2026-03-11", "ISO", scheme="ISO 27001")) == set()
    assert lost(fact("certification_ceased", "2026-03-11", "CE", scheme="Cyber Essentials")) == all_about(
        "CE"
    )
    assert lost(fact("certification_ceased", "2026-03-11", "CE")) == all_about("CE")


@pytest.mark.parametrize(
    ("at", "expires", "runs"),
    [
        ("2025-06-01", "2026-05-31", True),
        ("2025-06-01", None, True),  # no last day
        ("2026-03-11", "2027-03-10", True),  # from the very day on
        ("2026-03-12", "2027-03-11", False),  # a day without any
        ("2025-06-01", "2026-03-11", True),  # through that day: its own lapse comes on the 12th
        ("2025-06-01", "2026-03-10", False),  # both ran out together
    ],
)
def test_while_the_basic_one_runs_the_lapse_of_plus_is_none(at, expires, runs):
    """Plus ends on 10 March; the basic one does not stand in where it ended too, and its loss is the one."""
    plus, basic = issued("2025-03-11", "2026-03-10", **PLUS), issued("2025-01-01", "2026-03-10")
    again = issued(at, expires, "CE 2")
    found = lost(plus, basic, again, as_at="2026-03-11")
    assert found == (
        set() if runs else all_about("CE") | (all_about("CE 2") if expires == "2026-03-10" else set())
    )


@pytest.mark.parametrize("expires", ["2026-05-31", "2026-03-13", "2026-03-10", None])
def test_plus_does_not_stand_in_for_the_basic_one_on_which_it_rests(expires):
    """Its loss is told once: not again about Plus, whenever that would have ended."""
    assert lost(ENDS, issued("2025-06-01", expires, **PLUS)) == all_about("CE")


def test_the_gate_says_what_keeps_it_open_when_one_of_two_has_lapsed():
    plus = issued("2025-03-11", "2026-03-10", **PLUS)
    assert gate(issued("2025-06-01", "2026-05-31"), plus, subject="CE Plus").state == "met"


def test_a_certificate_that_was_lost_does_not_stand_in_for_one_that_lapsed():
    plus, gone = (
        issued("2025-06-01", "2026-05-31", **PLUS),
        fact("certification_ceased", "2026-03-02", "CE Plus"),
    )
    assert lost(ENDS, plus, gone) == all_about("CE") | all_about("CE Plus")


def test_certificates_without_a_name_are_told_apart_by_their_scheme():
    plus = issued("2025-03-11", "2026-03-10", None, "Cyber Essentials Plus")
    assert lost(issued("2025-03-12", "2026-05-31", None), plus) == set()


def test_a_loss_of_compliance_that_somebody_recorded_counts_though_another_certificate_runs():
    """They say that compliance ceased, which is more than that a paper ran out (R12)."""
    ceased = fact("certification_ceased", "2026-03-11", "CE", scheme="Cyber Essentials")
    assert lost(ceased, issued("2025-06-01", "2026-05-31", **PLUS)) == all_about("CE")


def test_a_root_cause_analysis_does_not_run_from_the_lapse_of_another_scheme():
    """Required on Monday 16 March: 17 and 18 March are the two Working Days; from the 11th it had gone."""
    asked = fact("root_cause_analysis_required", "2026-03-16", "CE")
    iso = issued("2025-03-11", "2026-03-10", "CE", "ISO 27001")
    found = only(duties(DMP, iso, asked, as_at="2026-03-16"), "8.2.2-root-cause")
    assert found.deadline.due_date.isoformat() == "2026-03-18"
    from_the_loss = only(duties(DMP, ENDS, asked, as_at="2026-03-16"), "8.2.2-root-cause")
    assert (
        from_the_loss.deadline.due_date.isoformat() == "2026-03-16"
    )  # literally 13 March, due at once (R10)


def test_no_reading_opens_the_gate_without_a_certificate():
    """The paper that lapsed may leave compliance as it was; but 6.1 asks that the paper be in place (R12)."""
    name = "the paper lapsed, compliance did not"
    for settings in ({}, {"readings": {"6.1-gate": name, "6.1": name}}):
        found = only(duties(DMP, ENDS, as_at="2026-03-16", settings=settings), "6.1-gate")
        assert found.state == "owed_now"
        assert all(one.reading != name for one in found.deadline.readings)
    assert of(duties(DMP, ENDS, as_at="2026-03-16", settings={"readings": {"6.2": name}}), "6.2") == []
