"""Says to the database who asks: whoever is signed in, for as long as their request and its answer last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse

from contracts.models import Person
from contracts.row_security import asking


class BeginsAsSignIn:
    """Middleware. Outside of all that reads or keeps a session: until somebody is known, sign-in asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asking.job(asking.SIGN_IN):
            return self.get_response(request)


class SaysWhoAsks:
    """Middleware. Stands right after the one that knows the session; an endpoint that finds its person by a
    token says so itself (``contracts/api/base.py``)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with _who(request):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
                # written after this, row by row
                response.streaming_content = asking.over(response.streaming_content)
            return response


def _who(request: HttpRequest) -> AbstractContextManager[None]:
    person = request.user
    if not isinstance(person, Person):
        return nullcontext()
    if person.is_staff and request.path.startswith(reverse("admin:index")):
        return asking.back_room(person.pk)
    return asking.person(person.pk)


@receiver(user_logged_out)
def nobody_is_known_any_more(**_: object) -> None:
    """Who signs out in the middle of a request, perhaps to sign in as somebody else, asks no further."""
    asking.sign_out()
