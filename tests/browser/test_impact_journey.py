"""A variation from its draft through its impact and both signatures to the PDF and the ended duties."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader

from obligations.models import Duty, Phase
from tests.cast import happened, play

WEDNESDAY = datetime(2026, 3, 18, 10, 0, tzinfo=UTC)


def tick(visitor, citation: str) -> None:
    visitor.page.locator(f'input[name="paragraphs"][value="{citation}"]').check()


def sign(visitor, day: date) -> None:
    visitor.follow("Sign it")
    expect(visitor.page.locator("main .duly-hash")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    visitor.fill("Full name", visitor.who.title())
    visitor.fill("Job title", "Director")
    visitor.day("Date", day)
    visitor.choose("I have read the text above and sign exactly that text")
    visitor.press("Sign")


def test_from_the_draft_to_the_ended_duties(visitor: Callable, travel: Callable):
    travel(WEDNESDAY)
    cast = play(now=WEDNESDAY, tracked_from=date(2026, 3, 2))
    happened(cast, "external_vulnerability_scan_completed", date(2026, 3, 5), "scan", now=WEDNESDAY)

    ada = visitor("ada").sign_in()
    ada.follow("Variations")
    ada.follow("Draft a variation")
    ada.fill("Number", "001")
    ada.fill("Title", "Two sections not used")
    for summary in ada.page.locator("summary").all():
        if summary.evaluate("one => !one.parentElement.open"):
            summary.click()
    tick(ada, "dmp_schedule_23/main/5")
    tick(ada, "dmp_schedule_23/main/7")
    ada.page.get_by_label("Which limit").select_option("dmp_schedule_23/main/10.3|10.3-important")
    ada.fill("The new number (optional)", "14")
    ada.picture("variation-1-draft")
    ada.press("Save the draft")

    ada.follow("What it would do, before anyone signs")
    assert "Nothing has been changed" in ada.words
    assert "Apply Important patches: 30 days becomes 14 days." in ada.words
    assert re.search("5 Duties that would end .* 41 paragraphs no longer used", ada.words)
    ada.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    ada.picture("variation-2-impact")
    ada.page.go_back()
    ada.press("Share it, ready to sign")

    grace = visitor("grace", width=375).sign_in()
    grace.page.goto(ada.page.url)
    sign(grace, date(2026, 3, 17))
    assert "It takes effect once both sides have signed" in grace.words
    grace.picture("variation-3-half-signed-phone")

    ada.page.reload()
    sign(ada, date(2026, 3, 18))
    assert "in force from 18 March 2026" in ada.words and "Duties it ended" in ada.words
    ada.picture("variation-4-in-force")
    ended = Duty.objects.filter(contract=cast.contract, ended_by__number="001")
    assert ended.exists() and {one.phase for one in ended} == {Phase.ENDED}
    assert ended.filter(obligation__rule_key="7.1.3", due_date=date(2026, 4, 5)).exists()

    ada.follow("The Variation Form, to read, print or keep as a PDF")
    ada.picture("variation-5-form")
    with ada.page.expect_download() as download:
        ada.page.get_by_role("link", name="Download as PDF").click()
    content = download.value.path().read_bytes()
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "Variation Form No: 001" in text and "In effect from 18 March 2026" in " ".join(text.split())

    ada.page.goto(f"/contracts/{cast.contract.pk}/as-at")
    ada.day("Beside the contract on (optional)", date(2026, 3, 17))
    ada.press("Show")
    assert "18 March 2026 beside 17 March 2026" in ada.words
    ada.picture("variation-7-two-days")
