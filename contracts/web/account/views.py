"""A person's own account: name, password and second step."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and the way to change how they sign in."""
    return render(request, "contracts/account.html")
