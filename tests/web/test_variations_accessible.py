"""The pages of variations with axe, wide and on a phone."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from contracts.services.interpretations import interpret
from tests.cast import DMP, NOON, patch_released, play
from tests.obligations.services.test_variations_in_full import FIGURE, INSERTED, STOP, drafted, signed
from tests.web.conftest import day_boxes
from tests.web.test_accessibility import at_noon, faults, open_page, pytestmark

__all__ = ["at_noon", "open_page", "pytestmark"]


def test_the_pages_of_variations(open_page):  # noqa: F811
    cast = play()
    patch_released(cast, "CVE-1", date(2026, 3, 5), category="Important")
    variation = signed(cast, drafted(cast, *STOP, FIGURE, INSERTED, number="001"))
    later = drafted(cast, STOP[0].__class__(f"{DMP}/main/9.1", "replaced", "Other words"), number="002")
    interpret(
        variation, cast.as_("ada"), NOON, citation=f"{DMP}/main/3.1", words="Risk Management Documentation",
        about="Risk Management Documentation", reading="As it stood.",
    )  # fmt: skip
    contract = cast.contract.pk
    days = urlencode(day_boxes("on", date(2026, 3, 9)) | day_boxes("beside", date(2026, 3, 17)))
    addresses = [
        reverse("variations", args=[contract]),
        reverse("draft_variation", args=[contract]),
        reverse("as_at", args=[contract]) + "?" + days,
        *(
            reverse(name, args=[contract, one.pk])
            for name in ("variation", "variation_impact", "variation_form", "signed_paper")
            for one in (variation, later)
        ),
    ]
    page = open_page(cast.ada)
    assert [fault for address in addresses for fault in faults(page, address)] == []
