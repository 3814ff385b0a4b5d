"""Every page in a real Chromium, wide and on a phone: no axe violation, nothing that spills over, no console
error; and the main way through by keyboard and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.urls import reverse
from playwright.sync_api import expect

from contracts.services.drafts import begin
from contracts.services.organisations import appoint_administrator
from obligations.models import Duty, Evidence, FactRecord
from obligations.web.making.forms import STEPS
from tests.cast import NOON, RIVERSIDE, SYSTEM, done, happened, organisation, patch_released, person, play
from tests.support.browser import why_not
from tests.support.duties import make_duty
from tests.support.whole import WHOLE
from tests.web.test_text import draft, in_force

AXE = Path(project.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci brings it"),
]


@pytest.fixture
def at_noon():
    """Real time: Chromium has no other."""


@pytest.fixture
def open_page(browser, live_server) -> Iterator:
    """Opens pages as somebody: ``open_page(person)`` gives a page that is signed in."""
    contexts = []

    def opened(person=None, scripts: bool = True, axe: bool = True):
        context = browser.new_context(
            bypass_csp=axe and scripts, java_script_enabled=scripts, base_url=live_server.url
        )
        contexts.append(context)
        page = context.new_page()
        if person is not None:
            page.goto(reverse("account_login"))
            page.fill("[name=login]", person.email)
            page.fill("[name=password]", "a long enough password")
            page.click("main button[type=submit]")
            page.wait_for_url("**/contracts/*")
        return page

    yield opened
    for context in contexts:
        context.close()


def faults(page, address: str) -> list[str]:
    """What is wrong with a page, wide and on a phone."""
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": 1280, "height": 900})
    response = page.goto(address)
    if response.status != 200:
        return [f"{address}: {response.status}"]
    return [*faults_shown(page, address), *(f"{address}: {text}" for text in console)]


def faults_shown(page, address: str) -> list[str]:
    """What is wrong with the page that is shown, which may be the answer to a form."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.add_script_tag(path=str(AXE))
    result = page.evaluate(RUN, TAGS)
    found = [f"{address}: {one['id']}: {one['nodes'][0]['html']}" for one in result["violations"]]
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{address} at {width}: {wide} wide"] if wide > width else []
    return found


def test_every_page_of_a_contract(open_page):
    cast = play()
    patch_released(cast)
    patch_released(cast, "CVE-2026-0002", category="Other")
    happened(cast, "breach_of_security_occurred", NOON, "B-1")
    done(Duty.objects.get(subject="CVE-2026-0001"), cast)
    make_duty(
        cast, "flagged", flagged=True, provisional=True, phase="awaiting_decision", approver="authority"
    )
    variation = in_force(cast)
    other = shared_again(cast)
    fact, duty = FactRecord.objects.first(), Duty.objects.get(subject="CVE-2026-0002")
    contract = cast.contract.pk
    cast.contract.memberships.filter(person=cast.priya).update(manages=True)
    page = open_page(cast.priya)
    addresses = [
        reverse(name, args=[contract])
        for name in ("settings", "set_up", "questions", "done_before", "manage", "ending", "ending_keep",
                     "ending_hold", "webhooks", "new_webhook")
    ]  # fmt: skip
    if WHOLE:  # tests/browser/test_everyone.py looks at these as well
        addresses += [
            reverse(name, args=[contract])
            for name in ("board", "weeks", "record", "facts", "text", "documents", "upload", "variations",
                         "draft_variation", "ledger", "people")
        ]  # fmt: skip
        addresses += [reverse("duty", args=[contract, one.pk]) for one in Duty.objects.all()[:6]]
    addresses += [
        f"{reverse('board', args=[contract])}?standing={name}" for name in ("met", "waiting", "ended")
    ]
    addresses += [
        reverse("record_kind", args=[contract, "patch_publicly_released"]),
        reverse("record_kind", args=[contract, "protective_monitoring_alert_raised"]),
        reverse("fact", args=[contract, fact.pk]),
        reverse("withdraw_fact", args=[contract, fact.pk]),
        reverse("log_evidence", args=[contract, duty.pk]),
        reverse("variation", args=[contract, variation.pk]),
        reverse("sign_variation", args=[contract, other.pk]),
        reverse("withdraw_variation", args=[contract, other.pk]),
        reverse("paragraph", args=[contract, "dmp_schedule_23/main/7"]),
        reverse("setting", args=[contract, "controller"]),
        f"{reverse('setting', args=[contract, 'notice_cutoff'])}?asked=1&answer=5pm",
        f"{reverse('setting', args=[contract, 'notice_cutoff'])}?asked=1&answer=teatime",
        *(reverse("manage_terms", args=[contract, what]) for what in ("dates", "parties")),
        f"{reverse('manage_terms', args=[contract, 'days'])}?asked=1&division=scotland",
        *(reverse("ending_ask", args=[contract, what]) for what in ("close", "open_again", "erase")),
        reverse("question", args=[contract, "working_hours"]),
        reverse("question", args=[contract, "precedence"]),
        f"{reverse('text', args=[contract])}?on_day=99&on_month=1&on_year=2026",
        *(reverse(name) for name in ("account", "account_change_password", "mfa_index", "account_logout")),
        *(reverse(name) for name in ("change_address", "signed_in_where", "calendar", "inbox")),
        *(reverse(name) for name in ("mfa_activate_totp", "mfa_add_webauthn")),
    ]
    found = [fault for address in addresses for fault in faults(page, address)]
    evidence = Evidence.objects.get()
    found += faults(open_page(cast.ada), reverse("decide", args=[contract, evidence.pk]))
    assert found == []


