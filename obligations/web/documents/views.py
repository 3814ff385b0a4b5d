"""A document's page: what the reader made of it, and its time limits beside the register's."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts import selectors
from contracts.access import Act, open_contract
from contracts.models import Contract, Document
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.acting import Done, act, noted, sent
from contracts.web.documents import presenters as reports
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.services.choosing import figures
from obligations.services.entries.other_words import resting_on_other_words
from obligations.web.documents import presenters
from obligations.web.documents.forms import FigureForm


def _find(contract: Contract, document_id: int) -> Document:
    found = selectors.documents_of(contract).filter(pk=document_id).first()
    if found is None:
        raise Http404("no such document")
    return found


@require_safe
@login_required
def document(request: SignedIn, contract_id: int, document_id: int) -> HttpResponse:
    """The reading report of one document, and its agreement with the register of its schedule."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = _find(access.contract, document_id)
    held = figures.held(found)
    again = resting_on_other_words(found.schedule, now) if found.schedule else []
    context = {
        "document": found,
        "row": reports.row(access.contract, found),
        "report": reports.report(access.contract, found),
        "agreement": presenters.agreement(access, found, held) if held is not None else None,
        "again": presenters.to_decide_again(again),
    }
    crumbs = [Crumb("Documents", reverse("documents", args=[contract_id]))]
    page = "obligations/document.html"
    return contract_page(request, access, page, context, here="documents", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decide_figure(request: SignedIn, contract_id: int, document_id: int, limit: str) -> HttpResponse:
    """Decides whether the document's figure of one limit counts, or with ?standard=1 the standard form's."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE_FIGURE)
    found, own = _find(access.contract, document_id), "standard" not in request.GET
    actor = Actor.of(access.person, access.side)
    try:
        one = figures.held_at(found, limit)
    except Refused as refused:
        raise Http404(refused.message) from refused
    why_not = figures.why_not(one, own=own)
    form, there = FigureForm(*sent(request)), redirect("document", contract_id, document_id)
    decided = act(
        request,
        form,
        lambda data: figures.decide_figure(found, actor, now, limit=limit, own=own, reason=data["reason"]),
        lambda changes: Done(_what_counts(own, len(changes.seen_by(access).redated)), there),
        twice=noted("You sent this already, so it was decided once. Here it is.", there),
    )
    if decided:
        return decided
    moved = [] if why_not else figures.moves(found, one, actor, now, own=own, seen_by=access)
    context = {
        "document": found,
        "form": form,
        "page": presenters.decide(one, own, moved),
        "why_not": "" if form.errors else why_not,
    }
    crumbs = [
        Crumb("Documents", reverse("documents", args=[contract_id])),
        Crumb(found.name, reverse("document", args=[contract_id, document_id])),
    ]
    page = "obligations/figure.html"
    return contract_page(request, access, page, context, here="documents", crumbs=crumbs)


def _what_counts(own: bool, number: int) -> str:
    which = "The contract’s own figure" if own else "The standard form’s figure"
    moved = (
        f"{number} {'duty has' if number == 1 else 'duties have'} a new date" if number else "No date moved"
    )
    return f"{which} counts from now on. {moved}."
