"""Acting from a form: the one way in which every page does it.

    form = WithdrawForm(*sent(request))
    answer = act(
        request,
        form,
        lambda data: withdraw_variation(variation, actor, now, reason=data["reason"]),
        lambda made: Done("It is withdrawn.", redirect("variation", contract.pk, made.pk)),
    )
    return answer or contract_page(request, access, template, {"form": form}, here="variations")

The page calls one service and says what followed. What is the same everywhere is here: a second press of the
button, a refusal beside the field it names, the message, the way on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from contracts.services.errors import Refused
from contracts.web import once
from contracts.web.forms import DulyForm

Made = TypeVar("Made")
Sent: TypeAlias = "tuple[QueryDict, MultiValueDict[str, UploadedFile[bytes]]] | tuple[None, None]"


@dataclass(frozen=True)
class Done:
    """What the person is told ("" for nothing), and where they are led."""

    says: str
    then: HttpResponse
    level: int = messages.SUCCESS

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Tells it on the page that comes next."""
        if self.says:
            messages.add_message(request, self.level, self.says)
        return self.then


def noted(says: str, then: HttpResponse) -> Done:
    """As ``Done``, where nothing was done just now: it was there already, or it is still to come."""
    return Done(says, then, messages.INFO)


def sent(request: HttpRequest) -> Sent:
    """What was sent with a form, its data and its files; (None, None) where the form is only shown."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def act(
    request: HttpRequest,
    form: DulyForm,
    doing: Callable[[dict[str, Any]], Made],
    done: Callable[[Made], Done],
    *,
    twice: Done | None = None,
    instead: Callable[[Refused], Done | None] | None = None,
    not_theirs: str = "",
) -> HttpResponse | None:
    """Does what a form asks and answers; None where its page is to be shown, with what stands in the way.

    ``doing`` calls the service with the cleaned data, ``done`` says what followed. A form with a token is
    acted on once: ``twice`` is the answer to its second press. A refusal goes beside the field it names, and
    the token is given back; ``instead`` may lead a refusal to another page. ``not_theirs``: why this person's
    role does not do this, "" where it does: who sends the form all the same is answered with 403, whatever is
    in it. Raises TypeError where a form has a token and no ``twice``, or the other way round.
    """
    if request.method != "POST":
        return None
    if not_theirs:
        raise PermissionDenied(not_theirs)
    if not form.is_valid():
        return None
    if ("token" in form.fields) != (twice is not None):
        raise TypeError(
            f"{type(form).__name__}: a form with a token, and no other, needs an answer to `twice`"
        )
    token = form.cleaned_data.get("token", "")
    if twice is not None and not once.take(token):
        return twice.answer(request)
    try:
        with once.given_back_if_it_fails(token):
            made = doing(form.cleaned_data)
    except Refused as refused:
        if instead is not None and (elsewhere := instead(refused)):
            return elsewhere.answer(request)
        form.refuse(refused)
        return None
    # The token stays taken from here on: a mistake in telling what was done must not let it be done again.
    return done(made).answer(request)


def press(
    request: HttpRequest,
    doing: Callable[[], Made],
    done: Callable[[Made], Done],
    *,
    back: HttpResponse,
    not_theirs: str = "",
) -> HttpResponse:
    """As ``act``, for a button without fields: a refusal is told on the page that ``back`` leads to."""
    if not_theirs:
        raise PermissionDenied(not_theirs)
    try:
        made = doing()
    except Refused as refused:
        return Done(refused.message, back, messages.WARNING).answer(request)
    return done(made).answer(request)
