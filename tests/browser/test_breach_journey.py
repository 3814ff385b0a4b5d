"""A breach, reported on a phone, worked through by both sides and closed with its PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PICTURES
from tests.browser.test_everyone import faults
from tests.cast import play

pytestmark = pytest.mark.processes
TUESDAY = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 16)
PHONE = 375
WHAT = "Personnel list sent to a wrong address"


def tick(visitor, step: str, at: str, who: str, note: str = "") -> None:
    visitor.page.get_by_role("link", name=re.compile(f"^Tick off.*{re.escape(step)}")).click()
    visitor.day("When was it done?", TUESDAY.date())
    visitor.fill("At what time? (optional)", at)
    visitor.fill("Who did it?", who)
    visitor.fill("Note (optional)", note)
    visitor.press("Tick off")
    expect(visitor.page.locator("main")).to_contain_text(f"Done at {at} on 17 March 2026 by {who}")


def moved(visitor, button: str, question: str, at: str) -> None:
    visitor.follow(button)
    visitor.day(question, TUESDAY.date())
    visitor.fill("At what time? (optional)", at)
    visitor.press(button)
    expect(visitor.page.locator("main")).to_contain_text("It is on the record.")


def test_a_breach_is_reported_on_a_phone_and_closed_with_its_pdf(
    visitor: Callable, travel: Callable, worker_at: Callable, uploads, tmp_path, monkeypatch
):
    monkeypatch.setenv("UPLOADS_DIR", str(uploads))  # for the worker
    travel(TUESDAY)
    play(now=TUESDAY, tracked_from=date(2026, 3, 2))
    priya = visitor("priya", width=PHONE, height=720).sign_in()
    expect(priya.page).to_have_title(re.compile("^What is due"))

    # One short page.
    priya.follow("Breaches")
    priya.follow("Report a breach")
    assert faults(priya.page) == []
    priya.fill("What happened?", WHAT)
    priya.day("When was it noticed?", TUESDAY.date())
    priya.fill("At what time was it noticed? (optional)", "8am")
    priya.fill("Who noticed it?", "The service desk")
    priya.choose("It succeeded")
    priya.choose("Information was lost or disclosed")
    priya.choose("Yes")
    priya.day("When did it happen, or when at the earliest? (optional)", MONDAY)
    priya.choose("No: everybody on this contract may know of it")
    priya.picture("breach-report-375")
    priya.press("Report it")

    # Every clock at once.
    expect(priya.page.locator("h1")).to_contain_text(WHAT)
    assert "Reported as B-2026-001. The clocks below run." in priya.words
    for title in (
        "Tell the other party of a breach (B-2026-001)",
        "Take all reasonable steps against the breach (B-2026-001)",
        "Give the Authority full details of the breach (B-2026-001)",
        "Tell the national authority of a breach (B-2026-001)",
    ):
        assert title in priya.words, title
    assert "Wednesday 18 March 2026" in priya.words
    assert "Not begun: the Authority is not on the record as aware of it yet." in priya.words
    assert faults(priya.page) == []
    priya.picture("breach-reported-375")
    address = priya.page.url

    # The steps, each with who and when.
    tick(priya, "Tell the other party", "8:20am", "Priya Nair", "By telephone, then by mail.")
    assert "The 72 hours end at 8:20am on 20 March 2026" in priya.words
    tick(priya, "Keep the harm as small as possible", "8:40am", "The platform team", "The mail was recalled.")
    tick(priya, "Tell the national authority (NCSC)", "9am", "Tom Ashdown", "Report 4711")
    priya.follow("Write the details, relief and cost")
    priya.fill(
        "What happened, in full (optional)",
        "A list of 40 names went to an old address. It was deleted there.",
    )
    priya.fill("Root cause (optional)", "Two lists had nearly the same name.")
    priya.picture("breach-texts-375")
    priya.press("Save")
    moved(priya, "Record that it is contained", "When had all reasonable steps been taken?", "9:15am")
    moved(priya, "Record that full details were given", "When were full details given?", "9:45am")
    assert "Contained, details given" in " ".join(priya.page.locator("main .govuk-tag").all_text_contents())

    # The authority closes it and asks for the report; a worker makes it.
    ada = visitor("ada", width=PHONE, height=720).sign_in()
    ada.page.goto(address)
    ada.follow("Close the breach")
    ada.fill("Why?", "The list was deleted, and both lists were renamed.")
    ada.press("Close the breach")
    ada.press("Make the PDF")
    expect(ada.page.locator("main")).to_contain_text("Waiting for a worker to take it up.")
    ada.picture("breach-waiting-375")
    with worker_at(TUESDAY):
        link = ada.page.get_by_role("link", name=re.compile("^Download the closing report"))
        expect(link).to_be_visible(timeout=60_000)
    assert faults(ada.page) == []
    ada.picture("breach-closed-375")
    with ada.page.expect_download() as download:
        link.click()
    pdf = tmp_path / "closing.pdf"
    download.value.save_as(pdf)
    looked_at(pdf)


def looked_at(pdf) -> None:
    """The PDF says what happened, on pages that can be drawn; the pictures are kept to look at."""
    if not (shutil.which("pdftotext") and shutil.which("pdftoppm")):
        assert pdf.read_bytes().startswith(b"%PDF-")
        return
    text = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True).stdout.split())
    for said in (
        "Closing report: breach B-2026-001",
        WHAT,
        "Two lists had nearly the same name.",
        "9am on 17 March 2026 by Tom Ashdown",
        "The list was deleted, and both lists were renamed.",
        "18 March 2026",
        "Met on time",
        "the 72 hours from 8:20am on 17 March 2026 end at 8:20am on 20 March 2026",
    ):
        assert said in text, (said, text)
    PICTURES.mkdir(parents=True, exist_ok=True)
    subprocess.run(["pdftoppm", "-png", "-r", "70", pdf, PICTURES / "breach-closing"], check=True)
