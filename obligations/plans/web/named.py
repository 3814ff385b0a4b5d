"""The way to a plan from a kind of fact that it records, which is what duties and facts know of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import open_contract
from contracts.web.pages import SignedIn
from obligations.plans import selectors


@require_safe
@login_required
def plan_called(request: SignedIn, contract_id: int, fact_kind: str) -> HttpResponse:
    """Leads to the plan whose versions record this kind of fact, where the contract has it."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.kind_recording(access.contract, fact_kind)
    return redirect("plan", contract_id, found.key)