def shared_again(cast):
    from contracts.services.variations import share_variation

    return share_variation(draft(cast, "main/8", number="002"), cast.as_("priya"), NOON)


def test_pages_without_signing_in(open_page, db):
    page = open_page()
    names = ("account_login", "account_reset_password", "reading_rules")
    found = [fault for name in names for fault in faults(page, reverse(name))]
    assert found == []


def test_making_a_contract(open_page, db):
    council = organisation("Wrenfield Council")
    vera = person("vera", organisation=council)
    appoint_administrator(council, SYSTEM, NOON, person=vera)
    number = begin(vera, NOON).pk
    page = open_page()
    page.goto(reverse("account_login"))
    page.fill("[name=login]", vera.email)
    page.fill("[name=password]", "a long enough password")
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    addresses = [reverse("new_contract"), reverse("contract_draft_delete", args=[number])]
    addresses += [reverse("contract_step", args=[number, step.step]) for step in STEPS]
    assert [fault for address in addresses for fault in faults(page, address)] == []


def test_a_form_with_mistakes(open_page):
    cast = play()
    page = open_page(cast.priya)
    page.goto(reverse("record_kind", args=[cast.contract.pk, "patch_publicly_released"]))
    page.click("main button[type=submit]")
    assert page.title().startswith("Error: ")
    expect(page.locator(".govuk-error-summary")).to_be_focused()  # once its script has begun
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(RUN, TAGS)["violations"] == []
    page.click(".govuk-error-summary a >> nth=0")
    expect(page.locator("#id_happened_day")).to_be_focused()


def test_the_main_way_through_by_keyboard_without_scripts(open_page):
    """Record a patch, log a note, have it accepted: with the Tab, arrow and Enter keys only, scripts off."""
    cast = play()
    page = open_page(cast.priya, scripts=False)
    page.goto(reverse("record_kind", args=[cast.contract.pk, "patch_publicly_released"]))
    tab_to(page, "id_happened_day")
    for text in ("12", "3", "2026", "", "CVE-2026-0009"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    tab_to(page, "id_category-4", "id_category")
    page.keyboard.press("ArrowDown")  # from the last choice round to the first
    page.keyboard.press("Enter")
    page.wait_for_url("**/facts/*")
    assert "This made 1 duty" in page.inner_text("main")
    duty = Duty.objects.get(subject="CVE-2026-0009")
    page.goto(reverse("log_evidence", args=[cast.contract.pk, duty.pk]))
    tab_to(page, "id_done_day")
    for text in ("13", "3", "2026"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    tab_to(page, "id_kind")
    page.keyboard.press("ArrowUp")
    tab_to(page, "id_note")
    page.keyboard.type("Patched.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/duties/*")
    assert "The evidence is logged." in page.inner_text("main")
    duty.refresh_from_db()
    assert duty.phase == "met"


def tab_to(page, *ids: str) -> None:
    """Presses Tab until one of these has the focus."""
    for _ in range(80):
        focused = page.locator(":focus")
        if focused.count() and focused.first.get_attribute("id") in ids:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{ids} cannot be reached with the Tab key")


def test_the_menu_of_a_phone_opens_under_the_policy_that_forbids_inline_scripts(open_page):
    cast = play(RIVERSIDE)
    page = open_page(cast.priya, axe=False)
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(reverse("board", args=[cast.contract.pk]))
    assert not page.is_visible("text=Sign out")
    page.click("button:has-text('Menu')")
    assert page.is_visible("text=Sign out")
    assert console == []
