"""The second version of DMP Schedule 23, taken over by a contract that worked under the first."""

from __future__ import annotations

from datetime import date

import pytest

from obligations.models import Duty, OfferedChange
from obligations.rules.register.rulebook import load_rulebook
from obligations.services.reconciling.sweep import sweep
from obligations.services.versions import offers
from tests.cast import DMP, NOON, happened, play

pytestmark = pytest.mark.django_db

THEN = date(2026, 3, 12)


def standing(cast):
    """Every duty about one thing that somebody has to do something about: (rule, subject) and its phase."""
    rows = Duty.objects.filter(contract=cast.contract).select_related("obligation").exclude(subject="")
    return {(row.obligation.rule_key, row.subject): str(row.phase) for row in rows}


@pytest.fixture
def cast(release):
    """A contract under the first version, with something on record for each thing that the second reads
    otherwise.
    """
    cast = play()
    happened(cast, "authority_not_content_with_risk", THEN, "R1", by="ada")
    happened(cast, "residual_risk_decision_made", THEN, "R2")
    happened(cast, "cots_mainstream_support_ended", THEN, "Server 14")
    happened(cast, "data_return_demanded", THEN, "D1", by="ada")
    happened(cast, "data_erasure_requested", THEN, "E1", by="ada")
    happened(cast, "security_test_planned", THEN, "Test 1")
    happened(cast, "corrective_changes_notified", THEN, "Test 2")
    happened(cast, "incident_detected_or_reported", NOON, "INC-1")
    assert load_rulebook(DMP).version >= 2
    release(load_rulebook(DMP))
    return cast


def take_over(cast, from_day=None):
    (offer,) = offers.make_offers(cast.contract)
    offer = offers.work_out(offer, NOON, from_day=from_day)
    offers.take_over(offer, cast.as_("priya"), NOON, reason="Agreed in March.", seen=offer.ledger_entry)
    return {
        (row.rule_key, row.subject): str(row.becomes) for row in OfferedChange.objects.filter(offer=offer)
    }


def test_until_it_is_taken_over_nothing_moves(cast):
    before = standing(cast)
    assert before["5.6-controls", "R1"] == before["11.1.1", "D1"] == "open"
    assert sweep(NOON) == [] and standing(cast) == before


def test_from_the_beginning_each_duty_becomes_what_the_words_ask(cast):
    before = standing(cast)
    take_over(cast)
    after = standing(cast)
    gone = {("5.6-controls", "R1"), ("11.1.1", "D1"), ("11.1.3", "E1"), ("10.4", "Server 14")}
    assert gone <= set(before) and {after[one] for one in gone} == {"withdrawn"}
    new = {
        ("5.6-notify", "R2"), ("10.4-upgrade", "Server 14"), ("7.8-repeat", "Test 2"),
        ("appendix-1-row-3-controller", "INC-1"), ("appendix-1-row-3-ico", "INC-1"),
    }  # fmt: skip
    assert not new & set(before) and {after[one] for one in new} == {"open"}
    assert after["7.3", "Test 1"] == after["5.6", "R2"] == after["5.6-inform", "R1"] == "open"
    assert sweep(NOON) == []


def test_what_the_page_said_is_what_taking_over_does(cast):
    before = standing(cast)
    said, after = take_over(cast), standing(cast)
    moved = {one for one in {*before, *after} if before.get(one) != after.get(one)}
    assert moved <= set(said)


def test_from_a_day_what_had_begun_follows_the_first_version(cast):
    take_over(cast, from_day=date(2026, 4, 1))
    assert standing(cast)["5.6-controls", "R1"] == standing(cast)["11.1.1", "D1"] == "open"
    assert sweep(NOON) == []
