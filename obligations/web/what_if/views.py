"""The calculator: what date a limit gives, counted from a day or a moment. It keeps nothing."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import contracts_of
from contracts.terms.moments import london_day
from contracts.web.pages import SignedIn
from obligations.rules.time.counting import LimitError
from obligations.rules.time.deadline_builder import deadline_from
from obligations.rules.time.working_days import DEFAULT_DIVISION, CalendarError
from obligations.services.asking import calendars
from obligations.services.asking.versions import own_books_of
from obligations.web.what_if import presenters
from obligations.web.what_if.forms import WhatIfForm
from obligations.web.what_if.presenters import WEEKDAYS, Answer


@require_safe
@login_required
def what_if(request: SignedIn) -> HttpResponse:
    """The form, and the answer where something was asked: its address is the whole question."""
    asked = any(name in request.GET for name in ("rule", "within", "division", "on_day"))
    yesterday = london_day(timezone.now()) - timedelta(days=1)
    initial = {"on": yesterday, "division": DEFAULT_DIVISION}
    own = own_books_of(contracts_of(request.user, timezone.now()))
    form = WhatIfForm(_with_division(request) if asked else None, initial=initial, own=own)
    context = {"form": form, "weekdays": WEEKDAYS}
    if asked and form.is_valid():
        context["answer"] = _answer(form)
    return render(request, "obligations/what_if.html", context)


def _with_division(request: SignedIn) -> QueryDict:
    """The query; a link that names no division means the usual one."""
    data = request.GET.copy()
    data.setdefault("division", DEFAULT_DIVISION)
    return data


def _answer(form: WhatIfForm) -> Answer | None:
    """The answer, or None where the limit cannot be counted from there: the form says why."""
    data = form.cleaned_data
    calendar = calendars.load().of(data["division"])
    start = data["start"]
    try:
        rule = form.rule_chosen
        calendar = calendar.of(rule.calendar) if rule and rule.calendar else calendar
        deadline = deadline_from([start], calendar)
        return presenters.answer(form.rule_chosen, data["within"], start, deadline, calendar)
    except CalendarError as error:
        form.add_error("on", f"This day is outside the calendar: {error}.")
    except LimitError as error:
        form.add_error("rule" if form.rule_chosen else "within", f"This cannot be counted: {error}.")
    return None
