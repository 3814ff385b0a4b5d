"""The stages of a notice: what raises each, whom it is told, what settles it; what of a duty decides them.

A stage is data, a ``Rule``. Those of the core stand here in ``STAGES``, those of a subject in the ``stages``
of its ``Subject``; ``obligations.subjects.stages`` gives all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.terms.moments import Day, Moment, end_of_day, london_day


class Stage(StrEnum):
    """Why a notice is sent: the names of the stages that the core speaks of itself."""

    RAISED = "raised"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    STILL_OVERDUE = "still_overdue"
    ESCALATED = "escalated"
    REDATED = "redated"
    ENDED = "ended"
    GIVEN_UP = "given_up"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    LAPSES = "lapses"
    VARIATION_TO_SIGN = "variation_to_sign"
    VARIATION_SIGNED = "variation_signed"
    VARIATION_IN_FORCE = "variation_in_force"
    VARIATION_WITHDRAWN = "variation_withdrawn"
    TERMS_CHANGED = "terms_changed"
    ENDING_ASKED = "ending_asked"
    FILE_AT_FAULT = "file_at_fault"


@dataclass(frozen=True, slots=True)
class Owed:
    """What of a duty decides its notices.

    ``phase`` is the stored phase. ``due_at`` is the last moment in time, None for a word without a number
    (R9). ``owed_from`` is when the duty first bit, ``raised_at`` when Duly learned of it and ``changed_at``
    when it last changed. ``version`` counts its dates. ``tracked_from`` is the contract's (R32).
    ``is_retention``: the date is a minimum to keep something until (R8), which is never late and so never
    announced. ``is_careful``: the date is no limit, and what it runs from is to be found (R48): that is owed
    now, people are reminded of it by that date, and it is never overdue.
    """

    phase: str
    party: str
    word: str
    owed_from: Moment
    due_at: Moment | None
    version: int
    raised_at: Moment
    changed_at: Moment
    tracked_from: Day | None = None
    is_retention: bool = False
    is_careful: bool = False

    @property
    def before_duly(self) -> bool:
        """Due, or owed, before the day from which Duly keeps the contract: no mail is sent about it (R32)."""
        if self.tracked_from is None:
            return False
        return london_day(self.due_at or self.owed_from) < self.tracked_from

    @property
    def runs_in_hours(self) -> bool:
        """Whether the limit is a moment and not the end of a day."""
        return self.due_at is not None and self.due_at != end_of_day(london_day(self.due_at))


SUPPLIER, AUTHORITY = "supplier", "authority"

MANAGES = "manages"
"""Stands among the roles for whoever manages the contract beside a role of their own."""

WORKING_ROLES = {
    SUPPLIER: frozenset({"lead", "contributor"}),
    AUTHORITY: frozenset({"reviewer", "assurance_lead"}),
}
"""Who on each side does the work and is told of it."""

DECIDING_ROLES = {SUPPLIER: frozenset({"lead"}), AUTHORITY: frozenset({"reviewer", "assurance_lead"})}
"""Who on each side decides on the other's evidence."""

SIGNING_ROLES = {SUPPLIER: frozenset({"lead", "board_member"}), AUTHORITY: frozenset({"reviewer"})}
"""Who on each side signs a variation."""

Roles = Mapping[str, frozenset[str]]

OTHER, BOTH = "other", "both"


