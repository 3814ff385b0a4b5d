"""The forms of certificates: recording, adding what is printed, correcting, withdrawing, ceased."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.services.errors import Refused
from contracts.web.forms import NARROW, DayField, DulyForm, LongText, TimeField, UploadField
from contracts.web.once import TokenField
from obligations.certificates.schemes import scheme_of, schemes
from obligations.certificates.services.recording import Printed, Runs

OTHER = "other"


class _Printed(DulyForm):
    """What is printed on a certificate."""

    number = forms.CharField(
        max_length=100,
        label="Number",
        help_text="As printed on the certificate.",
        error_messages={"required": "Enter the number printed on the certificate."},
    )
    level = forms.CharField(
        required=False,
        max_length=100,
        label="Level or edition, if it names one",
        help_text="For example 2022, or Level 1.",
    )
    body = forms.CharField(required=False, max_length=200, label="Who issued it?")
    scope = LongText(
        max_length=4_000,
        label="What does it cover?",
        help_text="The scope, in the certificate’s own words.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter what the certificate covers, in its own words."},
    )
    account_on = DayField(
        called="The day the account was opened",
        required=False,
        label="When was the account for the assessment opened?",
        help_text="Only for Cyber Essentials and Plus: which questions were asked goes by this day.",
    )
    file = UploadField(required=False, label="The certificate", kept="Its hash is kept with it.")

    def printed(self) -> Printed:
        """What the form says is printed on it."""
        data = self.cleaned_data
        return Printed(data["number"], data["scope"], data["level"], data["body"], data["account_on"])


class _Runs(DulyForm):
    """Of which scheme a certificate is, and through which days it is in force."""

    scheme = forms.ChoiceField(
        label="Which scheme?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the scheme, or “Another scheme”."},
    )
    other = forms.CharField(
        required=False,
        max_length=100,
        label="If it is another scheme, which?",
    )
    issued = DayField(
        called="The day of issue", label="When was it issued?", help_text="For example, 12 3 2026."
    )
    last_day = DayField(
        called="The last day",
        label="What is its last day?",
        help_text="In force through this day. At midnight after it the certificate lapses by itself.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("scheme", [*((name, name) for name in schemes()), (OTHER, "Another scheme")])
        rests = {one.name: f"Rests on {one.rests_on}" for one in schemes().values() if one.rests_on}
        self.hint("scheme", rests)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scheme") == OTHER and not (data.get("other") or "").strip():
            self.add_error("other", "Enter the name of the scheme.")
        if data.get("scheme") not in (None, OTHER) and (data.get("other") or "").strip():
            self.add_error("other", "You chose a scheme above: empty this, or choose “Another scheme”.")
        return data

    def field_at_fault(self, refused: Refused) -> str:
        typed = refused.field == "scheme" and self.cleaned_data.get("scheme") == OTHER
        return "other" if typed else refused.field

    def runs(self) -> Runs:
        """What the form says of its scheme and days."""
        data = self.cleaned_data
        scheme = data["other"] if data["scheme"] == OTHER else data["scheme"]
        return Runs(scheme, data["issued"], data["last_day"])


def scheme_asked(name: str) -> dict[str, str]:
    """A scheme as the form asks for it: one of the list, or another one by its name."""
    known = scheme_of(name)
    return {"scheme": known.name, "other": ""} if known else {"scheme": OTHER, "other": name} if name else {}


class RecordForm(_Printed, _Runs):
    """A certificate."""

    token = TokenField()
    field_order = ("scheme", "other", "number", "issued", "last_day", "scope", "level", "body", "account_on")


class DescribeForm(_Printed):
    """What is printed on a certificate of which only the fact is recorded."""

    token = TokenField()


class CorrectForm(_Printed, _Runs):
    """What was recorded of a certificate, put right. ``has_file``: the one that is kept stays."""

    reason = LongText(
        max_length=2_000,
        label="Why?",
        help_text="It stays on the record.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a sentence: it stays on the record."},
    )
    field_order = RecordForm.field_order

    def __init__(self, *args: Any, has_file: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_file:
            del self.fields["file"]


class ReasonForm(DulyForm):
    """Why a certificate is withdrawn."""

    reason = LongText(
        max_length=2_000,
        label="Why is it withdrawn?",
        help_text="It stays on the record.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a sentence: it stays on the record."},
    )


class CeasedForm(DulyForm):
    """When a certificate ceased to hold, and why."""

    when_on = DayField(called="The day", label="When did it cease?", help_text="For example, 12 3 2026.")
    when_time = TimeField(
        called="The time",
        required=False,
        label="At what time?",
        help_text="London time, for example 2:30pm. Leave it empty if only the day is known.",
        classes=NARROW,
    )
    reason = LongText(
        max_length=2_000,
        label="What happened?",
        help_text="For example: the certification body withdrew it after a complaint.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what happened, in a sentence: it stays on the record."},
    )

    def field_at_fault(self, refused: Refused) -> str:
        return "when_on" if refused.field == "when" else refused.field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when"] = self.when("when_on", "when_time")
        return data
