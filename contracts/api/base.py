"""What every endpoint shares: the moment of asking, taken once, and pages by cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from contracts.absence import NotThere
from contracts.models import Person
from contracts.row_security import asking
from contracts.services.errors import Refused


class ByNumber(CursorPagination):
    """Pages in order of number: no row is missed or seen twice while others are added."""

    ordering = "id"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500


class AsAt(APIView):
    """A view that takes the time once, as the request comes in, and hands it down; it asks as its person."""

    now: datetime

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.now = timezone.now()
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, Person):
            asking.become(request.user.pk)

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return context | {"now": getattr(self, "now", None)}


def answer_of(error: Exception, context: dict[str, Any]) -> Response | None:
    """What an endpoint answers to an error: 404 to what is not there, 400 with the field to what a service
    refuses, else as the framework does."""
    if isinstance(error, Refused):
        error = ValidationError({error.field or "detail": [error.message]})
    if isinstance(error, NotThere):
        error = Http404(str(error))
    return exception_handler(error, context)
