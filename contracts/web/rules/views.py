"""How we read contracts: the rules that every date is worked out by. Open to anyone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts.web.rules import presenters


@require_safe
def reading_rules(request: HttpRequest) -> HttpResponse:
    """Every rule with an address of its own (#R3)."""
    return render(request, "contracts/rules.html", {"rules": presenters.page()})
