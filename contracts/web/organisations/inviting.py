"""Inviting somebody to an organisation, sending the mail again, taking it back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contracts import selectors
from contracts.access import OrganisationAccess
from contracts.services.invitations import making
from contracts.services.leaving import actor_of
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.asking_again import ask_again
from contracts.web.organisations.forms import InviteForm
from contracts.web.organisations.gates import of_organisation, page
from contracts.web.organisations.words import sent_words
from contracts.web.pages import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
@of_organisation
@ask_again
def invite(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """Invites an address to the organisation."""
    form, now, found = InviteForm(*sent(request)), timezone.now(), access.organisation
    back = redirect("organisation", found.pk)
    answer = act(
        request,
        form,
        lambda data: making.invite(
            actor_of(request.user),
            now,
            organisation=found,
            email=data["email"],
            administers=data["administers"],
        ),
        lambda made: sent_words(made, back),
        twice=noted("The invitation was sent already.", back),
    )
    return answer or page(request, "invite", {"form": form}, access)


@require_POST
@of_organisation
def send_again(request: SignedIn, access: OrganisationAccess, invitation_id: int) -> HttpResponse:
    """Sends the mail again, with another link."""
    found = selectors.invitation(invitation_id, organisation=access.organisation)
    back, now = redirect("organisation", access.organisation.pk), timezone.now()
    return press(
        request,
        lambda: making.send_again(found, actor_of(request.user), now),
        lambda made: sent_words(made, back),
        back=back,
    )


@require_POST
@of_organisation
def revoke(request: SignedIn, access: OrganisationAccess, invitation_id: int) -> HttpResponse:
    """Takes the invitation back."""
    found = selectors.invitation(invitation_id, organisation=access.organisation)
    back, now = redirect("organisation", access.organisation.pk), timezone.now()
    return press(
        request,
        lambda: making.revoke(found, actor_of(request.user), now),
        lambda made: Done(f"The invitation of {made.email} no longer works.", back),
        back=back,
    )
