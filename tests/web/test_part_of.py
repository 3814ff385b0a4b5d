"""From a duty or a fact to the plan or the breach that it is part of, where there is one."""

from __future__ import annotations

from datetime import date
from re import search

import pytest
from django.urls import reverse

from obligations.models import Duty, FactRecord
from tests.cast import DMP, NOON, ORDER, happened, patch_released, play
from tests.obligations.breaches.test_breaches import report
from tests.web.conftest import words

pytestmark = pytest.mark.django_db


def part_of(page) -> str:
    """Where the row "Part of" leads, "" where there is no such row."""
    row = r"(?s)Part of</dt>\s*<dd[^>]*><a class=\"govuk-link\" href=\"([^\"]+)\">"
    found = search(row, page.content.decode())
    return found[1] if found else ""


def duty_page(browse, cast, rule: str, who: str = "priya"):
    duty = Duty.objects.filter(contract=cast.contract, obligation__rule_key=rule).latest("pk")
    return browse(cast.people[who]).get(reverse("duty", args=[cast.contract.pk, duty.pk]))


@pytest.mark.parametrize("rule", ["A-4.3.1", "A-4.3.2-finish", "A-4.4.1"])
def test_every_clock_of_a_plan_leads_to_the_plan_whatever_began_it(browse, rule):
    """Delivery begins with the start date and a review with adoption, which no fact of the plan's page is."""
    cast = play(ORDER, start_date=date(2026, 3, 2), agreement_date=date(2026, 2, 2))
    happened(cast, "smp_submitted", date(2026, 3, 9), "plan")
    happened(cast, "smp_approved", date(2026, 3, 12), "plan", by="ada")
    page = duty_page(browse, cast, rule)
    assert "Part of The plan, its versions and its clocks" in words(page)
    shown = browse(cast.priya).get(part_of(page), follow=True)
    assert shown.redirect_chain == [
        (reverse("plan", args=[cast.contract.pk, "security-management-plan"]), 302)
    ]


def test_the_documentation_of_dmp_23_has_its_own_page(browse):
    cast = play(DMP)
    happened(cast, "risk_management_documentation_submitted", date(2026, 3, 9))
    shown = browse(cast.ada).get(part_of(duty_page(browse, cast, "5.5")), follow=True)
    assert "Risk Management Documentation" in words(shown)
    assert shown.redirect_chain[-1][0].endswith("/plans/risk-management-documentation")


def test_a_duty_of_a_breach_leads_to_the_breach_and_so_does_its_fact(browse):
    cast = play(DMP)
    breach = report(cast)
    page = duty_page(browse, cast, "8.2.2")
    assert f"Part of Breach {breach.reference}" in words(page)
    there = reverse("breach", args=[cast.contract.pk, breach.pk])
    assert browse(cast.priya).get(part_of(page)).url == there
    fact = FactRecord.objects.get(kind="breach_of_security_aware")
    page = browse(cast.ada).get(reverse("fact", args=[cast.contract.pk, fact.pk]))
    assert browse(cast.ada).get(part_of(page)).url == there
    assert browse(cast.zed).get(part_of(page)).status_code == 404


def test_a_breach_that_nobody_reported_leads_nowhere(browse):
    """Its fact was recorded before breaches had their page."""
    cast = play(DMP)
    made = happened(cast, "breach_of_security_occurred", NOON, "B-1").fact
    old = FactRecord(
        contract=cast.contract, kind=made.kind, subject="B-2", happened_on=made.happened_on,
        recorded_at=NOON, recorded_by_name="Priya Nair", recorded_side="supplier",
    )  # fmt: skip
    old.save(force_insert=True)
    page = browse(cast.priya).get(reverse("fact", args=[cast.contract.pk, old.pk]))
    assert part_of(page) == ""
    assert "This was recorded in error" in words(page)


def test_a_duty_of_neither_has_no_such_row(browse):
    cast = play(DMP)
    patch_released(cast)
    assert part_of(duty_page(browse, cast, "10.3-critical")) == ""
    happened(
        cast, "breach_detected_in_systems", date(2026, 3, 12), "B-7"
    )  # met by a fact of the breaches' page
    assert part_of(duty_page(browse, cast, "9.2")) == ""
