"""What a vocabulary of facts is made of: kinds, their details, sources of ratings, what follows.

The values only; ``vocabulary`` holds them together and ``vocabulary_form`` reads and writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from obligations.rules.register.names import folded

SIDES = ("supplier", "authority", "either")
CLOCKS = ("start", "anniversary", "end")
"""The days of the contract's own that a kind may name: its start, an anniversary of commencement, its end."""

DETAIL_TYPES = ("choice", "text", "flag", "day", "when", "period", "list", "ratings")


class FactError(ValueError):
    """A fact, or a vocabulary, that cannot be used: says what is wrong, and the fix. ``field`` names it."""

    def __init__(self, message: str, field: str = "kind") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class DetailField:
    """One further field of a kind of fact. ``type``: one of DETAIL_TYPES.

    ``gravest_first``: its choices by gravity; of several facts about one thing the gravest said is what
    counts, and where nobody said, the gravest there is (R12). ``rated``: which of its choices applies is
    worked out from everything that was said about the thing (R20); they stand with the strictest first.
    """

    name: str
    label: str
    type: str
    choices: tuple[str, ...] = ()
    help: str = ""
    gravest_first: tuple[str, ...] = ()
    rated: bool = False


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind of fact. ``side`` usually records it; ``subject`` is the label of what it is about, or "".

    ``required`` names the details without which it changes nothing, so that forms ask for them. ``page`` is
    the subject on whose page it is recorded, "" where the general form records it; ``alone``: recorded there,
    it may be withdrawn by itself. ``awareness``: it says that a party came to know of something.
    ``ends_contract``: the service ends with it. ``clock``: the day of the contract's own that it names (see
    CLOCKS). ``rates``: the source whose rating it passes on; ``decides``: it decides a category on the record
    (R20). ``agreement``: it is an agreement of its ``side``; entered by the other it waits until that side
    confirms it (R46).
    """

    name: str
    group: str
    label: str
    side: str
    subject: str = ""
    example: str = ""
    details: tuple[DetailField, ...] = ()
    needs_moment: bool = False
    contract_wide: bool = False
    notice: bool = False
    derived: bool = False
    required: tuple[str, ...] = ()
    page: str = ""
    alone: bool = False
    awareness: bool = False
    ends_contract: bool = False
    clock: str = ""
    rates: str = ""
    decides: bool = False
    agreement: bool = False

    def detail(self, name: str) -> DetailField | None:
        """The field of this name, or None where the kind has none."""
        return next((field for field in self.details if field.name == name), None)


@dataclass(frozen=True, slots=True)
class RatingSource:
    """Somebody who rates how bad a thing is, and which category each of their words stands for (R20).

    ``words``: (word in lower case, category). ``scores``: they also give scores from 0.0 to 10.0 and CVSS
    vectors, which have a word each.
    """

    name: str
    label: str
    words: tuple[tuple[str, str], ...]
    scores: bool = False


# What follows from what


@dataclass(frozen=True, slots=True)
class Lapse:
    """A fact of kind ``of`` holds through the day in its detail ``last_day``; at 00:00 of the next ``makes``.

    Not where another with the same value of the detail ``same`` is in force by then (R26). ``rests``: a value
    of that detail, and the value on which it rests: without one of those in force none of these is, and with
    the last of them it ends, for good.
    """

    of: str
    makes: str
    last_day: str
    same: str = ""
    rests: tuple[tuple[str, str], ...] = ()

    def rests_on(self, value: str) -> str:
        """What this value of ``same`` rests on, "" for nothing; capitals and hyphens make no other value."""
        return next((on for one, on in self.rests if folded(one) == folded(value)), "")

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind it speaks of."""
        return frozenset({self.of, self.makes})

    def reached_from(self, kind: str) -> frozenset[str]:
        """The kinds that a fact of this kind may bring about or change."""
        return frozenset({self.makes}) if kind == self.of else frozenset()


@dataclass(frozen=True, slots=True)
class Follows:
    """A fact of kind ``of`` is at once one of ``makes`` too, unless one of that kind is recorded (R27)."""

    of: str
    makes: str

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind it speaks of."""
        return frozenset({self.of, self.makes})

    def reached_from(self, kind: str) -> frozenset[str]:
        """The kinds that a fact of this kind may bring about or change."""
        return frozenset({self.makes}) if kind == self.of else frozenset()


@dataclass(frozen=True, slots=True)
class Round:
    """A thing is submitted, refused, submitted again and approved; each approval ends a round (R27).

    A ``refusal`` of what was submitted again after another refusal of the round is one of kind ``makes``. The
    facts of the ``family`` belong to the round in which they happened.
    """

    family: tuple[str, ...]
    submission: str
    refusal: str
    approval: str
    makes: str

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind it speaks of."""
        return frozenset(self.family)

    def reached_from(self, kind: str) -> frozenset[str]:
        """The kinds that a fact of this kind may bring about or change: all that a round holds."""
        return frozenset(self.family) if kind in self.turns else frozenset()

    @property
    def turns(self) -> dict[str, int]:
        """The kinds that move a round on, and which comes first of those of one day without a time."""
        return {self.submission: 0, self.refusal: 1, self.makes: 1, self.approval: 2}


Derivation: TypeAlias = Lapse | Follows | Round
