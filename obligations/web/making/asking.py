"""How the pages that make and correct a contract ask: choices with a word on each, lines of text."""

from __future__ import annotations

from django import forms

from contracts.services.drafts import clean_name
from contracts.web.forms import ShortText

CHOOSE = "Choose one of the answers that are offered."


def one_of(label: str, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": CHOOSE},
    )


def line(label: str, missing: str, *, longest: int, hint: str = "", width: str = "") -> ShortText:
    return ShortText(
        label=label,
        max_length=longest,
        help_text=hint,
        classes=width,
        error_messages={"required": missing},
    )


def readable(text: str, message: str) -> str:
    """A line that a person can read. Raises ValidationError with the message where nothing is left of it."""
    cleaned = clean_name(text)
    if not cleaned:
        raise forms.ValidationError(message)
    return cleaned
