"""Deciding which of two figures counts."""

from __future__ import annotations

from django import forms

from contracts.web.forms import DulyForm
from contracts.web.once import TokenField


class FigureForm(DulyForm):
    """The reason, which goes on the record with the decision."""

    token = TokenField()
    reason = forms.CharField(
        max_length=2000,
        label="Why does this figure count?",
        help_text="For example, where the signed contract says it. It goes on the record with your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why this figure counts."},
    )
