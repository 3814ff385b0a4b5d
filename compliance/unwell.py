"""What went wrong on the way to an answer: where it is the database's trouble, it is said, and what to do.

PostgreSQL takes back what a transaction wrote where it has no room for it or goes away, so nothing is half
done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import psycopg2
from celery.signals import task_failure
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from compliance import pulse

TRY_AGAIN_SECONDS = 60


class Trouble(StrEnum):
    """What the database has."""

    FULL = "full"
    AWAY = "away"


SAYS = {
    Trouble.FULL: "Duly’s database has no room left, so this could not be finished, and what was sent just"
    " now is refused. Tell whoever runs Duly that its disk is full. Look before you send it again.",
    Trouble.AWAY: "Duly cannot reach its database just now. What you sent may not have been recorded: look"
    " before you send it again, in a minute.",
}
OF_CODE = {
    "53100": Trouble.FULL,
    "53": Trouble.AWAY,  # too many connections, no memory
    "08": Trouble.AWAY,  # no connection
    "57P": Trouble.AWAY,  # it is being stopped or started
    "25006": Trouble.AWAY,  # it is a copy, which takes nothing
}
"""By how PostgreSQL's code of an error begins; the first that fits."""


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What the database has, by an error that came of it; None for any other error."""
    for one in _with_its_causes(error):
        if not isinstance(one, psycopg2.Error):
            continue
        code = one.pgcode or ""
        for begins, trouble in OF_CODE.items():
            if code.startswith(begins):
                return trouble
        if not code and isinstance(one, psycopg2.OperationalError):  # it never came to an answer
            return Trouble.AWAY
    return None


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer where something went wrong: 503 for the database's trouble, else 500; in words, without
    a query."""
    trouble = note(sys.exception())
    status = 500 if trouble is None else 503
    headers = {} if trouble is None else {"Retry-After": str(TRY_AGAIN_SECONDS)}
    if request.path.startswith("/api/"):
        detail = SAYS[trouble] if trouble else "Something went wrong. Look before you send it again."
        return JsonResponse({"detail": detail}, status=status, headers=headers)
    page = render_to_string("500.html", {"says": SAYS[trouble] if trouble else ""})
    return HttpResponse(page, status=status, headers=headers)


def note(error: BaseException | None) -> Trouble | None:
    """What the database has, by an error; that it is full is kept for health to say."""
    trouble = trouble_of(error)
    if trouble == Trouble.FULL:
        pulse.note(pulse.FULL)
    return trouble


def _with_its_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _of_a_task(exception: BaseException | None = None, **_: Any) -> None:
    """A worker finds it first where nobody is on the pages."""
    note(exception)


task_failure.connect(_of_a_task)
