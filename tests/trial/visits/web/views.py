"""The pages of visits."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Act, open_contract
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, sent
from contracts.web.forms import DayField, DulyForm
from contracts.web.pages import SignedIn, contract_page
from tests.trial.visits.selectors import visits_of
from tests.trial.visits.services import note_visit


class VisitForm(DulyForm):
    place = forms.CharField(label="Where", max_length=100)
    on = DayField(label="On which day", called="The day of the visit")


@require_safe
@login_required
def visits(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every visit of the contract."""
    access = open_contract(request.user, contract_id, timezone.now())
    return contract_page(request, access, "visits/list.html", {"rows": visits_of(access)}, here="visits")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def note(request: SignedIn, contract_id: int) -> HttpResponse:
    """Notes a visit."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    form, actor = VisitForm(*sent(request)), Actor.of(access.person, access.side)
    answer = act(
        request,
        form,
        lambda data: note_visit(access.contract, actor, now, place=data["place"], on=data["on"]),
        lambda made: Done("The visit is noted.", redirect("visit", contract_id, made.pk)),
    )
    return answer or contract_page(request, access, "visits/note.html", {"form": form}, here="visits")


@require_safe
@login_required
def visit(request: SignedIn, contract_id: int, visit_id: int) -> HttpResponse:
    """One visit."""
    access = open_contract(request.user, contract_id, timezone.now())
    rows = visits_of(access).filter(pk=visit_id)
    if not rows:
        raise Http404("no such visit")
    return contract_page(request, access, "visits/list.html", {"rows": rows}, here="visits")


@require_safe
@login_required
def called(request: SignedIn, contract_id: int, visited: str) -> HttpResponse:
    """Leads to the visit to this place."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = visits_of(access).filter(place=visited).first()
    if found is None:
        raise Http404("no such visit")
    return redirect("visit", contract_id, found.pk)
