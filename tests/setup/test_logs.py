"""The log tells which request a line is of, and never what lets somebody in."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.urls import URLPattern, get_resolver
from django.utils.http import urlsafe_base64_encode

from compliance import logs
from compliance.logs import REMOVED, without_secrets
from compliance.requests import HEADER

SECRET = "quince-harbour-lantern"


@pytest.fixture(params=["line", "json"])
def written(request):
    """What is logged during the test, of every level, in both forms."""
    text, before = io.StringIO(), logging.root.handlers[:]
    configuration = logs.configuration(request.param, "DEBUG")
    configuration["handlers"]["console"]["stream"] = text
    configuration["loggers"]["compliance.requests"] = {"level": "INFO"}
    level = logging.root.level
    logging.config.dictConfig(configuration)
    text.form = request.param
    yield text
    logging.root.handlers[:], logging.root.level = before, level


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"password={SECRET}&next=/", f"password={REMOVED}&next=/"),
        (f"{{'password1': '{SECRET}', 'name': 'Ada'}}", f"{{'password1': {REMOVED}, 'name': 'Ada'}}"),
        (f'"new_password": "{SECRET} two"', f'"new_password": {REMOVED}'),
        (f"Authorization: Bearer {SECRET}", f"Authorization: {REMOVED}"),
        (f"HTTP_AUTHORIZATION: 'Token {SECRET}'", f"HTTP_AUTHORIZATION: {REMOVED}"),
        (f"Cookie: duly_session={SECRET}", f"Cookie: {REMOVED}"),
        (f"csrfmiddlewaretoken={SECRET} is wrong", f"csrfmiddlewaretoken={REMOVED} is wrong"),
        (f"GET /callback?code={SECRET}&state=a", f"GET /callback?code={REMOVED}&state={REMOVED}"),
        (f"smtp+tls://user:{SECRET}@mail.example:587", f"smtp+tls://user:{REMOVED}@mail.example:587"),
        (f"postgres://duly_app:{SECRET}@db/duly", f"postgres://duly_app:{REMOVED}@db/duly"),
        (f"Not Found: /join/{SECRET}", f"Not Found: /join/{REMOVED}"),
        (f'"/accounts/password/reset/key/1-{SECRET}/"', f'"/accounts/password/reset/key/{REMOVED}/"'),
        (
            "Forbidden (CSRF cookie not set.): /contracts/7/",
            "Forbidden (CSRF cookie not set.): /contracts/7/",
        ),
        ("the key of a database, code 7: gone", "the key of a database, code 7: gone"),
    ],
)
def test_what_is_secret_is_removed_and_the_rest_stays(text, left):
    assert without_secrets(text) == left


def addresses(resolver, before=""):
    for each in resolver.url_patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield path, each
        else:
            yield from addresses(each, path)


TELLING = re.compile(r"<(?:\w+:)?(key|token|uidb36|uidb64|secret|link)>|\(\?P<(key|token|uidb36|uidb64)>")
NOT_SECRET = {
    "confirm_early": "names a rule of the contract",
}


def test_every_address_that_lets_somebody_in_is_removed():
    """Whatever has a key or a token in its address is a link that somebody was mailed, or said not to be."""
    asked = 0
    for path, pattern in addresses(get_resolver()):
        if TELLING.search(path) and pattern.name not in NOT_SECRET:
            asked += 1
            plain = re.sub(r"\(\?P<\w+>.*?\)(?=[-/$])|<[^>]*>", SECRET, path)
            plain = re.sub(r"[\^$]", "", plain)
            assert SECRET not in without_secrets(f"Not Found: /{plain}"), pattern.name
    assert asked >= 3


@pytest.mark.django_db
def test_nothing_that_lets_somebody_in_is_logged(client, django_user_model, written):
    person = django_user_model.objects.create_user("ada@authority.example", "Ada Bell", password=SECRET)
    client.post("/accounts/login/", {"login": person.email, "password": f"{SECRET}-wrong"})
    client.post("/accounts/login/", {"login": person.email, "password": SECRET})
    session = client.cookies["duly_session"].value
    client.get(f"/join/{SECRET}")
    client.get(f"/start/{SECRET}")
    reset = f"{urlsafe_base64_encode(b'1')}-{default_token_generator.make_token(person)}"
    client.get(f"/accounts/password/reset/key/{reset}/")
    client.get("/api/v1/contracts/", headers={"Authorization": f"Token {SECRET}"})
    client.get("/metrics", headers={"Authorization": f"Bearer {SECRET}"})
    try:
        raise ValueError(f"password={SECRET}")
    except ValueError:
        logging.getLogger("anything").exception("it went wrong for %s", {"token": SECRET})
    said = written.getvalue()
    assert "it went wrong" in said and "ValueError" in said and "/join/" in said
    for secret in (SECRET, session, reset):
        assert secret not in said


@pytest.mark.django_db
def test_each_request_has_an_id_in_its_answer_and_its_lines(client, written):
    answer = client.get("/nothing/here")
    assert re.fullmatch("[0-9a-f]{32}", answer[HEADER])
    assert client.get("/health/live")[HEADER] != answer[HEADER]
    if written.form == "json":
        lines = [json.loads(line) for line in written.getvalue().splitlines()]
        of_it = [line for line in lines if line.get("request_id") == answer[HEADER]]
        assert [line["event"] for line in of_it] == ["request", "Not Found: /nothing/here"]
        figures = {name: of_it[0][name] for name in ("page", "method", "status", "level", "logger")}
        assert figures == {
            "page": "none", "method": "GET", "status": 404, "level": "info", "logger": "compliance.requests",
        }  # fmt: skip
        assert of_it[0]["milliseconds"] >= 0 and of_it[0]["at"].endswith("Z")


@pytest.mark.parametrize(
    ("given", "behind", "kept"),
    [
        ("from-our-proxy-0001", True, True),
        ("from-our-proxy-0001", False, False),
        ("short", True, False),
        ("a" * 65, True, False),
        ('"}\n{"forged": 1', True, False),
    ],
)
def test_an_id_is_taken_from_our_proxy_only(client, settings, given, behind, kept):
    settings.BEHIND_PROXY = behind
    answer = client.get("/health/live", headers={HEADER: given.replace("\n", " ")})
    assert (answer[HEADER] == given) is kept


def test_an_error_is_one_json_object(written):
    if written.form == "line":
        pytest.skip("lines are for people")
    try:
        raise ValueError("over\nmany\nlines")
    except ValueError:
        logging.getLogger("anything").exception("it went wrong")
    (line,) = written.getvalue().splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["logger"]) == ("it went wrong", "error", "anything")
    assert "ValueError: over\nmany\nlines" in said["exception"]
