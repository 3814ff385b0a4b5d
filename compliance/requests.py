"""Every request has an id, which its log lines and its answer carry, and is measured by its page's name."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from compliance import metrics

HEADER = "X-Request-ID"
FIT = re.compile(r"[A-Za-z0-9-]{8,64}")
log = logging.getLogger(__name__)


def request_id(request: HttpRequest) -> str:
    """The id that our proxy gave the request, or a new one: nobody else may write into our log."""
    given = request.headers.get(HEADER, "")
    return given if settings.BEHIND_PROXY and FIT.fullmatch(given) else uuid.uuid4().hex


def page_name(request: HttpRequest) -> str:
    """The name of the page that answered, which does not tell whose it is; `none`: there is no such page."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "none"


class Followed:
    """Outermost of the middleware: what it measures is what a person waits for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        clear_contextvars()
        known = request_id(request)
        bind_contextvars(request_id=known)
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        page = page_name(request)
        metrics.PAGE_SECONDS.labels(page, f"{response.status_code // 100}xx").observe(seconds)
        figures = {
            "page": page,
            "method": request.method,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000),
        }
        log.info("request", extra={"figures": figures})
        response[HEADER] = known
        return response


@request_finished.connect
def forget_request(**_: object) -> None:
    """After the last line of a request, which Django writes once all middleware is done."""
    clear_contextvars()
