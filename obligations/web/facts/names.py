"""The names that are open, offered on a form; another is asked about before it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from contracts.web.forms import DulyForm
from contracts.web.words import listed
from obligations.rules.register.facts import FactKind
from obligations.rules.register.names import folded

KNOWN, NEW = "known_subject", "new_subject"
FEW = 10
"""So many names stand as radio buttons; more are a list to choose from."""

SHOWN = 5
"""So many names are told when another was entered."""


class AsksForAName(DulyForm):
    """A form about one thing: its open names first, then another, which is asked about once."""

    known_names: Sequence[str] = ()
    alike: Sequence[str] = ()
    may_be_new = False

    def add_subject(
        self,
        kind: FactKind,
        known: Sequence[str],
        alike: Sequence[str] = (),
        about: str = "",
        may_be_new: bool = False,
    ) -> None:
        """Add the fields: the names that are open, where there are any, and a box for another.

        ``alike``: the names on the record that are nearly the one that was entered. ``about``: the name that
        is filled in. ``may_be_new``: another than those that are open is taken without a question.
        """
        self.may_be_new = may_be_new
        if about:
            known = [about, *(name for name in known if name != about)]
        self.known_names, self.alike = known, alike
        if known:
            self.fields[KNOWN] = forms.ChoiceField(
                choices=[*((name, name) for name in known), ("", "Something else")],
                required=False,
                label=kind.subject,
                initial=about or None,
                help_text="These are open here.",
                widget=forms.RadioSelect if len(known) <= FEW else forms.Select,
            )
        self.fields["subject"] = self._box(kind, bool(known))
        if self._is_another() or alike:
            self.fields[NEW] = forms.ChoiceField(
                choices=[("yes", "Yes, it is something else")],
                required=False,
                label="Is it something new?",
                widget=forms.RadioSelect,
            )

    def _is_another(self) -> bool:
        """Whether a name was entered that is none of those that are open, and is asked about."""
        asks = bool(self.known_names) and not self.may_be_new and not self.data.get(KNOWN)
        return asks and self._is_new(str(self.data.get("subject", "")))

    def _box(self, kind: FactKind, others: bool) -> forms.Field:
        example = f" For example, {kind.example}." if kind.example else ""
        return forms.CharField(
            max_length=200,
            label="Something else" if others else kind.subject,
            required=not kind.contract_wide and not others,
            initial=kind.example if kind.contract_wide and not others else "",
            help_text=f"Always call the same thing by the same name.{example}",
            error_messages={
                "required": f"Enter what it is about: {kind.subject[0].lower()}{kind.subject[1:]}."
            },
        )

    def _is_new(self, name: str) -> bool:
        key = folded(name)
        return bool(key) and key not in {folded(one) for one in self.known_names}

    def named(self) -> str:
        """What was chosen or entered, once it is clean. Adds errors."""
        data: dict[str, Any] = self.cleaned_data
        chosen, other = data.get(KNOWN, ""), (data.get("subject") or "").strip()
        if chosen and other and folded(chosen) != folded(other):
            self.add_error("subject", f"Choose “{chosen}”, or “Something else” and enter its name.")
        elif not chosen:
            self._check_entered(other, data.get(NEW) == "yes")
        return chosen or other

    def _check_entered(self, other: str, confirmed: bool) -> None:
        """Ask about a name that was entered and not chosen."""
        if self.known_names and not (self.may_be_new and other):
            self._check_other(other, confirmed)
        elif self.alike and not confirmed:
            names = listed([f"“{one}”" for one in self.alike[:SHOWN]])
            self.add_error(NEW, f"“{other}” is nearly {names}, which is on the record. Is it something else?")

    def _check_other(self, other: str, confirmed: bool) -> None:
        """Ask about a name that is none of those that are open."""
        if not other and "subject" not in self.errors:
            self.add_error(KNOWN, "Choose what it is about, or enter something else.")
        if other and not confirmed and self._is_new(other):
            names = [f"“{one}”" for one in self.known_names[:SHOWN]]
            more = [] if len(self.known_names) <= SHOWN else ["others"]
            self.add_error(
                NEW, f"“{other}” is not among what is open here: {listed(names + more)}. Is it new?"
            )
