"""What somebody was about to do when Duly asked for something first: kept in their session, then done."""

from __future__ import annotations

from allauth.core.internal.httpkit import deserialize_request, serialize_request
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

KEY = "duly.kept"


def keep(request: HttpRequest) -> None:
    """Keep a page that was asked for, or a form that was sent; not its files. What was sent is not replaced
    by a page that is looked at meanwhile."""
    sent = request.method == "POST"
    if not sent and request.session.get(KEY, {}).get("sent"):
        return
    page = {"path": request.get_full_path()}
    request.session[KEY] = page | ({"sent": serialize_request(request)} if sent else {})


def is_kept(request: HttpRequest) -> bool:
    """Whether there is something to go on with."""
    return KEY in request.session


def is_typed(request: HttpRequest) -> bool:
    """Whether it is a form that was sent, and not only a page that was asked for."""
    return "sent" in request.session.get(KEY, {})


def go_on(request: HttpRequest) -> HttpResponse:
    """Act on what was sent, or lead to the page that was asked for."""
    found = request.session.pop(KEY, None)
    if not found:
        return redirect("home")
    if "sent" not in found:
        return redirect(found["path"])
    again = deserialize_request(found["sent"], request)
    match = resolve(again.path_info)
    answer: HttpResponse = match.func(again, *match.args, **match.kwargs)
    return answer