@dataclass(frozen=True, slots=True)
class On:
    """An entry of the ledger that raises or settles a stage: its verb, values that its payload must have, and
    keys that must be there (``having``) or must not (``lacking``).

    ``side``: the key of the payload that names the side that is told, or whose people need not be told any
    more. Empty: as the stage says; everybody's is settled.
    """

    verb: str
    only: Mapping[str, frozenset[Any]] = field(default_factory=dict)
    having: str = ""
    lacking: str = ""
    side: str = ""

    def is_met(self, verb: str, payload: Mapping[str, Any]) -> bool:
        """Whether an entry is one of these."""
        return (
            verb == self.verb
            and all(payload.get(key) in values for key, values in self.only.items())
            and (not self.having or self.having in payload)
            and (not self.lacking or self.lacking not in payload)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One stage.

    ``name`` is stored, ``label`` is for people. ``rank``: the lower, the more pressing; first in a mail of
    many. ``raised_by``: the entries that raise it; none where its notices are about duties or facts and
    planned by their dates. ``settled_by``: those after which it is not told any more, about the same thing:
    ``key`` of
    both payloads. ``side``: told to the side that did not act ("other"), or to both; ``roles``: those told on
    each. Whoever acted is not told. ``waits``: somebody has to do something, and is told however late; else
    it is news, and not told after a week. ``critical``: goes at once and to everybody, whatever they have
    chosen (``is_critical``). ``ask``: what the link in the mail is called.
    """

    name: str
    label: str
    rank: int
    ask: str = "See the duty"
    raised_by: tuple[On, ...] = ()
    settled_by: tuple[On, ...] = ()
    key: str = ""
    side: str = OTHER
    roles: Roles = field(default_factory=lambda: WORKING_ROLES)
    waits: bool = False
    critical: bool = False

    def raised_as(self, verb: str, payload: Mapping[str, Any]) -> On | None:
        """By which of its entries one raises it; None where none does."""
        return next((on for on in self.raised_by if on.is_met(verb, payload)), None)

    def settled_as(self, verb: str, payload: Mapping[str, Any]) -> On | None:
        """The same of what settles it."""
        return next((on for on in self.settled_by if on.is_met(verb, payload)), None)

    def told_on(self, side: str) -> frozenset[str]:
        """The roles told on a side."""
        return self.roles.get(side, frozenset())

    def about(self, payload: Mapping[str, Any]) -> str:
        """What its notices are about, by number: "variation 3"."""
        return f"{self.key} {payload.get(self.key)}" if self.key else ""


EVERYBODY: Roles = {
    SUPPLIER: WORKING_ROLES[SUPPLIER] | {"board_member"},
    AUTHORITY: WORKING_ROLES[AUTHORITY],
}
"""Who works on each side, and the supplier's board member."""

MANAGING: Roles = {
    SUPPLIER: frozenset({MANAGES}),
    AUTHORITY: frozenset({MANAGES}),
    "neither": frozenset({"administrator", MANAGES}),
}
"""Who manages the contract, on each side and for neither."""

DO, NEXT = "See the duty and log what was done", "See it, and record the next one"
TERMS = (
    "rulebook_version_taken_over",
    "edition_taken_over",
    "own_book_put_in_force",
    "figure_decided",
    "reading_chosen",
    "setting_changed",
    "interpretation_recorded",
)
"""What one side says of how the contract is read, for both."""

VARIATION_OVER = On("variation_in_force"), On("variation_withdrawn")

STAGES: tuple[Rule, ...] = (
    Rule(name=Stage.OVERDUE, label="Overdue", rank=100, ask=DO),
    Rule(name=Stage.ESCALATED, label="Overdue and not met", rank=105, critical=True),
    Rule(name=Stage.STILL_OVERDUE, label="Still overdue", rank=110, ask=DO),
    Rule(name=Stage.DUE_TODAY, label="Due today", rank=200, ask=DO),
    Rule(name=Stage.RAISED, label="Now owed", rank=300, ask=DO),
    Rule(
        name=Stage.SUBMITTED,
        label="Evidence to decide on",
        rank=400,
        ask="See the evidence and decide",
        waits=True,
    ),
    Rule(
        name=Stage.CLAIMED,
        label="Claim to decide on",
        rank=410,
        ask="See what is claimed and decide",
        waits=True,
        critical=True,
    ),
    Rule(
        name=Stage.VARIATION_TO_SIGN,
        label="Variation to sign",
        rank=420,
        ask="Read it and sign",
        raised_by=(On("variation_shared"),),
        settled_by=(*VARIATION_OVER, On("variation_signed", side="side")),
        key="variation",
        side=BOTH,
        roles=SIGNING_ROLES,
        waits=True,
    ),
    Rule(
        name=Stage.VARIATION_SIGNED,
        label="Variation signed by the other side",
        rank=430,
        ask="Read it and sign",
        raised_by=(On("variation_signed"),),
        settled_by=VARIATION_OVER,
        key="variation",
        roles=SIGNING_ROLES,
        waits=True,
    ),
    Rule(
        name=Stage.ENDING_ASKED,
        label="Agree to the end of a contract",
        rank=440,
        ask="See it, and agree or refuse",
        raised_by=(On("ending_asked"),),
        settled_by=(On("ending_withdrawn"), On("contract_closed"), On("contract_opened_again")),
        side=BOTH,
        roles=MANAGING,
        waits=True,
    ),
    Rule(name=Stage.DUE_SOON, label="Due soon", rank=500, ask=DO),
    Rule(name=Stage.LAPSES, label="Ends soon", rank=600, ask=NEXT),
    Rule(name=Stage.REDATED, label="Date changed", rank=700),
    Rule(name=Stage.DECIDED, label="Evidence decided", rank=800, ask="See the decision"),
    Rule(name=Stage.ANSWERED, label="Claim decided", rank=810, ask="See the answer"),
    Rule(
        name=Stage.VARIATION_IN_FORCE,
        label="Variation in force",
        rank=820,
        ask="See what it changes",
        raised_by=(On("variation_in_force"),),
        key="variation",
        side=BOTH,
        roles={
            SUPPLIER: frozenset({"lead", "contributor", "board_member"}),
            AUTHORITY: WORKING_ROLES[AUTHORITY],
        },
    ),
    Rule(
        name=Stage.VARIATION_WITHDRAWN,
        label="Variation withdrawn",
        rank=830,
        ask="See the variation",
        # not the draft of one side, and not what a counter-proposal takes the place of
        raised_by=(On("variation_withdrawn", having="number", lacking="answered_by"),),
        key="variation",
        roles=SIGNING_ROLES,
    ),
    Rule(
        name=Stage.TERMS_CHANGED,
        label="Terms changed",
        rank=840,
        ask="See the record",
        raised_by=tuple(On(verb) for verb in TERMS),
        roles=DECIDING_ROLES,
    ),
    Rule(
        name=Stage.FILE_AT_FAULT,
        label="File not as it was kept",
        rank=160,
        ask="See the record",
        raised_by=(On("file_at_fault"),),
        side=BOTH,
        roles=MANAGING,
        waits=True,
    ),
    Rule(name=Stage.ENDED, label="Ended by a variation", rank=900),
    Rule(name=Stage.GIVEN_UP, label="Could not be sent", rank=1000),
)
"""The stages of the core, most pressing first."""

AGAIN = frozenset({Stage.STILL_OVERDUE, Stage.ESCALATED})
"""The stages that remind again of what is overdue, step by step (``ladder``)."""

ABOUT_DATES = AGAIN | {Stage.RAISED, Stage.DUE_SOON, Stage.DUE_TODAY, Stage.OVERDUE, Stage.REDATED}
"""The stages that speak of a date that a duty has, or of its being owed."""


def is_critical(stage: Rule, owed: Owed | None) -> bool:
    """Whether a notice goes at once and to everybody it is for, whatever they have chosen: never held back
    for a mail of the day, capped, muted or unsubscribed.

    ``owed`` is the duty that it is about, None where it is about none. Critical are claims against one,
    a breach that is reported, limits in hours, what is owed at once (by a word of the contract, or as its
    limit had gone already), and that something overdue is still not met.
    """
    if stage.critical:
        return True
    if owed is None or stage.name not in ABOUT_DATES:
        return False
    return owed.runs_in_hours or (stage.name == Stage.RAISED and bool(owed.word))


def roles_told(stage: str, party: str) -> frozenset[str]:
    """The roles told at a stage. ``party`` owes the duty; for notices about evidence or a claim it
    is the side told.

    Overdue is told to both sides and, where the supplier owes, to its board member; that it is so still,
    first to those who owe it, then also to the others (escalated). That a notice could not
    be sent is told to the contract's administrators and to who manages it, who put an address right.
    """
    if stage == Stage.GIVEN_UP:
        return frozenset({"administrator", MANAGES})
    if stage in (Stage.SUBMITTED, Stage.CLAIMED):
        return DECIDING_ROLES.get(party, frozenset())
    owing = _working_roles(party)
    if stage not in (Stage.OVERDUE, Stage.ESCALATED):
        return owing
    board = frozenset() if party == AUTHORITY else frozenset({"board_member"})
    everybody = _working_roles("both") | board
    return everybody - owing if stage == Stage.ESCALATED else everybody


def _working_roles(party: str) -> frozenset[str]:
    if party == "both":
        return WORKING_ROLES[SUPPLIER] | WORKING_ROLES[AUTHORITY]
    return WORKING_ROLES.get(party, frozenset())
