"""One incident on three contracts: entered once, shown before it is kept, with its own dates on each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from obligations.breaches.models import Breach
from tests.browser.test_everyone import faults
from tests.cast import organisation, play

pytestmark = pytest.mark.processes
TUESDAY = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)
WHAT = "A laptop stolen from a car"


def test_one_incident_is_recorded_once_for_three_contracts(visitor: Callable, travel: Callable):
    travel(TUESDAY)
    first = play(now=TUESDAY, tracked_from=date(2026, 3, 2))
    quarrydale = organisation("Quarrydale Council")
    others = [
        play(now=TUESDAY, reference="QX-2026-200", title="Bridge tolls", authority=quarrydale),
        play(now=TUESDAY, reference="ZZ-2026-300", title="Harbour dues"),
        play(now=TUESDAY, reference="AA-2026-100", title="Not touched"),
    ]
    first.priya.organisation = first.contract.supplier
    first.priya.save()
    priya = visitor("priya").sign_in()
    priya.follow("Record once for several contracts of Harbourlight Systems")
    assert faults(priya.page) == []
    priya.picture("once-list")
    priya.follow("An incident")
    priya.fill("What happened?", WHAT)
    priya.day("When was it noticed?", TUESDAY.date())
    priya.fill("At what time was it noticed? (optional)", "8am")
    priya.fill("Who noticed it?", "The service desk")
    priya.choose("It succeeded")
    priya.choose("Information was lost or disclosed")
    priya.choose("Yes")
    priya.day("When did it happen, or when at the earliest? (optional)", date(2026, 3, 16))
    assert faults(priya.page) == []
    priya.picture("once-form")
    priya.press("See what each contract would get")
    expect(priya.page.locator("h1")).to_contain_text("What each contract would get")
    assert faults(priya.page) == []
    assert priya.words.count("came to owe “Give the Authority full details of the breach” (B-2026-001)") == 4
    priya.picture("once-look")
    assert not Breach.objects.exists()
    for cast in (first, *others[:2]):
        priya.page.get_by_label(re.compile(cast.contract.reference)).check()
    priya.press("Record it on these contracts")
    expect(priya.page.locator("main")).to_contain_text(WHAT)
    expect(priya.page.locator(".govuk-notification-banner, .duly-message").first).to_contain_text(
        f"“{WHAT}” is on the record of 3 contracts."
    )
    assert "On QX-2026-200, WF-2026-014, ZZ-2026-300" in priya.words
    assert Breach.objects.count() == 3
    priya.follow("QX-2026-200")
    assert "Give the Authority full details of the breach (B-2026-001)" in priya.words

    # The other side of one contract sees its own breach, and nothing of the other two.
    ada = visitor("ada", width=375, height=720).sign_in()
    ada.page.goto(f"/contracts/{others[1].contract.pk}/breaches")
    assert WHAT in ada.words and "WF-2026-014" not in ada.words and "QX-2026-200" not in ada.words
    ada.page.goto(f"/organisations/{first.contract.supplier_id}/record-once")
    assert WHAT not in ada.words
