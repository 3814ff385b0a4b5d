"""Requests that cannot be read: the page says which part, where that is known."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

LONG_HEADER = "total header size"
"""What Django says of a part of a form whose headers, which hold the file's name, go over 1,024 bytes."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to what cannot be read. A file whose name is too long is said; nothing is repeated."""
    long_name = isinstance(exception, MultiPartParserError) and LONG_HEADER in str(exception)
    return render(request, "400.html", {"long_name": long_name}, status=400)
