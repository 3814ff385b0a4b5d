"""Bringing the duties of a contract in line with its facts, its words and the time.

The engine says what the duties are; this compares that with the duties there are and writes the difference:
rows, notices and the record, in one transaction, under the lock of the contract's row. Doing it again changes
nothing. Nothing is ever deleted: what follows from nothing any more is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.terms.moments import is_moment, london_day
from contracts.terms.restricted import key_for
from obligations.models import Duty, Obligation, Phase
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.time.derivation import iso
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars, engine_input
from obligations.services.asking.explanation import rulebook_as_json
from obligations.services.notices import planning
from obligations.services.reconciling import ledger_payloads, wake_ups
from obligations.services.reconciling.changes import Changes

Key = tuple[str, str, str, str]

CLOSED = (Phase.MET, Phase.MET_LATE)
OWED = (Phase.OPEN, Phase.SUSPENDED, Phase.BEFORE)
PHASE_OF = {
    "open": Phase.OPEN,
    "owed_now": Phase.OPEN,
    "overdue": Phase.OPEN,
    "awaiting_decision": Phase.AWAITING,
    "suspended": Phase.SUSPENDED,
    "met": Phase.MET,
    "met_late": Phase.MET_LATE,
    "ended": Phase.ENDED,
}
BATCH = 1000
STORED = [
    "obligation",
    "cause",
    "party",
    "title",
    "shape",
    "retention",
    "word",
    "owed_from",
    "due_at",
    "due_date",
    "literal_limit",
    "provisional",
    "flagged",
    "derivation",
    "deadline_version",
    "phase",
    "done_on",
    "done_at",
    "ended_by",
    "approver",
    "changed_at",
]


@transaction.atomic
def reconcile(
    contract: Contract,
    now: datetime,
    actor: Actor,
    *,
    subjects: set[str] | None = None,
    because: str,
) -> Changes:
    """Make the duties about these subjects (None: all) what they should be at ``now``.

    ``subjects`` holds "" for what is about the contract as a whole. ``because`` goes on the record with
    every change. The number of queries does not depend on how many duties there are.
    """
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    subjects = engine_input.hanging_together(contract, subjects)
    part = engine_input.load(contract, subjects)
    known = calendars.load()
    derived = _derive(contract, part, subjects, known.of(contract.division), now)
    work = _Work(contract, part, now, known.as_json(contract.division))
    for key, duty in derived.items():
        work.settle(key, duty)
    for key, row in work.rows.items():
        if key not in derived:
            work.withdraw(row)
    work.write()
    work.tell(actor, because)
    planning.plan([*work.new, *work.changed], now)
    wake_ups.reschedule(contract, subjects, part.facts, [*part.rows, *work.new], now)
    if subjects is None:
        Contract.objects.filter(pk=contract.pk).update(
            reconciled_version=contract.text_version, reconciled_through=now
        )
    return work.changes


def _derive(
    contract: Contract,
    part: engine_input.EngineInput,
    subjects: set[str] | None,
    calendar: Calendar,
    now: datetime,
) -> dict[Key, Derived]:
    found: dict[Key, Derived] = {}
    wanted = subjects or set()
    for book in part.terms:
        rules = part.book(book).by_key
        for duty in part.derive(book, calendar, now):
            whole = engine_input.WHOLE in wanted and engine_input.is_of_the_whole(rules[duty.rule_key])
            if subjects is None or (duty.subject or "") in subjects or whole:
                found[book, duty.rule_key, duty.subject or "", duty.occurrence] = duty
    return found


class _Work:
    """The difference between the duties there are and the duties there should be."""

    def __init__(
        self, contract: Contract, part: engine_input.EngineInput, now: datetime, calendar: Mapping[str, Any]
    ) -> None:
        self.contract, self.part, self.now, self.calendar = contract, part, now, calendar
        self.rows = {key_of(row): row for row in part.rows}
        self.books = {book: part.book(book) for book in part.terms}
        self.facts = {fact.key for fact in part.facts}
        self.new: list[Duty] = []
        self.changed: list[Duty] = []
        self.changes = Changes()
        self.dates_before: dict[int, str | None] = {}

    def settle(self, key: Key, duty: Derived) -> None:
        """Make the duty's row say what the engine says; a new one where there is none."""
        row = self.rows.get(key)
        if row is None:
            row = Duty(pk=key_for(key[2]), contract=self.contract, created_at=self.now)
            self._write_down(row, key, duty, phase_of(duty))
            self.new.append(row)
            self.changes.raised.append(row)
            return
        phase = phase_of(duty)
        if _judged_already(row, phase, duty) or self._ended_before(row, key, phase, duty):
            return
        before = {name: getattr(row, name) for name in (*_IDS, "phase", "due_at")}
        self._write_down(row, key, duty, phase)
        if {name: getattr(row, name) for name in before} == before:
            return
        self._changed(row, before["phase"], before["due_at"])

    def withdraw(self, row: Duty) -> None:
        """Nothing calls for this duty any more. Its evidence and its date stay."""
        if row.phase != Phase.WITHDRAWN and not self._closed_before_a_reading(row):
            row.phase, row.ended_by_id, row.changed_at = Phase.WITHDRAWN, None, self.now
            self.changed.append(row)
            self.changes.withdrawn.append(row)

    def write(self) -> None:
        """Save the rows, in as many statements as there are thousands of them."""
        Duty.objects.bulk_create(self.new, batch_size=BATCH)
        Duty.objects.bulk_update(self.changed, STORED, batch_size=BATCH)

    def tell(self, actor: Actor, because: str) -> None:
        """An entry in the ledger for everything that happened to a duty."""
        entries = ledger_payloads.of_changes(self.changes, self.dates_before, because)
        if entries:
            ledger.record_many(self.contract, actor, entries, self.now)

    def _changed(self, row: Duty, phase: str, due_at: datetime | None) -> None:
        self.changed.append(row)
        if row.due_at != due_at:
            row.deadline_version += 1
            row.changed_at = self.now
            self.dates_before[row.pk] = iso(due_at)
            self.changes.redated.append(row)
        if row.phase == phase:
            return
        row.changed_at = self.now
        if row.phase in CLOSED:
            self.changes.closed.append(row)
        elif row.phase == Phase.ENDED:
            self.changes.ended.append(row)
        elif row.phase in OWED and phase not in OWED:
            self.changes.reopened.append(row)

    def _write_down(self, row: Duty, key: Key, duty: Derived, phase: Phase) -> None:
        deadline = duty.deadline
        row.obligation = self._obligation(key, duty)
        row.subject, row.occurrence = key[2], key[3]
        row.cause_id = int(duty.cause_fact) if duty.cause_fact in self.facts else None
        row.party, row.title, row.shape = duty.party, duty.title, duty.shape
        row.retention = self.books[key[0]].by_key[key[1]].retention
        row.word = duty.word or ""
        row.owed_from = duty.owed_from
        row.due_at, row.due_date = deadline.due_at, deadline.due_date
        row.literal_limit = iso(deadline.literal_limit) or ""
        row.provisional, row.flagged = deadline.provisional, deadline.flagged
        row.derivation = derivation_of(duty, self.calendar)
        if reading := self._reading(key):
            row.derivation["reading"] = reading
        row.phase = phase
        row.done_on = london_day(duty.done) if duty.done else None
        row.done_at = duty.done if duty.done and is_moment(duty.done) else None
        row.ended_by_id = (
            self.part.variations[duty.ended_by] if duty.ended_by and phase == Phase.ENDED else None
        )
        row.approver = duty.approver or ""
        row.changed_at = row.changed_at or self.now

    def _ended_before(self, row: Duty, key: Key, phase: Phase, duty: Derived) -> bool:
        """Whether the duty ended, by the same variation, before the holidays or the reading of its rule
        changed: it keeps its date.
        """
        if row.phase != Phase.ENDED or phase != Phase.ENDED or "calendar" not in row.derivation:
            return False
        same = row.ended_by_id == (self.part.variations[duty.ended_by] if duty.ended_by else None)
        moved = row.derivation["calendar"]["fingerprint"] != self.calendar["fingerprint"]
        return same and (moved or row.derivation.get("reading", "") != self._reading(key))

    def _closed_before_a_reading(self, row: Duty) -> bool:
        """Whether what was done about it was judged before a reading was chosen under which nothing is due,
        and its cause still stands: it stays closed, with its date (R12).
        """
        return row.phase in CLOSED and str(row.cause_id) in self.facts and bool(self._reading(key_of(row)))

    def _reading(self, key: Key) -> str:
        """The reading chosen for the rule of a duty, or "" for the default (R12)."""
        rule = self.books[key[0]].by_key.get(key[1]) if key[0] in self.books else None
        return (self.part.terms[key[0]].chosen_reading(*rule.names) or "") if rule else ""

    def _obligation(self, key: Key, duty: Derived) -> Obligation:
        """The obligation in force when the duty first bit; a duty that has one keeps it."""
        row = self.rows.get(key)
        if row is not None:
            return row.obligation
        day = london_day(duty.owed_from)
        spans = self.part.obligations[key[0], key[1]]
        begun = [span for span in spans if span.in_force.lower <= day]
        return begun[-1] if begun else spans[0]


