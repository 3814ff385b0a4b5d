"""What has to become of the duties there are so that they say what the engine says. Writes nothing.

A row is left alone where its date is one that a duty was judged by, where a member has not taken over the
version or edition that says otherwise, and where nothing differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.models import Contract
from contracts.terms.moments import When, first_moment, last_moment, london_day
from contracts.terms.restricted import key_for
from obligations.models import Duty, Obligation, OfferedChange, Phase
from obligations.rules.engine.completion import counted_once, names
from obligations.rules.engine.edition import this_edition
from obligations.rules.engine.lifecycle import Outcome, state_of, what_counts
from obligations.rules.register.duty import CONTRACT_END, Completion
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.register.vocabulary import DONE
from obligations.rules.time.derivation import Deadline, iso
from obligations.rules.time.working_days import Calendar
from obligations.services.asking.engine_input import WHOLE, EngineInput
from obligations.services.asking.versions import BookRefused
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.duty_rows import Key, cut, derivation_of, key_of, when_done
from obligations.services.reconciling.misses import Misses
from obligations.services.reconciling.outcomes import (
    ABSENT,
    CLOSED,
    PHASE_OF,
    is_judged,
    outcome_of,
    outcome_of_row,
    phase_of,
)

OWED = (Phase.OPEN, Phase.SUSPENDED, Phase.BEFORE)


def derived_duties(
    part: EngineInput, subjects: set[str] | None, calendar: Calendar, now: datetime
) -> dict[Key, Derived]:
    """What the engine says of these subjects (None: all) at a moment."""
    found: dict[Key, Derived] = {}
    wanted = subjects or set()
    for key, book in part.books.items():
        for duty in part.derive(key, calendar, now):
            whole = WHOLE in wanted and duty.rule_key in book.of_the_whole
            if subjects is None or (duty.subject or "") in subjects or whole:
                found[key, duty.rule_key, duty.subject or "", duty.occurrence] = duty
    return found


@dataclass(frozen=True, slots=True)
class Ground:
    """By what a contract's duties are worked out, beside its facts and words.

    ``edition``: the one it goes by. ``holds``: the duties held as they are while a later one is offered.
    ``taking_over``: what is being taken over just now, in words; "" at all other times. ``misses``: those of
    the contract that count; none where it is only asked what would be.
    """

    calendar: Mapping[str, Any]
    edition: int
    holds: Mapping[Key, OfferedChange] | None = None
    taking_over: str = ""
    misses: Misses | None = None


class Settling:
    """The difference between the duties there are and the duties there should be."""

    def __init__(self, contract: Contract, part: EngineInput, now: datetime, ground: Ground) -> None:
        self.contract, self.part, self.now, self.ground = contract, part, now, ground
        self.rows = {key_of(row): row for row in part.rows}
        self.facts = {fact.key for fact in part.facts}
        self.new: list[Duty] = []
        self.changed: list[Duty] = []
        self.changes = Changes()
        self.released: dict[Key, OfferedChange] = {}
        self.misses = ground.misses or Misses((), now, "", shows_wrong=False)

    def all(self, derived: Mapping[Key, Derived]) -> None:
        """Settle every duty that should be there, and withdraw the others."""
        for key, duty in derived.items():
            self.settle(key, duty)
        for key in [key for key in self.rows if key not in derived]:
            self.withdraw(key)

    def settle(self, key: Key, duty: Derived) -> None:
        """Make the duty's row say what the engine says; a new one where there is none."""
        outcome = outcome_of(duty)
        if self._is_held(key, outcome):
            return
        row = self.rows.get(key)
        if row is None:
            row = Duty(pk=key_for(key[2]), contract=self.contract, created_at=self.now)
            self._write_down(row, key, duty, phase_of(duty))
            self.new.append(row)
            self._note(row, self.changes.raised, outcome, None)
            return
        phase = phase_of(duty)
        if _judged_already(row, phase, duty) or self._ended_before(row, key, phase, duty):
            return
        if self._cause_stands(row) and self._stays(row, key, duty, phase, outcome):
            return
        self.misses.part(row, duty, phase)
        row.date_stands = ""  # what the date was judged from was taken back
        self._bring_in_line(row, key, duty, phase, outcome)

    def _stays(self, row: Duty, key: Key, duty: Derived, phase: Phase, outcome: str) -> bool:
        """Let a date stand by which its duty was judged; False where the row is to say what is said now."""
        judged = self._stands(key, row)
        if not judged and self.misses.keeps(row, duty, phase):
            self._keep_missed(row, duty, outcome)
        elif row.date_stands and not self.misses.lets_go(row, duty, phase):
            self._follow(row, duty)
        elif judged and outcome != self._outcome(row):
            self._let_stand(key, row, duty, outcome)
        else:
            return False
        return True

    def withdraw(self, key: Key) -> None:
        """Nothing calls for this duty any more. Its evidence and its date stay."""
        row = self.rows[key]
        if row.phase == Phase.WITHDRAWN:
            return
        if not self._cause_stands(row):
            self._take_back(row)
            self._let_go(key)  # after it is noted: the edition has no part in it
        elif self._is_held(key, ABSENT):
            self._follow_held(row)
        elif self._closed_before_a_reading(row):
            return
        elif row.date_stands and not self.misses.lets_go(row, None, Phase.WITHDRAWN):
            self._follow(row, None)
        elif self._stands(key, row):
            self._let_stand(key, row, None, ABSENT)
        elif self.misses.stays_late(row) or self.misses.keeps(row, None, Phase.WITHDRAWN):
            self._keep_missed(row, None, ABSENT)
        else:
            self._take_back(row)

    def _take_back(self, row: Duty) -> None:
        """Should it be called for again, it is a duty like any other: no date stands any more."""
        self.misses.part(row, None, Phase.WITHDRAWN)
        row.phase, row.ended_by_id, row.changed_at, row.date_stands = Phase.WITHDRAWN, None, self.now, ""
        self.changed.append(row)
        self._note(row, self.changes.withdrawn, ABSENT, row.limit_at)

    # What stays as it is

    def _is_held(self, key: Key, outcome: str) -> bool:
        """Whether the duty differs by the engine's edition alone, which nobody has taken over.

        Where the engine says something else than when it was looked at, something new has moved it: then the
        edition of today judges it, and both are named as the cause.
        """
        hold = (self.ground.holds or {}).get(key)
        if hold is None:
            return False
        if hold.outcome == outcome:
            return True
        self.released[key] = hold
        return False

    def _let_go(self, key: Key) -> None:
        """Hold a duty no longer."""
        if hold := (self.ground.holds or {}).get(key):
            self.released[key] = hold

    def _follow_held(self, row: Duty) -> None:
        """A duty that the offered edition does not call for: what is done about it is judged by its date."""
        if row.phase in (Phase.OPEN, Phase.AWAITING, *CLOSED):
            self._follow(row, None)

    def _stands(self, key: Key, row: Duty) -> bool:
        """Whether the row was judged by the date it has, and a version or an edition changes it now."""
        return bool(self.ground.taking_over or key in self.released) and is_judged(row, self.now)

    def _let_stand(self, key: Key, row: Duty, duty: Derived | None, outcome: str) -> None:
        """The date stays from now on; what is done about the duty is still judged by it."""
        row.date_stands = self.ground.taking_over or f"Edition {this_edition()} of the engine"
        self.changed.append(row)
        self._note(row, self.changes.stays, outcome, row.limit_at)
        if key in self.released:
            self._follow(row, duty)

    def _keep_missed(self, row: Duty, duty: Derived | None, outcome: str) -> None:
        """A missed date stays, whatever would move it or end the duty, and what is done is late (R49)."""
        if self.misses.keep(row, duty):
            row.date_stands = cut(self.misses.because)
            self.changed.append(row)
            self._note(row, self.changes.stays, outcome, row.limit_at)
        self._follow(row, duty)

    def _follow(self, row: Duty, duty: Derived | None) -> None:
        """A duty whose date stands: what was done about it is judged by that date (R15).

        Where no rule asks for it any more, what was handed in for it still counts.
        """
        done, outcome = (duty.done, duty.outcome) if duty is not None else self._handed_in(row)
        if done is not None:
            kept = Deadline(
                row.due_date,
                row.due_at,
                word=row.word or None,
                hour_clock=bool(row.derivation.get("hour_clock")),
                careful=row.careful,
            )
            phase = PHASE_OF[state_of(kept, as_at=self.now, done=done, outcome=outcome)]
        elif row.phase in (*CLOSED, Phase.AWAITING) and not self._is_shown(row):
            phase = Phase.OPEN
        else:
            return
        if (phase, when_done(done)) == (row.phase, (row.done_on, row.done_at)):
            return
        before = Phase(row.phase)
        row.phase, (row.done_on, row.done_at) = phase, when_done(done)
        row.ended_by_id = row.ended_by_id if phase == Phase.ENDED else None
        self._changed(row, before, row.limit_at, outcome_of(duty) if duty is not None else ABSENT)

    def _handed_in(self, row: Duty) -> tuple[When | None, str | None]:
        """What was done about a duty that no rule asks for now: when it was, and what was decided."""
        evidence = [
            one
            for one in self.part.completions
            if one.rule_key == row.obligation.rule_key
            and one.subject == (row.subject or None)
            and one.occurrence == row.occurrence
        ]
        counts = what_counts(counted_once([*evidence, *self._said_by_facts(row)]))
        if counts is None:
            return None, None
        # Where the register names nobody who decides, the owing party's own record meets the duty (R15).
        agreed = Outcome.ACCEPTED if not row.approver else counts.outcome
        return counts.done, agreed

    def _said_by_facts(self, row: Duty) -> list[Completion]:
        """The facts about its subject that met a duty under the rule that asked for it."""
        rule = self.part.books[row.obligation.rulebook_key].rule(row.obligation.rule_key)
        cause = next((fact for fact in self.part.facts if fact.key == str(row.cause_id)), None)
        if rule is None or cause is None:
            return []
        return [
            Completion(rule.citation, fact.subject, None, fact.at, key=fact.source)
            for fact in self.part.facts
            if fact.subject == (row.subject or None)
            and (fact.kind in rule.met_by or (fact.kind == DONE and names(fact, rule)))
            and last_moment(fact.at) >= first_moment(cause.at)
        ]

    def _is_shown(self, row: Duty) -> bool:
        """Whether something on the record still shows what a closed duty was closed by.

        A series of the whole contract is met by what was done under any name.
        """
        rule = self.part.books[row.obligation.rulebook_key].rule(row.obligation.rule_key)
        whole = rule is not None and rule.is_of_the_whole

        def shows(subject: str | None, done: When) -> bool:
            return (whole or subject == (row.subject or None)) and london_day(done) == row.done_on

        handed_in = [
            one
            for one in self.part.completions
            if one.rule_key == row.obligation.rule_key and one.outcome != Outcome.REJECTED
        ]
        return any(shows(one.subject, one.done) for one in handed_in) or any(
            shows(fact.subject, fact.at) for fact in self.part.facts
        )

    def _cause_stands(self, row: Duty) -> bool:
        return row.cause_id is None or str(row.cause_id) in self.facts

    def _ended_before(self, row: Duty, key: Key, phase: Phase, duty: Derived) -> bool:
        """Whether the duty ended, by the same variation, before the holidays or the reading of its rule
        changed: it keeps its date.
        """
        if row.phase != Phase.ENDED or phase != Phase.ENDED or "calendar" not in row.derivation:
            return False
        same = row.ended_by_id == self._variation(duty)
        moved = row.derivation["calendar"]["fingerprint"] != self.ground.calendar["fingerprint"]
        return same and (moved or row.derivation.get("reading", "") != self._reading(key))

    def _closed_before_a_reading(self, row: Duty) -> bool:
        """Whether what was done about it was judged before a reading was chosen under which nothing is due,
        and its cause still stands: it stays closed, with its date (R12).
        """
        return row.phase in CLOSED and str(row.cause_id) in self.facts and bool(self._reading(key_of(row)))

    # What changes

    def _bring_in_line(self, row: Duty, key: Key, duty: Derived, phase: Phase, outcome: str) -> None:
        before = {name: getattr(row, name) for name in (*_IDS, "phase", "due_at")}
        limit = row.limit_at
        asked = {name: before[name] for name in ASKED}
        self._write_down(row, key, duty, phase)
        if {name: getattr(row, name) for name in before} == before:
            return
        if asked != {name: getattr(row, name) for name in ASKED}:
            self._note(row, self.changes.altered, outcome, limit)
        redated = (row.due_at, row.careful) != (before["due_at"], before["careful"])
        self._changed(row, before["phase"], limit, outcome, redated=redated)

    def _changed(
        self, row: Duty, phase: str, limit: datetime | None, outcome: str, *, redated: bool = False
    ) -> None:
        """Note what changed; ``limit``: the last moment that it had."""
        self.changed.append(row)
        if redated:
            row.deadline_version += 1
            row.changed_at = self.now
            self._note(row, self.changes.redated, outcome, limit)
        if row.phase == phase:
            return
        row.changed_at = self.now
        if row.phase in CLOSED:
            self._note(row, self.changes.closed, outcome, limit)
        elif row.phase == Phase.ENDED:
            self._note(row, self.changes.ended, outcome, limit)
        elif row.phase in OWED and phase not in OWED:
            self._note(row, self.changes.reopened, outcome, limit)

    def _note(self, row: Duty, kind: list[Duty], outcome: str, limit: datetime | None) -> None:
        kind.append(row)
        self.changes.due[id(row)] = limit, row.limit_at
        self.changes.outcomes[id(row)] = outcome
        # What nothing calls for any more, or a variation ended, would have gone under either edition.
        gone = outcome == ABSENT or outcome.startswith(f"{Phase.ENDED}|")
        if key_of(row) in self.released and not gone and row not in self.changes.by_both:
            self.changes.by_both.append(row)

    def _write_down(self, row: Duty, key: Key, duty: Derived, phase: Phase) -> None:
        deadline, book = duty.deadline, self.part.books[key[0]]
        edition = self._edition_of(row, duty)
        row.obligation = self._obligation(key, duty)
        row.subject, row.occurrence = key[2], key[3]
        row.cause_id = int(duty.cause_fact) if duty.cause_fact in self.facts else None
        row.party, row.title, row.shape = duty.party, duty.title, duty.shape
        rule = book.rule_behind(duty)
        row.retention = rule is not None and rule.retention
        row.careful = deadline.careful
        row.word = duty.word or ""
        row.owed_from = duty.owed_from
        row.due_at, row.due_date = deadline.due_at, deadline.due_date
        row.literal_limit = iso(deadline.literal_limit) or ""
        row.provisional, row.flagged = deadline.provisional, deadline.flagged
        row.derivation = derivation_of(duty, self.ground.calendar, book.version_of(duty), edition)
        if reading := self._reading(key):
            row.derivation["reading"] = reading
        row.phase = phase
        row.done_on, row.done_at = when_done(duty.done)
        row.ended_by_id = self._variation(duty) if phase == Phase.ENDED else None
        row.approver = duty.approver or ""
        row.changed_at = row.changed_at or self.now

    def _variation(self, duty: Derived) -> int | None:
        """The variation that ended a duty; None where the contract's own end did, or nothing (R37)."""
        if duty.ended_by in (None, CONTRACT_END):
            return None
        return self.part.variations[str(duty.ended_by)]

    def _edition_of(self, row: Duty, duty: Derived) -> int:
        """The edition that the proof names: today's, or the one before where nothing differs."""
        if self.ground.edition >= this_edition() or row.pk is None or outcome_of(duty) != self._outcome(row):
            return this_edition()
        return int(row.derivation.get("edition", self.ground.edition))

    def _outcome(self, row: Duty) -> str:
        numbers = {pk: number for number, pk in self.part.variations.items()}
        return outcome_of_row(row, numbers)

    def _reading(self, key: Key) -> str:
        """The reading chosen for the rule of a duty, or "" for the default (R12)."""
        book = self.part.books.get(key[0])
        rule = book.rule(key[1]) if book is not None else None
        return (book.terms.chosen_reading(*rule.names) or "") if book is not None and rule else ""

    def _obligation(self, key: Key, duty: Derived) -> Obligation:
        """The obligation in force when the duty first bit; a duty that has one keeps it."""
        row = self.rows.get(key)
        if row is not None:
            return row.obligation
        day = london_day(duty.owed_from)
        spans = self.part.obligations.get((key[0], key[1]))
        if not spans:
            raise BookRefused(
                self.contract,
                f"the rulebook {key[0]} has a rule {key[1]!r} for which the contract has no obligation. Run"
                " script/manage sweep_contracts --repair.",
            )
        begun = [span for span in spans if span.in_force.lower <= day]
        return begun[-1] if begun else spans[0]


ASKED = ("party", "approver", "retention")
"""What is asked of whom, beside the date: where one of these changes, the record says so."""

_IDS = (
    "cause_id",
    "party",
    "title",
    "shape",
    "retention",
    "careful",
    "word",
    "owed_from",
    "due_date",
    "literal_limit",
    "provisional",
    "flagged",
    "derivation",
    "done_on",
    "done_at",
    "ended_by_id",
    "approver",
)


def _judged_already(row: Duty, phase: Phase, duty: Derived) -> bool:
    """Whether the duty was closed by this very act: it keeps the date by which it was judged. A careful date
    is none (R48).
    """
    if row.careful or row.phase not in CLOSED or phase not in CLOSED or duty.done is None:
        return False
    return (row.done_on, row.done_at) == when_done(duty.done)
