"""The forms of plans: uploading, the checklist, reviewing, deciding, the yearly review, changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from contracts.models import Paragraph, Variation
from contracts.services.errors import Refused
from contracts.web.forms import DayField, DulyForm, TimeField, UploadField
from contracts.web.once import TokenField
from obligations.plans.kinds import PlanKind, number
from obligations.plans.models import PlanRequirement, PlanState, Verdict
from obligations.plans.services.upkeep import HEAD_WORDS, HEADS
from obligations.plans.services.versions import TYPES

APPROVE, REFUSE = "approve", "refuse"


class WhenForm(DulyForm):
    """A day, and a time where it is known; left empty it is now."""

    on = DayField(
        called="The day",
        required=False,
        label="On which day?",
        help_text="Leave this empty where it is now. For example, 12 3 2026.",
    )
    on_time = TimeField(
        called="The time", required=False, label="At what time?", help_text="London time, for example 2:30pm."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when"] = self.when("on", "on_time")
        if data.get("on_time") and not data.get("on") and "on" not in self.errors:
            self.add_error("on", "Enter the day as well as the time.")
        return data


class UploadForm(DulyForm):
    """A version of the plan as a file."""

    name = forms.CharField(
        max_length=60,
        label="What do you call this version?",
        help_text="As the plan itself says, for example 1.0.",
        error_messages={"required": "Enter what you call this version, for example 1.0."},
    )
    file = UploadField(label="The plan", types=TYPES, kept="Its hash is kept with it.")

    token = TokenField()

    def __init__(self, *args: Any, kind: PlanKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = f"The {kind.short}"


class ByRequirement(DulyForm):
    """A form with fields for each requirement, named by its place in the list."""

    def __init__(
        self, *args: Any, rows: Iterable[PlanRequirement], headings: Mapping[str, Paragraph], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.rows = list(rows)
        self.headings = headings
        for index, row in enumerate(self.rows):
            self.add(index, row)

    def add(self, index: int, row: PlanRequirement) -> None:
        raise NotImplementedError

    def title(self, row: PlanRequirement) -> str:
        found = self.headings.get(row.path)
        return f"{number(row.path)} {found.heading}" if found else number(row.path)

    def field_at_fault(self, refused: Refused) -> str:
        named = {row.path: self.field_of(index) for index, row in enumerate(self.rows)}
        return named.get(refused.field, refused.field)

    def field_of(self, index: int) -> str:
        raise NotImplementedError


class ChecklistForm(ByRequirement):
    """Where in the plan each requirement is met."""

    def add(self, index: int, row: PlanRequirement) -> None:
        found = self.headings.get(row.path)
        self.fields[self.field_of(index)] = forms.CharField(
            required=False,
            max_length=300,
            label=self.title(row),
            initial=row.place,
            help_text=found.summary if found else "",
        )

    def field_of(self, index: int) -> str:
        return f"place_{index}"

    def places(self) -> dict[str, str]:
        return {row.path: self.cleaned_data[self.field_of(index)] for index, row in enumerate(self.rows)}

    def bound(self) -> list[Any]:
        return [self[self.field_of(index)] for index in range(len(self.rows))]


class MarksForm(ByRequirement):
    """What the reviewer says of each requirement."""

    def add(self, index: int, row: PlanRequirement) -> None:
        self.fields[f"verdict_{index}"] = forms.ChoiceField(
            required=False,
            choices=[(Verdict.MET, "Met"), (Verdict.NOT_MET, "Not met")],
            label=f"Is {number(row.path)} met?",
            widget=forms.RadioSelect,
            initial=row.verdict,
        )
        self.fields[self.field_of(index)] = forms.CharField(
            required=False,
            max_length=5000,
            label=f"Comment on {number(row.path)}",
            initial=row.comment,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def field_of(self, index: int) -> str:
        return f"comment_{index}"

    def marks(self) -> dict[str, tuple[str, str]]:
        data = self.cleaned_data
        return {
            row.path: (data[f"verdict_{index}"], data[self.field_of(index)])
            for index, row in enumerate(self.rows)
        }

    def bound(self) -> list[dict[str, Any]]:
        return [self._row(index, row) for index, row in enumerate(self.rows)]

    def _row(self, index: int, row: PlanRequirement) -> dict[str, Any]:
        found = self.headings.get(row.path)
        return {
            "title": self.title(row),
            "number": number(row.path),
            "summary": found.summary if found else "",
            "citation": found.citation if found else "",
            "place": row.place,
            "verdict": self[f"verdict_{index}"],
            "comment": self[self.field_of(index)],
        }


class DecideForm(WhenForm):
    """Approve, or refuse with grounds. It carries the hash of what was read and the state it was in."""

    outcome = forms.ChoiceField(
        label="What do you decide?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to approve it or not."},
    )
    grounds = forms.MultipleChoiceField(
        required=False,
        label="Which requirements does it fail?",
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        required=False,
        max_length=5000,
        label="Reason, in words",
        help_text="For the notice to the other side. Needed where no requirement is chosen.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, required=False, label="")
    seen = forms.CharField(widget=forms.HiddenInput, required=False, label="")

    def __init__(
        self, *args: Any, kind: PlanKind, state: str, headings: Mapping[str, Paragraph], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        grounds, outcome = self.fields["grounds"], self.fields["outcome"]
        assert isinstance(grounds, forms.MultipleChoiceField) and isinstance(outcome, forms.ChoiceField)
        grounds.choices = [
            (path, f"{number(path)} {headings[path].heading}" if path in headings else number(path))
            for path in kind.requirements
        ]
        outcome.choices = [(APPROVE, kind.decide["approve"]), (REFUSE, kind.decide["refuse"])]
        if kind.reasonable_by:
            grounds.help_text = (
                f"A refusal for one of these is reasonable by definition ({number(kind.reasonable_by)})."
            )
        if not kind.requirements:
            del self.fields["grounds"]
            self.fields["reason"].help_text = "For the notice to the other side. Needed where you refuse."
        self.only_approves = state in (PlanState.REFUSED_AGAIN, PlanState.IN_DISPUTE)
        if self.only_approves:
            outcome.choices = [(APPROVE, kind.decide["approve"].replace("Approve", "Approve after all"))]
            self.fields.pop("grounds", None)
            self.fields["reason"].label = "Why is it approved after all?"
            self.fields["reason"].help_text = "For example, what was agreed. It stays on the record."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") != APPROVE or self.only_approves:
            return data
        for name, fix in (("grounds", "Untick these"), ("reason", "Empty this")):
            if data.get(name):
                self.add_error(
                    name, f"{fix}, or choose not to approve: an approval has no grounds to refuse."
                )
        return data


class ActForm(WhenForm):
    """A day and a word on why."""

    reason = forms.CharField(
        required=False, max_length=5000, label="Reason", widget=forms.Textarea(attrs={"rows": 3})
    )


class TakeBackForm(DulyForm):
    """Why something done with a version is taken back. It carries the act that was seen."""

    reason = forms.CharField(
        max_length=2000,
        label="Why was it wrong?",
        help_text="The record keeps what was done, the reason and your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is taken back: it stays on the record."},
    )
    act = forms.IntegerField(widget=forms.HiddenInput, required=False, label="")


class AnnualForm(WhenForm):
    """The results of a yearly review under its three heads."""

    token = TokenField()

    def __init__(self, *args: Any, kind: PlanKind, headings: Mapping[str, Paragraph], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, path in zip(HEADS, kind.heads, strict=False):
            found = headings.get(path)
            self.fields[name] = forms.CharField(
                max_length=20_000,
                label=f"{number(path)} {found.heading}" if found else number(path) or HEAD_WORDS[name],
                help_text=found.summary if found else "",
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={
                    "required": f"Write the result for {number(path) or 'this'}, or that there is none."
                },
            )

    def heads(self) -> list[Any]:
        return [self[name] for name in HEADS if name in self.fields]


class ChangeForm(WhenForm):
    """A change to the adopted plan."""

    event = forms.ChoiceField(
        label="What kind of change is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of change it is."},
    )
    reference = forms.CharField(
        max_length=60,
        label="What do you call the change?",
        help_text="For example, Change 4.",
        error_messages={"required": "Enter a name, for example Change 4."},
    )
    description = forms.CharField(
        max_length=5000,
        label="What changes, and why?",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what changes and why."},
    )
    timescale = forms.CharField(
        required=False,
        max_length=200,
        label="By when is it required?",
        help_text="Only for a change that is required early.",
    )
    token = TokenField()

    def __init__(self, *args: Any, events: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.fields["event"]
        assert isinstance(event, forms.ChoiceField)
        event.choices = list(events)


class ChangeActForm(WhenForm):
    """A change is in place, or a variation records it."""

    variation = forms.ChoiceField(
        label="Which variation records it?",
        error_messages={"required": "Choose a variation of this contract."},
    )

    def __init__(self, *args: Any, event: str, variations: Sequence[Variation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if event != "formalise":
            del self.fields["variation"]
            return
        self.variations = {str(one.pk): one for one in variations}
        field = self.fields["variation"]
        assert isinstance(field, forms.ChoiceField)
        rows = [(key, f"{one.number} {one.title}") for key, one in self.variations.items()]
        field.choices = [("", "Choose a variation"), *rows]
