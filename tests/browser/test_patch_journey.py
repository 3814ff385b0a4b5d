"""A Critical patch, from the day it came out to "met on time", as the people of both sides see it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FRIDAY
from tests.cast import play

pytestmark = pytest.mark.processes
TITLE = "Apply Critical patches (CVE-2026-0001)"
TUESDAY = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)


def mail(box, to: str, says: str, seconds: float = 60) -> EmailMessage:
    """The mail about our patch to one person, waited for."""
    until = time.monotonic() + seconds
    while True:
        for message in box.messages:
            subject = " ".join(str(message["Subject"]).split())
            if message["To"] == to and says.lower() in subject.lower() and "CVE-2026-0001" in text(message):
                return message
        assert time.monotonic() < until, f"no such mail to {to}: {box.subjects}"
        time.sleep(0.05)


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content()


def link(message: EmailMessage) -> str:
    """The address of our patch's duty, alone in its mail or among others."""
    found = re.search(r"CVE-2026-0001.*?(http\S+/duties/\d+)", text(message), re.DOTALL)
    assert found, text(message)
    return found[1]


def in_order(text: str, *parts: str) -> bool:
    """Whether the text says these parts one after the other."""
    return re.search(".*?".join(map(re.escape, parts)), text, re.DOTALL) is not None


def test_a_critical_patch_from_its_release_to_met_on_time(
    visitor: Callable, travel: Callable, worker_at: Callable, mail_server
):
    travel(FRIDAY)
    play(now=FRIDAY, tracked_from=date(2026, 3, 2))
    priya = visitor("priya").sign_in()
    expect(priya.page).to_have_title(re.compile("^What is due"))

    # The supplier's lead records what happened.
    priya.follow("Record what happened")
    priya.follow("A security patch was publicly released")
    priya.day("When did it happen?", date(2026, 3, 12))
    priya.fill("The vulnerability", "CVE-2026-0001")
    priya.choose("Critical")
    priya.picture("record-1100")
    priya.press("Record it")
    assert "Recorded. This made 1 duty." in priya.words
    priya.follow(TITLE)

    # The duty, by when, and how that was worked out.
    assert "Due by the end of Thursday 19 March 2026 6 days left" in priya.words
    steps = " ".join(priya.page.locator(".duly-steps").inner_text().split())
    assert in_order(steps, "12 March 2026 is left out (rule R1", "7 days counted", "19 March 2026"), steps
    duty = priya.page.url
    priya.picture("duty-open-1100")

    # A reminder, by a real worker to a real mail server. Its link leads to the duty.
    with worker_at(FRIDAY):
        reminder = mail(mail_server.box, "priya@duly.example", "Due")
    assert "19 March 2026" in reminder.get_body(("plain",)).get_content()
    assert link(reminder) == duty

    # Four days later: signed out meanwhile, the link asks to sign in and then shows the duty.
    travel(TUESDAY)
    priya.page.goto(link(reminder))
    expect(priya.page).to_have_title(re.compile("^Sign in"))
    priya.sign_in()
    expect(priya.page).to_have_url(duty)
    priya.press("Log evidence")
    priya.note(date(2026, 3, 16), "Patched, restarted, version checked on all six hosts.")
    priya.picture("evidence-1100")
    priya.press("Log it")
    expect(priya.page).to_have_url(duty)
    assert "The evidence is logged." in priya.words
    assert "“Due soon” to Priya Nair at 10:01am on 13 March 2026" in priya.words
    assert priya.page.get_by_role("button", name="Decide on this evidence").count() == 0
    assert "You logged this evidence yourself" in priya.words

    # The authority's reviewer is told, and accepts.
    with worker_at(TUESDAY):
        told = mail(mail_server.box, "ada@duly.example", "")
    ada = visitor("ada")
    ada.page.goto(link(told))
    ada.sign_in()
    ada.press("Decide on this evidence")
    ada.picture("decide-1100")
    ada.choose("Confirm: it shows that the duty was done")
    ada.press("Save the decision")
    expect(ada.page).to_have_url(duty)
    assert "The evidence is accepted." in ada.words
    assert "Thursday 19 March 2026 Done on 16 March 2026" in ada.words
    expect(ada.page.locator(".duly-due .govuk-tag").first).to_have_text(re.compile("^met on time$", re.I))
    ada.picture("duty-met-1100")

    # The ledger tells the story.
    ada.follow("Ledger")
    ada.picture("ledger-1100")
    entries = ada.page.locator("main .duly-rows > li, main tbody tr").all_inner_texts()
    story = " | ".join(" ".join(entry.split()) for entry in reversed(entries))
    assert in_order(
        story,
        "Recorded that this happened: “A security patch was publicly released” (CVE-2026-0001)",
        "The Supplier came to owe “Apply Critical patches” (CVE-2026-0001)",
        "due Thursday 19 March 2026",
        "“due soon” to Priya Nair",
        "Logged a note as evidence for “Apply Critical patches” (CVE-2026-0001)",
        "done on 16 March 2026 by The platform team",
        "was met on time, done on 16 March 2026",
        "Accepted a note as evidence for “Apply Critical patches” (CVE-2026-0001)",
    ), story
