"""An OFFICIAL-SENSITIVE breach, reported on a phone for two people; a colleague who is not on the list looks
for it on every page, in the search, by every address and in the mail (DMP 23 Appendix 1, 1.2).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import expect

from obligations.breaches.models import Breach
from obligations.models import Duty, FactRecord, Notice
from tests.browser.test_everyone import faults
from tests.cast import play
from tests.support.whole import WHOLE

pytestmark = pytest.mark.processes
TUESDAY = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 16)
PHONE = 375
WHAT = "Zebra files were copied"
ENOUGH = 4 if WHOLE else 1
"""Pages looked at of one kind, such as a paragraph's: they are all made in the same way, and
``tests/web/test_kept_from_others.py`` compares every address."""


def kind_of(address: str) -> str:
    """The address with what it names left out, so that pages of one kind are known by it."""
    parts = urlsplit(address)
    path = re.sub(r"/(paragraphs|record|reading-rules)/.*", r"/\1/-", re.sub(r"/\d+", "/-", parts.path))
    return path + "?" * bool(parts.query)


def every_page(visitor, first: str) -> Iterable[tuple[str, str]]:
    """Follows the links of the site from a page on, and gives each page with everything in it."""
    found, seen, kinds = [first], {first}, dict[str, int]()
    while found:
        address = found.pop(0)
        if kinds.setdefault(kind_of(address), 0) >= ENOUGH:
            continue
        kinds[kind_of(address)] += 1
        if re.search(r"\.(csv|json|pdf)$|/file$|/api/schema$", address):
            yield address, visitor.page.request.get(address).text()
            continue
        text, links = (shown if WHOLE else sent)(visitor.page, address)
        yield address, text
        for link in links:
            same = urlsplit(link).netloc == urlsplit(first).netloc
            if same and link not in seen and "logout" not in link:
                seen.add(link)
                found.append(link)


def shown(page, address: str) -> tuple[str, list[str]]:
    """The page as the browser has it in the end, with its scripts run, and where its links lead."""
    page.goto(address)
    links = page.locator("a[href]").evaluate_all("all => all.map(one => one.href.split('#')[0])")
    return page.content() + page.title(), links


def sent(page, address: str) -> tuple[str, list[str]]:
    """The same as the server sends it to this browser, in a third of the time: no page is drawn."""
    text = page.request.get(address).text()
    links = re.findall(r'<a\b[^>]*?\shref="([^"]*)"', text)
    return text, [urldefrag(urljoin(address, unescape(link))).url for link in links]


def report(priya) -> str:
    """Priya's report on her phone, for herself and Ada; the address of its page."""
    priya.follow("Breaches")
    priya.follow("Report a breach")
    priya.fill("What happened?", WHAT)
    priya.day("When was it noticed?", TUESDAY.date())
    priya.fill("Who noticed it?", "The service desk")
    priya.choose("It succeeded")
    priya.choose("Information was lost or disclosed")
    priya.choose("Yes")
    priya.day("When did it happen, or when at the earliest? (optional)", MONDAY)
    priya.choose("Yes: only the people chosen below may know of it")
    priya.press("Report it")
    assert "Choose somebody of the Authority who can act on it" in priya.words
    assert faults(priya.page) == []
    priya.picture("kept-report-375")
    priya.choose("Ada Fairweather, reviewer for the Authority")
    priya.press("Report it")
    expect(priya.page.locator("h1")).to_contain_text(WHAT)
    assert "Only Ada Fairweather and Priya Nair may know of this breach." in priya.words
    assert faults(priya.page) == []
    priya.picture("kept-breach-375")
    return priya.page.url


