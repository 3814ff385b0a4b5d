"""One name for one thing on the record: kept as it was first written, found under every spelling."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.access import open_contract
from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord, KnownName, Phase
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.recording.names import open_names
from tests.cast import NOON, SYSTEM, happened, patch_released, play

pytestmark = pytest.mark.django_db
CVE = "CVE-2026-7001"
DAY = date(2026, 3, 13)


@pytest.mark.parametrize("spelt", ["cve-2026-7001", "CVE\u20112026\u20117001", "CVE-2026-\u200b7001"])
def test_what_is_recorded_under_another_spelling_is_about_the_same(spelt):
    cast = play()
    duty = patch_released(cast, CVE)
    applied = happened(cast, "patch_applied", DAY, spelt).fact
    assert Duty.objects.get(pk=duty.pk).phase == Phase.MET
    assert (applied.subject, applied.details["subject"]) == (CVE, CVE)
    assert not happened(cast, "patch_applied", DAY, CVE).created


def test_a_name_of_nothing_that_anybody_sees_is_no_name():
    cast = play()
    with pytest.raises(Refused) as caught:
        happened(cast, "patch_applied", DAY, "\u200b \u2060")
    assert caught.value.field == "subject"


def test_what_was_recorded_before_names_were_compared_is_one_thing_now():
    """Rows of two spellings, as they were kept: the record stays as it is, the duty is one."""
    cast = play()
    duty = patch_released(cast, CVE)
    FactRecord.objects.create(
        contract=cast.contract,
        kind="patch_applied",
        subject="cve-2026-7001",
        happened_on=DAY,
        details={"subject": "cve-2026-7001"},
        recorded_at=NOON,
        recorded_by=cast.priya,
        recorded_by_name="Priya Nair",
        recorded_side="supplier",
    )
    KnownName.objects.create(contract=cast.contract, name="cve-2026-7001", folded="cve-2026-7001")
    reconcile(cast.contract, NOON, SYSTEM, subjects={CVE}, because="Names are compared")
    assert Duty.objects.get(pk=duty.pk).phase == Phase.MET
    assert FactRecord.objects.filter(subject="cve-2026-7001").count() == 1


def test_the_names_that_are_open_are_offered_where_one_is_followed_up():
    cast = play()
    patch_released(cast, "CVE-2026-0002")
    patch_released(cast, CVE)
    closed = patch_released(cast, "CVE-2026-0003")
    happened(cast, "patch_applied", DAY, closed.subject)
    happened(cast, "security_approval_obtained", DAY, "Portal", by="ada")
    access = open_contract(cast.priya, cast.contract.pk, NOON)
    assert open_names(cast.contract, "patch_applied", access) == ["CVE-2026-0002", CVE]
    assert open_names(cast.contract, "patch_publicly_released", access) == []
    happened(
        cast, "vulnerability_identified", DAY, "CVE-2026-0004", fixed_version="2"
    )  # its day is to be found
    assert open_names(cast.contract, "patch_publicly_released", access) == ["CVE-2026-0004"]
    assert open_names(cast.contract, "data_processing_proposed", access) == ["Portal"]
    # A certificate opens the same gate and is no use of the system.
    happened(cast, "certificate_issued", DAY, "Cyber Essentials", expires="2027-03-12")
    assert open_names(cast.contract, "data_processing_proposed", access) == ["Portal"]
