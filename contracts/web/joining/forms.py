"""What somebody who comes says of themselves: a name and a password."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.web.forms import DulyForm
from contracts.web.once import TokenField

MISSING_NAME = "Enter your name."
HINT = "At least 8 characters, not only digits, and not a common password."


class PasswordForm(DulyForm):
    """A password, twice."""

    password = forms.CharField(
        label="Password",
        max_length=200,
        strip=False,
        help_text=HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a password."},
    )
    again = forms.CharField(
        label="The password again",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the password again."},
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", "The two passwords differ. Enter the same password twice.")
        return data


class NewPersonForm(PasswordForm):
    """Who accepts an invitation and has no account yet."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="As others on your contracts are to see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": MISSING_NAME},
    )
    job_title = forms.CharField(
        label="Job title",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    token = TokenField()
    field_order = ("name", "job_title", "password", "again")


class FirstAdministratorForm(PasswordForm):
    """The first administrator of an installation."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": MISSING_NAME},
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="You sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in the correct format, like name@example.com.",
        },
    )
    token = TokenField()
    field_order = ("name", "email", "password", "again")


class AcceptForm(DulyForm):
    """Somebody with an account accepts: nothing is asked."""

    token = TokenField()
