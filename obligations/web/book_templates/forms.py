"""Keeping, importing and using a template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.models import Organisation
from contracts.services.errors import Refused
from contracts.web.forms import DulyForm
from contracts.web.once import TokenField
from obligations.models import BookTemplate
from obligations.rules.register.book_template import LARGEST
from obligations.rules.register.template_fields import LONGEST


class KeepForm(DulyForm):
    """What the template is called, and whose it is where a person decides for several organisations."""

    title = forms.CharField(
        label="What is it called?",
        max_length=LONGEST["title"],
        help_text="As your colleagues will look for it, for example: Council security schedule 2026.",
        error_messages={"required": "Enter a title for the template."},
    )
    organisation = forms.ChoiceField(
        label="Which organisation keeps it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the organisation that keeps it."},
    )
    token = TokenField()

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {str(one.pk): one for one in organisations}
        if len(organisations) == 1:
            del self.fields["organisation"]
        else:
            self.offer("organisation", [(key, one.name) for key, one in self.organisations.items()])

    def chosen(self, data: dict[str, Any]) -> Organisation:
        """The organisation that keeps it."""
        if "organisation" in self.fields:
            return self.organisations[data["organisation"]]
        return next(iter(self.organisations.values()))


class ImportForm(DulyForm):
    """A template that came as a file."""

    file = forms.FileField(
        label="The file",
        allow_empty_file=True,
        help_text=f"A template that Duly exported, up to {LARGEST // (1024 * 1024)} MB.",
        error_messages={"required": "Choose a file.", "invalid": "Choose the file again: it did not arrive."},
    )
    title = forms.CharField(
        required=False,
        max_length=LONGEST["title"],
        label="Another title",
        help_text="The template’s own unless given.",
    )
    token = TokenField()

    def field_at_fault(self, refused: Refused) -> str:
        """What goes together over the whole file stands at the file."""
        return refused.field or "file"


class ChooseForm(DulyForm):
    """Which template is used."""

    template = forms.ChoiceField(
        label="Which template?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a template."},
    )

    def __init__(self, *args: Any, templates: Iterable[BookTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("template", [(str(one.pk), one.title) for one in templates])


class TakeOverForm(DulyForm):
    """Takes over what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    token = TokenField()

    def field_at_fault(self, refused: Refused) -> str:
        """There is nothing to fill in: everything stands at the top."""
        return ""
