"""The form of one kind of fact, made from the vocabulary; and the form that withdraws a fact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from contracts.services.errors import Refused
from contracts.terms.periods import Unit
from contracts.web.forms import NARROW, DayField, DulyForm, LinkField, TimeField, UploadField
from obligations.rules.register.facts import BEFORE_OWED, DetailField, FactKind
from obligations.rules.register.vocabulary import shipped_vocabulary
from obligations.services.recording.claims import Given
from obligations.web.early import AsksAboutEarly
from obligations.web.facts.names import AsksForAName

NOT_STATED = ("", "Not stated")
CHOICE_WORDS = {
    "cots": "Bought software that is sold to anybody (COTS)",
    "bespoke": "Made for this service",
    "actual": "It succeeded",
    "attempted": "It was attempted",
    "sustained_attempted": "It was attempted again and again",
    "potential": "It might have happened",
    "access": "Somebody had access or use without authority",
    "loss": "Information was lost or disclosed",
    "certification": "Part of the system stopped meeting the certification requirements",
    "both": "Both parties",
    "subcontractor": "A Sub-Contractor of the supplier",
}
SOURCE_WORDS = {one.name: one.label for one in shipped_vocabulary().sources}
SOURCE_WORDS["cvss"] = "CVSS vector or score"
UNITS = [(unit.value, f"{unit.singular}s") for unit in Unit if unit != Unit.MINUTES and not unit.needs_hours]


@dataclass(frozen=True)
class ClaimWords:
    """What a form says beforehand of a claim, and the labels of what it asks for. ``link``: "" for none."""

    says: str
    reason: str
    reason_help: str
    file: str
    link: str = ""
    asked: tuple[str, ...] = ("reason", "file", "link")
    always: str = ""
    """What is said where the reason is missing; "" where it is no claim without some other detail."""


class FactForm(AsksAboutEarly, AsksForAName):
    """When it happened, what it is about, and the details of its kind."""

    happened = DayField(called="The day it happened", label="When did it happen?")
    happened_time = TimeField(
        called="The time it happened",
        required=False,
        label="At what time?",
        help_text="London time, for example 2:30pm. Leave it empty if only the day is known.",
        classes=NARROW,
    )

    def __init__(
        self,
        *args: Any,
        kind: FactKind,
        party_words: dict[str, str],
        known: Sequence[str] = (),
        about: str = "",
        may_be_new: bool = False,
        alike: Sequence[str] = (),
        claimed: ClaimWords | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.claimed = claimed
        self.party_words = party_words
        self.fields["happened"].help_text = "For example, 12 3 2026. It must not be in the future."
        if kind.needs_moment:
            at = self.fields["happened_time"]
            at.required = True
            at.help_text = "London time, for example 2:30pm. A limit in hours runs from it."
        if kind.subject:
            self.add_subject(kind, known, alike, about, may_be_new)
        for detail in kind.details:
            self._add(detail)
        for name in kind.required:
            self._require(name)
        if claimed is not None:
            self._asks_for_a_claim(claimed)

    def _asks_for_a_claim(self, claimed: ClaimWords) -> None:
        """The reason and the evidence of a claim (R46). The service says where they are needed."""
        area = forms.Textarea(attrs={"rows": 3})
        self.fields.pop("reason", None)
        self.fields["reason"] = forms.CharField(
            required=bool(claimed.always),
            max_length=5000,
            label=claimed.reason,
            help_text=claimed.reason_help,
            widget=area,
            error_messages={"required": claimed.always},
        )
        self.fields["file"] = UploadField(required=False, label=claimed.file)
        if claimed.link:
            self.fields["link"] = LinkField(required=False, label=claimed.link)

    def _require(self, name: str) -> None:
        """A detail without which the fact changes nothing."""
        field = self.fields[f"{name}_amount" if f"{name}_amount" in self.fields else name]
        field.required = True
        if isinstance(field, forms.ChoiceField):
            offered: Any = field.choices
            field.choices = [choice for choice in offered if choice != NOT_STATED]
        label = str(field.label)
        field.error_messages["required"] = f"Enter {label[:1].lower()}{label[1:]}."

    def _add(self, detail: DetailField) -> None:
        match detail.type:
            case "choice":
                self._choice(detail, [(value, self._word(value)) for value in detail.choices])
            case "flag":
                self._choice(detail, [("yes", "Yes"), ("no", "No")])
            case "day" | "when":
                self.fields[detail.name] = DayField(
                    called="The date", required=False, label=detail.label, help_text=detail.help
                )
                if detail.type == "when":
                    self.fields[f"{detail.name}_time"] = TimeField(required=False, label="And at what time?")
            case "period":
                self._period(detail)
            case "ratings":
                for source in SOURCE_WORDS:
                    self.fields[f"{detail.name}_{source}"] = forms.CharField(
                        required=False,
                        max_length=200,
                        label=f"Rating by {SOURCE_WORDS[source]}",
                        help_text="A word (High), a score from 0.0 to 10.0, or a CVSS vector.",
                    )
            case "list":
                self.fields[detail.name] = forms.CharField(
                    required=False,
                    max_length=1000,
                    label=detail.label,
                    help_text=f"{detail.help}. Put a comma between two.".lstrip(". "),
                )
            case _:
                widget = forms.Textarea(attrs={"rows": 3}) if detail.name == "reason" else forms.TextInput()
                self.fields[detail.name] = forms.CharField(
                    required=False, max_length=2000, label=detail.label, help_text=detail.help, widget=widget
                )

    def _word(self, value: str) -> str:
        return self.party_words.get(value) or CHOICE_WORDS.get(value) or value

    def _choice(self, detail: DetailField, choices: list[tuple[str, str]]) -> None:
        self.fields[detail.name] = forms.ChoiceField(
            choices=[*choices, NOT_STATED],
            required=False,
            label=detail.label,
            help_text=detail.help,
            widget=forms.RadioSelect,
        )

    def _period(self, detail: DetailField) -> None:
        self.fields[f"{detail.name}_amount"] = forms.IntegerField(
            required=False,
            min_value=0,
            max_value=10_000,
            label=detail.label,
            help_text="A whole number, for example 45.",
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            error_messages={"invalid": "Enter the period as a whole number, for example 45."},
        )
        self.fields[f"{detail.name}_unit"] = forms.ChoiceField(
            choices=UNITS, required=False, initial="days", label="Of what?"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when"] = self.when("happened", "happened_time")
        data["named"] = self.named() if self.kind.subject else ""
        data["details"] = self._details() if not self.errors else {}
        return data

    def _details(self) -> dict[str, Any]:
        """The details as the service takes them; what was not stated is left out."""
        data = self.cleaned_data
        found: dict[str, Any] = {"subject": data["named"]} if data["named"] else {}
        if self.counts_early is not None:
            found[BEFORE_OWED] = self.counts_early
        for detail in self.kind.details:
            value = self._value(detail)
            if value not in (None, "", []):
                found[detail.name] = value
        if self.claimed is not None and (reason := data.get("reason", "").strip()):
            found["reason"] = reason
        return found

    @property
    def given(self) -> Given:
        """What a claim is made with."""
        data = self.cleaned_data
        return Given(file=data.get("file") or None, link=data.get("link", ""))

    def _value(self, detail: DetailField) -> Any:
        data, name = self.cleaned_data, detail.name
        match detail.type:
            case "flag":
                return {"yes": True, "no": False}.get(data.get(name, ""))
            case "day":
                return data[name].isoformat() if data.get(name) else None
            case "when":
                when = self.when(name, f"{name}_time")
                return when.isoformat() if when else None
            case "period":
                amount = data.get(f"{name}_amount")
                return (
                    None if amount is None else {"amount": amount, "unit": data.get(f"{name}_unit") or "days"}
                )
            case "ratings":
                given = ((source, data.get(f"{name}_{source}", "").strip()) for source in SOURCE_WORDS)
                return [{"source": source, "value": value} for source, value in given if value]
            case "list":
                return [part.strip() for part in re.split(r"[,;\n]", data.get(name, "")) if part.strip()]
            case _:
                return data.get(name)

    def field_at_fault(self, refused: Refused) -> str:
        names = {"at": "happened", "details": ""}
        for detail in self.kind.details:
            if detail.type == "period":
                names[detail.name] = f"{detail.name}_amount"
            if detail.type == "ratings":
                names[detail.name] = f"{detail.name}_{next(iter(SOURCE_WORDS))}"
        return names.get(refused.field, refused.field)


class WithdrawForm(DulyForm):
    """Why a fact was recorded in error."""

    reason = forms.CharField(
        max_length=2000,
        label="Why was it wrong?",
        help_text="The record keeps the fact, the reason and your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why what was recorded is wrong."},
    )
