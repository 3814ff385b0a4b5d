"""Fields that are asked while a contract is made, and again where what it says is corrected."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.models import Division
from contracts.services.contracts import is_reference_taken
from contracts.services.errors import one_line
from contracts.terms.moments import long_day
from contracts.web.forms import DayField, DulyForm
from obligations.web.making import words
from obligations.web.making.asking import line, one_of, readable


class NameFields(DulyForm):
    """What the contract is called. ``own``: the contract that has its reference already."""

    own: int = 0

    reference = line(
        "Reference",
        "Enter the contract’s reference.",
        longest=60,
        hint="The number or code on the contract, for example TCC-2041. It heads every page and mail.",
        width="govuk-input--width-20",
    )
    title = line(
        "Title",
        "Enter the contract’s title.",
        longest=200,
        hint="A few words that people know it by, for example Apprenticeship portal.",
    )

    def clean_reference(self) -> str:
        reference = readable(self.cleaned_data["reference"], "Enter the contract’s reference.")
        if is_reference_taken(reference, own=self.own):
            raise forms.ValidationError(f"The reference {reference} is in use; enter another.")
        return reference

    def clean_title(self) -> str:
        return readable(self.cleaned_data["title"], "Enter the contract’s title.")


class WordFields(DulyForm):
    """What the contract calls its parties."""

    authority_word = line("", "Enter a word for this party.", longest=40, width="govuk-input--width-20")
    supplier_word = line("", "Enter a word for this party.", longest=40, width="govuk-input--width-20")

    def name_parties(self, authority: str, supplier: str) -> None:
        """Says in the labels which organisation is meant."""
        self.fields["authority_word"].label = f"{authority} is “the …”"
        self.fields["supplier_word"].label = f"{supplier} is “the …”"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("authority_word", "supplier_word"):
            if name in data:
                data[name] = one_line(" ".join(data[name].split()))
                if not data[name]:
                    self.add_error(name, "Enter a word for this party.")
        one, other = data.get("authority_word", ""), data.get("supplier_word", "")
        if one and one.lower() == other.lower():
            self.add_error("supplier_word", "Enter another word: the two parties need different ones.")
        return data


class DateFields(DulyForm):
    """The days from which limits run."""

    agreement_date = DayField(
        called="The day it was made",
        label="The day it was made",
        help_text="The date of the agreement. For example, 12 3 2026.",
    )
    start_date = DayField(called="The day it starts", label="The day it starts")
    commencement_date = DayField(
        called="The commencement day",
        label="The commencement day",
        help_text="Only where the contract speaks of another day than its start.",
        required=False,
    )
    end_date = DayField(
        called="The last day",
        label="The last day",
        help_text="Leave it empty where the contract has no fixed end.",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", f"The last day must be on or after the start, {long_day(start)}.")
        return data


class DivisionField(DulyForm):
    """Whose public holidays are no Working Days."""

    division = one_of("Public holidays of", "Choose whose public holidays count.")

    def offer_divisions(self) -> None:
        """Sets the answers, each with what it means."""
        self.offer("division", Division.choices)
        self.hint("division", words.DIVISION_HINTS)
