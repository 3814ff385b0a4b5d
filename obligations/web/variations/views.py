"""A variation's page, and signing it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import Variation
from contracts.selectors import variation_page
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations import selectors
from obligations.services.variations.signing import sign_variation
from obligations.web.variations import presenters
from obligations.web.variations.forms import SignForm


@require_safe
@login_required
def variation(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """What it changes, its exact text, who signed, and what followed."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = variation_page(access.contract, variation_id, access.side)
    return _page(request, access, found, now, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """Signs for one side."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.SIGN_VARIATION)
    found = variation_page(access.contract, variation_id, access.side)
    signing_for = request.POST.get("side") or access.side
    if request.method == "POST" and signing_for in {one.side for one in found.signatures.all()}:
        here = redirect("variation", contract_id, variation_id)
        return noted("This side has signed already. Here is the signature.", here).answer(request)
    initial = {
        "text_hash": found.text_hash,
        "name": access.person.name,
        "job_title": access.person.job_title,
    }
    form = SignForm(*sent(request), variation=found, side=access.side, initial=initial)
    signed = act(
        request,
        form,
        lambda data: sign_variation(
            found,
            Actor.of(access.person, access.side),
            now,
            side=data["side"],
            name=data["name"],
            job_title=data["job_title"],
            signed_on=data["signed_on"],
            text_hash=data["text_hash"],
        ),
        lambda _: what_followed(access, found),
    )
    return signed or _page(request, access, found, now, form)


def what_followed(access: Access, found: Variation) -> Done:
    """Says what a signature did: who signs next, or what the variation ended."""
    found.refresh_from_db()
    ended = selectors.duties_ended_by(access, found.pk).count()
    return Done(presenters.what_happened(found, ended), redirect("variation", access.contract.pk, found.pk))


def _page(
    request: SignedIn, access: Access, found: Variation, now: datetime, form: SignForm | None
) -> HttpResponse:
    ended = selectors.duties_ended_by(access, found.pk)
    context = {
        "variation": found,
        "page": presenters.page(access, found, list(ended), now),
        "form": form,
    }
    crumbs = [Crumb("Variations", reverse("variations", args=[access.contract.pk]))]
    template = "obligations/sign.html" if form is not None else "obligations/variation.html"
    if form is not None:
        crumbs.append(Crumb(str(found), reverse("variation", args=[access.contract.pk, found.pk])))
    return contract_page(request, access, template, context, here="variations", crumbs=crumbs)
