"""Failures to sign in: nobody keeps another out, behind a proxy or not, and guessing is limited."""

from __future__ import annotations

import pytest
from django.test import Client

from compliance import sign_in_limits
from tests.cast import person

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "a long enough password", "not the password"


@pytest.fixture(autouse=True)
def priya():
    return person("priya")


@pytest.fixture
def proxied(settings):
    settings.PROXIES = 1


def tries(password: str, *, who: str = "priya", client: Client | None = None, **where: str):
    client = client or Client()
    sent = {"login": f"{who}@duly.example", "password": password}
    return client.post("/accounts/login/", sent, **where)


def let_in(answer) -> bool:
    return answer.status_code == 302


def put_off(answer) -> bool:
    return "Too many failed login attempts" in answer.content.decode()


def test_behind_a_proxy_a_strangers_failures_stop_nobody_else(proxied, monkeypatch):
    """All requests come from the proxy's address; who is behind it stands in what the proxy wrote."""
    monkeypatch.setattr(sign_in_limits, "STRANGE", {"login_failed": "10/m/ip,5/300s/key"})
    proxy = {"REMOTE_ADDR": "10.0.0.1"}
    for number in range(11):
        answer = tries(
            WRONG, who=f"nobody{number}", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7", **proxy
        )
    assert put_off(answer), "what the stranger wrote in front does not help him"
    assert put_off(tries(RIGHT, HTTP_X_FORWARDED_FOR="198.51.100.7", **proxy))
    assert let_in(tries(RIGHT, HTTP_X_FORWARDED_FOR="198.51.100.8", **proxy))


def test_without_a_proxy_what_is_said_of_one_is_not_believed():
    for number in range(6):
        answer = tries(WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert put_off(answer)


def test_guessing_at_one_person_stops_the_guesser_alone():
    for _ in range(6):
        answer = tries(WRONG, REMOTE_ADDR="198.51.100.7")
    assert put_off(answer) and put_off(tries(RIGHT, REMOTE_ADDR="198.51.100.7"))
    assert let_in(tries(RIGHT, REMOTE_ADDR="198.51.100.8"))
    assert put_off(tries(RIGHT, REMOTE_ADDR="198.51.100.7")), (
        "and signing in elsewhere gives him no more tries"
    )


def test_a_known_browser_goes_on_whatever_strangers_do(monkeypatch):
    monkeypatch.setattr(sign_in_limits, "ANYWHERE", {"login_failed": "8/h/key"})
    own = Client()
    assert let_in(tries(RIGHT, client=own, REMOTE_ADDR="198.51.100.7"))
    own.post("/accounts/logout/")
    for number in range(10):
        answer = tries(WRONG, REMOTE_ADDR=f"203.0.113.{number}")
    assert put_off(answer), "from all addresses together there is a limit too"
    assert put_off(tries(RIGHT, REMOTE_ADDR="198.51.100.9"))
    for _ in range(6):
        assert put_off(tries(WRONG, REMOTE_ADDR="198.51.100.7")), "the same address, another browser"
    assert let_in(tries(RIGHT, client=own, REMOTE_ADDR="198.51.100.7"))


def test_the_cookie_is_of_one_person_signed_limited_and_opens_nothing():
    own = Client()
    tries(RIGHT, client=own)
    cookie = own.cookies[sign_in_limits.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and "priya" not in cookie.value
    thief = Client()
    thief.cookies[sign_in_limits.COOKIE] = cookie.value
    assert thief.get("/account").status_code == 302
    for _ in range(10):
        assert not let_in(tries(WRONG, client=thief))
    assert put_off(tries(RIGHT, client=thief)), "a known browser has a limit too"
    person("tom")
    for value in (cookie.value, cookie.value[:-2] + "xx", "", "[]", "x" * 5000):
        other = Client()
        other.cookies[sign_in_limits.COOKIE] = value
        for _ in range(6):
            answer = tries(WRONG, who="tom", client=other, REMOTE_ADDR="198.51.100.7")
        assert put_off(answer)
    assert let_in(tries(RIGHT, REMOTE_ADDR="198.51.100.7"))
