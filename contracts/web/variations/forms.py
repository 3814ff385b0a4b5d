"""Forms of a variation: drafting it, and withdrawing it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.models import EffectKind
from contracts.selectors import WordsAsAt
from contracts.web.forms import DulyForm
from contracts.web.text.presenters import place

CHANGES = [
    (EffectKind.NOT_USED, "They are not used any more"),
    (EffectKind.REINSTATED, "They are used again"),
]
WORDS = [
    ("", "Nothing"),
    (EffectKind.REPLACED, "Replace the words of a paragraph"),
    (EffectKind.INSERTED, "Insert a new paragraph"),
]


class DraftForm(DulyForm):
    """A variation's number, title, reasons, and what it does to which paragraphs."""

    number = forms.CharField(
        max_length=20,
        label="Number",
        help_text="As the two parties will cite it, for example 002.",
        error_messages={"required": "Enter the variation's number, for example 002."},
    )
    title = forms.CharField(
        max_length=200,
        label="Title",
        help_text="Say in a few words what it changes.",
        error_messages={"required": "Enter a title that says what the variation changes."},
    )
    recital = forms.CharField(
        required=False,
        max_length=5000,
        label="Why the contract is changed",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    paragraphs = forms.MultipleChoiceField(
        required=False, label="Paragraphs", widget=forms.CheckboxSelectMultiple
    )
    change = forms.ChoiceField(
        choices=CHANGES,
        initial=EffectKind.NOT_USED,
        label="What happens to the paragraphs you chose",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens to the paragraphs."},
    )
    words_change = forms.ChoiceField(
        choices=WORDS, required=False, label="Change the words of one paragraph", widget=forms.RadioSelect
    )
    words_path = forms.CharField(
        required=False,
        max_length=200,
        label="Which paragraph",
        help_text="Its full citation, for example dmp_schedule_23/main/7.1.3, or the new one's.",
    )
    new_words = forms.CharField(
        required=False, max_length=20000, label="The new words", widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, text: Iterable[WordsAsAt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["paragraphs"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (one.paragraph.citation, place(one.paragraph.scope, one.paragraph.number)) for one in text
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("words_change"):
            if not data.get("words_path"):
                self.add_error("words_path", "Enter which paragraph the new words are for.")
            if not data.get("new_words"):
                self.add_error("new_words", "Enter the new words.")
        elif not data.get("paragraphs") and "paragraphs" not in self.errors:
            self.add_error("paragraphs", "Choose at least one paragraph that the variation changes.")
        return data

    def effects(self) -> list[tuple[str, str, str]]:
        """What the service asks for: path, kind and new words of each effect."""
        data = self.cleaned_data
        rows = [(path, data["change"], "") for path in data["paragraphs"]]
        if data["words_change"]:
            rows.append((data["words_path"], data["words_change"], data["new_words"]))
        return rows


class WithdrawForm(DulyForm):
    """Why a variation is taken back."""

    reason = forms.CharField(
        max_length=2000,
        label="Why is it withdrawn?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the variation is withdrawn."},
    )
