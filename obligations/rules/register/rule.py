"""A rule of a rulebook: what one paragraph asks of one party, as data (the algebra is in the engine)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contracts.terms.limit import Cycle, Hour, Joined, Limit
from contracts.terms.periods import Period, Unit
from obligations.rules.register.limit_keys import LIMIT_KEYS, Deemed, Starts, as_row, limit_of


class Shape(StrEnum):
    """What kind of entry a paragraph has in the register."""

    ONE_OFF = "one_off"
    EVENT = "event"
    RECURRING = "recurring"
    CONTINUOUS = "continuous"
    ON_REQUEST = "on_request"
    GATE = "gate"
    RIGHT = "right"
    DEFINITION = "definition"
    NONE = "none"


class Every(StrEnum):
    """How a recurring duty recurs: a period after the last completion, a fixed day each year (R16), or at
    places in the calendar, each a duty of its own (R40).
    """

    COMPLETION = "completion"
    ANNIVERSARY = "anniversary"
    CYCLE = "cycle"


CAUSED = frozenset({Shape.EVENT, Shape.ON_REQUEST, Shape.GATE})
"""Shapes whose duties a fact causes."""


class Survives(StrEnum):
    """What of a rule goes on after the contract has ended (R37).

    ``always``: all of it, as if the contract ran. ``breach_before_end``: what happened before the end,
    whenever it is found; flagged, what happens afterwards to data still held. ``never``: nothing, not even
    what had begun. A rule that says nothing: what had begun stays, flagged, and nothing new begins.
    """

    ALWAYS = "always"
    BREACH_BEFORE_END = "breach_before_end"
    NEVER = "never"


class About(StrEnum):
    """What a condition is about: a setting of the contract, a detail of the fact, or one that is rated."""

    SETTING = "setting"
    DETAIL = "detail"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Condition:
    """On what else a rule depends: ``category = Critical``, ``setting security_policy_applies``,
    ``outcome in actual, sustained_attempted`` (``conditions`` reads and asks them).

    ``compare``: ``>=`` and the like, for a number of the contract held against one bound.
    ``about`` rated: the rule is one of those of its paragraph that differ by what a thing is rated as (R20).
    """

    about: About
    name: str
    values: tuple[str, ...] = ()
    compare: str | None = None

    def __str__(self) -> str:
        name = f"setting {self.name}" if self.about is About.SETTING else self.name
        if not self.values:
            return name
        if self.compare is not None:
            return f"{name} {self.compare} {self.values[0]}"
        return f"{name} {'=' if len(self.values) == 1 else 'in'} {', '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class RuleReading:
    """Another reading of the words (R12) and how its date is worked out.

    Exactly one of: ``unit`` (the same number in another unit), ``start`` ("awareness": the same period from
    when the party became aware; "last": from the last of several facts; "cause": from the fact that caused
    the duty, where its clock runs from another; "detail": from the moment in the ``detail`` of the cause,
    which is asked for while it is not given; "next_full_hour": Regulation 1182/71, Article 3(1), R42),
    ``until`` ("earlier": the end of the service where that comes first; "two_working_days": Article 3(5) of
    that Regulation), ``per`` ("calendar_month" or "contract_year", R16), or none of them: it gives no date.
    ``on``: only where one of these kinds of fact is the cause; empty for all. ``derived_only``: only where
    the cause was worked out and not recorded. ``when``: "resubmitted", only for a plan submitted again and
    undecided. ``asks_nothing``: the words, read so, ask nothing, and choosing it ends the duty; no other
    reading does.
    """

    name: str
    rule: str
    unit: Unit | None = None
    start: str | None = None
    until: str | None = None
    per: str | None = None
    on: tuple[str, ...] = ()
    derived_only: bool = False
    when: str | None = None
    detail: str | None = None
    asks_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """The fact that suspends a duty while it holds, and the one that ends the suspension (R21)."""

    begins: str
    ends: str
    path: str


@dataclass(frozen=True, slots=True)
class Extension:
    """The fact that grants more time, once, and only while ``requires`` is stated to be true (R22)."""

    fact: str
    period: Period
    path: str
    requires: str
    other_unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The fact by which another period is agreed for one case (R23)."""

    fact: str
    path: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the clock runs from has come about, and nobody knows the day (R48): a fact of ``known_by`` says so
    where it gives the ``detail``.

    To find the day is owed then, under ``title``. ``earliest``: the detail with the earliest day that a
    source gives, by which it is counted with care; without one, the day of the fact.
    """

    known_by: tuple[str, ...]
    detail: str
    earliest: str
    title: str


@dataclass(frozen=True, slots=True)
class InPlace:
    """What must be in place for a gate to be open (DMP 23, 6.1): a ``fact`` whose ``detail`` has one of
    ``values``.

    It opens the gate while it runs. A lapse shuts it, and starts other duties of the book, only where what
    lapsed was such a one, or does not say; other duties not while another such one runs.
    """

    fact: str
    detail: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the register.

    ``path`` is the paragraph's SCOPE/NUMBER. ``on``: the kinds of fact that start it, the one it runs from
    first. ``word`` is the contract's own word; with a period beside it the period is the long stop (R9).
    ``met_by``: kinds of fact that meet it. ``aware_by``: kinds that say when the party became aware.
    ``once_per``: one duty for each ``subject``, or one for each ``fact``. ``series``: a recurrence of the
    whole ``contract``, or one for each ``subject``. ``anchor``: the kind of fact a recurrence runs from
    before its first completion; None for commencement. ``notice``: what is owed is a notice to the other
    party (R14). ``until_service_end``: a retention also lasts until the service has ended, if that is later
    (R18). ``ends_on``: kinds of fact after which a recurrence has no further occurrence for that subject.
    ``read_with``: the paragraph by which its category, or a ground of refusal, is judged.
    ``confirms``: the paragraphs of what comes round of which it says, to the other side, that it was done in
    the year before.
    ``beside``: the key of a rule whose limit runs at the same time and is named beside this one (R27).
    ``claim``: a right that its party claims with a fact of ``on`` and the other side accepts (R46).
    ``needs``: kinds of fact that must have come about as well: nothing is owed until then (R44).
    ``runs_from``: the clock runs from the first of these that is known of the same subject, and not from the
    cause, which says only when the duty first bit (R44). ``agreed_date``: the kind of fact whose detail
    ``date`` is the day by which it is due, kept in another document (R44).
    ``survives``: what of it goes on after the contract has ended (R37).
    ``prior``: an act before the cause meets it as done on its own day, because the words ask for a prior one
    or the cause is a day known in advance; every gate and one-off is so by itself, unless ``fresh``: the
    words ask for an act of its own each time. ``undone_by``: kinds of fact after which such an act counts no
    more (R36). ``in_place``: what must be in place for the gate to be open. ``awaited``: what is owed while
    the day it runs from is to be found (R48).

    The limit beyond one length (``limit`` is all of it): ``before``, ``inclusive``, ``standstill`` (R35),
    ``hour`` (R39), ``others`` and ``joined`` (R38), ``cycle`` (R40) as in ``contracts.terms.limit``;
    ``periods_from``: the month, or "start", from which Quarters and half-years run; ``moved``: an end off a
    Working Day goes to the next one (R42); ``calendar``: the division by which it counts, whatever the
    contract's; ``hours``: the setting with its hours of work (R41). ``start``: from which of the facts in
    ``on`` it runs, and ``former``: the key of the rule whose submission it runs from (R44).
    ``event_day``: the detail of the facts in ``on`` that tells the day of an event to come, from which it
    counts; of a one-off ``end`` is the contract's last day. ``all_of``: it is
    met only when there is a fact of each of these kinds. ``each_day_until``: owed on each day until such a
    fact. ``deemed``: what silence amounts to (R43).
    """

    key: str
    rulebook: str
    path: str
    party: str
    title: str
    summary: str
    shape: Shape
    on: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    every: Every | None = None
    amount: int | None = None
    unit: Unit | None = None
    qualifier: str | None = None
    word: str | None = None
    exceptions: tuple[str, ...] = ()
    confirms: tuple[str, ...] = ()
    met_by: tuple[str, ...] = ()
    approver: str | None = None
    consequence: str | None = None
    evidence: str | None = None
    readings: tuple[RuleReading, ...] = ()
    why: str | None = None
    subject: str | None = None
    series: str = "contract"
    once_per: str = "subject"
    anchor: str | None = None
    aware_by: tuple[str, ...] = ()
    bound: str | None = None
    notice: bool = False
    until_service_end: bool = False
    ends_on: tuple[str, ...] = ()
    read_with: str | None = None
    beside: str | None = None
    needs: tuple[str, ...] = ()
    runs_from: tuple[str, ...] = ()
    agreed_date: str | None = None
    survives: Survives | None = None
    suspension: Suspension | None = None
    extension: Extension | None = None
    agreement: Agreement | None = None
    awaited: Awaited | None = None
    claim: bool = False
    prior: bool = False
    fresh: bool = False
    undone_by: tuple[str, ...] = ()
    in_place: InPlace | None = None
    before: bool = False
    inclusive: bool = False
    standstill: bool = False
    hour: Hour | None = None
    others: tuple[Period, ...] = ()
    joined: Joined | None = None
    cycle: Cycle | None = None
    periods_from: int | str | None = None
    moved: str | None = None
    calendar: str | None = None
    hours: str | None = None
    start: Starts | None = None
    former: str | None = None
    event_day: str | None = None
    all_of: tuple[str, ...] = ()
    each_day_until: str | None = None
    deemed: Deemed | None = None

    @property
    def citation(self) -> str:
        """RULEBOOK/SCOPE/NUMBER."""
        return f"{self.rulebook}/{self.path}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names a reading may be chosen under; the first is this rule's alone (R12)."""
        return f"{self.rulebook}/{self.key}", self.key, self.citation, self.path, self.paragraph

    @property
    def part(self) -> str:
        """The scope: main, Part A, Annex 1."""
        return self.path.partition("/")[0]

    @property
    def paragraph(self) -> str:
        """The number within its scope."""
        return self.path.partition("/")[2]

    @property
    def period(self) -> Period | None:
        """The limit, long stop, interval or retention; None where the words give no number (R9)."""
        return Period(self.amount, self.unit) if self.amount is not None and self.unit is not None else None

    @property
    def limit(self) -> Limit | None:
        """All that the words say of the limit; None where they give no number (R9)."""
        return limit_of(self)

    @property
    def counts_simply(self) -> bool:
        """Whether its limit is one length counted forwards by the contract's calendar, or no number."""
        return not any(getattr(self, name) for name in LIMIT_KEYS) and not (
            self.unit is not None and self.unit.needs_hours
        )

    @property
    def category(self) -> str | None:
        """The category a patch rule is for, or None."""
        return next((c.values[0] for c in self.conditions if c.about is About.RATED), None)

    @property
    def retention(self) -> bool:
        """Whether it is a minimum to keep something for (R8), and not a limit to do something by."""
        return self.qualifier == "at_least" and not self.before

    @property
    def takes_prior(self) -> bool:
        """Whether an act before its cause counts without anybody confirming it (R36)."""
        return not self.fresh and (self.prior or self.shape in (Shape.GATE, Shape.ONE_OFF))

    @property
    def is_of_the_whole(self) -> bool:
        """Whether time raises it for the contract as a whole, whatever subject its occurrences carry."""
        return self.shape in (Shape.RECURRING, Shape.ONE_OFF) and self.series == "contract"

    @property
    def makes_duties(self) -> bool:
        """Whether the entry ever makes a duty; rights, definitions and "no duty here" do not."""
        return self.shape not in (Shape.RIGHT, Shape.DEFINITION, Shape.NONE)

    def as_row(self) -> dict[str, Any]:
        """The row of ``export_register``."""
        row: dict[str, Any] = {
            "citation": self.citation,
            "part": self.part,
            "paragraph": self.paragraph,
            "party": self.party,
            "title": self.title,
            "shape": str(self.shape),
            "on": self.on[0] if self.on else None,
            "conditions": [str(condition) for condition in self.conditions],
            "every": str(self.every) if self.every else None,
            "amount": self.amount,
            "unit": str(self.unit) if self.unit else None,
            "qualifier": self.qualifier,
            "exceptions": [f"{self.rulebook}/{path}" for path in self.exceptions],
            "met_by": self.met_by[0] if self.met_by else None,
            "approver": self.approver,
            "consequence": self.consequence,
            "word": self.word,
            "key": self.key,
            "summary": self.summary,
            "evidence": self.evidence,
            "also_on": list(self.on[1:]),
            "also_met_by": list(self.met_by[1:]),
            "readings": [{"reading": reading.name, "rule": reading.rule} for reading in self.readings],
        }
        if self.why is not None:
            row["why"] = self.why
        for name in ("needs", "runs_from", "agreed_date", "survives"):
            if said := getattr(self, name):
                row[name] = list(said) if isinstance(said, tuple) else str(said)
        return row | as_row(self) | self._awaited_row()

    def _awaited_row(self) -> dict[str, Any]:
        if self.awaited is None:
            return {}
        return {"awaited": {"known_by": list(self.awaited.known_by), "title": self.awaited.title}}
