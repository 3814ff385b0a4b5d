"""Working out which open duties a proposed change of the holidays would move. Moves nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from contracts.models import Contract
from contracts.services.errors import Refused
from contracts.services.rows import copy_in
from obligations.models import CalendarChange, CalendarLook, CalendarMove, ChangeState
from obligations.services.asking import calendars
from obligations.services.holidays.portions import in_order, note, portions, still
from obligations.services.holidays.redating import redated, touchable
from obligations.services.holidays.redating_rows import keep

AT_ONCE = 500
"""Duties that can be affected up to which nobody has to wait for a worker."""

LOOK = ("calendar_change_id", "contract_id", "at", "ledger_entry", "others")


def is_quick(change: CalendarChange) -> bool:
    """Whether so few duties can be affected that nobody needs to wait for a worker. 1 query."""
    few = touchable(change.change).order_by()[: AT_ONCE + 1]
    return len(few.values_list("pk", flat=True)) <= AT_ONCE


def preview(change: CalendarChange, now: datetime) -> None:
    """Work out which duties would move; goes on where an earlier attempt stopped. Moves nothing."""
    wanted = calendars.with_change(calendars.load(), change)
    for contracts in portions(change, ChangeState.PROPOSED):
        with transaction.atomic():
            locked = still(change, ChangeState.PROPOSED)
            if locked is None:
                return
            found = look_at(change, in_order(contracts), wanted, now)
            locked.previewed_moves += found
            note(change, locked, contracts)
    with transaction.atomic():
        locked = still(change, ChangeState.PROPOSED)
        if locked is not None:
            locked.state, locked.previewed_at = ChangeState.READY, now
            locked.save(update_fields=["state", "previewed_at"])


@transaction.atomic
def preview_again(change: CalendarChange) -> CalendarChange:
    """Throw the preview away and start it anew. Raises Refused where the change no longer waits."""
    locked = CalendarChange.objects.select_for_update().get(pk=change.pk)
    if locked.state not in (ChangeState.PROPOSED, ChangeState.READY):
        raise Refused("", "This change no longer waits, so there is nothing to preview.")
    CalendarMove.objects.filter(calendar_change=locked).delete()
    CalendarLook.objects.filter(calendar_change=locked).delete()
    locked.state, locked.previewed_moves, locked.previewed_at = ChangeState.PROPOSED, 0, None
    locked.through_contract = locked.contracts_done = locked.contracts_total = 0
    locked.based_on = calendars.load().version
    locked.save()
    return locked


def look_at(
    change: CalendarChange, contracts: dict[int, Contract], known: calendars.Calendars, now: datetime
) -> int:
    """Work out what becomes of these contracts and keep it; returns how many dates move."""
    numbers = last_entries(contracts)  # before anything is read, so that whatever comes later is noticed
    found, looks = [], []
    for contract in contracts.values():
        rows, others = redated(contract, change.change, known, now)
        found += rows
        looks.append((change.pk, contract.pk, now, numbers[contract.pk], json.dumps(sorted(others))))
    copy_in(CalendarLook._meta.db_table, LOOK, looks)
    return keep(change, found, contracts, known)


def last_entries(contracts: Iterable[int]) -> dict[int, int]:
    """The last thing on each contract's record, in any chain, that is not a mail. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, coalesce((SELECT id FROM contracts_ledgerentry WHERE contract_id = c.id"
            " AND verb <> 'notices_sent' ORDER BY id DESC LIMIT 1), 0)"
            " FROM unnest(%s::bigint[]) AS c(id)",
            [list(contracts)],
        )
        return dict(cursor.fetchall())
