"""Coming in: the first administrator by a printed link, everybody else by the link of an invitation.

Opening a link does nothing, so that a mail scanner uses nothing up: the button of its page does.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contracts.absence import NotThere
from contracts.limits import too_many
from contracts.models import Invitation, InvitationKind, Person
from contracts.services.invitations import accepting, first, mail
from contracts.services.invitations.links import LinkState, Opened, opened
from contracts.web.acting import Done, act, noted, sent
from contracts.web.joining.forms import AcceptForm, FirstAdministratorForm, NewPersonForm

MISSES, IN_SECONDS = 30, 600
"""Links that do not exist, tried from one place; those that do exist work all the same."""

GONE, TOO_MANY = 410, 429
TOO_OFTEN = "Too many links that do not exist were opened from here. Wait ten minutes."
PRINT_AGAIN = "Whoever runs this installation prints a new one with the command script/manage first_admin."
FIRST_NO_LONGER = {
    LinkState.USED: "This link was used already. Sign in instead.",
    LinkState.REVOKED: f"This link was taken back. {PRINT_AGAIN}",
    LinkState.EXPIRED: f"This link is too old. {PRINT_AGAIN}",
    LinkState.REPLACED: f"A newer link was printed: use that one. {PRINT_AGAIN}",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_administrator(request: HttpRequest, key: str) -> HttpResponse:
    """Makes the first administrator, who is signed in at once. Not there without a link that was printed."""
    now = timezone.now()
    found = first.opened_first(key, now)
    if found is None:
        return _missed(request)
    if found.state != LinkState.OPEN:
        return _closed(request, FIRST_NO_LONGER[found.state])
    if not first.is_wanted(now):  # made in another way meanwhile
        return _closed(request, FIRST_NO_LONGER[LinkState.USED])
    form = FirstAdministratorForm(*sent(request))
    asked = ("name", "email", "password")
    answer = act(
        request,
        form,
        lambda data: first.make_first(key, now, **{one: data[one] for one in asked}),
        lambda made: _come_in(request, made, "Welcome. You administer this installation of Duly."),
        twice=noted("You are the administrator already.", redirect("home")),
    )
    return answer or render(request, "contracts/joining/first.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, key: str) -> HttpResponse:
    """What somebody is invited to, and accepting it: with a new account, or signed in with their own."""
    found = opened(key, timezone.now())
    if found is None or found.invitation.kind != InvitationKind.PERSON:
        return _missed(request)
    if found.state != LinkState.OPEN:
        return _no_longer(request, found)
    user = request.user
    if isinstance(user, Person):
        if user.email.lower() != found.invitation.email.lower():
            return _page(request, found, "wrong_account", status=403)
        return _accept(request, found, key, user)
    if accepting.account_for(found.invitation) is not None:
        back = f"{reverse('account_login')}?next={request.path}"
        return _page(request, found, "sign_in", {"sign_in": back})
    return _come(request, found, key)


def _come(request: HttpRequest, found: Opened, key: str) -> HttpResponse:
    form, now = NewPersonForm(*sent(request)), timezone.now()
    asked = ("name", "job_title", "password")
    answer = act(
        request,
        form,
        lambda data: accepting.accept_as_new(key, now, **{one: data[one] for one in asked}),
        lambda made: _come_in(request, made, f"Welcome to {mail.joined(found.invitation)}."),
        twice=noted("You have accepted already.", redirect("home")),
    )
    return answer or _page(request, found, "new", {"form": form})


def _accept(request: HttpRequest, found: Opened, key: str, person: Person) -> HttpResponse:
    form, now = AcceptForm(*sent(request)), timezone.now()
    answer = act(
        request,
        form,
        lambda data: accepting.accept_as(key, person, now),
        lambda made: Done(f"Welcome to {mail.joined(found.invitation)}.", _where(found.invitation)),
        twice=noted("You have accepted already.", _where(found.invitation)),
    )
    return answer or _page(request, found, "accept", {"form": form})


def _come_in(request: HttpRequest, person: Person, says: str) -> Done:
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return Done(says, redirect("home"))


def _where(invitation: Invitation) -> HttpResponse:
    if invitation.contract_id is not None:
        return redirect(reverse("people", args=[invitation.contract_id]))
    return redirect("account")


def _no_longer(request: HttpRequest, found: Opened) -> HttpResponse:
    """The link does nothing any more. Who accepted it, and opens it again, is led on."""
    user = request.user
    used = found.state == LinkState.USED and user.is_authenticated
    if used and found.invitation.accepted_by_id == user.pk:
        return noted("You have accepted this invitation already.", redirect("home")).answer(request)
    return _closed(request, accepting.NO_LONGER[found.state])


def _page(
    request: HttpRequest, found: Opened, name: str, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    invitation = found.invitation
    rows = [{"key": label, "value": value} for label, value in mail.facts(invitation)]
    context = {"who": invitation.made_by_name, "what": mail.joined(invitation), "rows": rows}
    return render(request, f"contracts/joining/{name}.html", context | (more or {}), status=status)


def _closed(request: HttpRequest, says: str) -> HttpResponse:
    return render(request, "contracts/joining/closed.html", {"says": says}, status=GONE)


def _missed(request: HttpRequest) -> HttpResponse:
    if too_many(request, "links", most=MISSES, seconds=IN_SECONDS):
        return render(request, "contracts/joining/closed.html", {"says": TOO_OFTEN}, status=TOO_MANY)
    raise NotThere("no such link")
