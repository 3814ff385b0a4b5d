"""Uploading the document of a schedule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from contracts.models import LongWork, Schedule, WorkState
from contracts.services.documents import TYPES
from contracts.web.forms import DulyForm, UploadField

RECOGNISE = ""


class UploadForm(DulyForm):
    """The file, the schedule it is, and a name to list it under."""

    file = UploadField(label="The document", types=TYPES, kept="It stays in Duly as it is.")
    schedule = forms.ChoiceField(
        required=False,
        label="Which schedule is it?",
        help_text="If it is none of these, you say what it is once it is read.",
        widget=forms.RadioSelect,
        initial=RECOGNISE,
    )
    name = forms.CharField(
        required=False,
        max_length=255,
        label="A name to list it under",
        help_text="The file’s own unless given.",
    )

    def __init__(self, *args: Any, schedules: Iterable[Schedule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedules = {one.outline_key: one for one in schedules}
        field = self.fields["schedule"]
        assert isinstance(field, forms.ChoiceField)
        rows = [(key, one.title) for key, one in self.schedules.items()]
        field.choices = [(RECOGNISE, "Duly recognises it"), *rows]

    @classmethod
    def again(cls, work: LongWork, schedules: Sequence[Schedule]) -> UploadForm:
        """The form as it was sent, with the reason beside the file why that was not kept; without one, where
        somebody stopped the reading.
        """
        chosen = next((one for one in schedules if one.pk == work.payload.get("schedule")), None)
        sent = {"name": work.payload.get("name", ""), "schedule": chosen.outline_key if chosen else RECOGNISE}
        if work.state == WorkState.CANCELLED:
            return cls(initial=sent, schedules=schedules)
        form = cls(sent, {}, schedules=schedules)
        form.errors.pop("file", None)
        form.add_error("file", work.message)
        return form

    def schedule_chosen(self) -> Schedule | None:
        return self.schedules.get(self.cleaned_data["schedule"])
