"""The third version of DMP Schedule 23: what it raises on a contract that worked under the second (R48)."""

from __future__ import annotations

from datetime import date

import pytest

from obligations.models import Duty
from obligations.rules.register.rulebook import load_rulebook, parse_rulebook, version_content
from obligations.services.reconciling.sweep import sweep
from obligations.services.versions import offers
from obligations.vulnerabilities.models import Vulnerability
from tests.cast import DMP, NOON, play
from tests.subjects.vulnerabilities import vulnerability
from tests.support.later import release

__all__ = ["release"]

pytestmark = pytest.mark.django_db


def test_the_day_to_be_found_is_owed_once_the_version_is_taken_over(release):
    release(parse_rulebook(version_content(DMP, 2)))
    cast = play()
    row = vulnerability(cast, released=None)
    assert not Duty.objects.filter(subject=row.subject).exists()
    assert row.due_at is not None and row.due_at.date() == date(2026, 3, 23)  # in the table alone
    release(load_rulebook(DMP))
    assert sweep(NOON) == [] and not Duty.objects.filter(subject=row.subject).exists()
    (offer,) = offers.make_offers(cast.contract)
    offer = offers.work_out(offer, NOON)
    assert "raised" in offer.changes.filter(subject=row.subject).values_list("becomes", flat=True)
    offers.take_over(offer, cast.as_("priya"), NOON, reason="Agreed in March.", seen=offer.ledger_entry)
    duty = Duty.objects.get(subject=row.subject)
    assert (duty.careful, duty.due_date) == (True, date(2026, 3, 23))
    row = Vulnerability.objects.get(pk=row.pk)
    assert (row.due_at, row.phase) == (duty.due_at, duty.phase)
    assert sweep(NOON) == []
