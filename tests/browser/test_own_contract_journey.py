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

pytestmark = pytest.mark.processes
MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
STARTS = date(2026, 3, 9)
LIDO = Path(__file__).parent / "documents" / "lido.txt"
PARAGRAPHS = 60


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

    def joins(self, email: str, name: str) -> Hands:
        hands = self.new_hands()
        hands.go(urlsplit(mailed(self.box, email, r"http\S+/join/\S+")).path)
        hands.fill(name=name, password=PASSWORD, again=PASSWORD)
        hands.press("Accept and sign in")
        return hands

