"""The words of a contract on a chosen day."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts import selectors
from contracts.access import open_contract
from contracts.terms.moments import london_day, long_day
from contracts.web.asking import day_asked
from contracts.web.pages import SignedIn, contract_page
from contracts.web.text import presenters


@require_safe
@login_required
def text(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every paragraph of one schedule as it stands on a day."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    asked = day_asked(request, london_day(now))
    schedules = list(selectors.schedules_of(access.contract))
    chosen = request.GET.get("schedule", "")
    schedule = next((one for one in schedules if one.outline_key == chosen or not chosen), None)
    if schedule is None:
        raise Http404("no such schedule")
    rows = selectors.text_as_at(access.contract, asked.day, schedule)
    context = {
        "form": asked.form,
        "day": long_day(asked.day),
        "is_today": asked.is_today,
        "schedule": schedule,
        "schedules": schedules,
        "parts": presenters.parts(access.contract, rows, None if asked.is_today else asked.day),
        "has_words": any(row.text for row in rows),
    }
    return contract_page(request, access, "contracts/text.html", context, here="text", crumbs=[])
