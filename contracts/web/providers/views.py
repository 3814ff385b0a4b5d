"""Signing in by the provider of an organisation. How it is set: ``settings.py`` beside this."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.utils import get_next_redirect_url, perform_login
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contracts.limits import too_many
from contracts.models import Person, Provider
from contracts.services.errors import Refused
from contracts.services.providers import asking
from contracts.services.providers.persons import person_of, used_a_factor
from contracts.services.providers.settings import domain_of, provider_for
from contracts.web.acting import sent
from contracts.web.providers import session
from contracts.web.providers.forms import AddressForm

KEY = "signing_in_by_provider"
MOST, WITHIN = 60, 600
"""Addresses that are looked up from one place in so many seconds."""

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Asks for an address and says where people with such an address sign in. It is the same whether or not
    anybody has it: only its domain is looked at."""
    form = AddressForm(*sent(request), initial={"email": _own(request)})
    after = get_next_redirect_url(request) or ""
    context: dict[str, Any] = {"form": form, "next": after}
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if too_many(request, "provider", most=MOST, seconds=WITHIN):
            form.add_error(None, "There were many tries from your address. Try again in ten minutes.")
        elif provider := provider_for(email):
            request.session[KEY] = {"provider": provider.pk, "email": email, "next": after}
            host = urlsplit(provider.discovery).hostname
            return render(request, "contracts/providers/go.html", {"provider": provider, "host": host})
        else:
            said = f"People with an address at {domain_of(email)} sign in with a password."
            form.add_error("email", said)
    return render(request, "contracts/providers/start.html", context)


def _own(request: HttpRequest) -> str:
    return request.user.email if isinstance(request.user, Person) else ""


@require_safe
@never_cache
def go(request: HttpRequest) -> HttpResponse:
    """Leads on to the provider."""
    found = _begun(request)
    if found is None:
        return redirect("provider_start")
    provider, begun = found
    back = settings.SITE_URL + reverse("provider_answer")
    try:
        return asking.lead_there(provider, request, back=back, email=begun["email"])
    except asking.ProviderFailed as failed:
        return _failed(request, provider, failed)


@require_safe
@never_cache
def answer(request: HttpRequest) -> HttpResponse:
    """Where the provider leads back to: signs in who it answers for, or says why not."""
    found = _begun(request)
    request.session.pop(KEY, None)
    if found is None:
        return _refused(request, "This took too long, or was begun in another browser. Begin again.")
    provider, begun = found
    try:
        claims = asking.answered(provider, request)
    except asking.ProviderFailed as failed:
        return _failed(request, provider, failed)
    try:
        person = person_of(provider, claims, begun["email"], timezone.now())
    except Refused as refused:
        return _refused(request, refused.message)
    again = request.user == person
    if request.user.is_authenticated and not again:
        logout(request)
    session.note(request, person, provider, factor=used_a_factor(provider, claims))
    if again:
        return _go_on(request, begun["next"])
    response: HttpResponse = perform_login(
        request, person, redirect_url=begun["next"] or None, email=person.email
    )
    return response


def _go_on(request: HttpRequest, after: str) -> HttpResponse:
    """Somebody said again who they are: what they had sent is done now, or they are led where they were."""
    request.GET = QueryDict(urlencode({REDIRECT_FIELD_NAME: after}))
    resumed: HttpResponse | None = resume_request(request)
    return resumed or redirect(settings.LOGIN_REDIRECT_URL)


def _begun(request: HttpRequest) -> tuple[Provider, dict[str, str]] | None:
    """The provider that somebody is being led to, and what they said before."""
    begun = request.session.get(KEY)
    if not isinstance(begun, dict):
        return None
    provider = provider_for(str(begun.get("email", "")))
    return (provider, begun) if provider is not None and provider.pk == begun.get("provider") else None


def _failed(request: HttpRequest, provider: Provider, failed: asking.ProviderFailed) -> HttpResponse:
    name = provider.organisation.name
    log.warning("the provider of %s failed: %s", name, failed)
    return _refused(request, f"The provider of {name} did not sign you in. Try again, or tell who runs it.")


def _refused(request: HttpRequest, says: str) -> HttpResponse:
    return render(request, "contracts/providers/refused.html", {"says": says}, status=403)
