"""Another address, the roles from which a second factor is demanded, and a lost device."""

from __future__ import annotations

from django import forms

from contracts.models import Role
from contracts.web.forms import DulyForm
from contracts.web.once import TokenField
from contracts.web.people.forms import ADDRESS


class AddressForm(DulyForm):
    """The new address."""

    email = forms.EmailField(
        label="New e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter the new e-mail address.", "invalid": ADDRESS},
    )
    token = TokenField()


class RolesForm(DulyForm):
    """From whom an organisation demands a second factor."""

    roles = forms.MultipleChoiceField(
        required=False,
        label="Roles on a contract",
        widget=forms.CheckboxSelectMultiple,
        choices=Role.choices,
    )


class LostForm(DulyForm):
    """Why a second factor is to be taken away."""

    reason = forms.CharField(
        label="What happened",
        max_length=500,
        help_text="How you know that it is they who ask: for example that they called you. They read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what happened."},
    )
    token = TokenField()
