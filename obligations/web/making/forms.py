"""The steps of making a contract in their order, and the form that ends them."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from contracts.web.forms import DulyForm
from obligations.web.making.keeping import DatesForm, DaysForm, KeptForm, RunningForm, YouForm
from obligations.web.making.parties import NameForm, PartiesForm, SchedulesForm, WordsForm
from obligations.web.making.step import Known, StepForm


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
