"""The forms of what is done to many vulnerabilities at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from contracts.services.errors import Refused
from contracts.web.forms import DayField, DulyForm, LinkField
from obligations.vulnerabilities.selectors import Release
from obligations.vulnerabilities.web import fields


class TogetherForm(DulyForm):
    """One act and one day for all that are ticked."""

    act = forms.ChoiceField(
        label="What happened to them?",
        widget=forms.RadioSelect,
        choices=[("patched", "They are patched"), ("released", "Their patch was released to the public")],
        error_messages={"required": "Choose what happened to them."},
    )
    day = DayField(called="The day", label="On which day?")

    def field_at_fault(self, refused: Refused) -> str:
        return {"released": "day", "happened": "day"}.get(refused.field, refused.field)


class NotExploitableTogetherForm(DulyForm):
    """Why none of those that are ticked can be exploited, until when that holds and what shows it.

    The evidence is a link: a file would not outlast the page on which it is looked at before.
    """

    day = DayField(called="The day it was shown", label="When was that shown?")
    justification = fields.justification("they")
    reason = fields.shown_by("they", "It is the reason of each claim. They decide by what you say here.")
    until = fields.holds_until("the limits run again by themselves")
    link = LinkField(
        label="A link to the evidence", error_messages={"required": "Give a link to what shows it."}
    )

    def field_at_fault(self, refused: Refused) -> str:
        return {"happened": "day", "file": "link"}.get(refused.field, refused.field)


class ReleasesForm(DulyForm):
    """A release day for each version that fixes something."""

    def __init__(self, *args: Any, releases: Sequence[Release], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.releases = releases
        for one in releases:
            self.fields[one.key] = DayField(
                called="The day of the release", required=False, label=one.name, help_text=one.says
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            self.add_error(None, "Enter the day of one release at least.")
        return data

    def days(self) -> dict[int, date]:
        """The day for each vulnerability that one of the releases fixes, by its number."""
        said = [(one, self.cleaned_data.get(one.key)) for one in self.releases]
        return {pk: day for one, day in said if day is not None for pk in one.rows}

    def field_at_fault(self, refused: Refused) -> str:
        """The one field that is filled in; where there are several it stands above them."""
        filled = [one.key for one in self.releases if self.cleaned_data.get(one.key)]
        return filled[0] if len(filled) == 1 else ""


class UndoForm(DulyForm):
    """Why what was done together is taken back."""

    reason = forms.CharField(
        max_length=2000,
        label="Why is it taken back?",
        help_text="The record keeps what was recorded, the reason and your name.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why it is taken back."},
    )
