"""Recording by a program: within its scope, as its person, through the same services as the pages."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client

from contracts.models import LedgerEntry
from obligations.models import Duty, Evidence, FactRecord
from tests.cast import NOON, patch_released, play
from tests.support.tokens import key_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def cast():
    return play()


def post(key: str, address: str, **body):
    headers = {"authorization": f"Bearer {key}"}
    return Client().post(address, json.dumps(body), content_type="application/json", headers=headers)


def facts(cast) -> str:
    return f"/api/v1/contracts/{cast.contract.pk}/facts/"


def evidence(cast, duty: Duty) -> str:
    return f"/api/v1/contracts/{cast.contract.pk}/duties/{duty.pk}/evidence/"


PATCH = {
    "kind": "patch_publicly_released",
    "happened": "2026-03-12",
    "details": {"subject": "CVE-2026-0001", "category": "Critical"},
}
DONE = {"kind": "note", "done": "2026-03-16", "done_by": "The platform team", "note": "Done and checked."}


def test_a_fact_makes_its_duty_at_once_and_the_record_names_person_and_token(cast):
    key = key_of(cast.priya, name="Scanner", scope="record")
    made = post(key, facts(cast), **PATCH)
    assert made.status_code == 201, made.json()
    assert Duty.objects.get(cause_id=made.json()["fact"]).due_date == date(2026, 3, 19)
    fact = FactRecord.objects.get()
    assert (fact.recorded_by, fact.recorded_by_name) == (cast.priya, "Priya Nair (token Scanner)")
    assert LedgerEntry.objects.filter(actor=cast.priya, actor_name="Priya Nair (token Scanner)").exists()
    again = post(key, facts(cast), **PATCH)
    assert (again.status_code, again.json()["created"]) == (200, False) and FactRecord.objects.count() == 1


def test_evidence_is_logged_and_what_is_refused_names_its_field(cast):
    duty = patch_released(cast)
    key = key_of(cast.priya, scope="record")
    assert post(key, evidence(cast, duty), **DONE | {"done": "2099-01-01"}).json() == {
        "done": ["This is in the future; enter the day on which it was done."]
    }
    assert set(post(key, evidence(cast, duty)).json()) == {"kind", "done", "done_by"}
    assert set(post(key, facts(cast), **PATCH | {"happened": "yesterday"}).json()) == {"happened"}
    assert set(post(key, facts(cast), **PATCH | {"kind": "nonsense"}).json()) == {"kind"}
    assert not Evidence.objects.exists()
    logged = post(key, evidence(cast, duty), **DONE)
    assert logged.status_code == 201 and Evidence.objects.get(pk=logged.json()["evidence"]).duty == duty


def test_a_token_that_reads_records_nothing_and_no_token_does_more_than_its_person(cast):
    duty = patch_released(cast)
    before = (FactRecord.objects.count(), Evidence.objects.count())
    for who, scope, says in (
        ("priya", "read", "This token does not allow you to"),
        ("olu", "record", "Your role on this contract, auditor, does not allow you to"),
    ):
        key = key_of(cast.people[who], scope=scope)
        for address, body in ((facts(cast), PATCH), (evidence(cast, duty), DONE)):
            answer = post(key, address, **body)
            assert answer.status_code == 403 and says in answer.json()["detail"]
    outsider = key_of(cast.zed, scope="record")
    assert post(outsider, facts(cast), **PATCH).status_code == 404
    assert post(outsider, evidence(cast, duty), **DONE).status_code == 404
    assert (FactRecord.objects.count(), Evidence.objects.count()) == before
