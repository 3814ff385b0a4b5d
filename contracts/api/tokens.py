"""Who asks the API: a program with a token, in the name of the person who made it."""

from __future__ import annotations

import logging

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.request import Request

from contracts.limits import address_of, too_many
from contracts.models import ApiToken, Person
from contracts.services import api_tokens
from contracts.services.api_tokens import BadKey
from contracts.services.providers.settings import asks_for_a_factor, must_use
from contracts.services.sign_in.second_factor import second_factor_owed

log = logging.getLogger(__name__)

MOST_BAD, WITHIN = 20, 600
"""Keys that open nothing, from one address in so many seconds. A good key is let through all the same."""


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer duly1_...``: the person who made the token; ``request.auth`` is the token."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Duly"'

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() not in ("bearer", "token"):
            return None
        now = timezone.now()
        try:
            token = api_tokens.holder(_key(words), now)
        except BadKey as bad:
            log.warning("a key was refused: %s", bad)
            if too_many(request, "api_token", most=MOST_BAD, seconds=WITHIN):
                raise Throttled(WITHIN, f"{bad} Too many keys from your address opened nothing.") from bad
            raise AuthenticationFailed(str(bad)) from bad
        owed = second_factor_owed(token.person, now)
        if owed and not asks_for_a_factor(must_use(token.person)):
            raise PermissionDenied(f"Whoever made this token must set up a second factor first. {owed}")
        api_tokens.used(token, now, address_of(request) or None)
        return token.person, token


def _key(words: list[str]) -> str:
    if len(words) != 2:
        raise BadKey("Send the token as: Authorization: Bearer duly1_...")
    return words[1]
