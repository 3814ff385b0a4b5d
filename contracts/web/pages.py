"""What every page of a contract shares: its names, its bar, the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from contracts.access import Access
from contracts.models import Person
from contracts.web import menu


class SignedIn(HttpRequest):
    """A request behind sign-in, as every page of a contract is: its user is a person. Only for types."""

    user: Person


@dataclass(frozen=True)
class Crumb:
    """One step of the way back to this page."""

    text: str
    href: str


def contract_page(
    request: HttpRequest,
    access: Access,
    template: str,
    context: Mapping[str, Any],
    *,
    here: str,
    crumbs: list[Crumb] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page of one contract. ``here`` is the entry of the contract's bar it belongs to."""
    contract = access.contract
    way = [Crumb("Contracts", reverse("home"))]
    if crumbs is not None:
        way.append(Crumb(contract.reference, reverse("board", args=[contract.pk])))
    shared = {
        "access": access,
        "contract": contract,
        "nav": menu.contract(access, here, request.path),
        "crumbs": way + (crumbs or []),
    }
    return render(request, template, {**shared, **context}, status=status)
