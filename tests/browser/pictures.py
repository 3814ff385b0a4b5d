"""Makes the README's picture from the demo: script/test tests/browser/pictures.py"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from compliance import places
from contracts.models import Contract
from obligations.demo.load import load

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PICTURE = places.ROOT / "docs" / "images" / "what-is-due.png"


def test_picture_of_what_is_due(new_page, transactional_db, travel, uploads):
    travel(TUESDAY)
    load(TUESDAY)
    contract = Contract.objects.get(reference="TCC-2041")
    lead = contract.memberships.get(role="lead").person
    page = new_page(width=1280, height=1120)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(lead.email)
    page.get_by_label("Password", exact=True).fill(settings.DEMO_PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.goto(f"/contracts/{contract.pk}")
    PICTURE.parent.mkdir(exist_ok=True)
    last = page.locator("main .duly-row").nth(2).bounding_box()
    page.screenshot(path=PICTURE, clip={"x": 0, "y": 0, "width": 1280, "height": last["y"] + last["height"]})
    assert PICTURE.stat().st_size < 200_000
