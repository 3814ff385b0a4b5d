"""From an empty installation to dated duties: a contract on a schedule that nobody has outlined."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from tests.browser.hands import PASSWORD, Hands, Keyboard
from tests.support.whole import WHOLE

pytestmark = pytest.mark.processes
MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
DAYS = {"agreement_date": date(2026, 3, 2), "start_date": date(2026, 3, 9), "end_date": date(2029, 3, 30)}
LIDO = Path(__file__).parent / "documents" / "lido.txt"
ANSWERS = {"division": "england-and-wales", "kept": "both", "running": "no", "role": "lead"}
PARAGRAPHS = 60
FIRST = "Appoint a records officer"
DUE = {
    FIRST: "16 March 2026",
    "Deliver a security plan to the Trust": "23 March 2026",
    "Give the Trust the names of its sub-contractors": "30 March 2026",
    "Send the Trust a list of its systems": "8 April 2026",
    "Train each person who handles Swim Records": "8 April 2026",
    "Check the identity of its staff": "15 April 2026",
    "Scan its website": "9 April 2026",
    "Test its systems": "8 May 2026",
    "Test its backups": "9 September 2026",
    "Remove the access of a person": "16 March 2026",
}
"""Counted by hand from Monday 9 March 2026. Good Friday is 3 April and Easter Monday 6 April."""


@pytest.fixture
def post(settings, mail_server) -> Any:
    """The mail server, to which the pages hand over as well."""
    at = urlsplit(mail_server.url)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = at.hostname, at.port
    return mail_server.box


def mailed(box: Any, to: str, pattern: str, seconds: float = 60) -> str:
    """What a pattern finds in the last mail to somebody, waited for."""
    until = time.monotonic() + seconds
    while True:
        for message in reversed(box.messages):
            found = re.search(pattern, message.get_body(("plain",)).get_content())
            if message["To"] == to and found:
                return found[0]
        assert time.monotonic() < until, f"no such mail to {to}: {box.subjects}"
        time.sleep(0.05)


def waited_for(hands: Hands, text: str, seconds: float = 60) -> None:
    """Until a page that tells how far work is says something."""
    until = time.monotonic() + seconds
    while text not in hands.words:
        assert time.monotonic() < until, hands.words
        time.sleep(0.2)
        hands.page.reload()


class Journey:
    """What happens, by whoever's hands."""

    def __init__(self, new_hands: Callable[[], Hands], box: Any, worker: Any) -> None:
        self.new_hands, self.box, self.worker = new_hands, box, worker

    def first_administrator(self) -> Hands:
        printed = StringIO()
        call_command("first_admin", stdout=printed)
        mina = self.new_hands()
        mina.go(urlsplit(re.findall(r"http\S+", printed.getvalue())[0]).path)
        mina.fill(name="Mina Sorrel", email="mina@lantern.example", password=PASSWORD, again=PASSWORD)
        mina.press("Make the account and sign in")
        mina.sets_up_app()
        return mina

    def organisation(self, mina: Hands, name: str, administrator: str) -> None:
        mina.go("/organisations")
        mina.follow("Add an organisation")
        mina.fill(name=name)
        mina.press("Add it")
        mina.follow("Invite somebody")
        mina.fill(email=administrator)
        mina.tick("administers")
        mina.press("Send the invitation")

    def joins(self, email: str, name: str, *, administers: bool = False) -> Hands:
        hands = self.new_hands()
        hands.go(urlsplit(mailed(self.box, email, r"http\S+/join/\S+")).path)
        hands.fill(name=name, password=PASSWORD, again=PASSWORD)
        hands.press("Accept and sign in")
        if administers:
            hands.sets_up_app()
        return hands

    def contract(self, olga: Hands) -> None:
        """The nine short steps, and made."""
        olga.follow("Make the contract")
        olga.press("Start a new contract")
        self._step(olga, {"side": "supplier"}, other="Seaford Lido Trust")
        self._step(olga, reference="LIDO-1", title="Lido records")
        self._step(olga, {"schedules": "own"})
        self._step(olga, authority_word="Trust", supplier_word="Operator")
        for name, day in DAYS.items():
            olga.day(name, day)
        olga.press("Save and continue")
        for answer in (
            {"division": "england-and-wales"},
            {"kept": "both"},
            {"running": "no"},
            {"role": "lead"},
        ):
            self._step(olga, answer)
        olga.press("Make the contract")
        assert "The contract is made." in olga.words

    @staticmethod
    def _step(olga: Hands, chosen: dict[str, str] | None = None, **filled: str) -> None:
        olga.choose(**(chosen or {}))
        olga.fill(**filled)
        olga.press("Save and continue")

    def invited(self, olga: Hands, email: str, role: str) -> None:
        olga.follow("People")
        olga.follow("Invite somebody")
        olga.fill(email=email)
        olga.choose(role=role)
        olga.press("Send the invitation")

    def document(self, olga: Hands) -> None:
        olga.follow("Documents")
        olga.follow("Upload a document")
        olga.upload("file", LIDO)
        olga.press("Upload and read it")
        self.worker.send("obligations.tasks.do_long_work")
        waited_for(olga, "lido.txt is read.")
        olga.follow("See what came of it")
        assert f"The reader found {PARAGRAPHS} paragraphs, 23 time limits and 0 warnings" in olga.words
        olga.press("Make it a schedule")

    def decisions(self, olga: Hands) -> None:
        """All paragraphs: what is sure and has no limit together, all else one by one."""
        olga.follow("What is due")
        assert f"0 of {PARAGRAPHS} paragraphs read, dates are incomplete." in olga.words
        olga.follow("What it asks")
        olga.follow("Accept many at once")
        olga.press("Accept those chosen")
        olga.follow("Go on deciding")
        for _ in range(PARAGRAPHS):
            before = olga.heading
            if not before.endswith("asks") or "paragraph" not in before:
                break
            if not olga.key("a"):
                olga.press("Accept")
            assert olga.heading != before, olga.words
        assert f"{PARAGRAPHS} of {PARAGRAPHS} paragraphs decided. Nothing is in force yet." in olga.words
        olga.follow(f"Put {PARAGRAPHS} decisions in force")
        assert "Duties that would be raised (9)" in olga.words
        olga.press("Put it in force")
        assert "Version 1 is in force. 9 duties began." in olga.words

    def happened(self, olga: Hands) -> None:
        olga.follow("Record what happened")
        olga.follow("That person leaving")
        olga.day("happened", date(2026, 3, 13))
        olga.press("Record it")
        assert "Recorded. This made 1 duty." in olga.words

    def duties(self, olga: Hands) -> None:
        """All ten have their date, each with the steps to it."""
        olga.follow("What is due")
        for title, due in DUE.items():
            assert f"{due}" in olga.words.partition(title)[2][:250], (title, olga.words)
        olga.follow(FIRST)
        steps = " ".join(olga.page.locator(".duly-steps").inner_text().split())
        assert "9 March 2026 is left out" in steps and "5 Working Days counted" in steps, steps

    def reminder(self, olga: Hands) -> None:
        self.worker.send("obligations.tasks.sweep_notices")
        duty = mailed(self.box, "olga@poolside.example", r"http\S+/duties/\d+")
        olga.go(urlsplit(duty).path)

    def evidence(self, felix: Hands, ben: Hands, duty: str) -> None:
        felix.go(duty)
        felix.follow("Log evidence")
        felix.day("done", date(2026, 3, 13))
        felix.fill(done_by="Felix Marsh", note="The letter that names her.")
        felix.choose(kind="note")
        felix.press("Log it")
        assert "The evidence is logged." in felix.words
        ben.go(duty)
        ben.follow("Decide on this evidence")
        ben.choose(outcome="accepted")
        ben.press("Save the decision")
        assert "The evidence is accepted." in ben.words and "Done on 13 March 2026" in ben.words


