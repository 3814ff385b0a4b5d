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
