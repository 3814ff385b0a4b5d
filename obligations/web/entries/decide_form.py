"""What every form of a decision about one paragraph carries."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from contracts.services.errors import Refused
from contracts.web.forms import DulyForm
from contracts.web.once import TokenField

OTHERWISE = (
    "The words of this paragraph, or what is proposed of them, are others since you opened it. Look at them"
    " as they are now, then decide."
)


class DecideForm(DulyForm):
    """What every decision carries: which decision of this paragraph it is meant to be, and what was shown.

    ``shown``: what the page shows now (``Asked.shown``). A page that was opened before decides nothing; it
    comes back with what is there now, and with what was typed.
    """

    number = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    token = TokenField()

    def __init__(self, *args: Any, shown: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": shown} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.shown = shown

    def clean_seen(self) -> str:
        seen: str = self.cleaned_data["seen"]
        if seen and seen != self.shown:
            self.data = cast(QueryDict, self.data).copy()
            self.data[self.add_prefix("seen")] = self.shown
            self.add_error(None, OTHERWISE)
        return seen

    def refuse(self, refused: Refused) -> None:
        """Who was second sees what the first decided, and may then decide again with what was typed."""
        super().refuse(refused)
        if refused.field == "number":
            self.data = cast(QueryDict, self.data).copy()
            self.data[self.add_prefix("number")] = str(int(self.cleaned_data.get("number") or 0) + 1)

    def field_at_fault(self, refused: Refused) -> str:
        """What somebody else decided in between stands at the top."""
        return "" if refused.field == "number" else refused.field
