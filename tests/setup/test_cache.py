"""A real Valkey that is stopped: people sign in, programs ask, limits hold, and the log says it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from compliance import cache as ours
from compliance.embedded.valkey import Valkey
from contracts.web import once
from tests.cast import make_contract
from tests.support import database
from tests.support.tokens import key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def valkey(settings, monkeypatch):
    """The cache of this test is a Valkey of its own."""
    folder = database.own_folder() / "stopped"
    server = Valkey(folder / "valkey", folder / "valkey.log")
    server.start()
    settings.CACHES = {
        "default": {
            "BACKEND": "compliance.cache.FallingBack",
            "LOCATION": server.url,
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        }
    }
    monkeypatch.setattr(ours, "TROUBLE", ours.Trouble())
    cache.clear()
    yield server
    server.stop()


def signs_in(password: str) -> Client | None:
    client = Client()
    answer = client.post("/accounts/login/", {"login": "priya@duly.example", "password": password})
    assert answer.status_code in (200, 302)
    return client if answer.status_code == 302 else None


def said(caplog) -> list[str]:
    return [one.message for one in caplog.records if one.name == "compliance.cache"]


def test_without_it_people_sign_in_programs_ask_and_limits_hold(valkey, caplog, monkeypatch):
    cast = make_contract()
    key = {"authorization": f"Bearer {key_of(cast.priya)}"}
    token = once.new()
    assert once.take(token) and not once.take(token)
    assert signs_in("a long enough password") and not said(caplog)
    valkey.stop()
    assert signs_in("a long enough password")
    assert Client().get("/api/v1/contracts/", headers=key).status_code == 200
    token = once.new()
    assert once.take(token) and not once.take(token)
    assert len(said(caplog)) == 1 and "the cache does not answer" in said(caplog)[0]
    for _ in range(5):
        assert signs_in("wrong") is None
    assert signs_in("a long enough password") is None, "guessing is still limited"
    bad = [
        Client().get("/api/v1/contracts/", headers={"authorization": "Bearer x"}).status_code
        for _ in range(21)
    ]
    assert bad == [401] * 20 + [429]
    assert len(said(caplog)) == 1

    monkeypatch.setattr(ours, "LEFT_ALONE", 0.0)
    cache.set("probe", 1)
    valkey.start()
    ours.TROUBLE._until = float("-inf")
    cache.set("probe", 2)
    assert cache._redis.get("probe") == 2, "it is used again once it answers"
    assert signs_in("a long enough password"), "and what was counted meanwhile is forgotten"


def test_a_line_a_minute_and_five_seconds_of_peace(caplog):
    clock = [1000.0]
    trouble = ours.Trouble(lambda: clock[0])
    for second in range(0, 130):
        clock[0] = 1000.0 + second
        if not trouble.is_fresh:
            trouble.note(OSError("gone"))
    assert len(said(caplog)) == 3
    clock[0] += ours.LEFT_ALONE
    assert not trouble.is_fresh
