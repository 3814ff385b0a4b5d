"""Answering a claim, and taking one back."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.web.forms import DulyForm

ACCEPT, REFUSE = "accept", "refuse"


class AnswerForm(DulyForm):
    """Accept or refuse, with a reason for refusing."""

    event = forms.ChoiceField(
        label="What do you answer?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to accept or to refuse."},
    )
    reason = forms.CharField(
        required=False,
        max_length=5000,
        label="Reason",
        help_text="Needed to refuse: say why, so that the other side can put its case better.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, accepted: str, refused: str, letter_of: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter_of = letter_of
        self.offer("event", [(ACCEPT, f"Accept: {accepted}"), (REFUSE, f"Refuse: {refused}")])
        if letter_of:
            self.fields["event"].label = f"What did the {letter_of} answer?"
            self.fields["reason"].label = f"Which letter of the {letter_of} says so?"
            self.fields["reason"].help_text = "Its date and reference, and the reason it gives if it refuses."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("reason", "").strip():
            if self.letter_of:
                self.add_error("reason", "Say which letter it is taken from: its date and reference.")
            elif data.get("event") == REFUSE:
                self.add_error("reason", "Say why, so that the other side can put its case better.")
        return data


class TakeBackForm(DulyForm):
    """Why a claim is withdrawn."""

    reason = forms.CharField(
        max_length=2000,
        label="Why do you withdraw it?",
        help_text="The record keeps the claim, the reason and your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you withdraw it."},
    )
