"""What the list of paragraphs is narrowed to."""

from __future__ import annotations

from collections.abc import Callable

from django import forms

from contracts.web.forms import DulyForm
from obligations.services.coverage.paragraphs import CoveredParagraph, Read

SHOWN: dict[str, tuple[str, Callable[[CoveredParagraph], bool]]] = {
    "": ("Every paragraph", lambda one: True),
    "undecided": ("Undecided", lambda one: one.read is Read.UNDECIDED),
    "waiting": (
        "Decided, not in force yet",
        lambda one: one.read is not Read.UNDECIDED and not one.in_force,
    ),
    "limit": ("With a time limit that no entry has", lambda one: bool(one.left)),
    "numbers": ("With a number nobody claimed", lambda one: bool(one.numbers)),
    "nothing": ("Asks for nothing", lambda one: one.read is Read.NOTHING),
    "duties": ("Has duties", lambda one: bool(one.duties)),
}


class ShowForm(DulyForm):
    """Which paragraphs are shown; what makes no sense narrows nothing."""

    show = forms.ChoiceField(
        required=False, label="Show", choices=[(name, label) for name, (label, _) in SHOWN.items()]
    )

    def wanted(self) -> str:
        """The name of what is shown."""
        return str(self.cleaned_data.get("show", "")) if self.is_valid() else ""
