"""The forms of breaches: the short report, a step, what is written, and a change of state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms

from contracts.models import Contract, Membership, Person, Side
from contracts.services.errors import Refused
from contracts.terms.moments import When
from contracts.web.forms import NARROW, DayField, DulyForm, LongText, TimeField
from contracts.web.once import TokenField
from contracts.web.words import listed
from obligations.breaches.models import Breach, BreachOutcome, TimeKnown
from obligations.breaches.selectors import limbs_for
from obligations.breaches.services.report import fitting
from obligations.breaches.services.seen import Meanwhile, fingerprints

TEXTS = ("account", "root_cause", "relief", "cost_bearer", "cost_note")
LONDON_TIME = "London time, for example 2:30pm. Leave it empty if only the day is known."


def _time(called: str, label: str = "At what time?") -> TimeField:
    return TimeField(called=called, required=False, label=label, help_text=LONDON_TIME, classes=NARROW)


def _long(label: str, hint: str = "", rows: int = 5, **kwargs: Any) -> LongText:
    return LongText(
        max_length=20_000, label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class PeopleField(forms.TypedMultipleChoiceField):
    """People of the contract, by their numbers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.error_messages["invalid_choice"] = "Choose among the people who are on this contract today."


def people_of(contract: Contract, members: Iterable[Membership]) -> list[tuple[int, str]]:
    """The choices of a ``PeopleField``: who is on the contract, with what they do for which side."""
    found = []
    for one in members:
        side = "" if one.side == Side.NEITHER else f" for the {contract.word_for(one.side)}"
        found.append((one.person_id, f"{one.person.name}, {one.get_role_display().lower()}{side}"))
    return found


class ReadersForm(DulyForm):
    """Who may know of a breach that is kept to a distribution list."""

    people = PeopleField(
        label="Who may know of it?",
        help_text="Somebody who can act for each side must be among them. "
        "Whoever you take off finds nothing of it any more and gets no more mail about it.",
        error_messages={"required": "Choose who may know of it."},
    )

    def __init__(self, *args: Any, contract: Contract, members: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("people", people_of(contract, members))


class IncidentForm(DulyForm):
    """What is needed to start the clocks, and nothing more."""

    token = TokenField()
    what = forms.CharField(
        max_length=200,
        label="What happened?",
        help_text="A few words.",
        error_messages={"required": "Say in a few words what happened."},
    )
    noticed = DayField(called="The day it was noticed", label="When was it noticed?")
    noticed_time = _time("The time it was noticed", "At what time was it noticed?")
    noticed_by = forms.CharField(
        max_length=200,
        label="Who noticed it?",
        help_text="A person or a team.",
        error_messages={"required": "Enter who noticed it."},
    )
    outcome = forms.ChoiceField(
        choices=BreachOutcome.choices,
        label="Did it succeed?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it succeeded."},
    )
    limb = forms.ChoiceField(
        label="What kind of breach is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of breach it is."},
    )
    time_known = forms.ChoiceField(
        choices=TimeKnown.choices,
        label="Do you know when it happened?",
        help_text="Some limits run from the breach itself, not from when it was noticed.",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you know when it happened."},
    )
    happened = DayField(
        called="The day it happened",
        required=False,
        label="When did it happen, or when at the earliest?",
        help_text="Leave it empty if you do not know.",
    )
    happened_time = _time("The time it happened", "At what time did it happen?")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["noticed_when"] = self.when("noticed", "noticed_time")
        data["happened_when"] = self.when("happened", "happened_time")
        if (known := data.get("time_known")) and "happened" not in self.errors:
            self._time_and_what_is_known_of_it(known, data["happened_when"])
        return data

    def _time_and_what_is_known_of_it(self, known: str, happened: When | None) -> None:
        try:
            fitting(known, happened)
        except Refused as refused:
            self.refuse(refused)


