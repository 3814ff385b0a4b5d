"""The steps of making a contract: what each asks, what it keeps, and when it has to be asked again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from contracts.models import Contract, Division, Organisation, Side
from contracts.services.drafts import clean_name
from contracts.services.errors import one_line
from contracts.terms.moments import Day, long_day
from contracts.web.forms import DayField, DulyForm
from obligations.services.making.answers import BOTH, NO, OURS, YES, Answers
from obligations.services.making.making import roles_for
from obligations.web.making import words

CHOOSE = "Choose one of the answers that are offered."


@dataclass(frozen=True, slots=True)
class Known:
    """What a step needs to know: the answers so far, the person's organisations, and today in London."""

    answers: Answers
    organisations: Sequence[Organisation]
    today: Day

    def ours(self) -> str:
        """The name of the person's organisation."""
        return next((one.name for one in self.organisations if one.pk == self.answers.ours), "")


class StepForm(DulyForm):
    """One step. ``stored`` is what is kept of it; ``holds`` says whether what is kept still fits the rest."""

    step: ClassVar[str]
    heading: ClassVar[str]
    lead: ClassVar[str] = ""

    def __init__(self, known: Known, data: QueryDict | None = None) -> None:
        self.known = known
        kept = known.answers.steps.get(self.step)
        super().__init__(data, initial=self.usual(known) if kept is None else None)
        if kept is not None:
            self.initial = {name: _shown(field, kept.get(name)) for name, field in self.fields.items()}
        self.prepare(known)

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        """What stands in the fields before anybody answered."""
        return {}

    @classmethod
    def holds(cls, known: Known) -> bool:
        """Whether the answers kept still fit what was answered elsewhere."""
        return True

    def prepare(self, known: Known) -> None:
        """Sets what the fields offer."""

    @property
    def stored(self) -> dict[str, Any]:
        """The answers in their stored form, once the form is valid."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
        }


def _shown(field: forms.Field, stored: Any) -> Any:
    """A stored answer as its field shows it."""
    return date.fromisoformat(stored) if isinstance(field, DayField) and stored else stored


def _one_of(label: str, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": CHOOSE},
    )


def _hints(field: forms.Field, hints: Mapping[str, str]) -> None:
    field.option_hints = hints  # type: ignore[attr-defined]


def _line(label: str, missing: str, *, longest: int, hint: str = "", width: str = "") -> forms.CharField:
    field = forms.CharField(
        label=label, max_length=longest, help_text=hint, error_messages={"required": missing}
    )
    field.classes = width  # type: ignore[attr-defined]
    return field


class PartiesForm(StepForm):
    """The two organisations, and which of them is which."""

    step, heading = "parties", "Who is the contract between?"

    ours = _one_of("Your organisation", "Choose your organisation.")
    side = _one_of("Which side is it?", "Choose which side your organisation is.")
    other = _line(
        "Name of the other organisation",
        "Enter the name of the other organisation.",
        longest=200,
        hint="Its full name, as the contract has it. Duly does not list the organisations it knows.",
    )

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        return {"ours": known.organisations[0].pk} if len(known.organisations) == 1 else {}

    @classmethod
    def holds(cls, known: Known) -> bool:
        return bool(known.ours())

    def prepare(self, known: Known) -> None:
        self.offer("ours", [(one.pk, one.name) for one in known.organisations])
        self.offer("side", words.SIDES)
        _hints(self.fields["side"], words.SIDE_HINTS)

    def clean_other(self) -> str:
        return _readable(self.cleaned_data["other"], "Enter the name of the other organisation.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = next((one for one in self.known.organisations if str(one.pk) == data.get("ours")), None)
        if chosen is not None and data.get("other", "").lower() == chosen.name.lower():
            self.add_error(
                "other", "Enter the other party’s name: a contract has two different organisations."
            )
        return data

    @property
    def stored(self) -> dict[str, Any]:
        return super().stored | {"ours": int(self.cleaned_data["ours"])}


class NameForm(StepForm):
    """What the contract is called."""

    step, heading = "name", "What is the contract called?"

    reference = _line(
        "Reference",
        "Enter the contract’s reference.",
        longest=60,
        hint="The number or code on the contract, for example TCC-2041. It heads every page and mail.",
        width="govuk-input--width-20",
    )
    title = _line(
        "Title",
        "Enter the contract’s title.",
        longest=200,
        hint="A few words that people know it by, for example Apprenticeship portal.",
    )

    def clean_reference(self) -> str:
        reference = _readable(self.cleaned_data["reference"], "Enter the contract’s reference.")
        if Contract.objects.filter(reference=reference).exists():
            raise forms.ValidationError(f"The reference {reference} is in use; enter another.")
        return reference

    def clean_title(self) -> str:
        return _readable(self.cleaned_data["title"], "Enter the contract’s title.")


class SchedulesForm(StepForm):
    """The schedules whose duties Duly keeps."""

    step, heading = "schedules", "Which schedules does it carry?"
    lead = words.SCHEDULES_LEAD

    schedules = forms.MultipleChoiceField(
        label="Schedules",
        help_text="Choose all that belong to this contract.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose a schedule, or a document of your own.",
            "invalid_choice": CHOOSE,
        },
    )

    def prepare(self, known: Known) -> None:
        offered = words.schedules()
        self.offer("schedules", [(one.key, one.title) for one in offered])
        _hints(self.fields["schedules"], {one.key: one.hint for one in offered})


class WordsForm(StepForm):
    """What the contract calls its parties."""

    step, heading = "words", "What does the contract call the two parties?"
    lead = words.WORDS_LEAD

    authority_word = _line("", "Enter a word for this party.", longest=40, width="govuk-input--width-20")
    supplier_word = _line("", "Enter a word for this party.", longest=40, width="govuk-input--width-20")

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        usual = known.answers.party_words
        return {"authority_word": usual.authority, "supplier_word": usual.supplier}

    def prepare(self, known: Known) -> None:
        names = words.party_names(known)
        self.fields["authority_word"].label = f"{names[Side.AUTHORITY]} is “the …”"
        self.fields["supplier_word"].label = f"{names[Side.SUPPLIER]} is “the …”"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("authority_word", "supplier_word"):
            if name in data:
                data[name] = one_line(" ".join(data[name].split()))
                if not data[name]:
                    self.add_error(name, "Enter a word for this party.")
        one, other = data.get("authority_word", ""), data.get("supplier_word", "")
        if one and one.lower() == other.lower():
            self.add_error("supplier_word", "Enter another word: the two parties need different ones.")
        return data


class DatesForm(StepForm):
    """The days from which limits run."""

    step, heading = "dates", "When was it made, and when does it run?"

    agreement_date = DayField(
        called="The day it was made",
        label="The day it was made",
        help_text="The date of the agreement. For example, 12 3 2026.",
    )
    start_date = DayField(called="The day it starts", label="The day it starts")
    commencement_date = DayField(
        called="The commencement day",
        label="The commencement day",
        help_text="Only where the contract speaks of another day than its start.",
        required=False,
    )
    end_date = DayField(
        called="The last day",
        label="The last day",
        help_text="Leave it empty where the contract has no fixed end.",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", f"The last day must be on or after the start, {long_day(start)}.")
        return data


class DaysForm(StepForm):
    """Whose public holidays are no Working Days."""

    step, heading = "days", "Which public holidays are not Working Days?"
    lead = words.DAYS_LEAD

    division = _one_of("Public holidays of", "Choose whose public holidays count.")

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        return {"division": Division.ENGLAND_AND_WALES}

    def prepare(self, known: Known) -> None:
        self.offer("division", Division.choices)
        _hints(self.fields["division"], words.DIVISION_HINTS)


class KeptForm(StepForm):
    """Whether the other party uses Duly too."""

    step, heading = "kept", "Does the other party use Duly for this contract?"

    kept = _one_of("", "Choose who keeps the contract in Duly.")

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        return {"kept": BOTH}

    def prepare(self, known: Known) -> None:
        self.fields["kept"].label = f"Who keeps it: {known.ours()} alone, or both?"
        self.offer("kept", [(BOTH, "Both parties"), (OURS, "We alone")])
        _hints(self.fields["kept"], words.KEPT_HINTS)


class RunningForm(StepForm):
    """From which day Duly keeps a contract that was running already (R32)."""

    step, heading = "running", "Is the contract running already?"
    lead = words.RUNNING_LEAD

    running = _one_of("Is it running already?", "Choose whether the contract is running already.")
    tracked_from = DayField(
        called="The day from which Duly keeps it",
        label="If it is: from which day should Duly keep it?",
        help_text="Usually today. What fell due before that day is not shown as overdue.",
        required=False,
    )

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        start = known.answers.day("dates", "start_date")
        running = start is not None and start < known.today
        return {"running": YES, "tracked_from": known.today} if running else {"running": NO}

    @classmethod
    def holds(cls, known: Known) -> bool:
        end, tracked = known.answers.day("dates", "end_date"), known.answers.tracked_from
        return end is None or tracked is None or tracked <= end

    def prepare(self, known: Known) -> None:
        self.offer(
            "running", [(YES, "Yes, it has been running"), (NO, "No, Duly keeps it from the beginning")]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("running") == NO:
            data["tracked_from"] = None
            self.errors.pop("tracked_from", None)
        elif (
            data.get("running") == YES and not data.get("tracked_from") and "tracked_from" not in self.errors
        ):
            self.add_error("tracked_from", "Enter the day from which Duly keeps the contract.")
        end, tracked = self.known.answers.day("dates", "end_date"), data.get("tracked_from")
        if end and tracked and tracked > end:
            self.add_error("tracked_from", f"Enter a day on or before the contract’s last, {long_day(end)}.")
        return data


class YouForm(StepForm):
    """What the person does on the contract."""

    step, heading = "you", "What do you do on this contract?"

    role = _one_of("Your role", "Choose what you do on this contract.")

    @classmethod
    def holds(cls, known: Known) -> bool:
        side, role = known.answers.side, known.answers.text("you", "role")
        return side is not None and role in roles_for(side)

    def prepare(self, known: Known) -> None:
        side = known.answers.side
        roles = roles_for(side) if side else []
        self.offer("role", [(role.value, role.label) for role in roles])
        _hints(self.fields["role"], words.role_hints(roles))


class MakeForm(DulyForm):
    """The answers as they were shown, so that what is made is what was checked.

    It needs no token: a draft is made into one contract, however often the button is pressed.
    """

    shown = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


STEPS: tuple[type[StepForm], ...] = (
    PartiesForm,
    NameForm,
    SchedulesForm,
    WordsForm,
    DatesForm,
    DaysForm,
    KeptForm,
    RunningForm,
    YouForm,
)


def missing(known: Known, steps: Iterable[type[StepForm]] = STEPS) -> list[type[StepForm]]:
    """The steps that are still to be answered, or to be answered again, in their order."""
    return [one for one in steps if one.step not in known.answers.steps or not one.holds(known)]


def _readable(text: str, message: str) -> str:
    cleaned = clean_name(text)
    if not cleaned:
        raise forms.ValidationError(message)
    return cleaned
