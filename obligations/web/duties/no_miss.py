"""Accepting that what was missed was none (R49)."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Act, open_contract
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations import selectors
from obligations.services.recording.no_miss import NONE_STANDS, accept_no_miss, why_not_accept
from obligations.web.lines import missed_words

DONE = "It counts as a miss no more. The record keeps it."


class NoMissForm(DulyForm):
    """Why it was none, for the record."""

    reason = forms.CharField(
        max_length=2000,
        label="Why was it no miss?",
        help_text="Where the other party accepts it by letter, its date and reference. It is on the record.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it was no miss, or which letter says so."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def accept(request: SignedIn, contract_id: int, duty_id: int) -> HttpResponse:
    """Shows the miss that stands beside a duty's date, and accepts that it was none."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE)
    duty = selectors.duty_page(access, duty_id, now).duty
    duty.contract = access.contract
    form, actor = NoMissForm(*sent(request)), Actor.of(access.person, access.side)
    accepted = act(
        request,
        form,
        lambda data: accept_no_miss(duty, actor, now, reason=data["reason"]),
        lambda _: Done(DONE, redirect("duty", contract_id, duty_id)),
    )
    if accepted:
        return accepted
    miss = duty.misses.filter(until=None).first()
    why_not = why_not_accept(duty, access.side) if miss else NONE_STANDS
    context = {"form": form, "duty": duty, "missed": missed_words(miss) if miss else "", "why_not": why_not}
    crumbs = [Crumb(duty.title, reverse("duty", args=[contract_id, duty_id]))]
    return contract_page(request, access, "obligations/no_miss.html", context, here="due", crumbs=crumbs)
