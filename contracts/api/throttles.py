"""How often one token, and one person in a browser, may ask the API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle

from contracts.models import ApiToken


class PerToken(SimpleRateThrottle):
    """How often one token may ask: another of the same person is counted for itself."""

    scope = "token"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        token = request.auth
        return f"throttle_token_{token.pk}" if isinstance(token, ApiToken) else None


class PerPerson(UserRateThrottle):
    """How often somebody signed in in a browser may ask; nobody else."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return None if isinstance(request.auth, ApiToken) else super().get_cache_key(request, view)
