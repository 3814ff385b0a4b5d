"""Bank holidays: the calendars in use, and changing them. For administrators of the whole system only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.access import require_staff
from contracts.models import Side
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from contracts.web import paging
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn
from contracts.web.words import count
from obligations import selectors
from obligations.models import CalendarChange, ChangeState
from obligations.services.asking import calendars
from obligations.services.holidays import applying, previewing, proposing
from obligations.web.holidays import presenters
from obligations.web.holidays.forms import FileForm, OneOffForm, ReasonForm

PER_PAGE = 50
View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Signed in, and an administrator of the system; 404 for others."""

    @wraps(view)
    @login_required
    def gated(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        require_staff(request.user)
        return view(request, *args, **kwargs)

    return gated


def _actor(request: SignedIn) -> Actor:
    return Actor.of(request.user, Side.NEITHER)


def _page(request: SignedIn, template: str, context: dict[str, Any], *crumbs: Crumb) -> HttpResponse:
    way = [Crumb("Contracts", reverse("home")), *crumbs]
    return render(request, f"obligations/holidays/{template}.html", {"crumbs": way, **context})


def _all() -> Crumb:
    return Crumb("Bank holidays", reverse("holidays"))


@require_safe
@for_staff
def holidays_page(request: SignedIn) -> HttpResponse:
    """The calendars in use, when the published list was last looked at, and every change."""
    known = calendars.load()
    page = paging.page_of(request, selectors.calendar_changes(), PER_PAGE)
    context = {
        "version": known.version,
        "edge": presenters.last_day(known),
        "divisions": presenters.coming(known, london_day(timezone.now())),
        "check": selectors.last_calendar_check(),
        "rows": [presenters.row(one) for one in page],
        "pages": paging.pages(request, page),
    }
    return _page(request, "list", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def upload(request: SignedIn) -> HttpResponse:
    """Proposes what a published file changes."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if made := _proposed(
            form, lambda: proposing.propose_file(_actor(request), now, file=form.cleaned_data["file"])
        ):
            return _previewed(request, made, now)
    return _page(request, "upload", {"form": form}, _all())


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def add(request: SignedIn) -> HttpResponse:
    """Proposes a one-off day."""
    form = OneOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if made := _proposed(form, lambda: proposing.propose_day(_actor(request), now, **form.cleaned_data)):
            return _previewed(request, made, now)
    return _page(request, "add", {"form": form}, _all())


def _proposed(form: DulyForm, propose: Callable[[], CalendarChange]) -> CalendarChange | None:
    try:
        return propose()
    except Refused as refused:
        form.refuse(refused)
        return None


def _previewed(request: SignedIn, change: CalendarChange, now: datetime) -> HttpResponse:
    """Works the preview out at once where that is quick; otherwise a worker does."""
    if previewing.is_quick(change):
        previewing.preview(change, now)
    messages.success(request, "The change is proposed. Nothing moves before it is applied.")
    return redirect("holiday_change", change.pk)


@require_safe
@for_staff
def change(request: SignedIn, change_id: int) -> HttpResponse:
    """What a change says, whose dates would move, and applying it."""
    found = selectors.calendar_change(change_id)
    page = paging.page_of(request, selectors.calendar_moves(found, request.user), PER_PAGE)
    busy = found.state in (ChangeState.PROPOSED, ChangeState.APPLYING)
    context = {
        "change": found,
        "title": presenters.title(found),
        "tag": presenters.tag(found),
        "rows": presenters.summary(found, selectors.moves_kept_from(found, request.user)),
        "effects": presenters.effects(found),
        "moves": presenters.moves(page),
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
        "busy": busy,
        "progress": presenters.progress(found),
        "past": presenters.is_past(found),
    }
    answer = _page(request, "change", context, _all())
    if busy:
        answer["Refresh"] = "5"
    return answer


@require_POST
@for_staff
def apply(request: SignedIn, change_id: int) -> HttpResponse:
    """Applies a change: at once where few duties can be affected, else by a worker."""
    now = timezone.now()
    found = selectors.calendar_change(change_id)
    before = found.state
    try:
        found = applying.ask_to_apply(found, _actor(request), now)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("holiday_change", change_id)
    if found.state == ChangeState.APPLYING and previewing.is_quick(found):
        applying.apply(found, now)
        found.refresh_from_db()
    if before == ChangeState.APPLIED:
        messages.info(request, "This change was applied already, so nothing was done again.")
    elif found.state == ChangeState.APPLIED:
        moved = found.moved - selectors.moves_kept_from(found, request.user)
        messages.success(request, f"Applied. {count(moved, 'duty', 'duties')} redated.")
    else:
        messages.info(request, "The change counts from now on. The open duties are being redated.")
    return redirect("holiday_change", change_id)


@require_POST
@for_staff
def preview_again(request: SignedIn, change_id: int) -> HttpResponse:
    """Works the preview out anew."""
    found = selectors.calendar_change(change_id)
    try:
        found = previewing.preview_again(found)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        if previewing.is_quick(found):
            previewing.preview(found, timezone.now())
    return redirect("holiday_change", change_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def withdraw(request: SignedIn, change_id: int) -> HttpResponse:
    """Turns a proposal down; of an applied change proposes the opposite."""
    found = selectors.calendar_change(change_id)
    applied = found.state == ChangeState.APPLIED
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now, reason = timezone.now(), form.cleaned_data["reason"]
        if applied:
            if made := _proposed(
                form,
                lambda: proposing.propose_taking_back(found, _actor(request), now, reason=reason),
            ):
                return _previewed(request, made, now)
        elif _proposed(form, lambda: proposing.withdraw(found, _actor(request), now, reason=reason)):
            messages.success(request, "Withdrawn. Nothing has moved.")
            return redirect("holiday_change", change_id)
    context = {"form": form, "change": found, "title": presenters.title(found), "applied": applied}
    here = Crumb(presenters.title(found), reverse("holiday_change", args=[found.pk]))
    return _page(request, "withdraw", context, _all(), here)
