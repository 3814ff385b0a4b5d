"""What one time limit read from a contract looks like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contracts.terms.periods import Period, Unit


class Kind(StrEnum):
    """What a time limit limits."""

    DEADLINE = "deadline"
    INTERVAL = "interval"
    RETENTION = "retention"
    NOTICE = "notice"
    EXTENSION = "extension"


AT_LEAST = "at_least"
AT_MOST = "at_most"
MORE_THAN = "more_than"

PROBLEMS = {
    "amount_blank": "the number is left blank",
    "amount_conflict": "the words and the figure differ",
    "amount_unclear": "the words allow more than one length",
    "unit_unclear": "the unit can be read in more than one way",
}


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """One time limit as the document prints it.

    ``amount`` is None where the number is blank, contradicts itself or the limit is a fixed date; for
    a fixed date ``unit`` is None too. ``span`` is the place of ``phrase`` in the text it was found in.
    ``inclusive`` is true for "beginning with" (R1), ``before`` for a limit counted back from an event.
    """

    phrase: str
    amount: int | None
    unit: Unit | None
    qualifier: str | None
    kind: Kind
    span: tuple[int, int]
    problem: str | None = None
    inclusive: bool = False
    before: bool = False

    @property
    def period(self) -> Period | None:
        """The length of time, or None where the page gives none."""
        if self.amount is None or self.unit is None:
            return None
        return Period(self.amount, self.unit)

    def as_json(self) -> dict[str, str | int | None]:
        """The form of the command line, without the paragraph it stands in."""
        return {
            "phrase": self.phrase,
            "amount": self.amount,
            "unit": None if self.unit is None else str(self.unit),
            "qualifier": self.qualifier,
            "kind": str(self.kind),
        }
