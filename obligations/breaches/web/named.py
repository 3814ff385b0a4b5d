"""The way to a breach from its reference, which is what facts and duties know of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import open_contract
from contracts.web.pages import SignedIn
from obligations.breaches import selectors


@require_safe
@login_required
def breach_called(request: SignedIn, contract_id: int, reference: str) -> HttpResponse:
    """Leads to the breach with this reference, where this person may see it."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.breaches_of(access).filter(reference=reference).first()
    if found is None:
        raise Http404("no such breach")
    return redirect("breach", contract_id, found.pk)
