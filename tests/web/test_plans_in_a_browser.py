"""The pages of plans in a real Chromium: no axe violation, nothing that spills over, wide and on a phone."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from obligations.plans.services import decisions, upkeep
from tests.cast import NOON, ORDER, play
from tests.obligations.plans.conftest import SMP, Table
from tests.web import test_accessibility
from tests.web.test_accessibility import at_noon, faults, open_page  # noqa: F401

pytestmark = test_accessibility.pytestmark


def test_the_pages_of_plans(open_page, uploads):  # noqa: F811
    start = date(2026, 3, 2)
    cast = play(ORDER, now=NOON, agreement_date=date(2026, 2, 2), start_date=start)
    table, day, contract = Table(cast), NOON.date(), cast.contract
    first = table.approve(table.submit(date(2026, 3, 16)), date(2026, 3, 16))
    heads = dict.fromkeys(upkeep.HEADS, "None.")
    review = upkeep.complete_review(contract, cast.as_("priya"), NOON, plan=SMP, **heads)
    change = upkeep.raise_change(
        contract,
        cast.as_("ada"),
        NOON,
        plan=SMP,
        event="require",
        reference="Change 1",
        description="Sooner",
        timescale="by Friday",
    )
    second = table.submit(day)
    marks = {"Part A/4.2.1(b)": ("not_met", "Nobody is named.")}
    decisions.review_requirements(second, cast.as_("ada"), NOON, marks=marks)
    third = table.draft(day)

    def at(name: str, *more: object) -> str:
        return reverse(name, args=[contract.pk, *more])

    hers = [
        at("plans"),
        at("plan", SMP),
        at("plan_upload", SMP),
        at("plan_annual_review", SMP),
        at("plan_change_new", SMP),
        at("plan_version", first.pk),
        at("plan_checklist", third.pk),
        at("plan_act", third.pk, "submit"),
        at("plan_take_back", second.pk),
        at("plan_provide", review.pk),
        at("plan_change_act", change.pk, "implement"),
    ]
    theirs = [at("plan_review", second.pk), at("plan_decide", second.pk), at("plan_version", second.pk)]
    page = open_page(cast.priya)
    found = [fault for address in hers for fault in faults(page, address)]
    page = open_page(cast.ada)
    found += [fault for address in theirs for fault in faults(page, address)]
    assert found == []
