"""Variation 001, drafted by the authority and signed by both sides in the browser."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime

from playwright.sync_api import expect

from obligations.models import Duty
from obligations.services.reconciling.recurring import raise_recurring
from tests.browser.conftest import Visitor
from tests.cast import Cast, happened, play

MONDAY = datetime(2026, 3, 9, 11, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
SPRING = datetime(2026, 6, 22, 9, 0, tzinfo=UTC)
SCAN = "Have the system scanned from outside (scan)"
CHECK = "Have the system tested by a CHECK member"
PATCH = "Apply Critical patches (CVE-2026-0001)"


def a_running_contract() -> Cast:
    """Scanned on 20 February; the CHECK test is overdue since 3 March; a patch came out on the 6th."""
    cast = play(now=MONDAY, start_date=date(2025, 3, 3), agreement_date=date(2025, 3, 3))
    happened(cast, "external_vulnerability_scan_completed", date(2026, 2, 20), "scan", now=MONDAY)
    happened(
        cast, "patch_publicly_released", date(2026, 3, 6), "CVE-2026-0001", now=MONDAY, category="Critical"
    )
    return cast


def duty_rows(visitor: Visitor, standing: str = "") -> dict[str, str]:
    """What a list of duties says, by the duty."""
    visitor.page.goto(f"/contracts/{visitor.contract}?standing={standing}")
    said: defaultdict[str, str] = defaultdict(str)
    for row in visitor.page.locator("main .duly-row").all_inner_texts():
        said[row.splitlines()[0]] += " ".join(row.split())
    return dict(said)


def sign(visitor: Visitor, job_title: str, day: date, picture: str) -> None:
    visitor.press("Sign it")
    visitor.fill("Job title", job_title)
    visitor.day("Date", day)
    visitor.choose("I have read the text above and sign exactly that text")
    visitor.picture(picture)
    visitor.press("Sign")


def paragraph_on(visitor: Visitor, day: date) -> str:
    """What the page of paragraph 7.1.3 says as at a day, asked in its form."""
    visitor.page.goto(f"/contracts/{visitor.contract}/paragraphs/dmp_schedule_23/main/7.1.3")
    visitor.day("Show it as it stands on", day)
    visitor.press("Show that day")
    return visitor.words


def test_both_sides_sign_variation_001_and_the_monthly_scan_stops(visitor: Callable, travel: Callable):
    travel(MONDAY)
    cast = a_running_contract()
    ada, priya = visitor("ada").sign_in(), visitor("priya").sign_in()
    ada.contract = priya.contract = cast.contract.pk
    before = duty_rows(priya)
    assert "Friday 20 March 2026" in before[SCAN] and "Overdue" in before[CHECK]

    # The authority drafts it. The supplier does not see a draft.
    ada.follow("Variations")
    ada.press("Draft a variation")
    ada.fill("Number", "001")
    ada.fill("Title", "Sections 5 and 7 not used")
    for number in ("5", "7"):
        ada.page.locator(f'input[name=paragraphs][value="dmp_schedule_23/main/{number}"]').check()
    ada.choose("They are not used any more")
    ada.press("Save the draft")
    address = ada.page.url
    assert priya.page.request.get(address).status == 404

    # Shared, it is signed by the supplier, and nothing changes yet.
    ada.press("Share it, ready to sign")
    priya.page.goto(address)
    sign(priya, "Head of Security", MONDAY.date(), "sign-1100")
    expect(priya.page).to_have_url(address)
    assert "It takes effect once both sides have signed." in priya.words
    assert duty_rows(priya) == before

    # The next day the authority signs. What only the variation could stop has stopped; what was owed is owed.
    travel(TUESDAY)
    ada.page.goto(address)
    ada.sign_in()
    sign(ada, "Commercial Director", TUESDAY.date(), "sign-authority-1100")
    assert "Both sides have signed. Variation 001 is in force from 10 March 2026." in ada.words
    ended = ada.page.locator("h2:has-text('Duties it ended') + ul").inner_text()
    assert SCAN in ended and CHECK not in ended and PATCH not in ended
    ada.picture("variation-in-force-1100")
    open_now = duty_rows(ada)
    assert SCAN not in open_now
    assert "Overdue" in open_now[CHECK] and "Friday 13 March 2026" in open_now[PATCH]
    assert "Friday 20 March 2026" in duty_rows(ada, "ended")[SCAN]
    ada.follow(SCAN)
    assert "Ended by Variation 001. The date is kept for the record." in ada.words

    # The page of a paragraph, on the last day it was used and on the first it was not.
    assert "Not used" not in paragraph_on(ada, MONDAY.date()).partition("Over time")[0]
    assert "As it stands on 9 March 2026." in ada.words
    stopped = paragraph_on(ada, TUESDAY.date())
    assert "Not used from 10 March 2026 by Variation 001" in stopped
    assert "From 3 March 2025 to 9 March 2026 Used. The contract as made." in stopped
    ada.picture("paragraph-not-used-1100")
    ada.follow("Ledger")
    assert re.search(
        "Commercial Director, signed Variation 001 for the Authority on 10 March 2026", ada.words
    )

    # The clock runs on: no month brings another scan.
    travel(SPRING)
    raise_recurring(SPRING)
    scans = Duty.objects.filter(contract=cast.contract, obligation__rule_key="7.1.3")
    assert [(str(duty.due_date), duty.phase) for duty in scans.order_by("due_date")][-1] == (
        "2026-03-20",
        "ended",
    )
