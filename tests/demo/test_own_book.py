"""The demo's third contract: a schedule that nobody outlined, decided by its people; its duties live."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.models import Contract, Document, LedgerEntry
from contracts.services import ledger
from obligations.demo.load import load
from obligations.models import Adoption, Duty, EntryDecision, EntryOpinion, OwnKind

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_uploads(uploads):
    """Files of the demo go to the test's own folder."""


def test_riverside_is_read_decided_put_in_force_and_lives(db):
    assert load(NOW)
    contract = Contract.objects.get(reference="TCC-2077")
    assert Document.objects.get(contract=contract).schedule.own
    assert Adoption.objects.get(contract=contract).version.contract == contract
    assert EntryDecision.objects.filter(contract=contract).count() > 20
    opinions = EntryOpinion.objects.filter(contract=contract).order_by("agrees")
    assert list(opinions.values_list("agrees", flat=True)) == [False, True]
    assert OwnKind.objects.filter(contract=contract).count() == 6
    rows = Duty.objects.filter(contract=contract).select_related("obligation")
    duties = {row.obligation.title: row for row in rows}
    plan = duties["Send the Council a security plan"]
    assert plan.phase == "met" and plan.due_date.isoformat() == "2026-10-16"
    assert duties["Take away access that is not needed any more"].phase == "met"
    report = duties["Send the Council a copy of the test report"]
    assert report.phase == "open" and report.due_at.isoformat() == "2026-11-26T16:00:00+00:00"
    assert "Scan the Hosted Platform from outside" in duties
    assert ledger.verify(contract) == LedgerEntry.objects.filter(contract=contract).count()
    verbs = set(LedgerEntry.objects.filter(contract=contract).values_list("verb", flat=True))
    assert {"schedule_made", "entry_decided", "kind_named", "entry_opinion_given"} <= verbs
    assert "own_book_put_in_force" in verbs
