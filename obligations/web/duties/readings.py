"""Choosing another reading of a duty's rule for the contract (R12)."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Act, open_contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.acting import Done, act, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations import selectors
from obligations.rules.time.deadlines import DEFAULT_READING
from obligations.services.choosing import readings
from obligations.web.moved import named

DONE = "The reading is chosen for this contract. Dates that it moves have moved."


class ReadingForm(DulyForm):
    """The reading, as the list on the duty's page names it, and the reason for the record."""

    reading = forms.CharField(max_length=200, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=2000,
        label="Why does this reading count?",
        help_text="For example, what the parties agreed and where. It goes on the record with your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why this reading counts for the contract."},
    )

    def field_at_fault(self, refused: Refused) -> str:
        """The reading itself is hidden: a refusal of it goes to the top."""
        return "" if refused.field == "reading" else refused.field


@dataclass(frozen=True)
class Consequence:
    """What a choice does, in words."""

    before: str
    after: str
    moves: list[str]


def consequence(choice: readings.Choice) -> Consequence:
    """The readings and the dates that move."""
    return Consequence(
        before=choice.before or DEFAULT_READING,
        after=choice.reading or DEFAULT_READING,
        moves=named(choice.moves),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose_reading(request: SignedIn, contract_id: int, duty_id: int) -> HttpResponse:
    """Shows what another reading would move, and chooses it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.CHOOSE_READING)
    duty = selectors.duty_page(access, duty_id, now).duty
    duty.contract = access.contract
    wanted = (request.POST if request.method == "POST" else request.GET).get("reading", "")[:200]
    form, actor = (
        ReadingForm(*sent(request), initial={"reading": wanted}),
        Actor.of(access.person, access.side),
    )
    chosen = act(
        request,
        form,
        lambda data: readings.choose_reading(
            duty, actor, now, reading=data["reading"], reason=data["reason"]
        ),
        lambda _: Done(DONE, redirect("duty", contract_id, duty_id)),
    )
    if chosen:
        return chosen
    found, why_not = None, ""
    try:
        found = consequence(readings.preview(duty, now, reading=wanted, seen_by=access))
    except Refused as refused:
        why_not = refused.message
    context = {"form": form, "duty": duty, "found": found, "why_not": why_not}
    crumbs = [Crumb(duty.title, reverse("duty", args=[contract_id, duty_id]))]
    return contract_page(request, access, "obligations/reading.html", context, here="due", crumbs=crumbs)
