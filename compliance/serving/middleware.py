"""What Django does for bodies.py: the cookie of who has signed in, and the page of what was not taken.

And that pages of somebody signed in are not kept by browsers.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from compliance.serving import bodies

RENEWED = 4
"""The cookie is given again after this part of a session's age: a quarter."""

NOT_KEPT = "no-store"
"""What is shown to somebody signed in is not kept by their browser, which others may use after them."""

Answer = Callable[[HttpRequest], HttpResponse]


class TellsWhoIsKnown:
    """Keeps the cookie `bodies.KNOWN` in step with the session. Stands outside the session's own middleware.

    Answers for somebody signed in are not to be stored, unless the view says otherwise.

    It looks only where the page has found out who is asking, so it costs no query.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        person = getattr(request, "_cached_user", None)
        if person is None:
            return response
        given = response.cookies.get(settings.SESSION_COOKIE_NAME)
        session = given.value if given else request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        has = request.COOKIES.get(bodies.KNOWN, "")
        if not (person.is_authenticated and session):
            if has:
                response.delete_cookie(bodies.KNOWN, samesite="Lax")
            return response
        response.setdefault("Cache-Control", NOT_KEPT)
        now = int(timezone.now().timestamp())
        at = bodies.given_at(has, session)
        if at is None or now > at + settings.SESSION_COOKIE_AGE // RENEWED:
            response.set_cookie(
                bodies.KNOWN,
                bodies.known_value(session, now),
                max_age=settings.SESSION_COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


class SaysWhyNotTaken:
    """Answers a request whose body was not taken, instead of the view it was for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = request.META.get(bodies.REFUSAL)
        return self.get_response(request) if refusal is None else self.answer(request, refusal)

    def answer(self, request: HttpRequest, refusal: bodies.Refusal) -> HttpResponse:
        if request.path.startswith("/api/"):
            detail = {"detail": " ".join((f"{refusal.title}.", *refusal.words))}
            response: HttpResponse = JsonResponse(detail, status=refusal.status)
        else:
            response = render(request, "not_taken.html", {"refusal": refusal}, status=refusal.status)
        if refusal is bodies.BUSY:
            response["Retry-After"] = "60"
        return response
