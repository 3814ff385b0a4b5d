"""The closing report: a page to read and print, and its PDF."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts.access import open_contract
from contracts.services.actors import Actor
from contracts.web.acting import Done, press
from contracts.web.kept_files import download
from contracts.web.pages import SignedIn
from obligations.breaches import selectors
from obligations.breaches.services.closing import ask_for_report, closing_context
from obligations.breaches.web import presenters


@require_safe
@login_required
def closing(request: SignedIn, contract_id: int, breach_id: int) -> HttpResponse:
    """The closing report as a page to read and print."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.breach_at(access, breach_id)
    context = closing_context(access.contract, found, now)
    return render(request, "obligations/breaches/closing.html", context)


@require_POST
@login_required
def ask(request: SignedIn, contract_id: int, breach_id: int) -> HttpResponse:
    """Asks for the closing report as a PDF."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.breach_at(access, breach_id)
    back = redirect("breach", contract_id, breach_id)
    return press(
        request,
        lambda: ask_for_report(found, Actor.of(access.person, access.side), now),
        lambda _: Done("", back),
        back=back,
        not_theirs=presenters.not_theirs(access, "ask_report"),
    )


@require_safe
@login_required
def closing_pdf(request: SignedIn, contract_id: int, breach_id: int, report_id: int) -> HttpResponseBase:
    """The closing report as it was made."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.report_at(selectors.breach_at(access, breach_id), report_id)
    about = found.breach.reference
    name = f"closing-report-{about}.pdf"
    return download(request, found, name=name, subject=about, content_type="application/pdf")
