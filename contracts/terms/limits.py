"""What one time limit read from a contract looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contracts.terms.limit import Cycle, Hour, Joined, Limit, read_limit
from contracts.terms.periods import Period, Unit


class Kind(StrEnum):
    """What a time limit limits. A standstill is a time in which something may not be done (R35)."""

    DEADLINE = "deadline"
    INTERVAL = "interval"
    RETENTION = "retention"
    NOTICE = "notice"
    EXTENSION = "extension"
    STANDSTILL = "standstill"


AT_LEAST = "at_least"
AT_MOST = "at_most"
MORE_THAN = "more_than"

PROBLEMS = {
    "amount_blank": "the number is left blank",
    "amount_conflict": "the words and the figure differ",
    "amount_unclear": "the words allow more than one length",
    "unit_unclear": "the unit can be read in more than one way",
    "hour_unclear": "the hour of the day can be read in more than one way",
    "place_unclear": "the place in the calendar can be read in more than one way",
    "amount_nothing": "it is no time at all",
    "direction_unclear": "it can be a first day or a last",
    "words_unclear": "words beside it change it, and they are not read",
    "joined_unclear": "it stands beside something else that it is measured against",
}

_FLAGS = ("before", "inclusive", "window", "standstill")
_PARTS = ("joined", "hour", "cycle")


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """One time limit as the document prints it.

    ``amount`` is None where the number is blank, contradicts itself or the limit is a fixed date; for
    a fixed date ``unit`` is None too. Of several ``lengths`` that go together as ``joined`` says they are
    the first as printed (R38), and of a ``cycle`` how often it comes round (R40). ``span`` is the place of
    ``phrase`` in the text it was found in. What is ``inclusive`` (R1), counted back (``before``), a
    ``window`` or a ``standstill`` (R35) and the ``hour`` (R39) are as in ``limit.Limit``.
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
    lengths: tuple[Period, ...] = ()
    joined: Joined | None = None
    hour: Hour | None = None
    cycle: Cycle | None = None
    window: bool = False
    standstill: bool = False

    @property
    def period(self) -> Period | None:
        """The one length of time; None where the page gives none, several, or a place in the calendar."""
        if self.amount is None or self.unit is None or self.joined is not None or self.cycle is not None:
            return None
        return Period(self.amount, self.unit)

    @property
    def limit(self) -> Limit | None:
        """All that the words say; None for a fixed date, and where they leave something open."""
        if self.problem is not None:
            return None
        lengths = self.lengths if self.joined else (self.period,) if self.period else ()
        if not lengths and self.cycle is None:
            return None
        return Limit(
            lengths=lengths,
            joined=self.joined,
            qualifier=self.qualifier,
            before=self.before,
            inclusive=self.inclusive,
            hour=self.hour,
            cycle=self.cycle,
            window=self.window,
            standstill=self.standstill,
        )

    def as_json(self) -> dict[str, Any]:
        """The form of the command line, without the paragraph it stands in.

        What only some limits have is there only where they have it: ``before``, ``inclusive``, ``window``,
        ``standstill``, ``hour``, ``cycle``, ``lengths`` with ``joined``, and ``problem``.
        """
        form: dict[str, Any] = {
            "phrase": self.phrase,
            "amount": self.amount,
            "unit": None if self.unit is None else str(self.unit),
            "qualifier": self.qualifier,
            "kind": str(self.kind),
        }
        form |= {name: True for name in _FLAGS if getattr(self, name)}
        if self.joined is not None:
            form["lengths"] = [length.as_json() for length in self.lengths]
            form["joined"] = str(self.joined)
        if self.hour is not None:
            form["hour"] = self.hour.as_json()
        if self.cycle is not None:
            form["cycle"] = self.cycle.as_json()
        if self.problem is not None:
            form["problem"] = self.problem
        return form


def limit_of(form: Mapping[str, Any]) -> Limit | None:
    """What a limit says, from the form that ``as_json`` gives; None where ``TimeLimit.limit`` is None.

    Raises LimitFormError for a form that ``as_json`` cannot have given.
    """
    amount, unit = form.get("amount"), form.get("unit")
    if form.get("problem") is not None:
        return None
    table = {name: form[name] for name in (*_FLAGS, *_PARTS, "lengths") if name in form}
    if "cycle" not in table and "lengths" not in table:
        if amount is None or unit is None:
            return None
        table["lengths"] = [{"amount": amount, "unit": unit}]
    return read_limit(table | {"qualifier": form.get("qualifier")})
