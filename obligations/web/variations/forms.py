"""Signing a variation."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.models import KeptBy, Side, Variation
from contracts.services.errors import Refused
from contracts.web.forms import DayField, DulyForm


class SignForm(DulyForm):
    """Who signs for which side, as what, on which day, under which text."""

    side = forms.ChoiceField(
        label="Who signs?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which side signs."},
    )
    name = forms.CharField(
        max_length=200,
        label="Full name",
        error_messages={"required": "Enter the name of the person who signs."},
    )
    job_title = forms.CharField(
        max_length=200, label="Job title", error_messages={"required": "Enter their job title."}
    )
    signed_on = DayField(called="The day it was signed", label="Date")
    read = forms.BooleanField(
        label="I have read the text above and sign exactly that text",
        error_messages={"required": "Tick the box to say that you have read the text."},
    )
    text_hash = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, variation: Variation, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = variation.contract
        field = self.fields["side"]
        assert isinstance(field, forms.ChoiceField)
        signed = {signature.side for signature in variation.signatures.all()}
        both = (Side.SUPPLIER, Side.AUTHORITY)
        sides = both if contract.kept_by != KeptBy.BOTH else [one for one in both if one == side]
        field.choices = [(str(one), f"The {contract.word_for(one)}") for one in sides if one not in signed]
        self.fields["signed_on"].help_text = "For example, 12 3 2026. It must not be in the future."
        if len(field.choices) == 1:
            field.initial = field.choices[0][0]

    def field_at_fault(self, refused: Refused) -> str:
        """Nobody fills in the hash: a refusal of it goes to the top."""
        return "" if refused.field == "text_hash" else refused.field
