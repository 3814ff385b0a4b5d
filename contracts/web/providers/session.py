"""What this session knows of signing in by a provider."""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest

from contracts.models import Person, Provider

METHOD = "provider"
"""How the records of the session call this way of signing in."""


def note(request: HttpRequest, person: Person, provider: Provider, *, factor: bool) -> None:
    """The provider answered for this person. ``factor``: with a second factor that counts."""
    record_authentication(request, person, METHOD, provider=provider.pk, factor=factor, reauthenticated=True)


def came_by_provider(request: HttpRequest, person: Person) -> bool:
    """Whether the provider answered for this person in this session."""
    return any(one["method"] == METHOD for one in get_authentication_records(request, person))


def factor_by_provider(request: HttpRequest, person: Person) -> bool:
    """Whether the provider's second factor counts in this session."""
    records = get_authentication_records(request, person)
    return any(one["method"] == METHOD and one.get("factor") for one in records)
