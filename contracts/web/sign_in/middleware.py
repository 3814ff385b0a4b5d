"""Before any page: somebody who was away is asked again who it is, and who owes a second factor sets it up.

Both after the check against forged requests, so that what is kept of a form was sent by the person; and in
neither case is it lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from contracts import limits, sessions
from contracts.models import Person
from contracts.services.sign_in.devices import device_words
from contracts.services.sign_in.second_factor import second_factor_owed
from contracts.web.providers.session import factor_by_provider
from contracts.web.sign_in import kept

A_MINUTE = 60
API = "/api/"

WHILE_AWAY = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "provider_start",
        "provider_go",
        "provider_answer",
    }
)
"""What somebody reaches before they said again who they are."""

WHILE_OWED = WHILE_AWAY | {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}
"""What somebody reaches before they have set up the factor they owe."""

OPEN = frozenset(
    {
        "health_live",
        "health_ready",
        "metrics",
        "account_login",
        "confirm_address",
        "confirm_recovery",
        "calendar_file",
    }
)
"""What is there for whoever has the address, signed in or not."""


class SignedInProperly:
    """Stands behind the middlewares that say who it is and that a form is not forged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        person = request.user
        if name in OPEN or not isinstance(person, Person) or not person.is_authenticated:
            return None
        now = timezone.now()
        if _is_away(request, person, now):
            return None if name in WHILE_AWAY else _ask_again(request)
        _seen(request, now)
        if name in WHILE_OWED or factor_by_provider(request, person):
            return None
        owed = second_factor_owed(person, now)
        return _set_up(request, owed) if owed else None


def _is_away(request: HttpRequest, person: Person, now: datetime) -> bool:
    """Whether they asked for no page for so long, and have not said since who they are."""
    records = get_authentication_records(request, person)
    said = [float(one["at"]) for one in records if one.get("reauthenticated")]
    last = max([float(request.session.get(sessions.SEEN, 0)), *said])
    return now.timestamp() - last > settings.SESSION_IDLE_SECONDS


def _seen(request: HttpRequest, now: datetime) -> None:
    """Note that they are here, once a minute."""
    if now.timestamp() - float(request.session.get(sessions.SEEN, 0)) >= A_MINUTE:
        request.session[sessions.SEEN] = now.timestamp()
        request.session[sessions.PLACE] = limits.address_of(request)[:45]
        request.session[sessions.DEVICE] = device_words(request.META.get("HTTP_USER_AGENT", ""))


def _ask_again(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return _refused("You were away for too long: say again who you are, on any page.")
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:  # they have neither a password nor a factor here: they sign in anew
        logout(request)
        return redirect("account_login")
    answer: HttpResponse = suspend_request(request, methods[0]["url"])
    return answer


def _set_up(request: HttpRequest, owed: str) -> HttpResponse:
    if request.path.startswith(API):
        return _refused(f"Set up a second factor first, on the page of your account. {owed}")
    kept.keep(request)
    return redirect("mfa_index")


def _refused(says: str) -> HttpResponse:
    return JsonResponse({"detail": says}, status=403)
