"""Asking a provider (OpenID Connect): the code flow with PKCE and a nonce; authlib verifies the ID token.

What is asked goes to an address that an administrator typed, or that a provider gave: only https, and
loopback on a machine of one's own; no redirects, five seconds of waiting, ten in all, a megabyte at most.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from requests import RequestException, Response

from contracts.models import Provider
from contracts.services import sealing
from contracts.services.errors import Refused

PURPOSE = "provider secret"
WAIT, IN_ALL, MOST_BYTES = 5.0, 10.0, 1024 * 1024
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an ID token may be signed: with a key that only the provider has."""

FAILURES = (RequestException, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, RuntimeError)
"""What comes of a provider that does not answer, or answers with something else than it should."""


class ProviderFailed(Exception):
    """The provider did not do its part. For the log; people are told that it failed."""


def is_safe(address: str) -> bool:
    """Whether Duly may ask this address: https, or loopback where Duly itself is on one's own machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    own = host in ("127.0.0.1", "localhost", "::1") and settings.LOCAL
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and own))


class _Careful(OAuth2Session):  # type: ignore[misc]  # authlib has no types
    """The session of requests, with the limits said above."""

    def request(self, method: str, url: str, **kwargs: Any) -> Response:
        if not is_safe(url):
            raise ValueError(f"the provider names an address that is not https: {url[:200]}")
        kwargs |= {"timeout": WAIT, "allow_redirects": False, "stream": True}
        answer: Response = super().request(method, url, **kwargs)
        until, read = time.monotonic() + IN_ALL, b""
        for piece in answer.iter_content(64 * 1024):
            read += piece
            if len(read) > MOST_BYTES or time.monotonic() > until:
                answer.close()
                raise ValueError("the provider's answer is too long, or comes too slowly")
        answer._content = read
        if not answer.ok or answer.is_redirect:
            raise ValueError(f"the provider answered {answer.status_code} at {url[:200]}")
        return answer


class _App(DjangoOAuth2App):  # type: ignore[misc]
    client_cls = _Careful

    def load_server_metadata(self) -> Any:
        found = super().load_server_metadata()
        signed = set(found.get("id_token_signing_alg_values_supported", ["RS256"])) & set(SIGNED_WITH)
        found["id_token_signing_alg_values_supported"] = sorted(signed)
        return found


def _app(discovery: str, client_id: str, secret: str) -> _App:
    return _App(
        DjangoIntegration("provider"),
        "provider",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=discovery,
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
    )


def _app_of(provider: Provider) -> _App:
    return _app(provider.discovery, provider.client_id, sealing.unseal(PURPOSE, provider.client_secret))


def look(discovery: str) -> None:
    """Ask a provider to describe itself. Raises Refused on "discovery" where it cannot be used."""
    if not is_safe(discovery):
        raise Refused("discovery", "Enter an address that begins with https://.")
    try:
        said = _app(discovery, "", "").load_server_metadata()
        described = {
            name: str(said[name])
            for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        }
    except FAILURES as error:
        words = f"No provider describes itself there ({_short(error)}). Check the address."
        raise Refused("discovery", words) from error
    if not discovery.startswith(described["issuer"].rstrip("/") + "/.well-known/"):
        words = f"The provider there calls itself {described['issuer'][:200]}: enter the address of that one."
        raise Refused("discovery", words)
    if not all(is_safe(address) for address in described.values()):
        raise Refused("discovery", "The provider there names addresses that do not begin with https://.")
    if not said["id_token_signing_alg_values_supported"]:
        raise Refused("discovery", "The provider there signs in no way that Duly accepts (RS256 and newer).")


def lead_there(provider: Provider, request: HttpRequest, *, back: str, email: str) -> HttpResponse:
    """To the provider's own page, where somebody with this address signs in. Raises ProviderFailed."""
    try:
        answer: HttpResponse = _app_of(provider).authorize_redirect(
            request, back, login_hint=email, prompt="login"
        )
    except FAILURES as error:
        raise ProviderFailed(_short(error)) from error
    if not is_safe(answer["Location"]):
        raise ProviderFailed("it names an address for signing in that is not https")
    return answer


def answered(provider: Provider, request: HttpRequest) -> Mapping[str, Any]:
    """What the provider says of who signed in there: the claims of its ID token, verified, with those of its
    page of user information that the token leaves out. Raises ProviderFailed."""
    try:
        app = _app_of(provider)
        token = app.authorize_access_token(request)
        claims: dict[str, Any] = dict(token["userinfo"])
        if "email" not in claims and app.load_server_metadata().get("userinfo_endpoint"):
            more = dict(app.userinfo(token=token))
            if more.get("sub") != claims["sub"]:
                raise ValueError("its user information is about somebody else")
            claims = {**more, **claims}
    except FAILURES as error:
        raise ProviderFailed(_short(error)) from error
    return claims


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:200]
