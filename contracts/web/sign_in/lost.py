"""A lost device: for administrators who ask and agree, and for the person who confirms by their link."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from contracts.services.sign_in import recovery
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.asking_again import require_asked
from contracts.web.pages import SignedIn
from contracts.web.sign_in import presenters
from contracts.web.sign_in.forms import LostForm
from contracts.web.sign_in.views import closed


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def lost_device(request: SignedIn, person_id: int) -> HttpResponse:
    """How far it is, and asking for it."""
    now = timezone.now()
    found = recovery.open_recovering(request.user, person_id, now)
    require_asked(request)
    form, person, back = LostForm(*sent(request)), found.person, redirect("lost_device", person_id)
    answer = act(
        request,
        form,
        lambda data: recovery.ask(person, request.user, now, reason=data["reason"]),
        lambda made: Done(f"{person.name} is told by mail. Another administrator agrees now.", back),
        twice=noted("It was asked for already.", back),
    )
    rows = presenters.recovery_rows(found.open) if found.open else []
    context = {"form": form, "found": found, "person": person, "rows": rows}
    return answer or render(request, "contracts/sign_in/lost_device.html", context)


@require_POST
@login_required
def lost_device_agree(request: SignedIn, person_id: int) -> HttpResponse:
    """The second administrator agrees, or either stops it."""
    now, back = timezone.now(), redirect("lost_device", person_id)
    found = recovery.open_recovering(request.user, person_id, now)
    require_asked(request)
    waits = found.open
    if waits is None:
        return noted(recovery.NO_LONGER, back).answer(request)
    if "stop" in request.POST:
        return press(
            request,
            lambda: recovery.stop(waits, request.user, now),
            lambda _: Done("It is stopped: nothing was taken away.", back),
            back=back,
        )
    return press(
        request,
        lambda: recovery.agree(waits, request.user, now),
        lambda _: Done(f"Agreed. {found.person.name} confirms it with the link in their mail.", back),
        back=back,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_recovery(request: HttpRequest, key: str) -> HttpResponse:
    """The person takes their own factor away, or stops it. Opening the link does nothing."""
    now = timezone.now()
    found = recovery.opened(key, now)
    if found is None:
        return closed(request, recovery.was_sent(key))
    if request.method == "POST" and "stop" in request.POST:
        recovery.stop(found, found.person, now)
        return noted("It is stopped: your second factor stays.", redirect("home")).answer(request)
    if request.method == "POST":
        done = "Your second factor is taken away. Sign in with your password and set up another."
        return press(
            request,
            lambda: recovery.confirm(found, now),
            lambda _: Done(done, redirect("account_login")),
            back=redirect("confirm_recovery", key),
        )
    context = {"rows": presenters.recovery_rows(found), "found": found}
    return render(request, "contracts/sign_in/confirm_recovery.html", context)
