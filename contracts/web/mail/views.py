"""The mail that the demo's catcher caught, to read in the browser. Not there outside the demo."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contracts.web import demo, paging
from contracts.web.mail import reading
from contracts.web.pages import Crumb

PER_PAGE = 25


def _folder() -> Path:
    if not demo.on():
        raise Http404("no mail here")
    return Path(settings.MAIL_CATCHER_DIR)


@require_safe
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    """What was caught, newest first."""
    folder = _folder()
    page = paging.page_of(request, reading.newest(folder), PER_PAGE)
    messages = [found for key in page.object_list if (found := reading.read(folder, key))]
    context = {"mail": messages, "pages": paging.pages(request, page), "total": page.paginator.count}
    return render(request, "contracts/mail.html", context)


@require_safe
@login_required
def message(request: HttpRequest, key: str) -> HttpResponse:
    """One message as plain text."""
    found = reading.read(_folder(), key)
    if found is None:
        raise Http404("no such message")
    context = {"mail": found, "crumbs": [Crumb("Demo mail", reverse("mail"))]}
    return render(request, "contracts/message.html", context)
