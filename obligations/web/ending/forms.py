"""Asking that a contract be closed, opened again or erased; holds; keeping it for longer."""

from __future__ import annotations

from django import forms

from contracts.terms.keeping import Made
from contracts.web.forms import DayField, DulyForm, LongText
from contracts.web.once import TokenField
from obligations.web.making.asking import one_of


def reason(label: str, missing: str, hint: str = "") -> LongText:
    """A reason for the record."""
    return LongText(
        max_length=2000,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class ReasonForm(DulyForm):
    """Why, for the record."""

    token = TokenField()
    reason = reason("Why?", "Say why, for the record.", "It goes on the record with your name.")


class CloseForm(ReasonForm):
    """Asking that a contract be closed."""

    made = one_of("How was the contract made?", "Choose how the contract was made.")
    keep_until = DayField(
        called="The day",
        label="Keep it longer than the law and the contract ask (optional)",
        help_text="A day until which somebody needs the record. It is never kept shorter.",
        required=False,
    )
    field_order = ("made", "keep_until", "reason")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.offer("made", [(Made.SIMPLE.value, "Signed in the usual way"), (Made.DEED.value, "As a deed")])
        self.hint(
            "made",
            {
                Made.SIMPLE.value: "A claim may be brought for six years, in England and Wales.",
                Made.DEED.value: "It says that it is a deed. A claim may be brought for twelve years.",
            },
        )


class KeepForm(ReasonForm):
    """Keeping a closed contract for longer."""

    until = DayField(called="The day", label="Keep it until")
    field_order = ("until", "reason")