@pytest.mark.parametrize("kind", [Hands, Keyboard] if WHOLE else [Hands])
def test_from_an_empty_installation_to_a_duty_that_was_met(
    kind, new_page, transactional_db, travel, worker_at, post, live_server, settings
):
    settings.DEMO = False  # administrators need a second factor
    travel(MONDAY)
    with worker_at(MONDAY) as worker:
        journey = Journey(lambda: kind(new_page()), post, worker)
        mina = journey.first_administrator()
        journey.organisation(mina, "Seaford Lido Trust", "vera@lido.example")
        journey.organisation(mina, "Poolside Operators", "olga@poolside.example")
        journey.joins("vera@lido.example", "Vera Lind", administers=True)
        olga = journey.joins("olga@poolside.example", "Olga Marsh", administers=True)
        journey.contract(olga)
        journey.invited(olga, "ben@lido.example", "reviewer")
        journey.invited(olga, "felix@poolside.example", "contributor")
        ben = journey.joins("ben@lido.example", "Ben Castellan")
        felix = journey.joins("felix@poolside.example", "Felix Marsh")
        journey.document(olga)
        journey.decisions(olga)
        journey.happened(olga)
        journey.duties(olga)
        duty = urlsplit(olga.page.url).path
        journey.reminder(olga)
        journey.evidence(felix, ben, duty)
