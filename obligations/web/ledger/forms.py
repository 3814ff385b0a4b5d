"""How the ledger is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts import selectors
from contracts.access import Access
from contracts.web.forms import DayField, DulyForm


class LedgerForm(DulyForm):
    """Words, person, kind and days. Every field may stay empty."""

    words = forms.CharField(required=False, max_length=200, label="Words")
    who = forms.ChoiceField(required=False, label="Who")
    verb = forms.ChoiceField(required=False, label="What was done")
    first = DayField(required=False, label="From", called="The first day")
    last = DayField(required=False, label="To", called="The last day")

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = [
            (f"job {name}" if pk is None else str(pk), name) for pk, name in selectors.ledger_actors(access)
        ]
        self.offer("who", [("", "Anybody"), *who])
        verbs = [(verb, verb_words(verb)) for verb in selectors.ledger_verbs(access)]
        self.offer("verb", [("", "Anything"), *verbs])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first day.")
        return data

    def wanted(self) -> selectors.Entries:
        """What was asked for. The form is valid."""
        data = self.cleaned_data
        job = data["who"].removeprefix("job ") if data["who"].startswith("job ") else ""
        return selectors.Entries(
            person=int(data["who"]) if data["who"] and not job else None,
            job=job,
            verb=data["verb"],
            first=data["first"],
            last=data["last"],
            words=data["words"].replace("\x00", ""),
        )


def verb_words(verb: str) -> str:
    """A kind of entry as a list offers it."""
    return verb.replace("_", " ").capitalize()
