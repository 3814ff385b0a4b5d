"""Signing in with a passkey in a real Chromium, and without scripts by what needs none."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from contracts.models import Session
from tests.browser.conftest import FRIDAY
from tests.cast import play
from tests.support.factors import SECRET, code_of, with_device

SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_demo(settings):
    settings.DEMO = False


def sign_out(visitor) -> None:
    visitor.page.goto("/accounts/logout/")
    visitor.press("Sign out")


def arrived(visitor, path: str) -> None:
    visitor.page.wait_for_function("path => location.pathname === path", arg=path)


def test_a_passkey_is_added_signs_in_alone_and_as_the_second_step(visitor, travel):
    cast = play()
    priya = visitor("priya").sign_in()
    with_device(priya.page)
    priya.page.goto("/accounts/2fa/")
    priya.follow("Add a passkey")
    priya.fill("What to call it", "My laptop")
    priya.press("Make the passkey")
    priya.page.wait_for_url("**/recovery-codes/")
    assert "They are shown only now." in priya.words and len(re.findall(r"\b\d{8}\b", priya.words)) == 10
    priya.page.goto("/accounts/2fa/")
    assert "My laptop" in priya.words

    sign_out(priya)
    priya.page.goto(f"{SIGN_IN}?next=/account")
    priya.press("Sign in with a passkey")
    arrived(priya, "/account")  # no password, and on to the page that was asked for
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None

    sign_out(priya)
    priya.sign_in()
    assert priya.heading == "Confirm it is you"
    priya.press("Use a passkey")
    priya.page.wait_for_function("!location.pathname.startsWith('/accounts/')")

    travel(FRIDAY + timedelta(hours=2))  # away: asked again, and the passkey answers
    priya.page.goto("/account")
    priya.follow("Use a passkey")
    priya.press("Use a passkey")
    arrived(priya, "/account")
    assert cast.priya.email in priya.words


def test_a_device_that_says_no_is_told_in_words_and_nothing_is_added(visitor):
    play()
    priya = visitor("priya").sign_in()
    priya.page.goto("/accounts/2fa/passkeys/add/")
    refusing = "() => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    priya.page.evaluate(f"() => {{ navigator.credentials.create = {refusing} }}")
    priya.press("Make the passkey")
    priya.page.get_by_text("the browser was told to stop").wait_for()
    assert not Authenticator.objects.exists()


def test_without_scripts_everything_but_the_passkey_works(visitor):
    play()
    tom = visitor("tom", javascript=False).sign_in()
    tom.page.goto("/accounts/2fa/passkeys/add/")
    assert tom.page.get_by_role("button", name="Make the passkey").count() == 0
    tom.follow("Use an authenticator app")
    secret = SECRET.search(tom.words)[1]
    for _ in range(3):  # a code may run out while it is typed
        tom.fill("Code from the app", code_of(secret))
        tom.press("Add the app")
        if tom.heading == "Recovery codes":
            break
    code = re.search(r"\b\d{8}\b", tom.words)[0]
    tom.follow("Go on to your contracts")
    sign_out(tom)
    tom.sign_in()
    assert tom.page.get_by_role("button", name="Use a passkey").count() == 0
    tom.fill("Code", code)
    tom.press("Sign in")
    assert "/accounts/" not in tom.page.url


def test_a_session_is_ended_elsewhere(visitor):
    cast = play()
    here, elsewhere = visitor("priya").sign_in(), visitor("priya").sign_in()
    here.page.goto("/account/sessions")
    here.page.get_by_role("button", name=re.compile("^Sign out there")).click()
    assert "You are signed out there." in here.words
    elsewhere.page.goto("/account")
    assert elsewhere.heading == "Sign in to Duly"
    assert Session.objects.filter(person=cast.priya).count() == 1
