"""Signing in by an organisation's provider, as allauth has to know of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from contracts.models import Person
from contracts.services.providers.settings import must_use, provider_for
from contracts.web.providers.session import came_by_provider, factor_by_provider

STAGE = "allauth.mfa.stages.AuthenticateStage"


class ByProvider(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Who must use their organisation's provider is told so once their password was right."""

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        if isinstance(user, Person) and not came_by_provider(request, user) and (provider := must_use(user)):
            return render(request, "contracts/providers/only.html", {"provider": provider}, status=403)
        answer: HttpResponse | None = super().pre_login(request, user, **options)
        return answer

    def get_login_stages(self) -> list[str]:
        own = f"{__name__}.{FactorStage.__name__}"
        return [own if one == STAGE else one for one in super().get_login_stages()]


class FactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for the second factor, but where the provider asked for one that its organisation lets count."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not factor_by_provider(request, self.login.user) and bool(super()._should_handle(request))


def with_provider(user: Any, methods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ways to say again who one is, with the provider: first where it must be used, else last."""
    if not isinstance(user, Person):
        return methods
    provider = provider_for(user.email)
    if provider is None or provider.organisation_id != user.organisation_id:
        return methods
    name = f"Sign in with {provider.organisation.name} again"
    own = {"id": "provider", "description": name, "url": reverse("provider_start")}
    return [own, *methods] if must_use(user) else [*methods, own]