_IDS = (
    "cause_id",
    "party",
    "title",
    "shape",
    "retention",
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


def derivation_of(duty: Derived, calendar: Mapping[str, Any]) -> dict[str, Any]:
    """How a duty's date was worked out, as it is stored, with the rulebook and the calendar behind it."""
    return duty.deadline.as_json() | {
        "hour_clock": duty.deadline.hour_clock,
        "periods_missed": duty.missed,
        "consequence": duty.consequence,
        "calendar": calendar,
        "rulebook": rulebook_as_json(duty.citation.partition("/")[0]),
    }


def key_of(row: Duty) -> Key:
    """Which duty of the engine a row is; the row's contract is taken as known."""
    return row.obligation.rulebook_key, row.obligation.rule_key, row.subject, row.occurrence


def phase_of(duty: Derived) -> Phase:
    """The stored phase of a duty as the engine sees it."""
    phase = PHASE_OF[duty.state]
    unmet = duty.ended_by is None and phase in (Phase.OPEN, Phase.ENDED)
    return Phase.BEFORE if duty.before_duly and unmet else phase


def _judged_already(row: Duty, phase: Phase, duty: Derived) -> bool:
    """Whether the duty was closed by this very act: it keeps the date by which it was judged."""
    if row.phase not in CLOSED or phase not in CLOSED or duty.done is None:
        return False
    moment = duty.done if is_moment(duty.done) else None
    return (row.done_on, row.done_at) == (london_day(duty.done), moment)
