"""Writing down redated duties, many at once: the rows, the ledger and the notices, as ``reconcile`` would.

What the engine said goes into the table of moves first; from there one statement lays it over the duties. So
what a preview worked out is written without working it out again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from contracts.models import Contract
from contracts.services import ledger_bulk
from contracts.services.actors import Actor
from contracts.services.rows import copy_in
from contracts.terms.restricted import is_reserved
from obligations.models import CalendarChange, CalendarMove, Duty, Miss, Notice, Obligation, Phase, Stage
from obligations.rules.notices import stages, windows
from obligations.rules.time.derivation import iso
from obligations.services.asking.calendars import Calendars
from obligations.services.holidays.redating import Redated
from obligations.services.notices import planning
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
    RETURNING duty.id, new.moves, new.old_due_at
"""
CANCEL = """
    UPDATE obligations_notice SET cancelled_at = %s, cancelled_why = %s
    WHERE duty_id = ANY(%s) AND sent_at IS NULL AND cancelled_at IS NULL AND stage <> ALL(%s)
"""
NOTICE = (
    "contract_id",
    "duty_id",
    "deadline_version",
    "stage",
    "recipient_id",
    "channel",
    "about",
    "not_before",
    "attempts",
    "answer",
    "cancelled_why",
    "created_at",
    "in_ledger",
)


def keep(
    change: CalendarChange, found: Sequence[Redated], contracts: Mapping[int, Contract], calendars: Calendars
) -> int:
    """Put what the engine said into the table of moves; returns how many dates move. 1 statement."""
    written: dict[tuple[object, ...], str] = {}
    rows = [_kept(change, one, contracts, calendars, written) for one in found]
    copy_in(CalendarMove._meta.db_table, MOVE, rows)
    return sum(bool(row[3]) for row in rows)


def _kept(
    change: CalendarChange,
    one: Redated,
    contracts: Mapping[int, Contract],
    calendars: Calendars,
    written: dict[tuple[object, ...], str],
) -> tuple[object, ...]:
    """A row of the table of moves. ``written``: the proofs that duties with the same deadline share."""
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
        written[same] = json.dumps(derivation, ensure_ascii=False)
    return (
        change.pk,
        row.contract_id,
        row.pk,
        one.moves,
        row.deadline_version,
        row.due_at,
        deadline.due_at,
        deadline.due_date,
        iso(deadline.literal_limit) or "",
        deadline.provisional,
        deadline.flagged,
        written[same],
    )


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
        before = {duty: old for duty, moves, old in cursor.fetchall() if moves}
        if not before:
            return 0
        cursor.execute(CANCEL, [now, WHY, list(before), ABOUT_NO_DATE])
    duties = _duties(before)
    Miss.objects.bulk_create(_misses(duties, before, now, because))
    ledger_bulk.append(_entries(duties, before, because, calendars), actor, now)
    kept = [duty for duty in duties if is_reserved(duty.subject)]
    others = [duty for duty in duties if not is_reserved(duty.subject)]
    copy_in(Notice._meta.db_table, NOTICE, notice_rows(others, contracts, calendars, now))
    planning.plan(kept, now)
    return len(duties)


def _duties(pks: Collection[int]) -> list[Duty]:
    """The duties with their obligations, without their explanations. 2 queries."""
    duties = list(Duty.objects.filter(pk__in=list(pks)).defer("derivation").order_by("due_at", "pk"))
    wanted = {duty.obligation_id for duty in duties}
    obligations = Obligation.objects.select_related("paragraph__schedule").in_bulk(wanted)
    for duty in duties:
        duty.obligation = obligations[duty.obligation_id]
    return duties


def _misses(
    duties: Iterable[Duty], before: Mapping[int, datetime | None], now: datetime, because: str
) -> list[Miss]:
    """What was missed by a date that the holidays show to be wrong: it counts no more, and stays on record
    (R4, R49).
    """
    return [
        new_miss(duty, was, now, until=now, because=because)
        for duty in duties
        if (was := before[duty.pk]) is not None
        and was < now
        and duty.phase == Phase.OPEN
        and not duty.retention
        and (duty.due_at is None or duty.due_at > was)
    ]


def _entries(
    duties: Iterable[Duty], before: Mapping[int, datetime | None], because: str, calendars: Calendars
) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """The ledger's entries by contract, the duties in the order they are due."""
    by_contract: dict[int, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for duty in duties:
        told = {"due_at_before": iso(before[duty.pk]), "because": because, "calendar": calendars.version}
        by_contract[duty.contract_id].append(("duty_redated", ledger_payloads.of_duty(duty) | told))
    return by_contract


def notice_rows(
    duties: Iterable[Duty], contracts: Mapping[int, Contract], calendars: Calendars, now: datetime
) -> Iterator[tuple[object, ...]]:
    """The notices of the new dates, as ``planning.plan`` would write them: the news first."""
    audience = planning.Audience(contracts, now)
    planned: dict[tuple[str, stages.Owed], list[tuple[str, str]]] = {}
    written = str(now)
    for duty in duties:
        contract = contracts[duty.contract_id]
        asked = contract.division, planning.owed(duty, contract)
        if asked not in planned:
            found = windows.planned(asked[1], calendars.of(contract.division), now)
            planned[asked] = [(str(one.stage), str(one.not_before)) for one in found]
        for stage, not_before in planned[asked]:
            for person in audience.told(contract.pk, stage, duty.party, duty.subject):
                yield (
                    contract.pk, duty.pk, duty.deadline_version, stage, person, "email", "",
                    not_before, 0, "", "", written, False,
                )  # fmt: skip
