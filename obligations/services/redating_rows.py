"""Writing down redated duties, many at once: the rows, the ledger and the notices, as ``reconcile`` would."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from contracts.models import Contract
from contracts.services import ledger_bulk
from contracts.services.actors import Actor
from contracts.services.rows import copy_in
from obligations.models import Duty, Notice, Stage
from obligations.rules import notices as rules
from obligations.rules.derivation import iso
from obligations.services import notices, story
from obligations.services.calendars import Calendars
from obligations.services.reconcile import derivation_of
from obligations.services.redating import Redated

WHY = "the date has changed since"
ABOUT_EVIDENCE = [str(Stage.SUBMITTED), str(Stage.DECIDED)]

STAGING = """
    CREATE TEMP TABLE IF NOT EXISTS redated (
        id bigint, due_at timestamptz, due_date date, literal_limit text, provisional bool, flagged bool,
        derivation jsonb, moves bool
    ) ON COMMIT DELETE ROWS
"""
UPDATE = """
    UPDATE obligations_duty AS duty
    SET due_at = new.due_at, due_date = new.due_date, literal_limit = new.literal_limit,
        provisional = new.provisional, flagged = new.flagged, derivation = new.derivation,
        deadline_version = duty.deadline_version + new.moves::int,
        changed_at = CASE WHEN new.moves THEN %s ELSE duty.changed_at END
    FROM redated AS new WHERE duty.id = new.id
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


def write(
    found: Sequence[Redated],
    contracts: Mapping[int, Contract],
    calendars: Calendars,
    actor: Actor,
    now: datetime,
    because: str,
) -> list[Duty]:
    """Write everything about these duties and return those whose date moved.

    The caller holds the lock of every contract and a transaction. A constant number of statements.
    """
    moved = [one for one in found if one.moves]
    before = {one.row.pk: iso(one.row.due_at) for one in moved}
    rows = [_lay_over(one, contracts, calendars, now) for one in found]
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        copy_in("redated", ("id", *_COLUMNS, "moves"), rows)
        cursor.execute(UPDATE, [now])
        cursor.execute(CANCEL, [now, WHY, list(before), ABOUT_EVIDENCE])
        cursor.execute("DELETE FROM redated")
    duties = [one.row for one in moved]
    ledger_bulk.append(_entries(duties, before, because, calendars), actor, now)
    copy_in(Notice._meta.db_table, NOTICE, notice_rows(duties, contracts, calendars, now))
    return duties


_COLUMNS = ("due_at", "due_date", "literal_limit", "provisional", "flagged", "derivation")


def _lay_over(
    one: Redated, contracts: Mapping[int, Contract], calendars: Calendars, now: datetime
) -> tuple[object, ...]:
    """Put the new date on the row in memory; the values for the table."""
    row, deadline, moves = one.row, one.duty.deadline, one.moves
    row.due_at, row.due_date = deadline.due_at, deadline.due_date
    row.literal_limit = iso(deadline.literal_limit) or ""
    row.provisional, row.flagged = deadline.provisional, deadline.flagged
    row.derivation = derivation_of(one.duty, calendars.proof(contracts[row.contract_id].division))
    if moves:
        row.deadline_version += 1
        row.changed_at = now
    written = [getattr(row, name) for name in _COLUMNS[:-1]]
    return (row.pk, *written, json.dumps(row.derivation, ensure_ascii=False), moves)


def _entries(
    duties: Iterable[Duty], before: Mapping[int, str | None], because: str, calendars: Calendars
) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """The ledger's entries by contract, the duties in the order they are due."""
    by_contract: dict[int, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for duty in sorted(duties, key=lambda duty: (duty.due_at is None, duty.due_at, duty.pk)):
        told = {"due_at_before": before[duty.pk], "because": because, "calendar": calendars.version}
        by_contract[duty.contract_id].append(("duty_redated", story.of_duty(duty) | told))
    return by_contract


def notice_rows(
    duties: Iterable[Duty], contracts: Mapping[int, Contract], calendars: Calendars, now: datetime
) -> Iterator[tuple[object, ...]]:
    """The notices of the new dates, as ``notices.plan`` would write them: the news first."""
    members = notices.members_by_role(contracts, now)
    told_to: dict[tuple[int, str, str], list[int]] = {}
    for duty in duties:
        contract = contracts[duty.contract_id]
        calendar = calendars.of(contract.division)
        for told in rules.planned(notices.owed(duty, contract), calendar, now):
            group = contract.pk, told.stage, duty.party
            if group not in told_to:
                roles = rules.told(told.stage, duty.party)
                told_to[group] = sorted(
                    {one for role in roles for one in members.get((contract.pk, role), ())}
                )
            for person in told_to[group]:
                yield (
                    contract.pk, duty.pk, duty.deadline_version, told.stage, person, "email", "",
                    told.not_before, 0, "", "", now, False,
                )  # fmt: skip
