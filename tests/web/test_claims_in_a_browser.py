"""The pages of claims in a real Chromium: no axe violation, nothing that spills over; answered by keyboard
and without scripts.
"""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from obligations.models import Claim, ClaimState
from tests.cast import claimed, patch_released, play
from tests.web import test_accessibility
from tests.web.test_accessibility import at_noon, faults, open_page  # noqa: F401

pytestmark = test_accessibility.pytestmark

ADVERSE = "patch_adverse_effect_identified"
DAY = date(2026, 3, 16)


def test_the_pages_of_claims(open_page, uploads):  # noqa: F811
    cast = play()
    duty = patch_released(cast)
    claim = claimed(cast, ADVERSE, DAY, test_plan_followed=True)
    claimed(cast, "vulnerability_not_exploitable_demonstrated", DAY, accepted_by="ben")
    contract = cast.contract.pk

    def at(name: str, *more: object) -> str:
        return reverse(name, args=[contract, *more])

    theirs = [
        at("board"),
        at("claims"),
        at("claim", claim.pk),
        at("claim_answer", claim.pk),
        at("duty", duty.pk),
    ]
    ours = [at("record_kind", ADVERSE), at("claim_withdraw", claim.pk), at("claim", claim.pk)]
    page = open_page(cast.ada)
    found = [fault for address in theirs for fault in faults(page, address)]
    page = open_page(cast.priya)
    found += [fault for address in ours for fault in faults(page, address)]
    assert found == []


def test_a_claim_is_answered_without_scripts_by_keyboard(open_page, uploads):  # noqa: F811
    cast = play()
    patch_released(cast)
    claim = claimed(cast, ADVERSE, DAY, test_plan_followed=True)
    page = open_page(cast.ada, scripts=False)
    page.goto(reverse("claim_answer", args=[cast.contract.pk, claim.pk]))
    page.locator("[name=event]").first.focus()
    page.keyboard.press("Space")
    page.locator("main button[type=submit]").focus()
    page.keyboard.press("Enter")
    page.get_by_text("It is accepted.").wait_for()
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.ACCEPTED