def test_an_unlisted_colleague_cannot_find_it(
    visitor: Callable, travel: Callable, worker_at: Callable, mail_server, uploads
):
    travel(TUESDAY)
    cast = play(now=TUESDAY, tracked_from=date(2026, 3, 2))
    priya = visitor("priya", width=PHONE, height=720).sign_in()
    page_of_it = report(priya)
    breach = Breach.objects.get()
    assert breach.reference in priya.words and breach.reference.startswith("OFFSEN-2026-")

    # Who is on the list finds it everywhere: so the search below can find something.
    ada = visitor("ada").sign_in()
    board = ada.page.url
    pages = dict(every_page(ada, page_of_it))
    with_it = {kind_of(address) for address, text in pages.items() if breach.reference in text}
    for part in ("/contracts/-", "/contracts/-/breaches", "/contracts/-/facts", "/contracts/-/ledger",
                 "/contracts/-/ledger.csv", "/contracts/-/ledger.json", "/contracts/-/duties/-",
                 "/contracts/-/facts/-", "/contracts/-/weeks", "/contracts/-/as-at"):  # fmt: skip
        assert part in with_it, part
    assert len(pages) > 40

    # Ben works beside Ada, Tom beside Priya; neither is on the list. They look at every page there is.
    for who in ("ben", "tom"):
        visit = visitor(who).sign_in()
        for address, text in every_page(visit, board):
            for secret in (breach.reference, "OFFSEN-2026", "Zebra", "zebra"):
                assert secret not in text, (who, address)
        visit.page.goto(board)
        visit.page.locator("summary").first.click()
        visit.fill("Words or subject", breach.reference)
        visit.press("Show")
        said = visit.words.replace(breach.reference, "")
        assert "breach" not in said.lower(), said
        visit.follow("Breaches")
        assert visit.heading == "Breaches (0)"
        visit.picture(f"kept-from-{who}")
        not_there(visit, breach, page_of_it)

    # Of the report, and of the duties that are owed, only who is on the list is told: not Tom, and not Ben.
    with worker_at(TUESDAY):
        until = time.monotonic() + 60
        while not of(mail_server.box, breach):
            assert time.monotonic() < until, mail_server.box.subjects
            time.sleep(0.2)
        waiting = Notice.objects.filter(not_before__lte=TUESDAY, sent_at=None, cancelled_at=None)
        while waiting.exists():  # what else is to go goes too
            assert time.monotonic() < until, [str(one) for one in waiting]
            time.sleep(0.2)
    assert {str(one["To"]) for one in of(mail_server.box, breach)} == {
        cast.priya.email,
        cast.ada.email,
    }
    assert cast.tom.email in {str(one["To"]) for one in mail_server.box.messages}

    # Ada lets Ben know of it: now he finds it too.
    ada.page.goto(page_of_it)
    ada.follow("Change who may know of it")
    assert faults(ada.page) == []
    ada.picture("kept-readers")
    ada.choose("Ben Castellan, assurance lead for the Authority")
    ada.press("Save")
    assert "Ada Fairweather, Ben Castellan and Priya Nair may know" in ada.words
    ada.picture("kept-breach")
    ben = visitor("ben").sign_in()
    ben.page.goto(page_of_it)
    expect(ben.page.locator("h1")).to_contain_text(WHAT)


def of(box, breach: Breach) -> list:
    """The messages that name it, in their subject or anywhere in their text."""
    found = []
    for one in box.messages:
        parts = [part.get_content() for part in one.walk() if part.get_content_maintype() == "text"]
        if breach.reference in " ".join([str(one["Subject"]), *parts]):
            found.append(one)
    return found


def not_there(visit, breach: Breach, page_of_it: str) -> None:
    """Every address of what is about it says what an address says that never was."""
    root = page_of_it.rsplit("/breaches/", 1)[0]
    addresses = [page_of_it, f"{page_of_it}/closing", f"{page_of_it}/readers", f"{page_of_it}/texts"]
    about = {"contract": breach.contract, "subject": breach.reference}
    addresses += [f"{root}/duties/{one.pk}" for one in Duty.objects.filter(**about)]
    addresses += [f"{root}/facts/{one.pk}" for one in FactRecord.objects.filter(**about)]
    assert len(addresses) >= 9
    visit.page.goto(f"{root}/breaches/999999")
    never = visit.words
    for address in addresses:
        assert visit.page.goto(address).status == 404, address
        assert visit.words == never
