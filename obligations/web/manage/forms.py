"""Correcting what a contract says of itself: one form for each thing, and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from contracts.models import Contract, KeptBy, Side
from contracts.web.forms import DayField, DulyForm, LongText
from contracts.web.once import TokenField
from obligations.services.choosing.terms import FIELDS
from obligations.web.making import words
from obligations.web.making.asking import line, one_of
from obligations.web.making.fields import DateFields, DivisionField, NameFields, WordFields


class TermsForm(DulyForm):
    """What is corrected together. ``values`` is what the service takes, once the form is valid."""

    what: ClassVar[str]
    heading: ClassVar[str]
    lead: ClassVar[str] = ""

    def __init__(self, contract: Contract, data: QueryDict | None = None) -> None:
        self.contract = contract
        super().__init__(data, initial=self.now(contract))
        self.prepare()

    def now(self, contract: Contract) -> dict[str, Any]:
        """What the contract says today, by field."""
        return {field: getattr(contract, field) for field in FIELDS[self.what]}

    def prepare(self) -> None:
        """Sets what the fields offer."""

    @property
    def values(self) -> dict[str, Any]:
        """The fields with what they are to be."""
        return {field: self.cleaned_data[field] for field in FIELDS[self.what]}

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was sent, to be carried in hidden fields beside the reason."""
        names = [name for field in self.fields for name in self._names(field)]
        return [(name, str(self.data[name])) for name in names if name in self.data]

    def _names(self, field: str) -> list[str]:
        if isinstance(self.fields[field], DayField):
            return [f"{field}_{part}" for part in ("day", "month", "year")]
        return [field]


class Name(NameFields, TermsForm):
    """Its reference and title."""

    what, heading = "name", "Reference and title"

    def prepare(self) -> None:
        self.own = self.contract.pk


class Parties(TermsForm):
    """Which organisations its parties are."""

    what, heading, lead = "parties", "The two organisations", words.NOVATION

    authority = line("", "Enter the name of the organisation.", longest=200)
    supplier = line("", "Enter the name of the organisation.", longest=200)

    def now(self, contract: Contract) -> dict[str, Any]:
        return {"authority": contract.authority.name, "supplier": contract.supplier.name}

    def prepare(self) -> None:
        for side in (Side.AUTHORITY, Side.SUPPLIER):
            self.fields[str(side)].label = f"The {self.contract.word_for(side)} is"


class Words(WordFields, TermsForm):
    """What the contract calls its parties."""

    what, heading, lead = "words", "What the contract calls its parties", words.WORDS_LEAD

    def prepare(self) -> None:
        self.name_parties(self.contract.authority.name, self.contract.supplier.name)


class Dates(DateFields, TermsForm):
    """The days from which limits run."""

    what, heading, lead = "dates", "Dates of the contract", words.DATES_LEAD


class Days(DivisionField, TermsForm):
    """Whose public holidays are no Working Days."""

    what, heading, lead = "days", "Public holidays", words.DAYS_LEAD

    def prepare(self) -> None:
        self.offer_divisions()


class Running(TermsForm):
    """From which day Duly keeps the contract (R32)."""

    what, heading, lead = "running", "From which day Duly keeps it", words.RUNNING_LEAD

    tracked_from = DayField(
        called="The day from which Duly keeps it",
        label="Duly keeps it from",
        help_text="Leave it empty where Duly keeps it from its beginning.",
        required=False,
    )


class Kept(TermsForm):
    """Whether both parties use Duly (R33)."""

    what, heading, lead = "kept", "Who keeps it in Duly", words.KEPT_LEAD

    kept_by = one_of("Kept by", "Choose who keeps the contract in Duly.")

    def prepare(self) -> None:
        contract = self.contract
        alone = dict.fromkeys([KeptBy.AUTHORITY.value], f"{contract.authority.name} alone")
        alone[KeptBy.SUPPLIER.value] = f"{contract.supplier.name} alone"
        self.offer("kept_by", [(KeptBy.BOTH.value, "Both parties"), *alone.items()])
        self.hint("kept_by", {KeptBy.BOTH.value: words.KEPT_HINTS["both"]})


FORMS: Mapping[str, type[TermsForm]] = {
    one.what: one for one in (Name, Parties, Words, Dates, Days, Running, Kept)
}


class ReasonForm(DulyForm):
    """The reason of a change, for the record."""

    token = TokenField()
    reason = LongText(
        max_length=2000,
        label="Why does it change, and how do you know?",
        help_text="For example, where the signed contract says so. It goes on the record with your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it changes, and how you know."},
    )
