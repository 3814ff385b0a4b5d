"""What a form asks of an act before its duty began: whether it was done then and counts (R36)."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.services.errors import Refused
from contracts.web.forms import DulyForm
from obligations.rules.register.facts import BEFORE_OWED


class AsksAboutEarly(DulyForm):
    """A form that asks once the service has asked; the question stays while it is not answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get(BEFORE_OWED):
            self._ask()

    def _ask(self) -> None:
        self.fields[BEFORE_OWED] = forms.ChoiceField(
            choices=[
                ("yes", "Yes, it was done on that day and counts"),
                ("no", "No: keep it on the record; it meets nothing"),
            ],
            required=False,
            label="Was it done before this was owed?",
            widget=forms.RadioSelect,
        )

    @property
    def counts_early(self) -> bool | None:
        """The answer; None where the question was not asked or not answered."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get(BEFORE_OWED, ""))

    def refuse(self, refused: Refused) -> None:
        if refused.field == BEFORE_OWED and BEFORE_OWED not in self.fields:
            self._ask()
        super().refuse(refused)
