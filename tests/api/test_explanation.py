"""The proof of a date from outside: fact, words, steps with the days left out, decisions, versions."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from obligations.models import Duty
from obligations.rules.engine.edition import this_edition
from obligations.rules.register.rulebook import load_rulebook
from tests.cast import NOON, happened, patch_released, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return play()


def proof(ask, person, duty):
    return ask(person, reverse("api_duty_proof", args=[duty.contract_id, duty.pk]))


def test_the_fact_and_who_recorded_it_and_the_versions(cast, ask):
    duty = patch_released(cast)
    found = proof(ask, cast.olu, duty).json()
    assert found["due_date"] == "2026-03-19" and found["rule"] == "10.3-critical"
    assert found["cause"]["recorded_by"] == "Priya Nair" and found["cause"]["happened"] == "2026-03-12"
    assert [step["rule"] for step in found["steps"]][-2:] == ["R1", "R2"]
    book = load_rulebook("dmp_schedule_23")
    assert found["rulebook"] == {
        "key": book.key,
        "version": book.version,
        "dated": book.dated,
        "digest": book.digest,
    }
    assert (found["edition"], found["date_stands"]) == (this_edition(), None)
    assert found["calendar"]["division"] == "england-and-wales" and found["calendar"]["version"] == 1
    assert found["words"] is None


def test_the_words_as_they_stood(cast, ask):
    duty = patch_released(cast)
    versions = duty.obligation.paragraph.versions
    versions.update(text="Apply patches in good time.")
    assert proof(ask, cast.olu, duty).json()["words"] == {
        "text": "Apply patches in good time.",
        "document": None,
        "variation": None,
    }


def test_every_day_left_out_has_its_name(cast, ask):
    duty = patch_released(cast, "CVE-2", category="Other")
    skipped = [one for step in proof(ask, cast.olu, duty).json()["steps"] for one in step.get("skipped", ())]
    assert {"date": "2026-04-03", "why": "Good Friday"} in skipped


def test_an_extension_names_the_record_that_granted_it(cast, ask, client):
    duty = patch_released(cast)
    happened(
        cast,
        "patch_adverse_effect_identified",
        date(2026, 3, 16),
        "CVE-2026-0001",
        by="ada",
        test_plan_followed=True,
    )
    decided = [step["decided"] for step in proof(ask, cast.olu, duty).json()["steps"] if "decided" in step]
    assert {"patch_adverse_effect_identified"} == {one["kind"] for one in decided}
    assert decided[0]["recorded_by"] == "Ada Fairweather"
    client.force_login(cast.olu)
    page = client.get(reverse("duty", args=[duty.contract_id, duty.pk])).content.decode()
    assert "recorded by Ada Fairweather</a>" in page
    book = load_rulebook("dmp_schedule_23")
    assert f"version {book.version}, digest {book.digest[:12]}." in page
    assert "version 1 of the calendars" in page


def test_a_duty_in_the_list_says_where_its_proof_is(cast, ask):
    duty = patch_released(cast)
    listed = ask(cast.olu, reverse("api_duties", args=[cast.contract.pk])).json()["results"]
    one = next(row for row in listed if row["id"] == duty.pk)
    assert one["proof"].endswith(reverse("api_duty_proof", args=[cast.contract.pk, duty.pk]))
    assert one["rulebook"]["digest"] and one["calendar"]["fingerprint"]


def test_it_takes_few_queries(cast, ask):
    duty = patch_released(cast)
    proof(ask, cast.olu, duty)
    with CaptureQueriesContext(connection) as queries:
        proof(ask, cast.olu, duty)
    assert len(queries) <= 10


def test_somebody_elses_duty_is_not_there(cast, ask):
    duty = patch_released(cast)
    assert proof(ask, cast.zed, duty).status_code == 404
    assert proof(ask, None, duty).status_code in (401, 403)
    other = play(reference="WF-2026-015")
    address = reverse("api_duty_proof", args=[other.contract.pk, duty.pk])
    assert ask(cast.olu, address).status_code == 404
    assert Duty.objects.filter(pk=duty.pk, created_at__lte=NOON).exists()
