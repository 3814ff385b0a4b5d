"""Forms of a variation: drafting it, and withdrawing it."""

from __future__ import annotations

from django import forms

from contracts.models import EffectKind
from contracts.web.forms import DulyForm

CHANGES = [
    (EffectKind.NOT_USED, "They are not used any more"),
    (EffectKind.REINSTATED, "They are used again"),
]


class WithdrawForm(DulyForm):
    """Why a variation is taken back."""

    reason = forms.CharField(
        max_length=2000,
        label="Why is it withdrawn?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the variation is withdrawn."},
    )
