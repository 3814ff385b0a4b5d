"""A real OpenID Connect provider on loopback, which can be told to lie."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import oidc_provider_mock
import requests
from django.test import Client
from django.urls import reverse
from flask import Response, request
from werkzeug.serving import make_server

SUBJECT = "the-one-who-signs-in"


class ProviderThere:
    """``claims`` are what it says of whoever signs in; ``spoil`` changes an answer, by its path."""

    def __init__(self) -> None:
        app = oidc_provider_mock.app()
        app.debug = False
        app.after_request(self._answered)
        self.spoil: dict[str, Any] = {}
        self.asked: list[str] = []
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def discovery(self) -> str:
        return f"{self.url}/.well-known/openid-configuration"

    def says(self, **claims: object) -> None:
        """What it says of whoever signs in from now on."""
        requests.put(f"{self.url}/users/{quote(SUBJECT)}", json=claims, timeout=5).raise_for_status()

    def signed_in_there(self, address: str) -> str:
        """Somebody signs in on its page; the address that it leads back to, without the host."""
        answer = requests.post(address, data={"sub": SUBJECT}, timeout=5, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def _answered(self, response: Response) -> Response:
        self.asked.append(request.path)
        change = self.spoil.get(request.path)
        if change is not None:
            said = json.loads(response.get_data()) if response.is_json else {}
            changed = change(said)
            if isinstance(changed, Response):
                return changed
            response.set_data(json.dumps(changed))
        return response


@contextmanager
def running() -> Iterator[ProviderThere]:
    """A provider until the end of the block."""
    provider = ProviderThere()
    thread = threading.Thread(
        target=provider.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join(5)


def sign_in(provider: ProviderThere, email: str, client: Client | None = None, *, after: str = "") -> Any:
    """Somebody types an address, signs in at the provider and comes back: what Duly answers then."""
    client = client or Client()
    page = client.post(reverse("provider_start"), {"email": email, "next": after})
    assert "Go on to 127.0.0.1" in page.content.decode()
    there = client.get(reverse("provider_go"))
    assert there.status_code == 302 and there.url.startswith(provider.url), there.content.decode()[:3000]
    return client.get(provider.signed_in_there(there.url))
