"""Putting in force what was decided: first what it would change, then the contract's next version."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Act, open_contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.words import count
from obligations.services.entries.in_force import put_in_force, what_would_change
from obligations.services.entries.standing import version_in_use
from obligations.web.entries import presenters
from obligations.web.entries.asked import entries_href, own_schedule
from obligations.web.entries.forms import FromDayForm, InForceForm
from obligations.web.versions.presenters import duty_lists


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entries_in_force(request: SignedIn, contract_id: int, schedule_id: int) -> HttpResponse:
    """Shows what putting the decisions in force would raise, redate and end; then does it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE_ENTRY)
    contract = access.contract
    schedule = own_schedule(contract, schedule_id)
    there = redirect(entries_href(schedule))
    from_form = FromDayForm(request.GET if "from_day_day" in request.GET else None)
    day: Day | None = from_form.cleaned_data["from_day"] if from_form.is_valid() else None
    form = InForceForm(*sent(request))
    made = act(
        request,
        form,
        lambda data: put_in_force(
            contract, schedule, Actor.of(access.person, access.side), now,
            from_day=data["day"], reason=data["reason"], seen=data["seen"],
        ),
        lambda done: Done(_says(done[0].number, len(done[1].seen_by(access).raised)), there),
        twice=noted("You sent this already, so it was put in force once.", there),
    )  # fmt: skip
    if made:
        return made
    context: dict[str, object] = {
        "schedule": schedule,
        "form": None,
        "from_form": from_form,
        "first": version_in_use(contract, schedule) is None,
    }
    try:
        day = form.cleaned_data.get("day") if form.is_bound else day
        would = what_would_change(contract, schedule, access, now, from_day=day)
    except Refused as refused:
        context["why_not"] = refused.message
    else:
        if not form.is_bound:
            form = InForceForm(initial={"seen": would.seen, "day": would.from_day})
        context |= {
            "form": form,
            "would": would,
            "lists": duty_lists(access, would.effects),
            "news": [presenters.news(contract, one) for one in would.news],
        }
    crumbs = [Crumb("What it asks", entries_href(schedule))]
    template = "obligations/entries/in_force.html"
    return contract_page(request, access, template, context, here="entries", crumbs=crumbs)


def _says(number: int, raised: int) -> str:
    return f"Version {number} is in force. {count(raised, 'duty', 'duties')} began."
