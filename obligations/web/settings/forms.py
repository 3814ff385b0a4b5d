"""Asking for the answer to a setting, by its type, and for the reason of a change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from contracts.models import Contract
from contracts.services.errors import Refused
from contracts.terms.answers import WEEKDAYS, Answer, WeekHours, as_stored
from contracts.terms.periods import Period, Unit
from contracts.terms.setting import Setting, SettingType
from contracts.web.forms import DayField, DulyForm, LongText, TimeField
from contracts.web.once import TokenField

YES, NO = "yes", "no"
CHOOSE = "Choose one of the answers that are offered."
MISSING = {"required": "Choose an answer.", "invalid_choice": CHOOSE}


@dataclass(frozen=True)
class DayOfWork:
    """One weekday of the form: its name and its two fields."""

    name: str
    begins: BoundField
    ends: BoundField


class AnswerForm(DulyForm):
    """The answer to one setting: once the form is valid, ``answer`` in its stored form, None for none."""

    asked = forms.CharField(initial="1", required=False, widget=forms.HiddenInput)

    def __init__(
        self, setting: Setting, contract: Contract, now: Answer | None, data: QueryDict | None = None
    ) -> None:
        super().__init__(data, initial=_initial(setting, now))
        self.setting = setting
        self.fields.update(_fields(setting, contract))

    @property
    def week(self) -> list[DayOfWork]:
        """The weekdays of hours of work; none for another type."""
        days = WEEKDAYS if self.setting.type is SettingType.HOURS else ()
        return [DayOfWork(day.capitalize(), self[f"{day}_begins"], self[f"{day}_ends"]) for day in days]

    @property
    def answer(self) -> Any:
        """The answer in its stored form."""
        data = self.cleaned_data
        match self.setting.type:
            case SettingType.FLAG:
                return data["answer"] == YES
            case SettingType.LENGTH:
                return {"amount": data["amount"], "unit": data["unit"]}
            case SettingType.HOURS:
                return {
                    day: [f"{data[f'{day}_{end}']:%H:%M}" for end in ("begins", "ends")]
                    for day in WEEKDAYS
                    if data[f"{day}_begins"] is not None
                }
        return None if data["answer"] in (None, "") else as_stored(data["answer"])

    def clean(self) -> dict[str, Any]:
        """The answer as a whole: what the setting itself will not have is said beside its field."""
        data = super().clean() or {}
        if self.setting.type is SettingType.HOURS:
            self._check_week(data)
        if self.errors:
            return data
        answer = self.answer
        if answer is None and self.setting.without:
            return data
        try:
            self.setting.read(answer)
        except ValueError as error:
            first = next(name for name in self.fields if name != "asked")
            self.add_error(first, f"The answer {error}.")
        return data

    def _check_week(self, data: dict[str, Any]) -> None:
        for day in WEEKDAYS:
            name = day.capitalize()
            begins, ends = (f"{day}_{end}" for end in ("begins", "ends"))
            if begins in self.errors or ends in self.errors:
                continue
            one, other = data[begins], data[ends]
            if (one is None) != (other is None):
                missing, which = (begins, "begins") if one is None else (ends, "ends")
                self.add_error(missing, f"Enter when work {which} on {name}, or leave both empty.")
            elif one is not None and not one < other:
                self.add_error(ends, f"Work on {name} must end later than it begins.")
        if not self.errors and all(data[f"{day}_begins"] is None for day in WEEKDAYS):
            self.add_error("monday_begins", "Enter the hours of one day at least.")


class ReasonForm(DulyForm):
    """The answer that was shown with what it moves, and the reason for the record."""

    token = TokenField()
    answer = forms.CharField(max_length=5000, widget=forms.HiddenInput)
    reason = LongText(
        max_length=2000,
        label="How do you know, or why does it change?",
        help_text="For example, where the order says so. It goes on the record with your name.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say how you know, or why it changes."},
    )

    def field_at_fault(self, refused: Refused) -> str:
        """The answer itself is hidden here: a refusal of it goes to the top."""
        return "" if refused.field == "answer" else refused.field


def sent_answer(data: QueryDict) -> Any:
    """The answer that the reason was sent with. Raises ValueError where it was tampered with."""
    try:
        return json.loads(data.get("answer", "")[:5000])
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _fields(setting: Setting, contract: Contract) -> dict[str, forms.Field]:
    match setting.type:
        case SettingType.FLAG:
            return {"answer": _choice([(YES, "Yes"), (NO, "No")])}
        case SettingType.CHOICE:
            return {
                "answer": _choice(
                    [(key, contract.in_its_words(text)) for key, text in setting.labels.items()]
                )
            }
        case SettingType.DAY:
            return {"answer": DayField(called="The day", label="Day", help_text="For example, 12 3 2026.")}
        case SettingType.TIME:
            return {"answer": _time(setting)}
        case SettingType.NUMBER:
            return {"answer": _number("Number", setting)}
        case SettingType.LENGTH:
            return {"amount": _number("How many", setting), "unit": _unit(setting)}
    return {
        f"{day}_{end}": TimeField(
            required=False, called=f"The time at which work {end} on {day.capitalize()}"
        )
        for day in WEEKDAYS
        for end in ("begins", "ends")
    }


def _choice(choices: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(
        label="Answer", choices=choices, widget=forms.RadioSelect, error_messages=dict(MISSING)
    )


def _time(setting: Setting) -> forms.Field:
    hint = "London time, like 5pm or 17:00."
    if setting.without:
        hint += " Leave it empty where the contract has no such hour."
    return TimeField(label="Time", required=not setting.without, help_text=hint)


def _number(label: str, setting: Setting) -> forms.Field:
    low, high = setting.least, setting.most
    if low is None and setting.type is SettingType.LENGTH:
        low = 1
    hint = {
        (True, True): f"A whole number from {low} to {high}.",
        (True, False): f"A whole number, {low} or more.",
        (False, True): f"A whole number, {high} or less.",
    }.get((low is not None, high is not None), "A whole number.")
    field = forms.IntegerField(
        label=label,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Enter a whole number.", "required": "Enter a whole number."},
    )
    field.classes = "govuk-input--width-5"  # type: ignore[attr-defined]
    return field


def _unit(setting: Setting) -> forms.Field:
    units = setting.units or tuple(Unit)
    return forms.ChoiceField(
        label="Of what",
        choices=[(unit.value, f"{unit.singular}s") for unit in units],
        widget=forms.Select,
        error_messages=dict(MISSING),
    )


def _initial(setting: Setting, now: Answer | None) -> dict[str, Any]:
    match now:
        case None:
            return {}
        case bool():
            return {"answer": YES if now else NO}
        case Period():
            return {"amount": now.amount, "unit": str(now.unit)}
        case WeekHours():
            return {
                f"{WEEKDAYS[day]}_{end}": f"{at:%H:%M}"
                for day, span in now.spans.items()
                for end, at in zip(("begins", "ends"), span, strict=True)
            }
    return {"answer": f"{now:%H:%M}" if setting.type is SettingType.TIME else now}
