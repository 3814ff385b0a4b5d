"""Naming an organisation, and inviting somebody to it."""

from __future__ import annotations

from django import forms

from contracts.web.forms import DulyForm
from contracts.web.once import TokenField
from contracts.web.people.forms import ADDRESS


class RenameForm(DulyForm):
    """What an organisation is called."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        help_text="As its contracts name it.",
        error_messages={"required": "Enter the organisation’s name."},
    )


class OrganisationForm(RenameForm):
    """A new organisation."""

    token = TokenField()


class InviteForm(DulyForm):
    """Whom to invite to an organisation."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They get a link that works once, for seven days, and choose their own password.",
        error_messages={"required": "Enter an e-mail address.", "invalid": ADDRESS},
    )
    administers = forms.BooleanField(
        required=False, label="They administer the organisation: invite its people and set their last day"
    )
    token = TokenField()
