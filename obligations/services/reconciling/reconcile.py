"""Bringing the duties of a contract in line with its facts, its words and the time.

The engine says what the duties are; ``settling`` compares that with the duties there are, and this writes the
difference: rows, notices and the record, in one transaction, under the lock of the contract's row. Doing it
again changes nothing. Nothing is ever deleted: what follows from nothing any more is withdrawn.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from contracts.models import Contract
from contracts.row_security import asking, writes
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from obligations import subjects as subjects_installed
from obligations.models import Duty, Miss, OfferedChange
from obligations.rules.engine.edition import this_edition
from obligations.services.asking import calendars, engine_input
from obligations.services.asking.books import books_of, effects_in_force
from obligations.services.asking.versions import edition_of
from obligations.services.notices import lapsing, planning
from obligations.services.reconciling import ledger_payloads, wake_ups
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.followed import Followed
from obligations.services.reconciling.holding import holds_of, is_looked_at
from obligations.services.reconciling.misses import Misses
from obligations.services.reconciling.settling import Ground, Settling, derived_duties

BATCH = 1000
STORED = [
    "obligation",
    "cause",
    "party",
    "title",
    "shape",
    "retention",
    "careful",
    "word",
    "owed_from",
    "due_at",
    "due_date",
    "literal_limit",
    "provisional",
    "flagged",
    "derivation",
    "deadline_version",
    "date_stands",
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
    taking_over: str = "",
    shows_wrong: bool = False,
    no_miss: frozenset[int] = frozenset(),
    looks_only: bool = False,
) -> Changes:
    """Make the duties about these subjects (None: all) what they should be at ``now``.

    ``subjects`` holds "" for what is about the contract as a whole. ``because`` goes on the record with
    every change. ``taking_over`` names the version or edition that is taken over with it: what was met,
    missed or closed then keeps the date it was judged by. ``shows_wrong``: it shows that dates were wrong
    from the beginning, so that a miss by them stops counting; nothing else undoes one (R49).
    ``no_miss``: the duties of which the other side accepts that what was missed was none. ``looks_only``:
    nothing is written, and what would change is told. The number of
    queries does not depend on how many duties there are. Raises BookRefused where an adopted version cannot
    be read, or the database is of a later edition than the engine.
    """
    contract = locks.locked(contract)
    effects = effects_in_force(contract)
    books = books_of(contract, effects)
    edition = edition_of(contract)
    if edition < this_edition() and not is_looked_at(contract):
        raise RuntimeError(f"contract {contract.pk} was written to before holding.lock looked at it")
    subjects = engine_input.hanging_together(contract, books, subjects)
    part = engine_input.load(contract, subjects, books=books, effects=effects)
    known = calendars.load()
    derived = derived_duties(part, subjects, known.of(contract.division), now)
    misses = Misses(_standing(contract), now, because, shows_wrong=shows_wrong, accepted=no_miss)
    ground = Ground(known.as_json(contract.division), edition, holds_of(contract), taking_over, misses)
    settling = Settling(contract, part, now, ground)
    settling.all(derived)
    if looks_only:
        return settling.changes
    _write(settling)
    _tell(settling, actor, because)
    planning.plan([*settling.new, *settling.changed], now)
    lapsing.plan(contract, books, subjects, part.facts, now)
    wake_ups.reschedule(contract, books, subjects, part.facts, [*part.rows, *settling.new], now)
    followed = Followed(contract, now, books, part.facts, [*part.rows, *settling.new])
    for subject in subjects_installed.load("following"):
        subject.follow(followed)
    if subjects is None:
        Contract.objects.filter(pk=contract.pk).update(
            reconciled_version=contract.text_version, reconciled_through=now
        )
    return settling.changes


def _write(settling: Settling) -> None:
    """Save the rows, in as many statements as there are thousands of them."""
    with asking.job(writes.DATES, settling.contract.pk):
        Duty.objects.bulk_create(settling.new, batch_size=BATCH)
        Duty.objects.bulk_update(settling.changed, STORED, batch_size=BATCH)
    Miss.objects.bulk_create(settling.misses.new, batch_size=BATCH)
    for miss in settling.misses.changed:
        miss.save(update_fields=["until", "because", "despite", "instead"])
    if settling.released:
        released = [hold.pk for hold in settling.released.values()]
        OfferedChange.objects.filter(pk__in=released).update(held=False)


def _standing(contract: Contract) -> QuerySet[Miss]:
    """The misses of a contract that count. 1 query."""
    return Miss.objects.filter(duty__contract=contract, until=None)


def _tell(settling: Settling, actor: Actor, because: str) -> None:
    """An entry in the ledger for everything that happened to a duty."""
    entries = ledger_payloads.of_changes(settling.changes, because)
    if entries:
        ledger.record_many(settling.contract, actor, entries, settling.now)
