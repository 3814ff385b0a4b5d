"""Signing in by an organisation's provider, and setting it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.models import Person
from contracts.web.forms import DulyForm
from contracts.web.people.forms import ADDRESS


class AddressForm(DulyForm):
    """Who wants to sign in."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": "Enter your e-mail address.", "invalid": ADDRESS},
    )


class ProviderForm(DulyForm):
    """The provider of an organisation."""

    discovery = forms.CharField(
        label="Address of the provider",
        max_length=500,
        help_text="Where it describes itself (its discovery address), such as https://login.example.org",
        error_messages={"required": "Enter the discovery address."},
    )
    client_id = forms.CharField(
        label="Client ID", max_length=255, error_messages={"required": "Enter the client ID."}
    )
    client_secret = forms.CharField(
        label="Client secret",
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    domains = forms.CharField(
        label="Domains of your e-mail addresses",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line. Who signs in with an address there is led to the provider.",
        error_messages={"required": "Enter at least one domain, such as example.org."},
    )
    factors = forms.CharField(
        label="What shows a second factor",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text="Words in amr or acr, one a line, such as mfa. Leave it empty, and the provider’s second"
        " factor does not count: where Duly demands one, it asks for its own.",
    )
    demanded = forms.BooleanField(required=False, label="People with these addresses sign in only so")
    break_glass = forms.ChoiceField(
        label="Who signs in with a password all the same",
        widget=forms.RadioSelect,
        required=False,
        help_text="One administrator, to let you in again should the provider fail.",
    )

    def __init__(self, administrators: Iterable[Person], kept: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("break_glass", [(one.pk, f"{one.name}, {one.email}") for one in administrators])
        if kept:
            self.fields["client_secret"].help_text = "It is kept and not shown. Leave this empty to keep it."

    def lines(self, name: str) -> list[str]:
        """What was entered in a box, a line each."""
        return [one.strip() for one in self.cleaned_data[name].splitlines() if one.strip()]