class ReportForm(IncidentForm):
    """The same on one contract, which may keep it to a distribution list."""

    field_order = (
        *("token", "what", "noticed", "noticed_time", "noticed_by", "aware_party", "outcome", "limb"),
        *("time_known", "happened", "happened_time", "kept", "readers"),
    )

    aware_party = forms.ChoiceField(
        label="Which party noticed it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which party noticed it."},
    )
    kept = forms.ChoiceField(
        choices=[
            ("no", "No: everybody on this contract may know of it"),
            ("yes", "Yes: only the people chosen below may know of it"),
        ],
        label="Does it concern OFFICIAL-SENSITIVE information?",
        help_text="If so it is kept to the people you choose. Nobody else finds it on any page, in any "
        "count, in the mail or on the record.",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it concerns OFFICIAL-SENSITIVE information."},
    )
    readers = PeopleField(
        required=False,
        label="If it does, who may know of it?",
        help_text="The distribution list agreed for such incidents. You are on it yourself. "
        "Somebody who can act for each side must be on it.",
    )

    def __init__(
        self,
        *args: Any,
        contract: Contract,
        members: Iterable[Membership],
        me: Person,
        last: Collection[int],
        **kwargs: Any,
    ) -> None:
        """``last``: the people of the last list that ``me`` was on, who are named and not chosen for them."""
        super().__init__(*args, **kwargs)
        others = [one for one in members if one.person_id != me.pk]
        self.offer("readers", people_of(contract, others))
        if names := [one.person.name for one in others if one.person_id in last]:
            self.fields["readers"].help_text += f" The last list you were on had {listed(names)}."
        self.offer("limb", [(str(one), one.label) for one in limbs_for(contract)])
        sides = (Side.SUPPLIER, Side.AUTHORITY)
        parties = [(str(side), f"The {contract.word_for(side)}") for side in sides]
        self.offer("aware_party", [*parties, ("both", "Both parties")])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kept") == "no" and data.get("readers"):
            self.add_error(
                "readers", "You chose people, but said that everybody may know of it. Which is it?"
            )
        data["readers"] = data.get("readers", []) if data.get("kept") == "yes" else None
        return data


class WhenForm(DulyForm):
    """When something was done or happened."""

    when_on = DayField(called="The day", label="When?", help_text="For example, 12 3 2026.")
    when_time = _time("The time")

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when_on"].label = question

    def field_at_fault(self, refused: Refused) -> str:
        return "when_on" if refused.field in ("happened", "when", "done") else refused.field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when"] = self.when("when_on", "when_time")
        return data


class StepForm(WhenForm):
    """A step that was taken."""

    done_by = forms.CharField(
        max_length=200,
        label="Who did it?",
        help_text="A person or a team.",
        error_messages={"required": "Enter who did it."},
    )
    note = _long("Note", required=False, rows=3)


class ReasonForm(DulyForm):
    """Why a breach is closed, reopened or withdrawn."""

    reason = _long("Why?", "It stays on the record.", rows=4, error_messages={"required": "Say why."})


class TextsForm(DulyForm):
    """What is written about a breach. The other side's own texts are left out."""

    account = _long("What happened, in full", "What, when, how, whose data, which systems.", required=False)
    root_cause = _long("Root cause", "Where it was required it is part of the full details.", required=False)
    relief = _long(
        "Relief",
        "Where a mitigation affects the service: what was granted in writing, for what and until when.",
        rows=3,
        required=False,
    )
    cost_bearer = forms.ChoiceField(required=False, label="Who bears the cost?", widget=forms.RadioSelect)
    cost_note = _long("Why they bear it", "The reason, and what was agreed.", rows=3, required=False)
    seen = forms.CharField(required=False, max_length=500, label="", widget=forms.HiddenInput)

    def __init__(self, *args: Any, breach: Breach, writes_account: bool) -> None:
        initial = {name: getattr(breach, name) for name in TEXTS}
        initial["seen"] = _as_one(fingerprints(breach, TEXTS))
        super().__init__(*args, initial=initial)
        self.breach, contract = breach, breach.contract
        bearers = [
            ("supplier", f"The {contract.supplier_word}"),
            ("authority", f"The {contract.authority_word}"),
            ("each", "Each party its own"),
            ("", "Not decided yet"),
        ]
        self.offer("cost_bearer", bearers)
        if not writes_account:
            del self.fields["account"], self.fields["root_cause"]

    def clean_seen(self) -> dict[str, str]:
        return _apart(self.cleaned_data["seen"])

    def refuse(self, refused: Refused) -> None:
        """Who is told what another wrote meanwhile has seen it: what they send next takes its place."""
        super().refuse(refused)
        if isinstance(refused, Meanwhile):
            told = fingerprints(self.breach, (refused.field,))
            seen = _as_one(_apart(self.data.get("seen", "")) | told)
            self.data = {**dict(self.data.items()), "seen": seen}


def _as_one(seen: Mapping[str, str]) -> str:
    return " ".join(f"{name}:{one}" for name, one in seen.items())


def _apart(seen: str) -> dict[str, str]:
    return {name: one for name, _, one in (part.partition(":") for part in seen.split())}
