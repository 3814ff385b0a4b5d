"""Somebody's dates in their own calendar program: the page of its address, and the calendar itself."""

from __future__ import annotations

import hashlib
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contracts.absence import NotThere
from contracts.limits import too_many, too_often
from contracts.models import CalendarFeed
from contracts.row_security import asking
from contracts.services import calendar_feeds
from contracts.services.calendar_feeds import Gone
from contracts.services.providers.settings import asks_for_a_factor, must_use
from contracts.services.sign_in.second_factor import second_factor_owed
from contracts.web.acting import Done, press
from contracts.web.asking_again import ask_again
from contracts.web.pages import Crumb, SignedIn
from contracts.web.words import moment_words
from obligations.services.calendar_feed import calendar_of

WITHIN = 600
MOST_BAD, MOST_FETCHED = 20, 30
"""In ``WITHIN`` seconds: wrong secrets from one address, and times that one calendar is fetched."""


@require_safe
@never_cache
@login_required
def calendar(request: SignedIn) -> HttpResponse:
    """Whether somebody has an address for their calendar, and when it was last fetched."""
    feed = calendar_feeds.feed_of(request.user)
    context: dict[str, object] = {
        "made": moment_words(feed.made_at) if feed else "",
        "fetched": moment_words(feed.fetched_at) if feed and feed.fetched_at else "",
    }
    return _page(request, "calendar", context)


@require_POST
@never_cache
@login_required
@ask_again
def new(request: SignedIn) -> HttpResponse:
    """Makes an address and shows it, once: it is not kept."""
    key = calendar_feeds.make(request.user, timezone.now())
    address = settings.SITE_URL + reverse("calendar_file", args=[key])
    return _page(request, "made", {"address": address})


@require_POST
@login_required
def end(request: SignedIn) -> HttpResponse:
    """Ends it. Nobody is asked again: ending an address that leaked must be quick."""
    back = redirect("calendar")
    return press(
        request,
        lambda: calendar_feeds.end(request.user, timezone.now()),
        lambda _: Done("Your calendar address works no more.", back),
        back=back,
    )


def _page(request: SignedIn, name: str, context: dict[str, object]) -> HttpResponse:
    way = [Crumb("Your account", reverse("account"))]
    if name != "calendar":
        way.append(Crumb("Your dates in your own calendar", reverse("calendar")))
    return render(request, f"obligations/calendar_feed/{name}.html", {"crumbs": way, **context})


@require_safe
def calendar_file(request: HttpRequest, key: str) -> HttpResponse:
    """The calendar at an address with a secret, for whoever has it, signed in or not.

    What is in it is asked for as the person who made the address, at this moment.
    """
    now = timezone.now()
    try:
        with asking.job(asking.SIGN_IN):
            feed = calendar_feeds.opened_by(key, now)
            owed = second_factor_owed(feed.person, now)
            owes = bool(owed) and not asks_for_a_factor(must_use(feed.person))
    except NotThere:
        if too_many(request, "calendar_feed", most=MOST_BAD, seconds=WITHIN):
            return _too_many("Too many calendar addresses from you opened nothing.")
        return _said("There is no such calendar. Copy its address again.", HTTPStatus.NOT_FOUND)
    except Gone as gone:
        return _said(f"{gone} Make a new one in Duly, under Your account.", HTTPStatus.GONE)
    if too_often(f"calendar:{feed.pk}", most=MOST_FETCHED, seconds=WITHIN):
        return _too_many("This calendar was fetched too often.")
    if owes:
        return _said(f"Set up a second factor in Duly first. {owed}", HTTPStatus.FORBIDDEN)
    return _given_out(request, feed, now)


def _given_out(request: HttpRequest, feed: CalendarFeed, now: datetime) -> HttpResponse:
    with asking.person(feed.person_id):
        text = calendar_of(feed.person, now)
        digest = hashlib.sha256(text).hexdigest()
        since = calendar_feeds.fetched(feed, now, digest)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag = f'"{digest}"'
    answer["Last-Modified"] = http_date(since.timestamp())
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Disposition"] = 'inline; filename="duly.ics"'
    return get_conditional_response(request, etag, int(since.timestamp()), answer) or answer


def _too_many(says: str) -> HttpResponse:
    answer = _said(f"{says} Ask again in {WITHIN // 60} minutes.", HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(WITHIN)
    return answer


def _said(says: str, status: HTTPStatus) -> HttpResponse:
    answer = HttpResponse(says + "\n", status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer
