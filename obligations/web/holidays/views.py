"""Bank holidays: the calendars in use, and changing them. For administrators of the whole system only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.access import require_staff
from contracts.models import Side
from contracts.row_security import asking
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.terms.moments import london_day
from contracts.web import paging
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.pages import Crumb, SignedIn
from contracts.web.words import count
from contracts.web.work.views import lead_to
from obligations import selectors
from obligations.models import CalendarChange, ChangeState
from obligations.services.asking import calendars
from obligations.services.holidays import applying, previewing, proposing
from obligations.web.holidays import presenters
from obligations.web.holidays.forms import FileForm, OneOffForm, ReasonForm

PER_PAGE = 50
PROPOSED = "The change is proposed. Nothing moves before it is applied."
View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Signed in, and an administrator of the system; 404 for others.

    The calendars are everybody's, so they look over all contracts, less what is kept from them.
    """

    @wraps(view)
    @login_required
    def gated(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        require_staff(request.user)
        with asking.back_room(request.user.pk):
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
    form, now = FileForm(*sent(request)), timezone.now()
    proposed = act(
        request,
        form,
        lambda data: proposing.propose_file(_actor(request), now, file=data["file"]),
        lambda made: _previewed(request, made, now),
    )
    return proposed or _page(request, "upload", {"form": form}, _all())


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def add(request: SignedIn) -> HttpResponse:
    """Proposes a one-off day."""
    form, now = OneOffForm(*sent(request)), timezone.now()
    proposed = act(
        request,
        form,
        lambda data: proposing.propose_day(_actor(request), now, **data),
        lambda made: _previewed(request, made, now),
    )
    return proposed or _page(request, "add", {"form": form}, _all())


def _previewed(request: SignedIn, change: CalendarChange, now: datetime, says: str = PROPOSED) -> Done:
    """Works the preview out at once where that is quick; otherwise a worker does, and its page tells."""
    asked = previewing.ask_for_preview(change, _actor(request), now)
    return Done(says, lead_to(long_work.run(asked, now) if previewing.is_quick(change) else asked))


@require_safe
@for_staff
def change(request: SignedIn, change_id: int) -> HttpResponse:
    """What a change says, whose dates would move, and applying it."""
    found = selectors.calendar_change(change_id)
    page = paging.page_of(request, selectors.calendar_moves(found, request.user), PER_PAGE)
    busy = found.state in (ChangeState.PROPOSED, ChangeState.APPLYING)
    work = applying.work_on(found) if busy else None
    goes_on = work is not None and not work.is_finished
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
        "work": work if goes_on else None,
        "under_way": presenters.under_way(found, work),
        "past": presenters.is_past(found),
        "faults": selectors.calendar_faults(found),
    }
    answer = _page(request, "change", context, _all())
    if goes_on:
        answer["Refresh"] = "5"
    return answer


@require_POST
@for_staff
def apply(request: SignedIn, change_id: int) -> HttpResponse:
    """Applies a change: at once where few duties can be affected, else by a worker."""
    now = timezone.now()
    found = selectors.calendar_change(change_id)
    before, back = found.state, redirect("holiday_change", change_id)

    def applied(asked: CalendarChange) -> Done:
        if before == ChangeState.APPLIED:
            return noted("This change was applied already, so nothing was done again.", back)
        if asked.state == ChangeState.APPLYING:
            work = applying.ask_for_redating(asked, _actor(request), now)
            work = long_work.run(work, now) if previewing.is_quick(asked) else work
            asked.refresh_from_db()
        if asked.state != ChangeState.APPLIED:
            return noted("The change counts from now on. The open duties are being redated.", lead_to(work))
        moved = asked.moved - selectors.moves_kept_from(asked, request.user)
        return Done(f"Applied. {count(moved, 'duty', 'duties')} redated.", back)

    return press(request, lambda: applying.ask_to_apply(found, _actor(request), now), applied, back=back)


@require_POST
@for_staff
def preview_again(request: SignedIn, change_id: int) -> HttpResponse:
    """Works the preview out anew."""
    found, now = selectors.calendar_change(change_id), timezone.now()
    return press(
        request,
        lambda: previewing.ask_again(found, _actor(request), now),
        lambda asked: _previewed(request, asked, now, says=""),
        back=redirect("holiday_change", change_id),
    )


@require_POST
@for_staff
def try_again(request: SignedIn, change_id: int) -> HttpResponse:
    """Works the contracts out anew that an applied change could not redate."""
    found, back = selectors.calendar_change(change_id), redirect("holiday_change", change_id)
    return press(
        request,
        lambda: applying.try_again(found, _actor(request), timezone.now()),
        lambda left: Done(
            "Every contract is worked out." if not left else presenters.still_faulty(left), back
        ),
        back=back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def withdraw(request: SignedIn, change_id: int) -> HttpResponse:
    """Turns a proposal down; of an applied change proposes the opposite."""
    found = selectors.calendar_change(change_id)
    applied = found.state == ChangeState.APPLIED
    form, now = ReasonForm(*sent(request)), timezone.now()
    turn_down = proposing.propose_taking_back if applied else proposing.withdraw

    def turned_down(made: CalendarChange) -> Done:
        if applied:
            return _previewed(request, made, now)
        return Done("Withdrawn. Nothing has moved.", redirect("holiday_change", change_id))

    answer = act(
        request,
        form,
        lambda data: turn_down(found, _actor(request), now, reason=data["reason"]),
        turned_down,
    )
    if answer:
        return answer
    context = {"form": form, "change": found, "title": presenters.title(found), "applied": applied}
    here = Crumb(presenters.title(found), reverse("holiday_change", args=[found.pk]))
    return _page(request, "withdraw", context, _all(), here)
