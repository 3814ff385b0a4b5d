"""Messages in Duly: what a person was told, read or not."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts.access import contracts_of
from contracts.services.errors import Refused
from contracts.web.acting import Done, press
from contracts.web.pages import SignedIn
from contracts.web.words import count
from obligations import selectors
from obligations.models import Notice
from obligations.services import inbox as reading
from obligations.web.inbox import presenters
from obligations.web.inbox.forms import MessagesForm, place_words

PER_PAGE = 25


@require_safe
@login_required
def inbox(request: SignedIn) -> HttpResponse:
    """The newest first, page by page; narrowed to a contract or a kind."""
    now = timezone.now()
    form = MessagesForm(contracts_of(request.user, now).order_by("reference"), request.GET)
    wanted = form.wanted(request.GET.get("before", ""))
    found = selectors.messages(request.user, now, wanted, PER_PAGE + 1)
    shown = found[:PER_PAGE]
    context = {
        "filters": form,
        "narrowed": bool(wanted.contract or wanted.stage),
        "rows": presenters.rows(shown, now),
        "until": now.isoformat(),
        "later": wanted.before is not None,
        "older": _older(request, shown[-1]) if len(found) > PER_PAGE else "",
    }
    return render(request, "obligations/inbox/inbox.html", context)


def _older(request: SignedIn, last: Notice) -> str:
    query = request.GET.copy()
    query["before"] = place_words(last.sent_at or last.not_before, last.pk)
    return f"?{query.urlencode()}"


@require_POST
@login_required
def read(request: SignedIn, notice_id: int) -> HttpResponse:
    """Says that one message was read; back to where it was."""
    reading.read(request.user, notice_id, timezone.now())
    query = QueryDict(request.POST.get("back", "")).urlencode()
    return redirect(reverse("inbox") + (f"?{query}" if query else ""))


@require_POST
@login_required
def read_all(request: SignedIn) -> HttpResponse:
    """Says that everything was read that was there when the page was shown."""
    now, back = timezone.now(), redirect("inbox")
    return press(
        request,
        lambda: reading.read_all(request.user, _shown_at(request.POST.get("until", "")), now),
        lambda many: Done(f"{count(many, 'message')} marked as read.", back),
        back=back,
    )


def _shown_at(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused("", "It was not said up to when you have read them. Open this page again and press it.")
    return moment
