"""How the people of an organisation sign in: its own administrators set it, and nobody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contracts.absence import NotThere
from contracts.access import OrganisationAccess
from contracts.models import Provider
from contracts.services import organisations
from contracts.services.leaving import actor_of
from contracts.services.providers.settings import provider_of, remove_provider, set_provider
from contracts.terms.moments import london_day
from contracts.web.acting import Done, act, press, sent
from contracts.web.asking_again import require_asked
from contracts.web.organisations.gates import of_organisation, page
from contracts.web.pages import SignedIn
from contracts.web.providers.forms import ProviderForm


def _require_own(request: SignedIn, access: OrganisationAccess) -> None:
    """Not the administrators of the system: who sets the provider of an organisation could come in as any of
    its people, and the record would name those. Of its own it asks again who they are."""
    if not access.administers:
        raise NotThere("no such page")
    require_asked(request)


@require_http_methods(["GET", "HEAD", "POST"])
@of_organisation
def provider(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """Sets the provider."""
    _require_own(request, access)
    now, found = timezone.now(), provider_of(access.organisation)
    seats = organisations.administrators_on(access.organisation, london_day(now)).filter(to_day=None)
    people = [one.person for one in seats.select_related("person").order_by("person__name")]
    form = ProviderForm(people, found is not None, *sent(request), initial=_as_is(found))
    back = redirect("organisation_provider", access.organisation.pk)
    answer = act(
        request,
        form,
        lambda data: set_provider(
            access.organisation,
            actor_of(request.user),
            now,
            discovery=data["discovery"],
            client_id=data["client_id"],
            client_secret=data["client_secret"],
            domains=form.lines("domains"),
            factors=form.lines("factors"),
            demanded=data["demanded"],
            break_glass=next((one for one in people if str(one.pk) == data["break_glass"]), None),
        ),
        lambda made: Done("It is set. Try it in another browser before you sign out here.", back),
    )
    address = settings.SITE_URL + reverse("provider_answer")
    return answer or page(request, "provider", {"form": form, "provider": found, "answer": address}, access)


def _as_is(found: Provider | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "discovery": found.discovery,
        "client_id": found.client_id,
        "domains": "\n".join(one.domain for one in found.domains.all()),
        "factors": "\n".join(found.factors),
        "demanded": found.demanded,
        "break_glass": found.break_glass_id,
    }


@require_POST
@of_organisation
def remove(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """Takes the provider away."""
    _require_own(request, access)
    now, back = timezone.now(), redirect("organisation", access.organisation.pk)
    return press(
        request,
        lambda: remove_provider(access.organisation, actor_of(request.user), now),
        lambda _: Done("Its people sign in with their passwords now. Who has none asks for a link.", back),
        back=back,
    )
