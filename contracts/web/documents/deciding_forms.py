"""Forms in which a person says what an uploaded document is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from contracts.reader.editions import How, Pair
from contracts.reader.judged import Differing, Why
from contracts.services.errors import Refused
from contracts.services.own_schedules import LONGEST_TITLE
from contracts.terms.moments import Day
from contracts.web.forms import DayField, DulyForm
from contracts.web.once import TokenField

TAKE, LEAVE = "take", "leave"
BEGINNING, FROM_DAY = "beginning", "day"
DECIDE = "Say whether this paragraph takes these words: a rule rests on it."


class EachForm(DulyForm):
    """A choice for each of some paragraphs. ``field_of`` says which field is a paragraph's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field_of: dict[str, str] = {}

    def ask(self, path: str, where: str, choices: Iterable[tuple[str, str]], initial: str) -> None:
        """Ask about a paragraph. Without an ``initial`` answer one has to be given."""
        name = f"p{len(self.field_of)}"
        self.field_of[path] = name
        self.fields[name] = forms.ChoiceField(
            required=False,
            label=where,
            choices=list(choices),
            initial=initial or None,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "Choose one of the answers that are offered."},
        )

    def answers(self, answer: str) -> set[str]:
        """The paths with this answer."""
        return {path for path, name in self.field_of.items() if self.cleaned_data.get(name) == answer}

    def field_at_fault(self, refused: Refused) -> str:
        return self.field_of.get(refused.field, refused.field)


class TakeForm(EachForm):
    """For each paragraph whose words differ: take the words, or leave it as it is."""

    token = TokenField()
    leave_others = forms.BooleanField(
        required=False,
        label="Leave every paragraph that I have not answered as it is",
        help_text="You can upload the document again later and decide otherwise.",
    )

    def __init__(self, *args: Any, differing: Sequence[Differing], where: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in differing:
            leave = (
                "Keep the words it had" if one.why is Why.CHANGED else "Leave this paragraph without words"
            )
            choices = [(TAKE, "Take these words"), (LEAVE, leave)]
            usual = "" if one.rests else LEAVE if one.why is Why.UNLIKE else TAKE
            self.ask(one.path, where(one.path), choices, usual)

    def left(self) -> set[str]:
        """The paths that are left, also those nobody answered, where they are to be."""
        answered = self.answers(TAKE)
        others = set(self.field_of) - answered if self.cleaned_data["leave_others"] else set()
        return self.answers(LEAVE) | others


class EditionForm(EachForm):
    """From which day a later edition judges, and for each paragraph with other words which of them stand."""

    token = TokenField()
    since = forms.ChoiceField(
        label="From which day do these words judge?",
        help_text="A signed text that replaces a draft usually judges from the beginning.",
        choices=[(BEGINNING, "From the beginning of the contract"), (FROM_DAY, "From a later day")],
        initial=BEGINNING,
        widget=forms.RadioSelect,
    )
    from_day = DayField(called="The first day of these words", required=False, label="Their first day")

    def __init__(self, *args: Any, pairs: Sequence[Pair], where: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.must = [pair.path for pair in pairs if pair.rests]
        for pair in pairs:
            if pair.how is How.GONE:
                choices = [(TAKE, "It is left out"), (LEAVE, "It stays, with the words it had")]
            else:
                choices = [(TAKE, "The new words stand"), (LEAVE, "The words it had stay")]
            self.ask(pair.path, where(pair.path), choices, "" if pair.path in self.must else TAKE)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for path in self.must:
            if not data.get(self.field_of[path]):
                self.add_error(self.field_of[path], "Say which words stand: a rule rests on this paragraph.")
        if data.get("since") == FROM_DAY and not data.get("from_day") and "from_day" not in self.errors:
            self.add_error("from_day", "Enter the first day of these words, or choose “From the beginning”.")
        return data

    def first_day(self) -> Day | None:
        """The day from which the words judge, None from the beginning."""
        day: Day | None = self.cleaned_data["from_day"]
        return day if self.cleaned_data["since"] == FROM_DAY else None


class MakeForm(DulyForm):
    """The title of a schedule of the contract's own."""

    token = TokenField()
    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="What is the schedule called?",
        help_text="As the contract calls it. It is shown wherever a paragraph is cited.",
        error_messages={"required": "Enter the title of the schedule."},
    )
