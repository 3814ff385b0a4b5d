"""The steps about who and what: the parties, the name, the schedules, the parties' words."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.models import Side
from obligations.web.making import words
from obligations.web.making.asking import CHOOSE, line, one_of, readable
from obligations.web.making.fields import NameFields, WordFields
from obligations.web.making.step import Known, StepForm


class PartiesForm(StepForm):
    """The two organisations, and which of them is which."""

    step, heading = "parties", "Who is the contract between?"

    ours = one_of("Your organisation", "Choose your organisation.")
    side = one_of("Which side is it?", "Choose which side your organisation is.")
    other = line(
        "Name of the other organisation",
        "Enter the name of the other organisation.",
        longest=200,
        hint="Its full name, as the contract has it. Duly does not list the organisations it knows.",
    )

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        return {"ours": known.organisations[0].pk} if len(known.organisations) == 1 else {}

    @classmethod
    def holds(cls, known: Known) -> bool:
        return bool(known.ours())

    def prepare(self, known: Known) -> None:
        self.offer("ours", [(one.pk, one.name) for one in known.organisations])
        self.offer("side", words.SIDES)
        self.hint("side", words.SIDE_HINTS)

    def clean_other(self) -> str:
        return readable(self.cleaned_data["other"], "Enter the name of the other organisation.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = next((one for one in self.known.organisations if str(one.pk) == data.get("ours")), None)
        if chosen is not None and data.get("other", "").lower() == chosen.name.lower():
            self.add_error(
                "other", "Enter the other party’s name: a contract has two different organisations."
            )
        return data

    @property
    def stored(self) -> dict[str, Any]:
        return super().stored | {"ours": int(self.cleaned_data["ours"])}


class NameForm(NameFields, StepForm):
    """What the contract is called."""

    step, heading = "name", "What is the contract called?"


class SchedulesForm(StepForm):
    """The schedules whose duties Duly keeps."""

    step, heading = "schedules", "Which schedules does it carry?"
    lead = words.SCHEDULES_LEAD

    schedules = forms.MultipleChoiceField(
        label="Schedules",
        help_text="Choose all that belong to this contract.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose a schedule, or a document of your own.",
            "invalid_choice": CHOOSE,
        },
    )

    def prepare(self, known: Known) -> None:
        offered = words.schedules()
        self.offer("schedules", [(one.key, one.title) for one in offered])
        self.hint("schedules", {one.key: one.hint for one in offered})


class WordsForm(WordFields, StepForm):
    """What the contract calls its parties."""

    step, heading = "words", "What does the contract call the two parties?"
    lead = words.WORDS_LEAD

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        usual = known.answers.party_words
        return {"authority_word": usual.authority, "supplier_word": usual.supplier}

    def prepare(self, known: Known) -> None:
        names = words.party_names(known)
        self.name_parties(names[Side.AUTHORITY], names[Side.SUPPLIER])
