"""The steps about who and what: the parties, the name, the schedules, the parties' words."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.models import Contract, Side
from contracts.services.errors import one_line
from obligations.web.making import words
from obligations.web.making.step import CHOOSE, Known, StepForm, hints, line, one_of, readable


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
        hints(self.fields["side"], words.SIDE_HINTS)

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


class NameForm(StepForm):
    """What the contract is called."""

    step, heading = "name", "What is the contract called?"

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
        if Contract.objects.filter(reference=reference).exists():
            raise forms.ValidationError(f"The reference {reference} is in use; enter another.")
        return reference

    def clean_title(self) -> str:
        return readable(self.cleaned_data["title"], "Enter the contract’s title.")


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
        hints(self.fields["schedules"], {one.key: one.hint for one in offered})


class WordsForm(StepForm):
    """What the contract calls its parties."""

    step, heading = "words", "What does the contract call the two parties?"
    lead = words.WORDS_LEAD

    authority_word = line("", "Enter a word for this party.", longest=40, width="govuk-input--width-20")
    supplier_word = line("", "Enter a word for this party.", longest=40, width="govuk-input--width-20")

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        usual = known.answers.party_words
        return {"authority_word": usual.authority, "supplier_word": usual.supplier}

    def prepare(self, known: Known) -> None:
        names = words.party_names(known)
        self.fields["authority_word"].label = f"{names[Side.AUTHORITY]} is “the …”"
        self.fields["supplier_word"].label = f"{names[Side.SUPPLIER]} is “the …”"

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
