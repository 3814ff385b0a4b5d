"""Tokens that somebody makes for programs: listed, made and shown once, ended."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import selectors
from contracts.access import contracts_of
from contracts.models import Side
from contracts.services import api_tokens
from contracts.services.actors import Actor
from contracts.services.api_tokens import Made
from contracts.terms.moments import london_day, long_day
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.asking_again import ask_again
from contracts.web.pages import Crumb, SignedIn
from contracts.web.tokens.forms import NewTokenForm
from contracts.web.tokens.presenters import token_row

REVOKED = "its person ended it"


@require_safe
@login_required
def tokens(request: SignedIn) -> HttpResponse:
    """Those of one's own, the newest first."""
    now = timezone.now()
    today, found = london_day(now), selectors.api_tokens_of(request.user)
    references = dict(contracts_of(request.user, now).values_list("pk", "reference"))
    rows = [token_row(one, today, references) for one in found]
    return _page(request, "tokens", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@ask_again
def new(request: SignedIn) -> HttpResponse:
    """Makes a token and shows its key, once: it is not kept."""
    now, person = timezone.now(), request.user
    form = NewTokenForm(contracts_of(person, now).order_by("reference"), *sent(request))

    def shown(made: Made) -> Done:
        context = {"key": made.key, "made": made.token, "until": long_day(made.token.last_day)}
        return Done("", _page(request, "made", context))

    answer = act(
        request,
        form,
        lambda data: api_tokens.make(
            person,
            now,
            name=data["name"],
            scope=data["scope"],
            contracts=None if data["every"] else [int(one) for one in data["contracts"]],
            last_day=london_day(now) + timedelta(days=int(data["lasts"])),
        ),
        shown,
        twice=noted("The token was made already, and its key is not shown again.", redirect("api_tokens")),
    )
    return answer or _page(request, "new", {"form": form})


@require_POST
@login_required
def end(request: SignedIn, token_id: int) -> HttpResponse:
    """Ends one of one's own. Nobody is asked again: ending a token that leaked must be quick."""
    now, token = timezone.now(), selectors.api_token(request.user, token_id)
    back = redirect("api_tokens")
    return press(
        request,
        lambda: api_tokens.end(token, Actor.of(request.user, Side.NEITHER), now, why=REVOKED),
        lambda made: Done(f"The token {made.name} works no more.", back),
        back=back,
    )


def _page(request: SignedIn, name: str, context: dict[str, object]) -> HttpResponse:
    way = [Crumb("Your account", reverse("account"))]
    if name != "tokens":
        way.append(Crumb("Tokens for programs", reverse("api_tokens")))
    return render(request, f"contracts/tokens/{name}.html", {"crumbs": way, **context})
