"""The mail that the catcher of a machine of one's own caught, to read in the browser. Not there elsewhere."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contracts.web import demo, paging
from contracts.web.mail import reading
from contracts.web.pages import Crumb, SignedIn

PER_PAGE = 25


def _folder(request: SignedIn) -> Path:
    if not demo.shows_mail(request.user):
        raise Http404("no mail here")
    return Path(settings.MAIL_CATCHER_DIR)


@require_safe
@login_required
def mail(request: SignedIn) -> HttpResponse:
    """What was caught, newest first."""
    folder = _folder(request)
    page = paging.page_of(request, reading.newest(folder), PER_PAGE)
    messages = [found for key in page.object_list if (found := reading.read(folder, key))]
    context = {
        "called": demo.mail_called(),
        "mail": messages,
        "pages": paging.pages(request, page),
        "total": page.paginator.count,
    }
    return render(request, "contracts/mail.html", context)


@require_safe
@login_required
def message(request: SignedIn, key: str) -> HttpResponse:
    """One message as plain text."""
    found = reading.read(_folder(request), key)
    if found is None:
        raise Http404("no such message")
    context = {"mail": found, "crumbs": [Crumb(demo.mail_called(), reverse("mail"))]}
    return render(request, "contracts/message.html", context)
