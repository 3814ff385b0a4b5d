"""Where a contract says that a paragraph is a plan's or a breach's, their pages work on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from obligations.breaches.models import Breach
from obligations.models import Duty, FactRecord, Phase
from obligations.plans import selectors as plans
from obligations.plans.models import PlanState
from obligations.plans.services import decisions, versions
from obligations.services.entries.in_force import put_in_force
from tests.cast import NOON, Cast
from tests.obligations.plans.conftest import file
from tests.support.own_book import PLAN, decided, own_cast, own_duty
from tests.web.conftest import day_boxes, words
from tests.web.test_breaches import sent as report

pytestmark = pytest.mark.django_db
SMP = "security-management-plan"
DELIVER = PLAN | {"title": "Deliver the plan", "met_by": ["smp_submitted"], "subject": "plan"}
AMEND = {
    "party": "supplier",
    "title": "Amend the plan",
    "shape": "event",
    "on": ["smp_non_approval_notified"],
    "met_by": ["smp_submitted"],
    "amount": 5,
    "unit": "working_days",
}
TELL = {
    "party": "supplier",
    "title": "Tell of a breach",
    "shape": "event",
    "on": ["breach_of_security_occurred"],
    "met_by": ["breach_notified"],
    "aware_by": ["breach_of_security_aware"],
    "amount": 2,
    "unit": "days",
}


@pytest.fixture
def cast() -> Cast:
    cast = own_cast()
    decided(cast, "main/2", DELIVER, AMEND)
    decided(cast, "main/3", TELL)
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON)
    return cast


def get(cast: Cast, name: str, *args: object, by: str = "priya") -> str:
    client = Client()
    client.force_login(cast.people[by])
    with time_machine.travel(NOON, tick=False):
        response = client.get(reverse(name, args=[cast.contract.pk, *args]))
    assert response.status_code == 200, name
    return words(response)


def test_a_plan_is_sent_refused_amended_and_approved_on_its_page(cast):
    assert "Security Management Plan" in get(cast, "plans")
    page = get(cast, "plan", SMP)
    assert "Deliver the plan" in page and "23 March 2026" in page
    contract, priya, ada = cast.contract, cast.as_("priya"), cast.as_("ada")
    first = versions.upload_version(contract, priya, NOON, plan=SMP, name="1.0", file=file())
    versions.submit_version(first, priya, NOON)
    assert own_duty(cast, "main/2").phase == Phase.MET
    for name in ("plan_version", "plan_checklist", "plan_review", "plan_decide"):
        get(cast, name, first.pk, by="ada")
    later = NOON + timedelta(hours=1)
    decisions.refuse_version(first, ada, later, sha256=first.sha256, grounds=[], reason="It lacks a map")
    # Five Working Days after Tuesday 17 March: 18, 19, 20, 23, 24.
    amend = Duty.objects.get(contract=contract, title="Amend the plan")
    assert amend.due_date == date(2026, 3, 24)
    second = versions.upload_version(contract, priya, later, plan=SMP, name="2.0", file=file(b"With a map"))
    later += timedelta(hours=1)
    versions.submit_version(second, priya, later)
    later += timedelta(hours=1)
    decisions.approve_version(second, ada, later, sha256=second.sha256)
    amend.refresh_from_db()
    second.refresh_from_db()
    assert (amend.phase, second.state) == (Phase.MET, PlanState.ADOPTED)
    kind = plans.kind_at(contract, SMP)
    assert (kind.outline, kind.in_force, kind.disputes, kind.has_reviews) == (
        cast.schedule.outline_key,
        "main/2",
        False,
        False,
    )
    assert "Amend the plan" in get(cast, "plan", SMP)


def test_a_plan_is_there_only_where_the_rulebook_speaks_of_it(cast):
    decided(cast, "main/2", outcome="none", why="It is gone.")
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON, reason="Read again")
    assert plans.kinds_of(cast.contract) == {}
    assert "Security Management Plan" not in get(cast, "plans")


def test_a_refusal_without_requirements_gives_its_reason_on_the_page(cast):
    version = versions.upload_version(
        cast.contract, cast.as_("priya"), NOON, plan=SMP, name="1.0", file=file()
    )
    versions.submit_version(version, cast.as_("priya"), NOON)
    client = Client()
    client.force_login(cast.ada)
    sent = {"outcome": "refuse", "sha256": version.sha256, **day_boxes("on", date(2026, 3, 17))}
    with time_machine.travel(NOON, tick=False):
        address = reverse("plan_decide", args=[cast.contract.pk, version.pk])
        sent["seen"] = client.get(address).context["form"]["seen"].value()
        assert "Give the reason why it is refused." in words(client.post(address, sent))
        client.post(address, sent | {"reason": "It lacks a map"})
    version.refresh_from_db()
    assert (version.state, version.reason) == (PlanState.NOT_APPROVED, "It lacks a map")


def test_a_breach_is_reported_on_its_page_and_starts_the_contract_s_own_clock(cast):
    client = Client()
    client.force_login(cast.priya)
    with time_machine.travel(NOON, tick=False):
        answer = client.post(reverse("report_breach", args=[cast.contract.pk]), report(), follow=True)
    assert "Reported as B-2026-001." in words(answer)
    breach = Breach.objects.get(contract=cast.contract)
    told = own_duty(cast, "main/3")
    # Two days after the breach of Monday 16 March 2026.
    assert (told.subject, told.due_date) == ("B-2026-001", date(2026, 3, 18))
    assert "Tell of a breach" in get(cast, "breach", breach.pk)
    assert FactRecord.objects.filter(kind="breach_of_security_occurred", contract=cast.contract).exists()
