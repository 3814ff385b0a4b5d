from __future__ import annotations
import re, time
from datetime import date, datetime, timedelta, UTC
from pathlib import Path
from urllib.parse import urlsplit
import pytest
from django.core.management import call_command
from django.urls import reverse
from tests.browser.conftest import Visitor
MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.processes
LIDO = Path(__file__).parent / "documents" / "lido.txt"
PASSWORD = "a long enough password"

def link(mail_server, to, seconds=30):
    until = time.monotonic() + seconds
    while True:
        for m in reversed(mail_server.messages):
            if m["To"] == to:
                found = re.search(r"https?://\S+/join/\S+", m.get_body(("plain",)).get_content())
                if found: return urlsplit(found[0]).path
        assert time.monotonic() < until, mail_server.subjects
        time.sleep(0.1)

def test_scratch(new_page, transactional_db, travel, worker_at, mail_server, live_server, capsys, settings):
    from io import StringIO
    travel(MONDAY)
    out = StringIO(); call_command("first_admin", stdout=out)
    path = urlsplit(re.search(r"http\S+", out.getvalue())[0]).path
    page = new_page(); page.set_default_timeout(15000)
    v = Visitor(page, "x")
    with worker_at(MONDAY):
        page.goto(path)
        v.fill("Your name", "Mina Sorrel"); v.fill("E-mail address", "mina@lantern.example"); v.fill("Password", PASSWORD); v.fill("The password again", PASSWORD)
        v.press("Make the account and sign in")
        print(page.url, v.words[:1500])
        for link_ in page.locator("main a").all(): print("  LINK", link_.inner_text(), link_.get_attribute("href"))
