"""What is recorded against the end of a contract (R37): refused at its field, and nothing is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord, Phase
from tests.cast import NOON, Cast, happened, patch_released, play

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def cast() -> Cast:
    return play(end_date=date(2026, 3, 13))


def refused(cast: Cast, kind: str, day: date, subject: str = "", **details: object) -> Refused:
    before = FactRecord.objects.count()
    with pytest.raises(Refused) as found:
        happened(cast, kind, day, subject, **details)
    assert FactRecord.objects.count() == before
    return found.value


def test_what_starts_something_after_the_end_is_refused_at_its_day(cast):
    found = refused(cast, "patch_publicly_released", date(2026, 3, 14), "CVE-1", category="Critical")
    assert found.field == "happened" and "13 March 2026" in found.message and "10.3" in found.message
    assert patch_released(cast, day=date(2026, 3, 13)).phase == Phase.OPEN


def test_what_meets_a_duty_or_survives_is_not(cast):
    duty = patch_released(cast, day=date(2026, 3, 12))
    happened(cast, "patch_applied", date(2026, 3, 16), "CVE-2026-0001")
    duty.refresh_from_db()
    assert duty.phase == Phase.MET
    happened(cast, "audit_records_requested", date(2026, 3, 16), "Request 1", by="ada")
    assert Duty.objects.get(subject="Request 1").due_date == date(2026, 3, 21)


def test_an_end_is_put_off_to_a_later_day_only(cast):
    for until in ("2026-03-13", "2026-03-12"):
        assert refused(cast, "agreement_extended", TODAY, until=until).field == "until"
    assert refused(cast, "agreement_extended", TODAY).field == "until"
    happened(cast, "agreement_extended", TODAY, until="2026-03-14")
    assert patch_released(cast, day=date(2026, 3, 14)).phase == Phase.OPEN
    assert refused(cast, "patch_publicly_released", date(2026, 3, 15), "CVE-9").field == "happened"


def test_a_contract_without_a_last_day_has_none_to_put_off():
    assert refused(play(end_date=None), "agreement_extended", TODAY, until="2027-01-01").field == "until"


def test_a_part_is_named_by_paragraphs_that_are_there():
    cast = play()
    assert refused(cast, "agreement_partly_terminated", TODAY).field == "paragraphs"
    found = refused(cast, "agreement_partly_terminated", TODAY, paragraphs=["7", "99"])
    assert found.field == "paragraphs" and "99" in found.message
    happened(cast, "agreement_partly_terminated", TODAY - timedelta(days=1), paragraphs=["10"])
    assert refused(cast, "patch_publicly_released", TODAY, "CVE-1", category="Critical").field == "happened"
    assert Duty.objects.filter(obligation__paragraph__number="7.1.3", phase=Phase.OPEN).exists()


def test_a_termination_after_the_end_is_refused(cast):
    assert refused(cast, "agreement_terminated", date(2026, 3, 14)).field == "happened"
    happened(cast, "agreement_terminated", date(2026, 3, 12))


def test_a_partial_termination_ends_the_series_of_its_paragraphs():
    cast = play()
    happened(cast, "agreement_partly_terminated", TODAY, paragraphs=["7"])
    scans = Duty.objects.filter(obligation__paragraph__number="7.1.3", due_date__gt=TODAY)
    assert {duty.phase for duty in scans} <= {Phase.WITHDRAWN}
