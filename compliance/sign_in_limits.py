"""How often somebody may fail to sign in, so that nobody keeps another out.

A person has a count of failures for each address that tries, and one for each browser in which they signed in
before: that carries a signed cookie, which opens nothing and only says which count is its own. A stranger who
guesses at somebody's password stops himself, not them. From all addresses together there is a generous limit
on guessing at one person; it does not stop the browsers that are known.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from contracts import limits

STRANGE = {"login_failed": "60/m/ip,5/300s/key"}
"""From a browser that is not known: of one address whoever is meant, and of one address for one person."""

ANYWHERE = {"login_failed": "300/h/key"}
"""For one person from all browsers together that are not known."""

KNOWN = {"login_failed": "10/300s/key"}
"""From a browser in which this person signed in before."""

COOKIE, SALT = "duly_device", "compliance.sign_in_limits"
A_YEAR = 365 * 24 * 3600
MOST_PEOPLE = 5
"""People that one browser is known for: those who signed in last."""

Known = list[list[str]]
"""A digest of an address for signing in, and a random name of the browser for that person."""


def device_of(request: HttpRequest, email: str) -> str:
    """The name of the browser where this person signed in with it before, else ""."""
    return next((name for who, name in _known(request) if who == _digest(email)), "")


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """From now on the browser is known for this person."""
    others = [one for one in _known(request) if one[0] != _digest(email)]
    own = [_digest(email), device_of(request, email) or secrets.token_urlsafe(12)]
    response.set_cookie(
        COOKIE,
        signing.dumps([own, *others][:MOST_PEOPLE], salt=SALT),
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> Known:
    try:
        found: Known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=A_YEAR)
    except signing.BadSignature:
        return []
    return found


def _digest(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:32]


class LimitedSignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The limits of allauth, counted as above."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.address_of(request) or "unknown"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        usage = RateLimitUsage(usage=[])
        self._login_failed_rl_usage = usage
        for config, key in self._counts(request, credentials):
            used = ratelimit.consume(
                request, app="allauth.account", action="login_failed", config=config, key=key
            )
            if used is None:
                usage.rollback()
                raise self.validation_error("too_many_login_attempts")
            usage.usage.extend(used.usage)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """After a password was reset, by a link that came to the person."""
        for config, key in self._counts(request, credentials)[:1]:
            ratelimit.clear(request, app="allauth.account", action="login_failed", config=config, key=key)

    def _counts(self, request: HttpRequest, credentials: dict[str, Any]) -> list[tuple[dict[str, str], str]]:
        """The limits that hold for one try, each with the key it is counted by."""
        login = str(credentials.get("email", "")).lower()
        if device := device_of(request, login):
            return [(KNOWN, f"{login} {device}")]
        return [(STRANGE, f"{login} {ratelimit.get_ip(request)}"), (ANYWHERE, login)]

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        remember(request, response, user.email)
        return response
