"""A person's own account: name, organisation, contracts, password and second step."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts import selectors
from contracts.access import administered_by
from contracts.models import Membership
from contracts.services.sign_in.second_factor import has_second_factor
from contracts.terms.moments import long_day
from contracts.web.pages import SignedIn


@require_safe
@login_required
def account(request: SignedIn) -> HttpResponse:
    """Who is signed in, their organisation and contracts, and the way to change how they sign in."""
    now, person = timezone.now(), request.user
    own = administered_by(person, now)
    context = {
        "administers": [(one.name, reverse("organisation", args=[one.pk])) for one in own.order_by("name")],
        "contracts": [_line(one) for one in selectors.memberships_of(person, now)],
        "has_factor": has_second_factor(person),
        "last_day": long_day(person.ends_on) if person.ends_on else "",
    }
    return render(request, "contracts/account.html", context)


def _line(member: Membership) -> dict[str, str]:
    contract = member.contract
    says = f"{member.get_role_display()}, {contract.word_for(member.side)}"
    if member.manages:
        says += ", manages the contract"
    says += f". From {long_day(member.from_day)}"
    if member.to_day:
        says += f" to {long_day(member.to_day)}"
    return {
        "title": f"{contract.reference}, {contract.title}",
        "says": says,
        "href": reverse("people", args=[contract.pk]),
    }
