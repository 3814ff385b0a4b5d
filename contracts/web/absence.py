"""What is not there becomes the page that says so."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from contracts.absence import NotThere


class NotThereIsNotFound:
    """A view that asks for what is not there answers as one whose address is not there: 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, NotThere):
            raise Http404(str(exception)) from exception
