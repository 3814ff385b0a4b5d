"""The page of long work: how far it is, stopping it, and what came of it. It needs no JavaScript."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts.models import LongWork, Side, WorkState
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.acting import Done, press
from contracts.web.pages import Crumb, SignedIn
from contracts.web.work import presenters

SECONDS = 5
"""After so long the page of unfinished work looks again."""


def lead_to(work: LongWork) -> HttpResponse:
    """Where somebody who asked for it goes next: to the outcome where it is done, else to its page."""
    if work.state == WorkState.DONE and work.leads_to:
        return redirect(work.leads_to)
    return redirect("long_work", work.pk)


@require_safe
@login_required
def work(request: SignedIn, work_id: int) -> HttpResponse:
    """How far it has come; once finished its outcome, the refusal or the failure."""
    now = timezone.now()
    found = long_work.open_work(request.user, work_id, now)
    context = {
        "work": found,
        "tag": presenters.tag(found),
        "rows": presenters.summary(found),
        "progress": presenters.progress(found),
        "outcome": presenters.outcome(found),
        "may_stop": found.cancel_asked_at is None and long_work.may_stop(found, request.user, now),
        "crumbs": [Crumb("Contracts", reverse("home"))],
    }
    answer = render(request, "contracts/long_work.html", context)
    if not found.is_finished:
        answer["Refresh"] = str(SECONDS)
    return answer


@require_POST
@login_required
def cancel(request: SignedIn, work_id: int) -> HttpResponse:
    """Stops it, for who may."""
    now = timezone.now()
    found = long_work.open_work(request.user, work_id, now)
    back = redirect("long_work", work_id)

    def stop() -> LongWork:
        if not found.is_finished and not long_work.may_stop(found, request.user, now):
            raise Refused("", "This is not for you to stop, or cannot be stopped half-way.")
        return long_work.cancel(found, Actor.of(request.user, Side.NEITHER), now)

    return press(request, stop, lambda _: Done("", back), back=back)
