"""Where a person starts: their contracts, and what needs attention on each."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import makes_contracts_for, records_for
from contracts.models import Side
from contracts.web.pages import SignedIn
from obligations import selectors
from obligations.services.coverage.counts import Coverage, coverage_of
from obligations.web.counts import Count, counts
from obligations.web.home.tasks import start
from obligations.web.incomplete import Incomplete, incomplete


@dataclass(frozen=True)
class ContractRow:
    """One contract in the list."""

    title: str
    reference: str
    parties: str
    you: str
    href: str
    counts: list[Count]
    incomplete: Incomplete | None


@require_safe
@login_required
def home(request: SignedIn) -> HttpResponse:
    """The person's contracts; straight to the contract where there is one and the person makes none.

    Where there is none, what is to be done first.
    """
    now = timezone.now()
    found = selectors.contract_counts(request.user, now)
    own = list(makes_contracts_for(request.user, now).order_by("name"))
    if len(found) == 1 and not own:
        return redirect("board", found[0].contract.pk)
    if not found:
        return render(request, "obligations/start.html", {"start": start(request.user, now)})
    read = coverage_of([one.contract.pk for one in found])
    rows = [_row(one, read[one.contract.pk]) for one in found if one.contract.closed_at is None]
    closed = [one.contract for one in found if one.contract.closed_at is not None]
    once = list(records_for(request.user, now)) if len(rows) > 1 else []
    context = {"rows": rows, "own": own, "closed": closed, "once": once}
    return render(request, "obligations/home.html", context)


def _row(one: selectors.ContractCounts, read: Coverage) -> ContractRow:
    contract = one.contract
    side = Side(one.side)
    href = reverse("board", args=[contract.pk])
    numbers = {
        name: getattr(one, name) for name in ("overdue", "owed_now", "this_week", "to_decide", "claims")
    }
    return ContractRow(
        title=contract.title,
        reference=contract.reference,
        parties=f"{contract.authority.name} and {contract.supplier.name}",
        you=f"You act for the {contract.word_for(side)}"
        if side != Side.NEITHER
        else "You act for neither side",
        href=href,
        counts=counts(href, numbers, side),
        incomplete=incomplete(contract, read),
    )
