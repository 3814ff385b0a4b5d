"""How *What is due* is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.models import Contract, Side
from contracts.web.forms import DulyForm
from obligations.selectors import DutyFilter

STANDINGS = [
    ("", "Everything still open"),
    ("overdue", "Overdue"),
    ("owed_now", "Owed now"),
    ("this_week", "Today and this week"),
    ("later", "Later than this week"),
    ("to_decide", "For you to decide"),
    ("waiting", "Waiting for the other side"),
    ("suspended", "Suspended"),
    ("met", "Met"),
    ("ended", "Ended"),
    ("before_duly", "Before Duly"),
    ("withdrawn", "Withdrawn"),
]


class FilterForm(DulyForm):
    """Party, paragraph, subject and standing. Every field may stay empty; a mistake narrows nothing."""

    subject = forms.CharField(required=False, max_length=200, label="Words or subject")
    paragraph = forms.CharField(required=False, max_length=200, label="Paragraph, such as 10.3")
    party = forms.ChoiceField(required=False, label="Owed by")
    standing = forms.ChoiceField(required=False, label="Standing", choices=STANDINGS)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party = self.fields["party"]
        assert isinstance(party, forms.ChoiceField)
        sides = (Side.SUPPLIER, Side.AUTHORITY)
        party.choices = [("", "Either party"), *((str(side), contract.word_for(side)) for side in sides)]

    def wanted(self) -> DutyFilter:
        """What was asked for; fields that do not make sense are left out."""
        self.full_clean()
        data = getattr(self, "cleaned_data", {})
        return DutyFilter(
            party=data.get("party", ""),
            paragraph=data.get("paragraph", ""),
            subject=data.get("subject", ""),
            group=data.get("standing", ""),
        )
