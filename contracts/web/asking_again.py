"""A sensitive act asks again who it is: by the password or by a second factor.

Asked once, it is not asked again for ACCOUNT_REAUTHENTICATION_TIMEOUT seconds; signing in counts. What was
sent, but for files, is kept meanwhile and acted on afterwards.

    @ask_again
    def change_role(request, ...):
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])


def ask_again(view: View) -> View:
    """Guards a page: the form that leads to the act, and the act. Put it below ``login_required`` and the
    gate, so that nobody is asked for the sake of what is not there for them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_asked(request)
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # the same call as the view's


def require_asked(request: HttpRequest) -> None:
    """As ``ask_again``, from inside a view: once it is clear that the page is there for this person."""
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired
