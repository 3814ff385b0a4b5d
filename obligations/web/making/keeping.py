"""The steps about time and keeping: dates, holidays, who keeps it, from when, and the person's own role."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.models import Division
from contracts.terms.moments import long_day
from contracts.web.forms import DayField
from obligations.services.making.answers import BOTH, NO, OURS, YES
from obligations.services.making.making import roles_for
from obligations.web.making import words
from obligations.web.making.asking import one_of
from obligations.web.making.fields import DateFields, DivisionField
from obligations.web.making.step import Known, StepForm


class DatesForm(DateFields, StepForm):
    """The days from which limits run."""

    step, heading = "dates", "When was it made, and when does it run?"


class DaysForm(DivisionField, StepForm):
    """Whose public holidays are no Working Days."""

    step, heading = "days", "Which public holidays are not Working Days?"
    lead = words.DAYS_LEAD

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        return {"division": Division.ENGLAND_AND_WALES}

    def prepare(self, known: Known) -> None:
        self.offer_divisions()


class KeptForm(StepForm):
    """Whether the other party uses Duly too."""

    step, heading = "kept", "Does the other party use Duly for this contract?"

    kept = one_of("", "Choose who keeps the contract in Duly.")

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        return {"kept": BOTH}

    def prepare(self, known: Known) -> None:
        self.fields["kept"].label = f"Who keeps it: {known.ours()} alone, or both?"
        self.offer("kept", [(BOTH, "Both parties"), (OURS, "We alone")])
        self.hint("kept", words.KEPT_HINTS)


class RunningForm(StepForm):
    """From which day Duly keeps a contract that was running already (R32)."""

    step, heading = "running", "Is the contract running already?"
    lead = words.RUNNING_LEAD

    running = one_of("Is it running already?", "Choose whether the contract is running already.")
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

    role = one_of("Your role", "Choose what you do on this contract.")
    manages = forms.BooleanField(
        required=False,
        label="I look after it: I bring in people and correct its dates and parties",
    )

    @classmethod
    def usual(cls, known: Known) -> dict[str, Any]:
        return {"manages": True}

    @classmethod
    def holds(cls, known: Known) -> bool:
        side, role = known.answers.side, known.answers.text("you", "role")
        return side is not None and role in roles_for(side)

    def prepare(self, known: Known) -> None:
        side = known.answers.side
        roles = roles_for(side) if side else []
        self.offer("role", [(role.value, role.label) for role in roles])
        self.hint("role", words.role_hints(roles))
