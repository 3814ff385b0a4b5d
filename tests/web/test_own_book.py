"""A contract that goes by its own rulebook alone: every page, the API and the record work on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord, Phase
from obligations.services.as_at import as_at
from obligations.services.entries.in_force import put_in_force
from obligations.services.reconciling.sweep import sweep
from tests.cast import DMP, NOON, Cast, happened, play
from tests.support.own_book import FAULT, PLAN, decided, in_force, own_cast, own_duty
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
MONDAY = day_boxes("happened", date(2026, 3, 16))


@pytest.fixture
def cast(db) -> Cast:
    cast = own_cast()
    in_force(cast)
    return cast


def page(client, cast: Cast, name: str, *args: object, **query: str) -> str:
    return words(client.get(reverse(name, args=[cast.contract.pk, *args]), query))


def record(client, cast: Cast, kind: str = "own_crane_fault", **data: str):
    return client.post(reverse("record_kind", args=[cast.contract.pk, kind]), MONDAY | data, follow=True)


def test_own_kinds_are_offered_under_a_heading_of_their_own_and_recorded(cast, browse):
    client = browse(cast.priya)
    offered = page(client, cast, "record")
    assert "What this contract calls its own" in offered and "Crane fault" in offered
    assert "Berth inspected" not in offered  # the Council's to record
    assert "Crane fault" in page(client, cast, "record", q="crane") and "Log entry" not in page(
        client, cast, "record", q="crane"
    )
    told = words(record(client, cast))
    assert "Recorded. This made 1 duty." in told and "Crane fault" in told
    assert own_duty(cast, "main/3").due_date == date(2026, 3, 19)
    assert "already" in words(record(client, cast))
    assert errors(record(client, cast, "own_log_entry_made")) != {}
    assert "HL-9" in words(record(client, cast, "own_log_entry_made", subject="HL-9"))
    assert FactRecord.objects.count() == 2


def test_the_duty_its_proof_and_the_record_say_it_in_the_contract_s_words(cast, browse):
    client = browse(cast.priya)
    record(client, cast)
    duty = own_duty(cast, "main/3")
    shown = page(client, cast, "duty", duty.pk)
    assert "Crane fault" in shown and "19 March 2026" in shown and "Harbour records" in shown
    for name in ("board", "weeks", "facts", "ledger", "versions", "settings", "as_at", "text", "documents"):
        response = client.get(reverse(name, args=[cast.contract.pk]))
        assert response.status_code == 200, name
    assert "Crane fault" in page(client, cast, "facts", q="crane f") and "Nothing" in page(
        client, cast, "facts", q="zebra"
    )
    assert "Version 1, put in force by Priya Nair" in page(client, cast, "versions")
    assert "Put in force what 5 paragraphs" in page(client, cast, "ledger")
    paragraph = f"{cast.schedule.outline_key}/main/3"
    assert FAULT["title"] in page(client, cast, "paragraph", paragraph)
    api = APIClient()
    api.force_login(cast.priya)
    proof = api.get(reverse("api_duty_proof", args=[cast.contract.pk, duty.pk])).json()
    assert proof["cause"]["label"] == "Crane fault"
    assert (proof["rulebook"]["key"], proof["rulebook"]["version"]) == (cast.schedule.outline_key, 1)
    assert proof["rulebook"]["digest"] == cast.contract.own_versions.get().digest


def test_evidence_is_accepted_and_a_record_taken_back(cast, browse):
    client = browse(cast.priya)
    record(client, cast)
    duty = own_duty(cast, "main/3")
    note = {"kind": "note", "note": "Told by telephone", "done_by": "Priya Nair"} | day_boxes(
        "done", date(2026, 3, 17)
    )
    answer = client.post(reverse("log_evidence", args=[cast.contract.pk, duty.pk]), note, follow=True)
    duty.refresh_from_db()
    assert duty.phase == Phase.AWAITING, errors(answer)
    evidence = duty.evidence.get()
    browse(cast.ada).post(
        reverse("decide", args=[cast.contract.pk, evidence.pk]), {"outcome": "accepted", "reason": "Seen"}
    )
    duty.refresh_from_db()
    assert duty.phase == Phase.MET
    record(client, cast, "own_log_entry_made", subject="HL-9")
    fact = FactRecord.objects.get(kind="own_log_entry_made")
    client.post(reverse("withdraw_fact", args=[cast.contract.pk, fact.pk]), {"reason": "It was HL-8"})
    assert own_duty(cast, "main/5").phase == Phase.WITHDRAWN
    assert "Withdrew what was recorded: “Log entry made” (HL-9)" in page(client, cast, "ledger")


def test_what_one_contract_named_is_no_kind_of_another(cast, browse):
    other = play(DMP, reference="WF-2026-015")
    assert (
        browse(other.priya)
        .get(reverse("record_kind", args=[other.contract.pk, "own_crane_fault"]))
        .status_code
        == 404
    )
    with pytest.raises(Refused, match="kind: unknown kind of fact 'own_crane_fault'"):
        happened(other, "own_crane_fault", date(2026, 3, 16))
    assert not FactRecord.objects.exists()


def test_a_kind_that_no_rule_speaks_of_any_more_is_not_offered(cast, browse):
    decided(cast, "main/3", outcome="none", why="It was taken out.")
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON, reason="Read again")
    offered = page(browse(cast.priya), cast, "record")
    assert "Crane fault" not in offered and "Crane tested" in offered


def test_a_day_before_it_was_put_in_force_knew_nothing_of_it(cast):
    found = as_at(cast.contract, date(2026, 3, 17), NOON, known=NOON - timedelta(hours=1))
    assert not found.duties
    assert [duty.title for duty in as_at(cast.contract, date(2026, 3, 17), NOON).duties]


def test_the_sweep_finds_nothing_out_of_step(cast):
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    decided(cast, "main/2", PLAN | {"amount": 11})
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON, reason="Read again")
    assert sweep(NOON) == []
    assert own_duty(cast, "main/2").due_date == date(2026, 3, 24)


def test_recording_costs_the_same_however_many_duties_there_are(cast, browse):
    client = browse(cast.priya)
    for number in range(3):
        record(client, cast, "own_log_entry_made", subject=f"HL-{number}")
    with CaptureQueriesContext(connection) as few:
        record(client, cast, "own_log_entry_made", subject="HL-A")
    for number in range(3, 13):
        happened(cast, "own_log_entry_made", date(2026, 3, 16), f"HL-{number}")
    with CaptureQueriesContext(connection) as many:
        record(client, cast, "own_log_entry_made", subject="HL-B")
    assert len(many) <= len(few)
    assert Duty.objects.filter(obligation__paragraph__path="main/5").count() == 15


def test_the_what_if_offers_the_rules_of_one_s_own_contracts_and_no_other_s(cast, browse):
    rule = f"{cast.schedule.outline_key}/3"
    asked = {"rule": rule, "division": "england-and-wales", **day_boxes("on", date(2026, 3, 16))}
    page = words(browse(cast.priya).get(reverse("what_if"), asked))
    assert "Harbour records, 3: Tell the Council of a crane fault, 3 Working Days" in page
    assert "Thursday 19 March 2026" in page
    assert "Harbour records" not in words(browse(cast.zed).get(reverse("what_if")))
    assert "Choose a rule from the list." in words(browse(cast.zed).get(reverse("what_if"), asked))


def test_the_form_of_a_variation_offers_own_kinds_and_figures(cast, browse):
    page = words(browse(cast.ada).get(reverse("draft_variation", args=[cast.contract.pk])))
    assert "Crane fault" in page and "3 Tell the Council of a crane fault: 3 Working Days" in page
