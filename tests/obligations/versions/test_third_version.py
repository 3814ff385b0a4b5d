"""The third version of DMP Schedule 23, taken over by a contract whose basic certificate has ended (R26).

That was on Tuesday 10 March 2026; Plus runs through 30 June. The present is Tuesday 17 March, noon.
"""

from __future__ import annotations

from datetime import date

import pytest

from obligations.models import Duty, Notice, OfferedChange
from obligations.rules.engine.gates import Answer
from obligations.rules.register.rulebook import load_rulebook, parse_rulebook, version_content
from obligations.services.gates import gates_on
from obligations.services.reconciling.sweep import sweep
from obligations.services.versions import offers
from tests.cast import DMP, NOON, happened, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(release):
    release(parse_rulebook(version_content(DMP, 2)))
    cast = play()
    for subject, scheme, last in (
        ("CE", "Cyber Essentials", "2026-03-10"),
        ("CE+", "Cyber Essentials Plus", "2026-06-30"),
    ):
        happened(cast, "certificate_issued", date(2025, 5, 1), subject, scheme=scheme, expires=last)
    release(load_rulebook(DMP))
    return cast


def gate(cast) -> Answer:
    found = gates_on(cast.access("ada"), NOON.date(), NOON).gates
    return next(one.answer for one in found if one.rule.key == "6.1-gate")


def owed(cast, key) -> list[tuple[str, str]]:
    rows = Duty.objects.filter(contract=cast.contract, obligation__rule_key=key).exclude(phase="withdrawn")
    return sorted(rows.values_list("subject", "phase"))


def reminded_of(cast) -> set[str]:
    rows = Notice.objects.filter(contract=cast.contract, stage="lapses", cancelled_at=None, sent_at=None)
    return set(rows.values_list("fact__subject", flat=True))


def test_until_then_plus_keeps_the_gate_open_and_is_reminded_of(cast):
    assert (gate(cast), owed(cast, "6.2"), reminded_of(cast)) == (Answer.OPEN, [], {"CE+"})
    assert sweep(NOON) == []


def test_taking_it_over_shows_and_does_what_the_loss_of_the_basic_one_asks(cast):
    (offer,) = offers.make_offers(cast.contract)
    offer = offers.work_out(offer, NOON, from_day=None)
    offers.take_over(offer, cast.as_("priya"), NOON, reason="Agreed in March.", seen=offer.ledger_entry)
    said = {(row.rule_key, row.subject) for row in OfferedChange.objects.filter(offer=offer)}
    assert {("6.2", "CE"), ("8.1", "CE"), ("6.1-gate", "CE")} <= said
    assert (gate(cast), owed(cast, "6.2"), reminded_of(cast)) == (Answer.SHUT, [("CE", "open")], set())
    assert sweep(NOON) == []
