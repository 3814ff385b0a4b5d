"""Logging evidence, and deciding on it."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.web.forms import DayField, DulyForm, LinkField, TimeField, UploadField
from contracts.web.once import TokenField
from obligations.models import Evidence, EvidenceKind, Outcome
from obligations.web.early import AsksAboutEarly


class EvidenceForm(AsksAboutEarly):
    """What proves that a duty was done, when it was done, and by whom."""

    token = TokenField()
    done = DayField(
        called="The day it was done",
        label="When was it done?",
        help_text="The day it was done counts, not the day you log it. For example, 12 3 2026.",
    )
    done_time = TimeField(called="The time it was done", required=False, label="At what time?")
    done_by = forms.CharField(
        max_length=200,
        label="Who did it?",
        help_text="A person or a team.",
        error_messages={"required": "Enter who did it."},
    )
    kind = forms.ChoiceField(
        choices=[
            (EvidenceKind.FILE, "A file"),
            (EvidenceKind.LINK, "A link"),
            (EvidenceKind.NOTE, "A note"),
        ],
        label="What is the evidence?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether the evidence is a file, a link or a note."},
    )
    file = UploadField(required=False, label="The file")
    link = LinkField(required=False, label="The link")
    note = forms.CharField(
        required=False,
        max_length=10_000,
        label="The note, or a word about the file or link",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, hour_clock: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.fields["done_time"]
        at.required = hour_clock
        at.help_text = "London time, for example 2:30pm."
        if hour_clock:
            at.help_text += " This limit runs in hours, so the time decides."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when"] = self.when("done", "done_time")
        kind = data.get("kind")
        missing = {
            EvidenceKind.FILE: "Choose the file.",
            EvidenceKind.LINK: "Enter the address of the evidence.",
            EvidenceKind.NOTE: "Write what was done.",
        }
        if kind in missing and not data.get(kind) and kind not in self.errors:
            self.add_error(kind, missing[EvidenceKind(kind)])
        return data


class DecideForm(DulyForm):
    """Accept or reject, with a reason for rejecting."""

    outcome = forms.ChoiceField(
        choices=[
            (Outcome.ACCEPTED, "Accept: it shows that the duty was done"),
            (Outcome.REJECTED, "Reject: the duty is owed again with the same date"),
        ],
        label="What do you decide?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to accept or to reject the evidence."},
    )
    reason = forms.CharField(
        required=False,
        max_length=5000,
        label="Reason",
        help_text="Needed to reject: say what is missing, so that it can be put right.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, evidence: Evidence, letter_of: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter_of = letter_of
        if letter_of:
            self.fields["outcome"].label = f"What did the {letter_of} decide?"
            self.fields["reason"].label = f"Which letter of the {letter_of} says so?"
            self.fields["reason"].help_text = "Its date and reference, and the reason it gives if it rejects."
        if not evidence.duty.approver:
            answers = [
                (Outcome.ACCEPTED, "Confirm: it shows that the duty was done"),
                (Outcome.REJECTED, "Challenge: the duty is owed again with the same date"),
            ]
            self.offer("outcome", answers)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.letter_of and not data.get("reason", "").strip():
            self.add_error("reason", "Say which letter it is taken from: its date and reference.")
        elif data.get("outcome") == Outcome.REJECTED and not data.get("reason", "").strip():
            self.add_error("reason", "Say what is missing, so that it can be put right.")
        return data
