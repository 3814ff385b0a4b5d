"""Managing a contract: what it says of itself, and correcting each thing with a reason, after a look at what
moves."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.services.choosing import terms
from obligations.web.manage import presenters
from obligations.web.manage.forms import FORMS, ReasonForm, TermsForm


@require_safe
@login_required
def manage(request: SignedIn, contract_id: int) -> HttpResponse:
    """What the contract says of itself, each thing with the way to correct it."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.MANAGE)
    context = {"rows": presenters.rows(access.contract)}
    return contract_page(request, access, "obligations/manage/manage.html", context, here="manage", crumbs=[])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def manage_terms(request: SignedIn, contract_id: int, what: str) -> HttpResponse:
    """Asks for what is right, shows what would move, and puts it on the record with its reason."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    if what not in FORMS:
        raise Http404
    data = request.POST if request.method == "POST" else request.GET if "asked" in request.GET else None
    form = FORMS[what](access.contract, data)
    if data is None or not form.is_valid():
        return _question(request, access, form)
    actor, there = Actor.of(access.person, access.side), redirect("manage", contract_id)
    reason = ReasonForm(*sent(request))
    changed = act(
        request,
        reason,
        lambda given: terms.change_terms(
            access.contract, actor, now, what=what, values=form.values, reason=given["reason"]
        ),
        lambda outcome: Done(presenters.followed(outcome, outcome.changes.seen_by(access)), there),
        twice=noted("You sent this already, so it was changed once. Here it is.", there),
    )
    return changed or _consequence(request, access, form, reason)


def _question(request: SignedIn, access: Access, form: TermsForm) -> HttpResponse:
    closed = isinstance(form, FORMS["parties"]) and terms.is_judged(access.contract)
    return _page(request, access, "obligations/manage/terms.html", {"form": form, "closed": closed})


def _consequence(request: SignedIn, access: Access, form: TermsForm, reason: ReasonForm) -> HttpResponse:
    """What would move; where it is refused, the question again with what stands in the way."""
    actor = Actor.of(access.person, access.side)
    try:
        outcome = terms.preview(access.contract, actor, timezone.now(), what=form.what, values=form.values)
    except Refused as refused:
        form.refuse(refused)
        return _question(request, access, form)
    context = {
        "form": reason,
        "terms": form,
        "changed": presenters.changed_lines(outcome.changed),
        "lists": presenters.duty_lists(outcome.changes.seen_by(access)),
    }
    return _page(request, access, "obligations/manage/change.html", context)


def _page(request: SignedIn, access: Access, template: str, context: dict[str, object]) -> HttpResponse:
    crumbs = [Crumb("Manage", reverse("manage", args=[access.contract.pk]))]
    return contract_page(request, access, template, context, here="manage", crumbs=crumbs)
