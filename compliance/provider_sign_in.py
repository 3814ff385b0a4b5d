"""Signing in by an organisation's provider, as allauth has to know of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contracts.models import Person
from contracts.services.providers.settings import must_use
from contracts.web.providers import METHOD

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


def came_by_provider(request: HttpRequest, person: Person) -> bool:
    """Whether the provider answered for this person in this session."""
    return any(one["method"] == METHOD for one in get_authentication_records(request, person))


def factor_by_provider(request: HttpRequest, person: Person) -> bool:
    """Whether the provider's second factor counts in this session."""
    records = get_authentication_records(request, person)
    return any(one["method"] == METHOD and one.get("factor") for one in records)
