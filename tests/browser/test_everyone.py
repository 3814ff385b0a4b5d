"""Everybody can use it: every page that somebody can reach by links, under axe and on a phone; and the way to
log evidence by keyboard alone, and without scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import expect

from compliance import places
from contracts.services.variations import draft_variation, share_variation
from obligations.breaches.services.report import report_breach
from obligations.models import Duty
from obligations.services.variations.signing import sign_variation
from tests.browser.conftest import FRIDAY, Visitor
from tests.cast import Cast, done, happened, patch_released, play
from tests.support.whole import WHOLE

AXE = places.ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONES = (375, 320)
DOWNLOADS = ("_csv", "_json", "_file", "_pdf", "_schema", "_xlsx", "_openvex")
SEVERAL = {"duty": 4, "board": 3, "variation": 2}
"""How many pages of one kind are looked at; one, unless it is said here."""


def a_lively_contract() -> Cast:
    """Something of everything: overdue, owed now, met, to be decided, ended; a variation to sign."""
    cast = play(now=FRIDAY, tracked_from=date(2026, 2, 2))
    met = patch_released(cast, "CVE-2026-0001", date(2026, 3, 2), now=FRIDAY)
    done(met, cast, date(2026, 3, 6), now=FRIDAY)
    patch_released(cast, "CVE-2026-0002", date(2026, 3, 3), now=FRIDAY)
    patch_released(cast, "CVE-2026-0003", date(2026, 3, 12), now=FRIDAY, category="Other")
    breached(cast)
    happened(cast, "risk_management_documentation_updated", date(2026, 3, 9), "Set 2.4", now=FRIDAY)
    done(Duty.objects.get(obligation__rule_key="5.7-submit"), cast, date(2026, 3, 12), now=FRIDAY)
    signed(cast, in_force=True, number="001", path="main/7.1.3")
    signed(cast, in_force=False, number="002", path="main/5")
    return cast


def breached(cast: Cast) -> None:
    """A breach that happened two hours ago, reported on its page."""
    report_breach(
        cast.contract,
        cast.as_("priya"),
        FRIDAY,
        what="Mail sent to the wrong list",
        outcome="actual",
        limb="loss",
        noticed=FRIDAY - timedelta(hours=1),
        noticed_by="Priya Nair",
        aware_party="supplier",
        happened=FRIDAY - timedelta(hours=2),
    )


def signed(cast: Cast, *, in_force: bool, number: str, path: str) -> None:
    """A variation that the authority shared, signed by both or by nobody."""
    variation = draft_variation(
        cast.contract,
        cast.as_("ada"),
        FRIDAY,
        number=number,
        title=f"Paragraph {path.partition('/')[2]} not used",
        effects=[(path, "not_used", "")],
    )
    share_variation(variation, cast.as_("ada"), FRIDAY)
    for who, side in (("priya", "supplier"), ("ada", "authority")) if in_force else ():
        sign_variation(
            variation,
            cast.as_(who),
            FRIDAY,
            side=side,
            name=cast.people[who].name,
            job_title="Director",
            signed_on=FRIDAY.date(),
            text_hash=variation.text_hash,
        )


def kind_of(address: str) -> str:
    """The name of the page at an address, or "" where the address is not one of our pages."""
    try:
        return resolve(urlsplit(address).path).view_name or ""
    except Resolver404:
        return ""


def every_page(visitor: Visitor, *first: str) -> Iterator[tuple[str, int]]:
    """Goes to every kind of page that links lead to, as (address, status); the page is then open."""
    page, seen, waiting = visitor.page, set(), list(first)
    visited: Counter[str] = Counter()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if not kind or kind.endswith(DOWNLOADS) or visited[kind] >= SEVERAL.get(kind, 1):
            continue
        visited[kind] += 1
        response = page.goto(address)
        yield address, response.status
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        site = page.evaluate("location.origin")
        here = (link.partition("#")[0] for link in links if link.startswith(f"{site}/"))
        new = [link for link in dict.fromkeys(here) if link not in seen]
        seen.update(new)
        waiting.extend(new)


def faults(page: Any) -> list[str]:
    """What axe finds, and what is too wide for a phone."""
    page.mouse.move(1, page.viewport_size["height"] - 1)  # nothing is hovered over
    page.evaluate(AXE.read_text())
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in result["violations"]]
    size = page.viewport_size
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{wide} wide on a phone of {width}"] if wide > width else []
    page.set_viewport_size(size)
    return found


@pytest.mark.parametrize("who", ["priya", "ada", "olu"] if WHOLE else ["priya"])
def test_every_page_of_a_person_has_no_fault_and_fits_a_phone(who: str, visitor: Callable):
    cast = a_lively_contract()
    one = visitor(who).sign_in()
    console: list[str] = []
    one.page.on("console", lambda said: console.append(said.text) if said.type == "error" else None)
    one.page.on("pageerror", lambda error: console.append(str(error)))
    found, kinds = [], set()
    contract = f"/contracts/{cast.contract.pk}"
    to_decide = Duty.objects.get(contract=cast.contract, obligation__rule_key="5.7-submit")
    to_sign = cast.contract.variations.get(number="002")
    first = (one.page.url, f"{contract}/duties/{to_decide.pk}", f"{contract}/variations/{to_sign.pk}")
    for address, status in every_page(one, *first):
        kinds.add(kind_of(address))
        wrong = [str(status)] if status != 200 else []
        found += [f"{address}: {fault}" for fault in wrong + faults(one.page) + console]
        console.clear()
    assert not found, "\n".join(found)
    everybody = {"home", "board", "weeks", "facts", "fact", "duty", "text", "paragraph", "documents"}
    everybody |= {"variations", "variation", "ledger", "people", "account", "reading_rules"}
    more = {
        "priya": {"record", "record_kind", "log_evidence", "upload", "draft_variation", "sign_variation"},
        "ada": {"record", "record_kind", "decide", "upload", "draft_variation", "sign_variation"},
        "olu": set(),
    }
    assert kinds >= everybody | more[who], (everybody | more[who]) - kinds


def tab_to(page: Any, name: str) -> None:
    """Presses Tab until the thing of this accessible name or label has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const one = document.activeElement;"
            " return (one.labels && one.labels[0] || one).innerText.trim() }"
        )
        if said == name:
            return
    raise AssertionError(f"“{name}” cannot be reached with the Tab key")


