"""The day a page is asked about, from its address: ``?on_day=12&on_month=3&on_year=2026``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from contracts.terms.moments import Day
from contracts.web.forms import DayField, DulyForm


class DayForm(DulyForm):
    """Asks for a day; today where none is given."""

    on = DayField(called="The date", required=False, label="Show the contract as it stands on")


@dataclass(frozen=True)
class Asked:
    """The day asked about, and its form. After a mistake the day is today and the form says why."""

    day: Day
    form: DayForm
    is_today: bool


def day_asked(request: HttpRequest, today: Day) -> Asked:
    """Reads the day from the query. Never raises: a mistake is in the form's errors."""
    if not any(name.startswith("on_") for name in request.GET):
        return Asked(today, DayForm(initial={"on": today}), is_today=True)
    form = DayForm(request.GET)
    day = (form.cleaned_data.get("on") if form.is_valid() else None) or today
    return Asked(day, form, is_today=day == today)


def day_query(day: Day) -> str:
    """The query that asks about a day."""
    return "?" + urlencode({"on_day": day.day, "on_month": day.month, "on_year": day.year})
