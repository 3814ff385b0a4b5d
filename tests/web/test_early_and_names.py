"""On the pages: what was done before it was owed is asked about; names that are open are offered (R36)."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from obligations.models import Duty, Evidence, FactRecord, Phase
from tests.cast import happened, patch_released
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
CVE = "CVE-2026-0001"
NOTE = day_boxes("done", date(2020, 1, 1)) | {
    "done_by": "The platform team",
    "kind": "note",
    "note": "Patched.",
}
APPLIED = day_boxes("happened", date(2026, 3, 13))


def log(duty: Duty) -> str:
    return reverse("log_evidence", args=[duty.contract_id, duty.pk])


def the_duty() -> Duty:
    return Duty.objects.get(subject=CVE)


def record(cast) -> str:
    return reverse("record_kind", args=[cast.contract.pk, "patch_applied"])


def test_evidence_of_a_wrong_year_is_asked_about_and_what_was_entered_stays(cast, browse):
    duty, client = patch_released(cast), browse(cast.priya)
    asked = client.post(log(duty), NOTE)
    [(said, target)] = errors(asked).items()
    assert "1 January 2020 lies before this duty began (12 March 2026)" in said and target.startswith(
        "id_done_before_owed"
    )
    assert "Patched." in words(asked) and "Yes, it was done on that day and counts" in words(asked)
    assert not Evidence.objects.exists()
    kept = client.post(log(duty), NOTE | {"done_before_owed": "no"}, follow=True)
    assert "It meets nothing until somebody confirms that it counts." in words(kept)
    assert "Does not count yet" in words(kept) and the_duty().phase == Phase.OPEN


def test_what_was_kept_is_confirmed_from_the_duty(cast, browse):
    duty = patch_released(cast)
    fact = happened(cast, "patch_applied", date(2026, 3, 11), CVE).fact
    address = reverse("confirm_early", args=[cast.contract.pk, duty.pk, str(fact.pk)])
    page = browse(cast.priya).get(reverse("duty", args=[cast.contract.pk, duty.pk]))
    assert address in page.content.decode()
    assert (
        address
        not in browse(cast.ada).get(reverse("duty", args=[cast.contract.pk, duty.pk])).content.decode()
    )
    assert "Confirm that it counts" in words(browse(cast.priya).get(address))
    done = browse(cast.priya).post(address, follow=True)
    assert "It is confirmed, and counts on the day it was done." in words(done)
    assert the_duty().phase == Phase.MET
    assert "There is nothing to confirm here any more." in words(browse(cast.priya).get(address, follow=True))


def test_a_fact_from_before_is_asked_about(cast, browse):
    patch_released(cast)
    early = day_boxes("happened", date(2026, 3, 11)) | {"known_subject": CVE}
    asked = browse(cast.priya).post(record(cast), early)
    assert any("lies before this duty began" in said for said in errors(asked))
    browse(cast.priya).post(record(cast), early | {"done_before_owed": "yes"})
    assert the_duty().phase == Phase.MET


def test_a_name_that_is_nearly_one_on_the_record_is_asked_about(cast, browse):
    patch_released(cast)
    client, address = (
        browse(cast.priya),
        reverse("record_kind", args=[cast.contract.pk, "patch_publicly_released"]),
    )
    sent = APPLIED | {"subject": "cve 2026 0001", "category": "Critical"}
    [said] = errors(client.post(address, sent))
    assert said == f"“cve 2026 0001” is nearly “{CVE}”, which is on the record. Is it something else?"
    assert FactRecord.objects.count() == 1
    client.post(address, sent | {"subject": "cve\u20112026\u20110001"})  # another hyphen is the same name
    assert FactRecord.objects.filter(subject=CVE).count() == 2
    client.post(address, sent | {"new_subject": "yes"})
    client.post(address, sent | {"subject": "CVE-2026-00010"})  # further away than signs
    assert set(FactRecord.objects.values_list("subject", flat=True)) == {
        CVE,
        "cve 2026 0001",
        "CVE-2026-00010",
    }


def test_open_names_are_offered_and_another_is_asked_about(cast, browse):
    patch_released(cast)
    client = browse(cast.priya)
    assert CVE in words(client.get(record(cast)))
    asked = client.post(record(cast), APPLIED | {"subject": "CVE-2026-1000"})
    [(said, _)] = errors(asked).items()
    assert said == f"“CVE-2026-1000” is not among what is open here: “{CVE}”. Is it new?"
    assert FactRecord.objects.count() == 1
    client.post(record(cast), APPLIED | {"subject": "CVE-2026-1000", "new_subject": "yes"})
    assert FactRecord.objects.filter(subject="CVE-2026-1000").exists()


@pytest.mark.parametrize("sent", [{"known_subject": CVE}, {"subject": "cve\u20112026-0001"}])
def test_a_name_that_is_open_is_recorded_as_it_was_first_written(cast, browse, sent):
    patch_released(cast)
    browse(cast.priya).post(record(cast), APPLIED | sent)
    assert FactRecord.objects.get(kind="patch_applied").subject == CVE
    assert the_duty().phase == Phase.MET


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose what it is about, or enter something else."),
        (
            {"known_subject": CVE, "subject": "Another"},
            f"Choose “{CVE}”, or “Something else” and enter its name.",
        ),
    ],
)
def test_one_name_is_needed(cast, browse, sent, says):
    patch_released(cast)
    assert list(errors(browse(cast.priya).post(record(cast), APPLIED | sent))) == [says]


def test_a_day_in_the_future_is_told_by_the_label(cast, browse):
    patch_released(cast)
    far = day_boxes("happened", date(2099, 1, 1)) | {"known_subject": CVE}
    [(said, _)] = errors(browse(cast.priya).post(record(cast), far)).items()
    assert "patch_applied" not in said and "lies in the future" in said
