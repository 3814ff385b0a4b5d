"""The API of plans: each with its versions, through the same gate as its pages."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import ParagraphVersion
from tests.cast import ORDER, make_contract, organisation, play
from tests.obligations.plans.conftest import PDF, SMP, Table, at

START = date(2026, 3, 2)


def address(contract) -> str:
    return f"/api/v1/contracts/{contract.pk}/plans/"


@pytest.fixture
def table(db, uploads) -> Table:
    terms = {"agreement_date": date(2026, 2, 2), "start_date": START, "end_date": date(2029, 3, 1)}
    return Table(play(ORDER, now=at(START, 9), **terms))


def test_a_plan_with_its_versions_what_was_decided_by_whom_and_why(table, ask):
    first = table.refuse(table.submit(date(2026, 3, 9)), date(2026, 3, 12), reason="Nobody is named.")
    second = table.approve(table.submit(date(2026, 3, 16)), date(2026, 3, 18), by="ben")
    [plan] = ask(table.cast.olu, address(table.cast.contract)).json()["results"]
    assert {name: plan[name] for name in ("plan", "title", "schedule", "in_force", "state", "adopted")} == {
        "plan": SMP,
        "title": "Security Management Plan",
        "schedule": ORDER,
        "in_force": True,
        "state": "adopted",
        "adopted": 2,
    }
    assert plan["page"].endswith(f"/contracts/{table.cast.contract.pk}/plans/{SMP}")
    newest, oldest = plan["versions"]
    assert oldest == {
        "id": first.pk,
        "number": 1,
        "name": "1.0",
        "round": 1,
        "state": "not_approved",
        "file_name": "plan.pdf",
        "size": len(PDF + b"Version 1"),
        "sha256": first.sha256,
        "uploaded_at": "2026-03-09T12:00:00Z",
        "uploaded_by": "Priya Nair",
        "submitted_on": "2026-03-09",
        "submitted_at": "2026-03-09T12:00:00Z",
        "submitted_by": "Priya Nair",
        "decided_on": "2026-03-12",
        "decided_at": "2026-03-12T12:00:00Z",
        "decided_by": "Ada Fairweather",
        "approved_sha256": None,
        "grounds": ["order_schedule_9/Part A/4.2.1(b)"],
        "reason": "Nobody is named.",
        "approval_reason": "",
        "page": oldest["page"],
    }
    assert oldest["page"].endswith(f"/contracts/{table.cast.contract.pk}/plans/versions/{first.pk}")
    assert (newest["number"], newest["approved_sha256"], newest["grounds"]) == (2, second.sha256, [])
    assert newest["decided_by"] == "Ben Castellan"


def test_a_day_without_its_time_stands_alone_and_what_was_not_done_is_null(table, ask):
    draft = table.draft(date(2026, 3, 10))
    [plan] = ask(table.cast.priya, address(table.cast.contract)).json()["results"]
    [version] = plan["versions"]
    assert (plan["state"], plan["adopted"], version["id"]) == ("draft", None, draft.pk)
    undone = ("submitted_on", "submitted_at", "submitted_by", "decided_on", "decided_at", "decided_by")
    assert {version[name] for name in undone} == {None}
    from obligations.plans.services.versions import submit_version

    submit_version(draft, table.cast.as_("priya"), at(date(2026, 3, 12)), on=date(2026, 3, 10))
    [version] = ask(table.cast.priya, address(table.cast.contract)).json()["results"][0]["versions"]
    assert (version["submitted_on"], version["submitted_at"]) == ("2026-03-10", None)


def test_a_plan_without_a_version_and_a_contract_without_a_plan(table, ask):
    [plan] = ask(table.cast.ada, address(table.cast.contract)).json()["results"]
    assert (plan["versions"], plan["state"], plan["adopted"]) == ([], None, None)
    ParagraphVersion.objects.filter(paragraph__path="Part A/4").update(used=False)
    [plan] = ask(table.cast.ada, address(table.cast.contract)).json()["results"]
    assert plan["in_force"] is False
    other = make_contract("riverside_schedule_7", reference="OTHER")
    assert ask(other.ada, address(other.contract)).json() == {"results": []}


def test_every_member_sees_what_the_pages_show_and_nobody_else(table, ask):
    table.submit(date(2026, 3, 9))
    for who in ("priya", "tom", "grace", "ada", "ben", "olu", "mina"):
        answer = ask(table.cast.people[who], address(table.cast.contract))
        assert answer.status_code == 200 and len(answer.json()["results"][0]["versions"]) == 1, who
    assert ask(table.cast.zed, address(table.cast.contract)).status_code == 404
    assert ask(None, address(table.cast.contract)).status_code == 401
    assert ask(table.cast.priya, "/api/v1/contracts/999999/plans/").status_code == 404


def test_another_contracts_plans_are_not_there(table, ask):
    table.submit(date(2026, 3, 9))
    other = play(ORDER, now=at(START, 9), reference="OTHER", authority=organisation("Elsewhere Board"))
    table.cast.contract.memberships.filter(person=table.cast.priya).delete()
    assert ask(table.cast.priya, address(table.cast.contract)).status_code == 404
    [plan] = ask(table.cast.priya, address(other.contract)).json()["results"]
    assert plan["versions"] == []
    table.cast.contract.memberships.filter(person=table.cast.tom).update(to_day=date(2026, 3, 1))
    assert ask(table.cast.tom, address(table.cast.contract)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(table, method):
    from rest_framework.test import APIClient

    client = APIClient()
    client.force_authenticate(table.cast.priya)
    assert getattr(client, method)(address(table.cast.contract), {}).status_code == 405


def test_the_number_of_queries_does_not_grow(table, ask):
    table.refuse(table.submit(date(2026, 3, 9)), date(2026, 3, 10))
    ask(table.cast.priya, address(table.cast.contract))
    with CaptureQueriesContext(connection) as one:
        ask(table.cast.priya, address(table.cast.contract))
    for day in (12, 16, 18, 20):
        table.approve(table.submit(date(2026, 3, day)), date(2026, 3, day + 1))
    with CaptureQueriesContext(connection) as many:
        [plan] = ask(table.cast.priya, address(table.cast.contract)).json()["results"]
    assert len(plan["versions"]) == 5
    assert len(many) == len(one) <= 6


def test_the_page_about_the_api_tells_of_them(table, client):
    client.force_login(table.cast.priya)
    page = client.get("/api/docs").content.decode()
    for word in (
        "/api/v1/contracts/{contract_id}/plans/",
        "The rulebook that asks for it.",
        "sha256",
        "in_force",
        "draft, submitted, not_approved, refused_again, in_dispute, adopted, replaced, discarded",
    ):
        assert word in page, word