def type_in(page: Any, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_sign_in_and_log_evidence_with_the_keyboard_alone(javascript: bool, visitor: Callable):
    cast = play(now=FRIDAY, tracked_from=date(2026, 3, 2))
    duty = patch_released(cast, now=FRIDAY)
    page = visitor("priya", javascript=javascript).page
    page.goto("/accounts/login/")
    type_in(page, "E-mail address", "priya@duly.example")
    type_in(page, "Password", "a long enough password")
    page.keyboard.press("Enter")
    expect(page).to_have_title("What is due - WF-2026-014 - Duly")
    for link in ("Apply Critical patches (CVE-2026-0001)", "Log evidence"):
        tab_to(page, link)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text(link.partition(" (")[0])

    # A mistake is said at the top, and leads to its box.
    tab_to(page, "Log it")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Error: Log evidence - WF-2026-014 - Duly")
    if javascript:
        expect(page.locator(".govuk-error-summary")).to_be_focused()
    tab_to(page, "The day it was done is missing. Enter a day, month and year.")
    page.keyboard.press("Enter")
    expect(page.locator("#id_done_day")).to_be_focused()
    page.keyboard.type("12")
    type_in(page, "Month", "3")
    type_in(page, "Year", "2026")
    tab_to(page, "A file")
    page.keyboard.press("ArrowUp")  # round to the last, the note
    type_in(page, "The note, or a word about the file or link (optional)", "Patched by keyboard.")
    tab_to(page, "Log it")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The evidence is logged.")
    duty.refresh_from_db()
    assert (duty.phase, duty.done_on) == ("met", date(2026, 3, 12))


def test_without_scripts_on_a_phone_from_the_fact_to_the_decision(visitor: Callable, travel: Callable):
    cast = play(now=FRIDAY, tracked_from=date(2026, 3, 2))
    priya = visitor("priya", width=375, javascript=False).sign_in()
    priya.follow("Record what happened")
    priya.follow("A security patch was publicly released")
    priya.day("When did it happen?", date(2026, 3, 12))
    priya.fill("The vulnerability", "CVE-2026-0001")
    priya.choose("Critical")
    priya.press("Record it")
    priya.follow("Apply Critical patches (CVE-2026-0001)")
    assert "Thursday 19 March 2026" in priya.words
    priya.picture("duty-open-375")
    priya.follow("Log evidence")
    priya.note(date(2026, 3, 13), "Patched.")
    priya.picture("evidence-375")
    priya.press("Log it")
    ada = visitor("ada", width=375, javascript=False)
    ada.page.goto(priya.page.url)
    ada.sign_in()
    ada.follow("Decide on this evidence")
    ada.picture("decide-375")
    ada.choose("Challenge: the duty is owed again with the same date")
    ada.press("Save the decision")
    expect(ada.page.locator(".govuk-error-summary")).to_contain_text("Say what is missing")
    ada.page.get_by_label("Reason").fill("Which hosts?")
    ada.press("Save the decision")
    assert "The evidence is rejected. The duty is owed again, with the same date." in ada.words
    [duty] = Duty.objects.filter(contract=cast.contract, subject="CVE-2026-0001")
    assert (duty.phase, duty.due_date) == ("open", date(2026, 3, 19))
    for name, address in (("board", f"/contracts/{cast.contract.pk}"), ("home", "/")):
        ada.page.goto(address)
        ada.picture(f"{name}-375")
