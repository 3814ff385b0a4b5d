"""The headers that keep browsers safe, of every kind of answer: what stands here changes only on purpose."""

from __future__ import annotations

import pytest

from tests.setup.test_production import setting

EVERYWHERE = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/no/such/page", "/health/live", "/api/v1/contracts/", "/"]
)
def test_every_kind_of_answer_has_them(client, address):
    answer = client.get(address)
    assert {name: answer.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert "Server" not in answer


@pytest.mark.parametrize(
    ("name", "value"), [("SECURE_HSTS_SECONDS", 31536000), ("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)]
)
def test_away_from_this_machine_browsers_keep_to_https(name, value):
    away = setting(name, SITE_URL="https://duly.example", SECRET_KEY="x" * 50)
    assert away.stdout == f"{value}\n", away.stderr
