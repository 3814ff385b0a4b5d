"""The small forms of the page of one paragraph, and of putting in force what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from contracts.services.errors import Refused
from contracts.web.forms import DayField, DulyForm, LongText, TimeField
from contracts.web.once import TokenField
from obligations.rules.register.rule import CAUSED
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.entries.deciding import EntryRefused
from obligations.services.entries.proposing import Prefilled
from obligations.services.entries.starting import Start
from obligations.web.entries.decide_form import DecideForm
from obligations.web.entries.entry_form import kinds_to_choose

NEW = "new"
REASONS = [
    "It is a heading, and what it asks stands below.",
    "It explains, and asks nobody for anything.",
    "It says what words mean.",
    "It binds somebody who is no party to this contract.",
    "Other paragraphs ask for the same.",
]


class AcceptForm(DecideForm):
    """Accepts what is proposed, with what starts each entry that something starts."""

    def __init__(self, *args: Any, proposed: Sequence[Prefilled], known: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asking = [one for one in proposed if one.entry]
        for place, one in enumerate(self.asking):
            if one.entry.get("shape") in CAUSED and not one.entry.get("on"):
                self._ask_what_starts(place, one, known)

    def _ask_what_starts(self, place: int, one: Prefilled, known: Vocabulary) -> None:
        says = f"A new kind of fact: “{one.new_kind}”" if one.new_kind else "A new kind of fact, named below"
        named = [(NEW, says)]
        suggested = [(name, known.kind(name).label) for name in one.suggested]
        start = forms.ChoiceField(
            required=False,
            choices=[("Suggested", [*suggested, *named]), *kinds_to_choose(known)],
            initial=NEW if one.new_kind else next(iter(one.suggested), NEW),
            label="What starts it?",
            help_text="Somebody records this under “Record what happened”, and then the duty is owed.",
        )
        label = forms.CharField(
            required=False,
            max_length=120,
            initial=one.new_kind,
            label="The new kind of fact is called",
            help_text="Used where you choose a new kind of fact. For example: The registers were received.",
        )
        self.fields[f"start_{place}"], self.fields[f"label_{place}"] = start, label
        if one.opens:
            self.fields[f"opens_{place}"] = forms.CharField(
                required=False,
                max_length=120,
                initial=one.opens,
                label="What opens it is called",
                help_text="What waits may not begin until somebody records this. Empty: evidence opens it.",
            )

    def asked(self, place: int) -> list[Any]:
        """The fields of one entry."""
        names = (f"start_{place}", f"label_{place}", f"opens_{place}")
        return [self[name] for name in names if name in self.fields]

    @property
    def starts(self) -> list[Start]:
        """What starts each entry."""
        return [self._start(place) for place in range(len(self.asking))]

    def _start(self, place: int) -> Start:
        chosen = self.cleaned_data.get(f"start_{place}", "")
        opens = self.cleaned_data.get(f"opens_{place}", "")
        if chosen == NEW:
            return Start(label=self.cleaned_data.get(f"label_{place}", ""), opens=opens)
        return Start(kind=chosen, opens=opens)

    def field_at_fault(self, refused: Refused) -> str:
        """What starts an entry is asked here; everything else is corrected on the page of the entry."""
        if isinstance(refused, EntryRefused) and refused.field in ("on", "label"):
            return f"{'label' if refused.field == 'label' else 'start'}_{refused.entry}"
        return super().field_at_fault(refused)


class NothingForm(DecideForm):
    """Says why a paragraph asks for nothing."""

    common = forms.ChoiceField(
        required=False,
        choices=[("", "Another reason, written below"), *((one, one) for one in REASONS)],
        label="Why does it ask for nothing?",
    )
    why = LongText(
        required=False, max_length=2000, label="In your own words", widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def reason(self) -> str:
        """What was written, else what was chosen."""
        written = str(self.cleaned_data.get("why", "")).strip()
        return written or str(self.cleaned_data.get("common", ""))


class OpinionForm(DulyForm):
    """What the other side says of a decision."""

    agrees = forms.ChoiceField(
        choices=[("yes", "We read it so too"), ("no", "We read it otherwise")],
        widget=forms.RadioSelect,
        label="How does your side read this paragraph?",
        error_messages={"required": "Say whether your side reads it so too."},
    )
    words = LongText(
        required=False,
        max_length=2000,
        label="How your side reads it",
        help_text="Needed where you read it otherwise. Both stay on the record; no date changes by it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    token = TokenField()


class TryForm(DulyForm):
    """A day on which it might happen, to see what would be due. Nothing is kept."""

    tried = DayField(called="The day", label="If it happened on", help_text="For example, 12 3 2026")
    tried_at = TimeField(
        called="The time", required=False, label="At what time?", help_text="Only for limits in hours.",
        classes="govuk-input--width-5",
    )  # fmt: skip


class InForceForm(DulyForm):
    """Puts in force what was decided."""

    reason = LongText(
        required=False,
        max_length=2000,
        label="Why does it take the place of what is in force?",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    day = forms.DateField(required=False, widget=forms.HiddenInput)
    token = TokenField()


class FromDayForm(DulyForm):
    """From which day the new version judges."""

    from_day = DayField(
        required=False,
        called="The day",
        label="From which day does it count?",
        help_text="Leave it empty for “from the beginning”: that is right where the contract always said so.",
    )


class SkipForm(DecideForm):
    """Leaves a paragraph for later."""
