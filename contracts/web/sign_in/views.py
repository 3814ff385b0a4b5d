"""How somebody signs in: where they are signed in, another address, and what was kept meanwhile."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.absence import NotThere
from contracts.models import AddressChange, Person
from contracts.services.sign_in import addresses, sessions
from contracts.services.sign_in.devices import device_words
from contracts.sessions import hash_of
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.asking_again import ask_again
from contracts.web.pages import Crumb, SignedIn
from contracts.web.sign_in import kept, presenters
from contracts.web.sign_in.forms import AddressForm

GONE = 410
CRUMBS = [Crumb("Your account", "/account")]


@require_safe
@login_required
def where(request: SignedIn) -> HttpResponse:
    """Where somebody is signed in."""
    now, own = timezone.now(), hash_of(request.session.session_key or "")
    rows = [presenters.session_row(one, own) for one in sessions.sessions_of(request.user, now)]
    context = {"rows": rows, "others": len(rows) > 1, "crumbs": CRUMBS}
    return render(request, "contracts/sign_in/where.html", context)


@require_POST
@login_required
def end_session(request: SignedIn) -> HttpResponse:
    """Ends one session elsewhere, or all of them."""
    own, key = hash_of(request.session.session_key or ""), request.POST.get("session", "")
    if key == own:
        return redirect("account_logout")
    if key:
        ended = int(sessions.end_session(request.user, key))
    else:
        ended = sessions.end_sessions(request.user, but=own)
    says = "You are signed out there." if ended else "That session had ended already."
    return noted(says, redirect("signed_in_where")).answer(request)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@ask_again
def change_address(request: SignedIn) -> HttpResponse:
    """Asks for another address; it counts once both have confirmed it."""
    now, person, back = timezone.now(), request.user, redirect("change_address")
    form = AddressForm(*sent(request))
    place = request.session.get("duly.place", "")
    device = device_words(request.META.get("HTTP_USER_AGENT", ""))

    def asked(change: AddressChange) -> Done:
        return Done(f"Links are on their way to {change.before} and to {change.after}. Open both.", back)

    answer = act(
        request,
        form,
        lambda data: addresses.ask(person, now, email=data["email"], place=place, device=device),
        asked,
        twice=noted("The links are on their way already.", back),
    )
    waits = presenters.waiting_rows(addresses.waiting(person, now))
    context = {"form": form, "rows": waits, "person": person, "crumbs": CRUMBS}
    return answer or render(request, "contracts/sign_in/address.html", context)


@require_POST
@login_required
def stop_address(request: SignedIn) -> HttpResponse:
    """Takes the change back that somebody asked for."""
    now, back = timezone.now(), redirect("change_address")
    change = addresses.waiting(request.user, now)
    if change is None:
        return noted("There is no change to stop.", back).answer(request)
    return press(
        request,
        lambda: addresses.stop(change, now),
        lambda made: Done(f"It is stopped: you go on with {made.before}.", back),
        back=back,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, key: str) -> HttpResponse:
    """Confirms a change at one of the two addresses, or stops it. Opening the link does nothing."""
    now = timezone.now()
    found = addresses.opened(key, now)
    if found is None:
        return closed(request, addresses.was_sent(key))
    change, own = found.change, redirect("confirm_address", key)
    context = {"found": found, "change": change, "old": found.end is addresses.End.BEFORE}
    if request.method == "POST" and "stop" in request.POST:
        return press(
            request,
            lambda: addresses.stop(change, now, end=found.end),
            lambda made: Done(f"It is stopped: the account goes on with {made.before}.", redirect("home")),
            back=own,
        )
    if request.method == "POST":
        return press(request, lambda: addresses.confirm(key, now), _confirmed, back=own)
    return render(request, "contracts/sign_in/confirm_address.html", context)


def closed(request: HttpRequest, was_sent: bool) -> HttpResponse:
    """A link that does nothing any more. Raises NotThere where there never was one."""
    if not was_sent:
        raise NotThere("no such link")
    return render(request, "contracts/sign_in/link_closed.html", status=GONE)


def _confirmed(change: AddressChange) -> Done:
    if change.done_at is not None:
        return Done(f"The address is changed. Sign in with {change.after} from now on.", redirect("home"))
    other = change.before if change.before_confirmed_at is None else change.after
    return noted(f"Confirmed here. Now open the link that was mailed to {other}.", redirect("home"))


@require_POST
@login_required
def go_on(request: HttpRequest) -> HttpResponse:
    """Goes on with what somebody was about to do before they set up their second factor."""
    assert isinstance(request.user, Person)
    return kept.go_on(request)
