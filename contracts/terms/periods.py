"""Periods of time as contracts state them: an amount and a unit (R1 to R8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """A unit of time as the document says it."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    BUSINESS_DAYS = "business_days"
    CLEAR_DAYS = "clear_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    WORKING_HOURS = "working_hours"
    BUSINESS_HOURS = "business_hours"
    SERVICE_HOURS = "service_hours"

    @property
    def needs_hours(self) -> bool:
        """Whether it is counted by the hours that a contract sets, which the unit does not say (R41)."""
        return self in (Unit.WORKING_HOURS, Unit.BUSINESS_HOURS, Unit.SERVICE_HOURS)

    @property
    def singular(self) -> str:
        """The unit's name for one of it: "Working Day", "month"."""
        return _SINGULAR[self]


_SINGULAR = {
    Unit.MINUTES: "minute",
    Unit.HOURS: "hour",
    Unit.DAYS: "day",
    Unit.WORKING_DAYS: "Working Day",
    Unit.BUSINESS_DAYS: "Business Day",
    Unit.CLEAR_DAYS: "clear day",
    Unit.WEEKS: "week",
    Unit.MONTHS: "month",
    Unit.YEARS: "year",
    Unit.WORKING_HOURS: "Working Hour",
    Unit.BUSINESS_HOURS: "Business Hour",
    Unit.SERVICE_HOURS: "Service Hour",
}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: 60 Working Days, 24 hours, 6 months. ``amount`` is never negative."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"a period cannot be negative: {self.amount} {self.unit}")

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.singular}{'' if self.amount == 1 else 's'}"

    def as_json(self) -> dict[str, int | str]:
        """The form used by the command line and the API: ``{"amount": 45, "unit": "days"}``."""
        return {"amount": self.amount, "unit": str(self.unit)}
