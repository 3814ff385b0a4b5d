"""allauth as Duly uses it: by invitation, until the last day, with our mails, and secrets sealed."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from compliance.provider_sign_in import ByProvider, with_provider
from compliance.sign_in_limits import LimitedSignIn
from contracts import limits, sessions
from contracts.models import Person, Side
from contracts.services import api_tokens, calendar_feeds, sealing
from contracts.services.actors import Actor
from contracts.services.sign_in import mail, second_factor
from contracts.services.sign_in.devices import device_words
from contracts.services.sign_in.sessions import end_sessions
from contracts.terms.moments import london_day

PURPOSE = "second factor"
log = logging.getLogger(__name__)


def has_ended(person: Person) -> bool:
    """Whether somebody's last London day has gone by, or their account was closed."""
    return person.has_ended(london_day(timezone.now()))


class AccountAdapter(ByProvider, LimitedSignIn):
    """Sign-up is closed. Who has ended is told so once the password was right. Mails are ours."""

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
        """Another password; no token that the person made for a program works with it any more, nor the
        address of their calendar."""
        with transaction.atomic():
            super().set_password(user, password)
            actor = Actor.of(user, Side.NEITHER)
            api_tokens.end_all(user, actor, timezone.now(), why="the password was changed")
            calendar_feeds.end_of(user, actor, timezone.now(), why="the password was changed")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """In our words."""
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code from your authenticator app",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        usual = super().get_reauthentication_methods(user)
        return with_provider(user, [one | {"description": words[one["id"]]} for one in usual])

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What allauth tells of passwords and factors, by a mail of ours to the address of the account."""
        now, kind = timezone.now(), template_prefix.rpartition("/")[2]
        where = where_from(self.request)
        mail.ask(kind, user.email, now, person=user, at=now.isoformat(), **where)
        if kind not in ("password_changed", "password_reset"):
            second_factor.tell(user, kind, now)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of ours is asked for above or by a form: one of allauth's own goes nowhere."""
        log.error("a mail of allauth's own, %s, was not sent", template_prefix)


def where_from(request: HttpRequest | None) -> dict[str, str]:
    """Where a request comes from: the address it came from, and the browser as it calls itself."""
    if request is None:
        return {"place": "", "device": ""}
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    return {"place": limits.address_of(request)[:45], "device": device_words(agent)}


class ResetForm(ResetPasswordForm):
    """Asks for a link to choose a new password: the same for every address, whoever has an account."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in the correct format, like name@example.com.",
        },
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **options: Any) -> str:
        email: str = self.cleaned_data["email"]
        mail.ask("reset", email, timezone.now())
        return email


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are sealed; the last factor that is demanded stays."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "You must have one: add another before you take this away.",
        "cannot_generate_recovery_codes": "Add a passkey or an authenticator app first.",
        "incorrect_code": "Enter the code that the app shows now, or a recovery code not used yet.",
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(PURPOSE, text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(PURPOSE, encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another factor stays, or none is demanded."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=second_factor.FACTORS)
        if others.exclude(pk=authenticator.pk).exists():
            return True
        return second_factor.why_demanded(authenticator.user, timezone.now()) is None

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site that passkeys are for: that of SITE_URL, whatever host was asked. On one's own machine
        it is the name that was typed, as browsers know no passkeys for 127.0.0.1."""
        host = settings.SITE_HOST
        if settings.LOCAL and self.request is not None:
            host = self.request.get_host().partition(":")[0]
        return {"id": host, "name": "Duly"}


class UntilTheLastDay(AuthenticationBackend):
    """Signs people in until the end of their last day; a session that goes on ends with that day too."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and not has_ended(user)


def signed_in(sender: object, request: HttpRequest, user: Person, **_: Any) -> None:
    """The session says when it began and where; for some minutes nothing asks again who it is."""
    seconds = timezone.now().timestamp()
    where = where_from(request)
    request.session.update(
        {
            sessions.BEGAN: seconds,
            sessions.SEEN: seconds,
            sessions.PLACE: where["place"],
            sessions.DEVICE: where["device"],
        }
    )
    record_authentication(request, user, method="sign_in", reauthenticated=True)


def secret_changed(sender: object, request: HttpRequest, user: Person, **_: Any) -> None:
    """Another password, or a factor more or less: from now on only this browser is signed in."""
    own = request.session.session_key if request.user == user else None
    end_sessions(user, but=sessions.hash_of(own) if own else "")
