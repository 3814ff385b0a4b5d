"""May it be operated on a day, and why not?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import open_contract
from contracts.services.errors import Refused
from contracts.terms.moments import Day, london_day, long_day
from contracts.web.forms import DayField, DulyForm
from contracts.web.pages import SignedIn, contract_page
from obligations.services.absences import not_there
from obligations.services.asking.calendars import within
from obligations.services.gates import gates_on
from obligations.web.gates import presenters
from obligations.web.lines import line


class DayForm(DulyForm):
    """Which day."""

    on = DayField(
        called="The day", required=False, label="On which day?", help_text="For example, 12 3 2026."
    )

    def clean_on(self) -> Day | None:
        day: Day | None = self.cleaned_data["on"]
        if day is not None:
            try:
                within(day, "on")
            except Refused as refused:
                raise ValidationError(refused.message) from refused
        return day


@require_safe
@login_required
def gates(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every gate of the contract on a day, today unless another is asked for."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    contract, today = access.contract, london_day(now)
    asked = any(name.startswith("on_") for name in request.GET)
    form = DayForm(request.GET if asked else None, initial={"on": today})
    day: Day = (form.cleaned_data.get("on") if asked and form.is_valid() else None) or today
    found = gates_on(access, day, now)
    tag, says = presenters.answer(found, "today" if day == today else f"on {long_day(day)}")
    context = {
        "form": form,
        "day": long_day(day),
        "ahead": day > today,
        "tag": tag,
        "says": says,
        "before": presenters.rows(contract, found, operation=True),
        "absent": [line(contract, one.duty, now) for one in not_there(access, now)] if day == today else [],
        "others": presenters.rows(contract, found, operation=False),
    }
    return contract_page(request, access, "obligations/gates.html", context, here="due", crumbs=[])
