"""Making a token for a program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.models import Contract, TokenScope
from contracts.services.errors import Refused
from contracts.web.forms import DulyForm
from contracts.web.once import TokenField

LASTS = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")]
SCOPE_HINTS = {
    TokenScope.READ.value: "Contracts, duties with their dates and proof, claims, plans.",
    TokenScope.RECORD.value: "Also says what happened and what was done, in your name, as your role allows.",
}


class NewTokenForm(DulyForm):
    """What a token is for, what it may do, where, and until when: the least of each unless more is chosen."""

    name = forms.CharField(
        label="What is it for?",
        max_length=100,
        help_text="For example, weekly report. It is on the record of each contract that the token opens.",
        error_messages={"required": "Enter what the token is for."},
    )
    scope = forms.ChoiceField(
        label="What may it do?",
        widget=forms.RadioSelect,
        choices=TokenScope.choices,
        initial=TokenScope.READ,
        error_messages={"required": "Choose what the token may do."},
    )
    contracts = forms.MultipleChoiceField(
        label="Which contracts does it open?", widget=forms.CheckboxSelectMultiple, required=False
    )
    every = forms.BooleanField(required=False, label="Every contract that I am on, also those to come")
    lasts = forms.ChoiceField(
        label="How long does it work?",
        widget=forms.RadioSelect,
        choices=LASTS,
        initial="30",
        error_messages={"required": "Choose how long it works."},
    )
    token = TokenField()

    def __init__(self, contracts: Iterable[Contract], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("contracts", [(one.pk, f"{one.reference}, {one.title}") for one in contracts])
        self.hint("scope", SCOPE_HINTS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("contracts") and not data.get("every") and "contracts" not in self.errors:
            self.add_error("contracts", "Choose the contracts that the token opens, or every contract.")
        return data

    def field_at_fault(self, refused: Refused) -> str:
        return {"last_day": "lasts"}.get(refused.field, refused.field)
