"""allauth's pages of second factors, where Duly says or asks more than they do."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from contracts.services import demo_people
from contracts.services.sign_in.second_factor import second_factor_owed, why_demanded
from contracts.web.sign_in import kept
from contracts.web.words import moment_words

INDEX = reverse_lazy("mfa_index")


class Factors(IndexView):  # type: ignore[misc]  # allauth has no types
    """What somebody signs in with beside their password, why they must, and what waits until they have it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        person, now = self.request.user, timezone.now()
        keys = found["authenticators"].get("webauthn", [])
        return found | {
            "owed": second_factor_owed(person, now),
            "demanded": why_demanded(person, now),
            "waits": kept.is_kept(self.request),
            "typed": kept.is_typed(self.request),
            "passkeys": [
                {"pk": one.instance.pk, "name": one.name, "says": _says(one.instance)} for one in keys
            ],
            "is_demo": demo_people.is_of_demo(person),
        }


def _says(authenticator: Any) -> str:
    used = authenticator.last_used_at
    last = f"Last used {moment_words(used)}" if used else "Not used yet"
    return f"Added {moment_words(authenticator.created_at)}. {last}"


@method_decorator(never_cache, name="dispatch")
class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, shown once, and the way on."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"waits": kept.is_kept(self.request)}


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Adds a passkey that also signs in without a password where the device can do that."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        chosen = found["js_data"]["creation_options"]["publicKey"]["authenticatorSelection"]
        chosen["residentKey"] = "preferred"
        by_number = settings.LOCAL and self.request.get_host().startswith("127.")
        return found | {"by_number": by_number, "port": self.request.get_port()}


class RemoveForm(forms.Form):
    """Nothing is asked; the last factor of somebody who must have one stays."""

    def __init__(self, *args: Any, authenticator: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authenticator = authenticator

    def clean(self) -> dict[str, Any]:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.authenticator):
            raise adapter.validation_error("cannot_delete_authenticator")
        return self.cleaned_data


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Takes a passkey away."""

    http_method_names = ("get", "head", "post")  # DELETE would go past the form
    form_class = RemoveForm
    success_url = INDEX

    def get_form_kwargs(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_form_kwargs()
        return found | {"authenticator": self.object}


class RenamePasskey(EditWebAuthnView):  # type: ignore[misc]
    """Calls a passkey otherwise."""

    success_url = INDEX
