"""What the steps of making a contract have in common: what they know, what they keep, how they ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from contracts.models import Organisation
from contracts.terms.moments import Day
from contracts.web.forms import DayField, DulyForm
from obligations.services.making.answers import Answers


@dataclass(frozen=True, slots=True)
class Known:
    """What a step needs to know: the answers so far, the person's organisations, and today in London."""

    answers: Answers
    organisations: Sequence[Organisation]
    today: Day

    def ours(self) -> str:
        """The name of the person's organisation."""
        return next((one.name for one in self.organisations if one.pk == self.answers.ours), "")


class StepForm(DulyForm):
    """One step. ``stored`` is what is kept of it; ``holds`` says whether what is kept still fits the rest."""

    step: ClassVar[str]
    heading: ClassVar[str]
    lead: ClassVar[str] = ""

    def __init__(self, known: Known, data: QueryDict | None = None) -> None:
        self.known = known
        kept = known.answers.steps.get(self.step)
        super().__init__(data, initial=self.usual(known) if kept is None else None)
        if kept is not None:
            self.initial = {name: _shown(field, kept.get(name)) for name, field in self.fields.items()}
        self.prepare(known)

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        """What stands in the fields before anybody answered."""
        return {}

    @classmethod
    def holds(cls, known: Known) -> bool:
        """Whether the answers kept still fit what was answered elsewhere."""
        return True

    def prepare(self, known: Known) -> None:
        """Sets what the fields offer."""

    @property
    def stored(self) -> dict[str, Any]:
        """The answers in their stored form, once the form is valid."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
        }


def _shown(field: forms.Field, stored: Any) -> Any:
    """A stored answer as its field shows it."""
    return date.fromisoformat(stored) if isinstance(field, DayField) and stored else stored
