"""Writing down redated duties, many at once: the rows, the ledger and the notices, as ``reconcile`` would.

What the engine said goes into the table of moves first; from there one statement lays it over the duties. So
what a preview worked out is written without working it out again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.rows import copy_lines, line
from contracts.terms.moments import Day
from contracts.terms.restricted import is_reserved
from obligations.models import CalendarChange, CalendarMove, Duty, Miss, Obligation, Phase, Stage
from obligations.rules.time.derivation import iso
from obligations.services.asking.calendars import Calendars
from obligations.services.holidays.redating import Redated
from obligations.services.notices import notices_in_bulk, planning
from obligations.services.reconciling import ledger_payloads
from obligations.services.reconciling.duty_rows import derivation_of
from obligations.services.reconciling.misses import new_miss

WHY = "the date has changed since"
ABOUT_NO_DATE = [
    str(one) for one in (Stage.SUBMITTED, Stage.DECIDED, Stage.GIVEN_UP, Stage.CLAIMED, Stage.ANSWERED)
]

MOVE = (
    "calendar_change_id",
    "contract_id",
    "duty_id",
    "moves",
    "deadline_version",
    "old_due_at",
    "due_at",
    "due_date",
    "literal_limit",
    "provisional",
    "flagged",
    "derivation",
)
LAY_OVER = """
    UPDATE obligations_duty AS duty
    SET due_at = new.due_at, due_date = new.due_date, literal_limit = new.literal_limit,
        provisional = new.provisional, flagged = new.flagged, derivation = new.derivation,
        deadline_version = new.deadline_version + new.moves::int,
        changed_at = CASE WHEN new.moves THEN %s ELSE duty.changed_at END
    FROM obligations_calendarmove AS new
    WHERE duty.id = new.duty_id AND new.calendar_change_id = %s AND new.contract_id = ANY(%s)
        AND duty.deadline_version = new.deadline_version
    RETURNING new.moves, duty.id, duty.contract_id, duty.obligation_id, new.old_due_at, duty.title,
        duty.subject, duty.party, duty.word, duty.phase, duty.retention, duty.careful, duty.owed_from,
        duty.due_at, duty.due_date, duty.done_on, duty.done_at, duty.ended_by_id, duty.deadline_version,
        duty.created_at, duty.changed_at
"""
CANCEL = """
    UPDATE obligations_notice SET cancelled_at = %s, cancelled_why = %s
    WHERE duty_id = ANY(%s) AND sent_at IS NULL AND cancelled_at IS NULL AND stage <> ALL(%s)
"""


@dataclass(slots=True)
class Moved:
    """A duty as the new date leaves it, and the date it had: the columns in the order of ``LAY_OVER``.

    ``obligation`` is its number first and, once read, the obligation with its paragraph and schedule.
    """

    pk: int
    contract_id: int
    obligation: Any
    was_due_at: datetime | None
    title: str
    subject: str
    party: str
    word: str
    phase: str
    retention: bool
    careful: bool
    owed_from: datetime
    due_at: datetime | None
    due_date: Day | None
    done_on: Day | None
    done_at: datetime | None
    ended_by_id: int | None
    deadline_version: int
    created_at: datetime
    changed_at: datetime


def keep(
    change: CalendarChange, found: Sequence[Redated], contracts: Mapping[int, Contract], calendars: Calendars
) -> int:
    """Put what the engine said into the table of moves; returns how many dates move. 1 statement."""
    written: dict[tuple[object, ...], str] = {}
    lines = [_kept(change, one, contracts, calendars, written) for one in found]
    copy_lines(CalendarMove._meta.db_table, MOVE, lines)
    return sum(one.moves for one in found)


def _kept(
    change: CalendarChange,
    one: Redated,
    contracts: Mapping[int, Contract],
    calendars: Calendars,
    written: dict[tuple[object, ...], str],
) -> str:
    """A row of the table of moves. ``written``: what duties with the same deadline share of theirs."""
    row, deadline = one.row, one.duty.deadline
    same = (
        id(deadline),
        one.duty.missed,
        one.duty.consequence,
        one.version.digest,
        one.edition,
        row.contract_id,
    )
    if same not in written:
        calendar = calendars.as_json(contracts[row.contract_id].division)
        derivation = derivation_of(one.duty, calendar, one.version, one.edition)
        limit = iso(deadline.literal_limit) or ""
        proof = json.dumps(derivation, ensure_ascii=False)
        told = deadline.due_at, deadline.due_date, limit, deadline.provisional, deadline.flagged, proof
        written[same] = line(told)
    before = change.pk, row.contract_id, row.pk, one.moves, row.deadline_version, row.due_at
    return f"{line(before)}\t{written[same]}"


def lay_over(
    change: CalendarChange,
    contracts: Mapping[int, Contract],
    calendars: Calendars,
    actor: Actor,
    now: datetime,
    because: str,
) -> int:
    """Write the moves of these contracts: duties, ledger, notices; returns how many dates moved.

    The caller holds the lock of every contract and a transaction. A constant number of statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(LAY_OVER, [now, change.pk, list(contracts)])
        moved = [Moved(*row) for moves, *row in cursor.fetchall() if moves]
        if not moved:
            return 0
        cursor.execute(CANCEL, [now, WHY, [duty.pk for duty in moved], ABOUT_NO_DATE])
    moved.sort(key=_in_order)
    _with_obligations(moved)
    _put_down_misses(moved, now, because)
    ledger.append(_entries(moved, because, calendars), actor, now)
    kept = [duty.pk for duty in moved if is_reserved(duty.subject)]
    notices_in_bulk.write(
        (duty for duty in moved if not is_reserved(duty.subject)), contracts, calendars, now
    )
    if kept:
        planning.plan(Duty.objects.filter(pk__in=kept).defer("derivation"), now)
    return len(moved)


def _in_order(duty: Moved) -> tuple[bool, datetime | None, int]:
    """As duties are ordered everywhere: by the moment due, those without one last."""
    return duty.due_at is None, duty.due_at, duty.pk


def _with_obligations(moved: Iterable[Moved]) -> None:
    """Read their obligations, with paragraph and schedule. 1 query."""
    wanted = {duty.obligation for duty in moved}
    obligations = Obligation.objects.select_related("paragraph__schedule").in_bulk(wanted)
    for duty in moved:
        duty.obligation = obligations[duty.obligation]


def _put_down_misses(moved: Iterable[Moved], now: datetime, because: str) -> None:
    """What was missed by a date that the holidays show to be wrong: it counts no more, and stays on record
    (R4, R49). 2 queries at most.
    """
    missed = {duty.pk: duty.was_due_at for duty in moved if _was_missed(duty, now)}
    duties = Duty.objects.filter(pk__in=missed).defer("derivation") if missed else ()
    Miss.objects.bulk_create(
        new_miss(duty, missed[duty.pk], now, until=now, because=because) for duty in duties
    )


def _was_missed(duty: Moved, now: datetime) -> bool:
    was = duty.was_due_at
    if was is None or was >= now or duty.phase != Phase.OPEN or duty.retention or duty.careful:
        return False
    return duty.due_at is None or duty.due_at > was


def _entries(
    moved: Iterable[Moved], because: str, calendars: Calendars
) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """The ledger's entries by contract, the duties in the order they are due."""
    by_contract: dict[int, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for duty in moved:
        told = {"due_at_before": iso(duty.was_due_at), "because": because, "calendar": calendars.version}
        by_contract[duty.contract_id].append(("duty_redated", ledger_payloads.of_duty(duty) | told))
    return by_contract
