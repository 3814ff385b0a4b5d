"""The rules a contract goes by, what is offered instead, and taking it over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import LongWork
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.acting import Done, act, noted, sent
from contracts.web.forms import DayField, DulyForm
from contracts.web.once import TokenField
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.models import Offer, OfferState
from obligations.services.asking.versions import edition_of
from obligations.services.versions import offered, offers
from obligations.web.versions import presenters

HERE = "versions"


class TakeOverForm(DulyForm):
    """The reason, for the record. ``seen``: what the page was worked out from."""

    token = TokenField()
    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=2000,
        label="Why is it taken over?",
        help_text="For example, what the parties agreed. It goes on the record with your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is taken over."},
    )


class FromForm(DulyForm):
    """From which day it is to count."""

    from_day = DayField(
        called="The day",
        required=False,
        label="From which day?",
        help_text="Duties that begin before this day stay as they are. Leave it empty to count from the"
        " beginning: open duties then get their new dates.",
    )


@require_safe
@login_required
def versions(request: SignedIn, contract_id: int) -> HttpResponse:
    """The version of each rulebook and the edition of the engine that the contract goes by, and what is
    offered.
    """
    access = open_contract(request.user, contract_id, timezone.now())
    page = offered.of_contract(access.contract)
    context = {
        "in_use": presenters.in_use(page.adoptions, page.editions),
        "offers": presenters.offers(access, page.offers),
    }
    return contract_page(request, access, "obligations/versions/list.html", context, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def offer(request: SignedIn, contract_id: int, offer_id: int) -> HttpResponse:
    """What taking an offer over would change; and takes it over."""
    now = timezone.now()
    posted = request.method == "POST"
    access = open_contract(request.user, contract_id, now, Act.TAKE_OVER if posted else Act.VIEW)
    found = _find(access, offer_id)
    form = TakeOverForm(*sent(request), initial={"seen": found.ledger_entry})
    list_page = redirect("versions", contract_id)
    answer = act(
        request,
        form,
        lambda data: offers.take_over(
            found, Actor.of(access.person, access.side), now, reason=data["reason"], seen=data["seen"]
        ),
        lambda changes: Done(presenters.taken(changes.seen_by(access)), list_page),
        twice=noted("You sent this already, so it was taken over once.", list_page),
    )
    return answer or _offer_page(request, access, found, form, FromForm(), now)


@require_http_methods(["POST"])
@login_required
def work_out(request: SignedIn, contract_id: int, offer_id: int) -> HttpResponse:
    """Works an offer out anew, from the day that is asked for."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.TAKE_OVER)
    found = _find(access, offer_id)
    form = FromForm(*sent(request))

    def working_out(data: dict[str, Any]) -> LongWork:
        actor = Actor.of(access.person, access.side)
        return offers.ask(found, actor, now, from_day=data["from_day"])

    def after(work: LongWork) -> Done:
        then = (
            redirect("offer", contract_id, found.pk) if work.is_finished else redirect("long_work", work.pk)
        )
        return Done("", then)

    answer = act(request, form, working_out, after)
    return answer or _offer_page(
        request, access, found, TakeOverForm(initial={"seen": found.ledger_entry}), form, now
    )


def _find(access: Access, offer_id: int) -> Offer:
    found = Offer.objects.filter(contract=access.contract, pk=offer_id).select_related("version").first()
    if found is None:
        raise Http404("no such offer")
    found.contract = access.contract
    return found


def _offer_page(
    request: HttpRequest, access: Access, found: Offer, form: TakeOverForm, day: FromForm, now: datetime
) -> HttpResponse:
    lists = presenters.duty_lists(access, access.only_seen(offered.changes_of(found)))
    try:
        rules = offered.rules_of(found) if found.version else []
    except Refused as refused:
        rules, found.refusal = [], refused.message
    work = long_work.latest(offers.KIND, offers.key_of(found))
    context = {
        "offer": found,
        "title": presenters.title_of(found),
        "rules": presenters.rule_rows(access, rules),
        "reads": presenters.what_edition_changed(found, edition_of(access.contract)) if found.edition else [],
        "lists": lists,
        "none": not any(one.total for one in lists),
        "from_day": presenters.from_words(found),
        "waiting": found.state == OfferState.WAITING,
        "open": found.state in (OfferState.WAITING, OfferState.READY),
        "taken": presenters.state_words(found),
        "fresh": offers.is_fresh(found, now),
        "work": work if work is not None and not work.is_finished else None,
        "may": access.may(Act.TAKE_OVER),
        "form": form,
        "day": day,
    }
    crumbs = [Crumb("Versions", reverse("versions", args=[access.contract.pk]))]
    page = "obligations/versions/offer.html"
    return contract_page(request, access, page, context, here=HERE, crumbs=crumbs)
