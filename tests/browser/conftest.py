"""People at the pages in a real Chromium. Time travels in the server; the browser's own clock stays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from compliance import places
from tests.cast import PEOPLE
from tests.support.worker import worker as worker_process

PICTURES = places.VAR / "screenshots"
WANTED = bool(os.environ.get("PICTURES"))
"""``PICTURES=1 script/test tests/browser/...`` keeps pictures to look at; no test looks at them itself."""
FRIDAY = datetime(2026, 3, 13, 10, 0, tzinfo=UTC)
"""The morning after the patch of most tests came out."""


class Visitor:
    """Somebody at a page of their own: signs in, follows links, fills in forms by their labels."""

    def __init__(self, page: Any, who: str) -> None:
        self.page = page
        self.who = who

    def sign_in(self) -> Visitor:
        """At the sign-in page, wherever it then leads."""
        if "/accounts/login/" not in self.page.url:
            self.page.goto("/accounts/login/")
        self.page.get_by_label("E-mail address").fill(f"{self.who}@duly.example")
        self.page.get_by_label("Password", exact=True).fill("a long enough password")
        self.press("Sign in")
        return self

    def press(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """The first link of exactly this name, in a bar or on the page; it may look like a button."""
        link = self.page.get_by_role("link", name=name, exact=True)
        link.or_(self.page.get_by_role("button", name=name, exact=True)).first.click()

    def day(self, legend: str, day: date) -> None:
        boxes = self.page.get_by_role("group", name=legend)
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            boxes.get_by_label(label, exact=True).fill(str(number))

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    def note(self, done: date, text: str) -> None:
        """Fills in the form that logs evidence, and does not send it."""
        self.day("When was it done?", done)
        self.fill("Who did it?", "The platform team")
        self.choose("A note")
        self.fill("The note, or a word about the file or link (optional)", text)

    @property
    def words(self) -> str:
        """What the page says, with single blanks, without what is hidden."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def width(self) -> int:
        """How wide the page is, once its styles are there."""
        self.page.wait_for_load_state("load")
        return self.page.evaluate("document.documentElement.scrollWidth")

    def picture(self, name: str) -> None:
        """Keeps a picture of the page to look at, where somebody asks for pictures."""
        if WANTED:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.fixture
def travel() -> Iterator[Callable[[datetime], datetime]]:
    """Moves the server's clock, which then runs on: ``now = travel(FRIDAY)``. It begins on that Friday."""
    cache.clear()
    with time_machine.travel(FRIDAY) as traveller:

        def to(moment: datetime) -> datetime:
            traveller.move_to(moment)
            return moment

        yield to


@pytest.fixture
def visitor(new_page, transactional_db, travel) -> Callable[..., Visitor]:
    """Somebody of the cast in a browser of their own: ``visitor("priya", width=375)``."""

    def made(who: str, **options: Any) -> Visitor:
        assert who in PEOPLE
        page = new_page(**options)
        page.set_default_timeout(15_000)
        page.set_default_navigation_timeout(60_000)
        return Visitor(page, who)

    return made


@pytest.fixture
def worker_at(
    transactional_db, test_database, redis_url, mail_server, live_server, tmp_path
) -> Callable[[datetime], AbstractContextManager[Any]]:
    """A real worker whose clock begins at a moment; its mails lead to the live server."""
    environment = {
        "DATABASE_URL": test_database[0],
        "REDIS_URL": redis_url,
        "EMAIL_URL": mail_server.url,
        "SITE_URL": live_server.url,
    }

    @contextmanager
    def started(moment: datetime) -> Iterator[Any]:
        folder = tmp_path / f"worker-{moment:%d-%H-%M}"
        folder.mkdir()
        with worker_process(folder, environment, at=moment + timedelta(minutes=1)) as process:
            yield process

    return started
