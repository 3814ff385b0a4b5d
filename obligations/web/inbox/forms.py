"""How messages are narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from contracts.models import Contract
from contracts.web.forms import DulyForm
from obligations import subjects
from obligations.selectors import Messages


class MessagesForm(DulyForm):
    """Contract and kind. Every field may stay empty."""

    contract = forms.ChoiceField(required=False, label="Contract")
    stage = forms.ChoiceField(required=False, label="What about")

    def __init__(self, contracts: Iterable[Contract], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = [(str(one.pk), f"{one.reference}, {one.title}") for one in contracts]
        self.offer("contract", [("", "Every contract"), *theirs])
        stages = sorted(subjects.stages().values(), key=lambda one: one.label)
        self.offer("stage", [("", "Anything"), *((one.name, one.label) for one in stages)])

    def wanted(self, before: str) -> Messages:
        """What was asked for; a choice that is none narrows nothing, and says so."""
        data = self.cleaned_data if self.is_valid() else {}
        contract = data.get("contract")
        return Messages(int(contract) if contract else None, data.get("stage") or "", place(before))


def place(text: str) -> tuple[datetime, int] | None:
    """Where in the list a page begins, as ``place_words`` writes it; None for anything else."""
    moment, _, number = text.partition("_")
    try:
        told = datetime.fromisoformat(moment)
        return (told, int(number)) if told.tzinfo is not None and 0 <= int(number) < 2**63 else None
    except ValueError:
        return None


def place_words(told: datetime, number: int) -> str:
    """A place in the list, for an address."""
    return f"{told.isoformat()}_{number}"
