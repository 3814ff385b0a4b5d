"""Making a webhook."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.web.forms import DulyForm, LinkField
from contracts.web.once import TokenField
from obligations.models import WebhookKind
from obligations.web.webhooks.presenters import choices

HINTS = {
    WebhookKind.JSON.value: "What was told, about what and when, signed so that the program can check it.",
    WebhookKind.TEXT.value: "One line for people, for an incoming webhook of a room.",
}


class WebhookForm(DulyForm):
    """Where to, in which form, and what of."""

    kind = forms.ChoiceField(
        label="Who reads it?",
        widget=forms.RadioSelect,
        choices=WebhookKind.choices,
        initial=WebhookKind.JSON,
        error_messages={"required": "Choose who reads it."},
    )
    url = LinkField(label="Its address", error_messages={"required": "Enter the address."})
    stages = forms.MultipleChoiceField(
        label="What is it told of?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what it is told of."},
    )
    token = TokenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("stages", choices())
        self.hint("kind", HINTS)
