"""How people get in: by invitation, nobody signs themselves up; and not after their last day."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from compliance.provider_sign_in import ByProvider
from compliance.sign_in_limits import LimitedSignIn
from contracts.models import Person, Side
from contracts.services import api_tokens
from contracts.services.actors import Actor
from contracts.terms.moments import london_day


def has_ended(person: Person) -> bool:
    """Whether somebody's last London day has gone by, or their account was closed."""
    return person.has_ended(london_day(timezone.now()))


class ClosedSignupAdapter(ByProvider, LimitedSignIn):
    """allauth with its sign-up page closed. Who has ended is told so once the password was right."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        answer: HttpResponse | None = (
            self.respond_user_inactive(request, user)
            if isinstance(user, Person) and has_ended(user)
            else super().pre_login(request, user, **options)
        )
        return answer

    def set_password(self, user: Any, password: str) -> None:
        """Another password; no token that the person made for a program works with it any more."""
        with transaction.atomic():
            super().set_password(user, password)
            actor = Actor.of(user, Side.NEITHER)
            api_tokens.end_all(user, actor, timezone.now(), why="the password was changed")


class UntilTheLastDay(AuthenticationBackend):
    """Signs people in until the end of their last day; a session that goes on ends with that day too."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and not has_ended(user)
