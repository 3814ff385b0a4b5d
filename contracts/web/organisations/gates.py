"""The gates of pages about organisations, and the frame of these pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from contracts.access import OrganisationAccess, open_organisation, require_staff
from contracts.web.pages import Crumb, SignedIn

View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Signed in, and an administrator of the system; 404 for others."""

    @wraps(view)
    @login_required
    def gated(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        require_staff(request.user)
        return view(request, *args, **kwargs)

    return gated


def of_organisation(view: View) -> View:
    """Gives the view the access of who looks after the organisation; 404 for others."""

    @wraps(view)
    @login_required
    def gated(request: SignedIn, organisation_id: int, **kwargs: Any) -> HttpResponse:
        access = open_organisation(request.user, organisation_id, timezone.now())
        return view(request, access, **kwargs)

    return gated


def page(
    request: SignedIn, template: str, context: dict[str, Any], access: OrganisationAccess | None = None
) -> HttpResponse:
    """A page about organisations, or about one, with the way back."""
    way = [Crumb("Contracts", reverse("home"))]
    if request.user.is_staff:
        way.append(Crumb("Organisations", reverse("organisations")))
    if access is not None:
        address = reverse("organisation", args=[access.organisation.pk])
        if request.path != address:
            way.append(Crumb(access.organisation.name, address))
        context = {"access": access, "organisation": access.organisation, **context}
    crumbs = [one for one in way if one.href != request.path]
    return render(request, f"contracts/organisations/{template}.html", {"crumbs": crumbs, **context})
