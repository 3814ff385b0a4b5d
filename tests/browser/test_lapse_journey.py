"""A certificate lapses at midnight, as both sides see it: reminded of, the gate closed, renewed and open."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from obligations.services.notices.delivery import sweep
from tests.browser.test_everyone import faults
from tests.browser.test_patch_journey import in_order, text
from tests.cast import happened, play

pytestmark = pytest.mark.processes
TUESDAY = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 31, 23, 0, 10, tzinfo=UTC)
"""Ten seconds past 00:00 in London on Wednesday 1 April, in summer time."""
RENEWED = datetime(2026, 4, 15, 9, 0, tzinfo=UTC)
LAPSED = "It may not be operated today: 1 gate is shut, “No Authority data without a certificate in force”"


def mail(box, to: str, says: str) -> str:
    """What the first mail to somebody says whose subject has these words, waited for."""

    until = time.monotonic() + 60
    while time.monotonic() < until:
        for message in box.messages:
            words = " ".join([str(message["Subject"]), text(message)])
            if message["To"] == to and says.lower() in " ".join(words.lower().split()):
                return text(message)
        time.sleep(0.05)
    raise AssertionError(f"no such mail to {to}: {box.subjects}")


def at(visitor, path: str) -> None:
    """Goes to a page; whoever was signed out meanwhile signs in on the way."""
    visitor.page.goto(path)
    if "/accounts/login/" in visitor.page.url:
        visitor.sign_in()


def record(visitor, number: str, issued: date, last: date) -> None:
    visitor.fill("Number", number)
    visitor.day("When was it issued?", issued)
    visitor.day("What is its last day?", last)
    visitor.press("Record it")


def test_a_certificate_lapses_and_the_gate_closes_and_opens_again(
    visitor: Callable, travel: Callable, worker_at: Callable, mail_server
):
    travel(TUESDAY)
    cast = play(now=TUESDAY, tracked_from=date(2026, 3, 2))
    happened(cast, "security_approval_obtained", date(2026, 3, 4), "Portal", by="ada", now=TUESDAY)
    happened(cast, "residual_risk_decision_made", date(2026, 3, 5), "Portal", now=TUESDAY)
    priya, ada = visitor("priya").sign_in(), visitor("ada").sign_in()

    board = f"/contracts/{cast.contract.pk}"

    # The supplier records the certificate: in force, and ending soon.
    priya.follow("Certificates")
    priya.follow("Record a certificate")
    priya.choose("Cyber Essentials")
    priya.fill("What does it cover?", "Whole organisation")
    record(priya, "CE-1", date(2025, 4, 1), date(2026, 3, 31))
    assert "It is in force through 31 March 2026." in priya.words
    at(ada, board)
    assert "It may be operated today: every gate before it is open." in ada.words

    # It is reminded of; nobody renews it, and it lapses at midnight by itself.
    sweep(TUESDAY + timedelta(minutes=1))
    reminder = mail(mail_server.box, "priya@duly.example", "Ends soon")
    assert "through Tuesday 31 March 2026, in 14 days" in " ".join(reminder.split())
    travel(MIDNIGHT)
    with worker_at(MIDNIGHT):
        mail(mail_server.box, "priya@duly.example", "Tell the Authority that certification ceased")

    # Both sides see the same: the gate is shut, and since when.
    for one in (priya, ada):
        at(one, board)
        assert LAPSED in one.words, one.words
        one.follow("Certificates")
        assert "None in force since 1 April 2026." in one.words
        assert "No Cyber Essentials 1 April 2026 still Since then none is in force." in one.words
        assert faults(one.page) == []
    ada.picture("lapse-certificates-1100")

    # The next one is recorded from the last, two weeks later.
    travel(RENEWED)
    link = re.search(r"http://[^/]+(/\S+/certificates)", reminder)
    assert link
    at(priya, link[1])
    priya.follow("Record the next one of Cyber Essentials")
    record(priya, "CE-2", date(2026, 4, 15), date(2027, 4, 14))
    assert "It is in force through 14 April 2027." in priya.words

    # The gate is open again, the gap stays on the record, and the ledger tells it.
    for one in (priya, ada):
        at(one, board)
        assert "It may be operated today: every gate before it is open." in one.words
        one.follow("Certificates")
        assert "No Cyber Essentials 1 April 2026 14 April 2026 14 days without one." in one.words
    ada.picture("lapse-gap-1100")
    at(ada, board)
    ada.follow("Why, and on another day")
    ada.day("On which day?", date(2026, 4, 14))
    ada.press("Show")
    expect(ada.page.locator("main")).to_contain_text("It may not be operated on 14 April 2026")
    ada.follow("Ledger")
    entries = ada.page.locator("main .duly-rows > li, main tbody tr").all_inner_texts()
    story = " | ".join(" ".join(entry.split()) for entry in reversed(entries))
    assert in_order(
        story,
        "Recorded the certificate Cyber Essentials 2025 (number CE-1)",
        "“ends soon” to Priya Nair",
        "came to owe “Tell the Authority that certification ceased” (Cyber Essentials 2025)",
        "Recorded the certificate Cyber Essentials 2026 (number CE-2)",
    ), story
