"""What the engine takes as proof and what it gives back: completions and duties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.terms.moments import Day, Moment, When
from obligations.rules.time.derivation import Deadline, iso

CONTRACT_END = "the end of the contract"
"""What ended a duty, where it was no variation (R37)."""

ONCE = "once"
"""The occurrence of a duty of which its subject has only one."""


_SOMETIMES = ("cure_date", "window", "opens_at", "careful_date", "careful_at")
"""What a deadline's JSON has only where there is one."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Evidence that something was done, as the engine sees it (R15).

    ``done`` is the day, or for hour clocks the moment, on which it was done. ``outcome``: accepted, undecided
    or rejected. ``occurrence`` and ``rule_key`` narrow it to one duty where one paragraph or subject has
    several. ``fact`` is the key of the fact it stands for; that then counts once, by this alone.
    ``before_owed``: somebody confirmed that it counts although it was done before the duty began (R36).
    """

    citation: str
    subject: str | None
    occurrence: str | None
    done: When
    outcome: str = "undecided"
    key: str = ""
    rule_key: str | None = None
    fact: str | None = None
    before_owed: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedDate:
    """What a duty's date would be if an open claim, or a proposed agreement, were accepted (R46).

    ``fact`` is the claim's key and ``made_at`` when it was made. ``waits_for``: the side that decides.
    ``due_date`` and ``due_at`` are None where the duty would be ``suspended``, or met by it (``state``).
    """

    fact: str
    kind: str
    citation: str
    made_at: When
    waits_for: str
    due_date: Day | None
    due_at: Moment | None
    state: str
    agreement: bool = False

    @property
    def suspended(self) -> bool:
        """Whether the duty would be suspended."""
        return self.state == "suspended"

    def as_json(self) -> dict[str, Any]:
        """The form of ``simulate`` and the API."""
        return {
            "fact": self.fact,
            "kind": self.kind,
            "paragraph": self.citation,
            "made_at": iso(self.made_at),
            "waits_for": self.waits_for,
            "due_date": iso(self.due_date),
            "due_at": iso(self.due_at),
            "state": self.state,
            "agreement": self.agreement,
        }


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing owed. ``(rule_key, subject, occurrence)`` is unique and stays the same as facts are added.

    ``on`` is the kind of fact that raised it and ``cause_fact`` that fact's key. ``owed_from`` is when it
    first bit. ``missed``: whole periods of a recurrence missed beyond its due day (R16). ``ended_by``: the
    number of the variation that ended it, or CONTRACT_END. ``before_duly``: it was due before the contract
    was kept here (R32). ``claimed``: what each open claim would make of it (R46). ``state``: open, owed_now,
    overdue, awaiting_decision, suspended, met, met_late or ended.
    """

    rule_key: str
    citation: str
    subject: str | None
    occurrence: str
    party: str
    title: str
    on: str | None
    cause_fact: str | None
    owed_from: Moment
    deadline: Deadline
    word: str | None
    state: str
    shape: str = "event"
    done: When | None = None
    outcome: str | None = None
    ended_by: str | None = None
    before_duly: bool = False
    missed: int = 0
    approver: str | None = None
    consequence: str | None = None
    claimed: tuple[ClaimedDate, ...] = ()

    @property
    def missed_at(self) -> Moment | None:
        """The limit by which it was missed, whatever became of it since (R49); None where it was not."""
        missed = self.state in ("overdue", "met_late") and not self.before_duly
        return self.deadline.due_at if missed else None

    @property
    def identity(self) -> tuple[str, str | None, str]:
        """What makes it this duty and no other."""
        return (self.rule_key, self.subject, self.occurrence)

    def as_json(self) -> dict[str, Any]:
        """The form of ``simulate`` and the API."""
        dates = self.deadline.as_json()
        form = {
            "citation": self.citation,
            "subject": self.subject,
            "party": self.party,
            "title": self.title,
            "on": self.on,
            "due_date": dates["due_date"],
            "due_at": dates["due_at"],
            "literal_limit": dates["literal_limit"],
            "word": self.word,
            "state": self.state,
            "flagged": dates["flagged"],
            "readings": dates["readings"],
            "ended_by": self.ended_by,
            "steps": dates["steps"],
            "rule": self.rule_key,
            "occurrence": self.occurrence,
            "shape": self.shape,
            "done": iso(self.done),
            "provisional": dates["provisional"],
            "missed_at": iso(self.missed_at),
            "periods_missed": self.missed,
            "before_duly": self.before_duly,
            "consequence": self.consequence,
            "claimed": [one.as_json() for one in self.claimed],
        }
        form |= {name: dates[name] for name in _SOMETIMES if name in dates}
        return form
