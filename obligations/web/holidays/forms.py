"""Proposing bank holidays, and turning a proposal down."""

from __future__ import annotations

from django import forms

from contracts.web.forms import DayField, DulyForm
from obligations.rules.time.working_days import DIVISIONS

CHOICES = [(key, "All of them" if key == "all" else name) for key, name in DIVISIONS.items()]


class FileForm(DulyForm):
    """A copy of the published list."""

    file = forms.FileField(
        label="The published list",
        help_text="bank-holidays.json as GOV.UK publishes it, with all three divisions in it.",
        allow_empty_file=True,
        error_messages={"required": "Choose a file.", "invalid": "Choose the file again: it did not arrive."},
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )


class OneOffForm(DulyForm):
    """One day, where it is a holiday, what it is called and where that was announced."""

    division = forms.ChoiceField(
        label="Where is it a holiday?",
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a division, or all of them."},
    )
    day = DayField(called="The holiday", label="Which day?")
    name = forms.CharField(
        max_length=120,
        label="What is it called?",
        help_text="It is named wherever the day is left out of a count.",
        error_messages={"required": "Enter the holiday’s name."},
    )
    source = forms.CharField(
        max_length=300,
        label="Where was it announced?",
        help_text="For example, a royal proclamation and its date.",
        error_messages={"required": "Say where it was announced."},
    )


class ReasonForm(DulyForm):
    """Why a change is withdrawn or taken back."""

    reason = forms.CharField(
        label="Why?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter the reason."},
    )
