"""The gates and the frame of what an organisation keeps for its contracts: templates and standard terms; and
of what it records once for several of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.access import OrganisationAccess, open_practice, open_records
from contracts.models import Person
from contracts.web.pages import Crumb, SignedIn

View = Callable[..., HttpResponse]


def of_practice(view: View) -> View:
    """Gives the view the access of who decides for the organisation; 404 for others."""
    return _gated(view, open_practice)


def of_records(view: View) -> View:
    """Gives the view the access of who records for the organisation; 404 for others."""
    return _gated(view, open_records)


def _gated(view: View, gate: Callable[[Person, int, datetime], OrganisationAccess]) -> View:
    @wraps(view)
    @login_required
    def gated(request: SignedIn, organisation_id: int, **kwargs: Any) -> HttpResponse:
        access = gate(request.user, organisation_id, timezone.now())
        return view(request, access, **kwargs)

    return gated


def practice_page(
    request: SignedIn,
    access: OrganisationAccess,
    template: str,
    context: dict[str, Any],
    crumbs: list[Crumb] | None = None,
) -> HttpResponse:
    """A page of it, with the way back."""
    way = [Crumb("Contracts", reverse("home")), *(crumbs or [])]
    shared = {"organisation": access.organisation, "crumbs": [one for one in way if one.href != request.path]}
    return render(request, template, {**shared, **context})
