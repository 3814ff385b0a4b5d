"""What people do that nobody planned: pressing twice, going back, odd names, other people's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from obligations.models import Duty, Evidence, FactRecord
from obligations.rules.register.names import tidy
from tests.browser.conftest import FRIDAY, Visitor
from tests.cast import Cast, done, patch_released, play

ODD = {
    "emoji": "CVE 🦀👩‍👩‍👧 Łódź",
    "right to left": "תיקון אבטחה ‮ 2026",
    "markup": "<b onmouseover=alert(1)>CVE</b> & {{ 7*7 }}",
    "long": "W" * 200,
    "long with spaces": ("Ünterführung " * 16)[:200].strip(),
}


def a_patch() -> tuple[Cast, str]:
    """A contract with one open duty, and the address of its page."""
    cast = play(now=FRIDAY, tracked_from=date(2026, 3, 2))
    duty = patch_released(cast, now=FRIDAY)
    return cast, f"/contracts/{cast.contract.pk}/duties/{duty.pk}"


def ready_to_log(visitor: Callable, duty: str, **options: bool) -> Visitor:
    """Priya, with the form that logs evidence filled in."""
    priya = visitor("priya", **options).sign_in()
    priya.page.goto(duty)
    priya.follow("Log evidence")
    priya.note(date(2026, 3, 13), "Patched.")
    return priya


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_logs_evidence_once(javascript: bool, visitor: Callable):
    _, duty = a_patch()
    priya = ready_to_log(visitor, duty, javascript=javascript)
    priya.page.get_by_role("button", name="Log it").dblclick()
    expect(priya.page).to_have_url(re.compile(f"{duty}$"))
    expect(priya.page.locator("main")).to_contain_text("Met on time")
    assert Evidence.objects.count() == 1


def test_going_back_after_sending_does_not_offer_the_form_again(visitor: Callable):
    _, duty = a_patch()
    priya = ready_to_log(visitor, duty)
    priya.press("Log it")
    expect(priya.page.locator("main")).to_contain_text("The evidence is logged.")
    priya.page.go_back()
    expect(priya.page.locator("main")).to_contain_text("This duty takes no more evidence: met on time.")
    assert priya.page.get_by_role("button", name="Log it").count() == 0
    priya.page.go_forward()
    expect(priya.page).to_have_url(re.compile(f"{duty}$"))
    priya.page.reload()
    assert Evidence.objects.count() == 1


def test_recording_the_same_twice_from_two_windows_makes_one_duty(visitor: Callable):
    cast = play(now=FRIDAY, tracked_from=date(2026, 3, 2))
    windows = [visitor(who).sign_in() for who in ("priya", "tom")]
    for window in windows:
        window.page.goto(f"/contracts/{cast.contract.pk}/record/patch_publicly_released")
        window.day("When did it happen?", date(2026, 3, 12))
        window.fill("The vulnerability", "CVE-2026-0001")
        window.choose("Critical")
    for window in windows:
        window.press("Record it")
    assert "This made 1 duty." in windows[0].words
    assert "This was recorded already, so nothing was added." in windows[1].words
    assert FactRecord.objects.count() == Duty.objects.filter(subject="CVE-2026-0001").count() == 1


def test_after_signing_out_the_back_button_shows_nothing_of_the_contract(visitor: Callable):
    _, duty = a_patch()
    priya = visitor("priya").sign_in()
    priya.page.goto(duty)
    priya.follow("Sign out")
    priya.press("Sign out")
    expect(priya.page).to_have_title(re.compile("^Sign in"))
    for _ in range(2):
        priya.page.go_back()
    expect(priya.page).to_have_title(re.compile("^Sign in"))
    assert "Apply Critical patches" not in priya.page.content()


def test_odd_names_are_kept_shown_and_fit_a_phone(visitor: Callable):
    cast = play(now=FRIDAY, tracked_from=date(2026, 3, 2))
    priya = visitor("priya", width=375).sign_in()
    said: list[str] = []
    priya.page.on("dialog", lambda dialog: said.append(dialog.message) or dialog.dismiss())
    for name in ODD.values():
        priya.page.goto(f"/contracts/{cast.contract.pk}/record/patch_publicly_released")
        priya.day("When did it happen?", date(2026, 3, 12))
        priya.fill("The vulnerability", name)
        priya.choose("Critical")
        priya.press("Record it")
        expect(priya.page.locator("main")).to_contain_text("This made 1 duty.")
        priya.page.get_by_role("link", name=tidy(name)).first.click()
        expect(priya.page.locator("h1")).to_contain_text(tidy(name))
        assert priya.width == 375, name
    # The mark that turns the line round is not kept; whoever sees the name could not type it.
    assert set(FactRecord.objects.values_list("subject", flat=True)) == set(map(tidy, ODD.values()))
    assert tidy(ODD["right to left"]) == ODD["right to left"].replace("\u202e ", "")
    contract = f"/contracts/{cast.contract.pk}"
    for place in ("", "/facts", "/ledger", "/weeks", "/as-at"):
        priya.page.goto(contract + place)
        assert priya.width == 375, place
    priya.page.goto(contract)
    priya.picture("odd-names-375")
    assert said == [] and priya.page.locator("main b").count() == 0


def test_pages_of_other_roles_and_other_contracts(visitor: Callable):
    cast, duty = a_patch()
    evidence = done(Duty.objects.get(subject="CVE-2026-0001"), cast, date(2026, 3, 13), now=FRIDAY)
    other = play(reference="ZZ-1", now=FRIDAY, tracked_from=date(2026, 3, 2))
    elsewhere = patch_released(other, "CVE-2026-0009", now=FRIDAY)
    contract = f"/contracts/{cast.contract.pk}"

    def answers(who: str, *addresses: str) -> list[int]:
        page = visitor(who).sign_in().page
        return [page.goto(address).status for address in addresses]

    grace = visitor("grace").sign_in()
    assert grace.page.goto(f"{contract}/record").status == 403
    assert "does not allow you to record what happened" in grace.words
    mixed = (f"{contract}/duties/{elsewhere.pk}", f"{contract}/facts/{elsewhere.cause_id}")
    assert answers("priya", duty, *mixed) == [200, 404, 404]
    assert answers("priya", f"{contract}/evidence/{evidence.pk}/decide") == [200]
    assert answers("olu", f"{contract}/evidence/{evidence.pk}/decide", f"{duty}/evidence") == [403, 403]
    zed = visitor("zed").sign_in()
    assert [zed.page.goto(address).status for address in (contract, duty)] == [404, 404]
    assert cast.contract.reference not in zed.page.content()
    zed.picture("not-found-1100")
