"""Variations: the list, sharing one and taking it back. Drafting and signing are in ``obligations.web``."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import selectors
from contracts.access import Act, open_contract
from contracts.models import Side
from contracts.services.actors import Actor
from contracts.services.variations import share_variation, withdraw_variation
from contracts.web.acting import Done, act, press, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.variations import presenters
from contracts.web.variations.forms import WithdrawForm


@require_safe
@login_required
def variations(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every variation that the person's side may see."""
    access = open_contract(request.user, contract_id, timezone.now())
    rows = selectors.variations_of(access.contract, access.side)
    context = {
        "rows": [presenters.row(access.contract, one) for one in rows],
        "may_draft": access.may(Act.DRAFT_VARIATION) and access.side != Side.NEITHER,
    }
    return contract_page(request, access, "contracts/variations.html", context, here="variations", crumbs=[])


@require_POST
@login_required
def share(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """Fixes the text and offers it to both sides to sign."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DRAFT_VARIATION)
    found = selectors.variation_page(access.contract, variation_id, access.side)
    back = redirect("variation", contract_id, variation_id)
    return press(
        request,
        lambda: share_variation(found, Actor.of(access.person, access.side), now),
        lambda _: Done(f"{found} is ready to sign. Nothing in it can change from now on.", back),
        back=back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """Takes a variation back, with a reason."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DRAFT_VARIATION)
    found = selectors.variation_page(access.contract, variation_id, access.side)
    form, actor = WithdrawForm(*sent(request)), Actor.of(access.person, access.side)
    withdrawn = act(
        request,
        form,
        lambda data: withdraw_variation(found, actor, now, reason=data["reason"]),
        lambda _: Done(
            f"{found} is withdrawn. It stays on the record and has no effect.",
            redirect("variation", contract_id, variation_id),
        ),
    )
    if withdrawn:
        return withdrawn
    crumbs = [
        Crumb("Variations", reverse("variations", args=[contract_id])),
        Crumb(str(found), reverse("variation", args=[contract_id, variation_id])),
    ]
    context = {"form": form, "variation": found}
    page = "contracts/variation_withdraw.html"
    return contract_page(request, access, page, context, here="variations", crumbs=crumbs)
