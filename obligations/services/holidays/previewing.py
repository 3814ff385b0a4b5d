"""Working out which open duties a proposed change of the holidays would move. Moves nothing.

It is long work: asked for where the change is proposed, done portion by portion.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from contracts.models import Contract, LongWork
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.long_work import Progress
from contracts.services.rows import copy_in
from obligations.models import CalendarChange, CalendarLook, CalendarMove, ChangeState
from obligations.services.asking import calendars
from obligations.services.holidays.faults import faults_of
from obligations.services.holidays.portions import in_order, note, portions, still, tell
from obligations.services.holidays.redating import Redated, redated, touchable
from obligations.services.holidays.redating_rows import keep

AT_ONCE = 500
"""Duties that can be affected up to which nobody has to wait for a worker."""

PREVIEW = "holiday_preview"
LOOK = ("calendar_change_id", "contract_id", "at", "ledger_entry", "others", "fault")


def is_quick(change: CalendarChange) -> bool:
    """Whether so few duties can be affected that nobody needs to wait for a worker. 1 query."""
    few = touchable(change.change).order_by()[: AT_ONCE + 1]
    return len(few.values_list("pk", flat=True)) <= AT_ONCE


def ask_for_preview(change: CalendarChange, actor: Actor, now: datetime) -> LongWork:
    """Ask that the preview of a proposed change be worked out; while it is, that work is given."""
    return long_work.ask(
        PREVIEW,
        str(change.pk),
        actor,
        now,
        title=f"Working out the preview: {change.called}",
        payload={"change": change.pk},
        leads_to=reverse("holiday_change", args=[change.pk]),
    )


@long_work.kind(PREVIEW, for_staff=True, goes_on=True)
def _work_out(work: LongWork, progress: Progress, now: datetime) -> dict[str, Any]:
    change = CalendarChange.objects.get(pk=work.payload["change"])
    while change.state == ChangeState.PROPOSED:  # begun anew meanwhile, it is gone through again
        preview(change, now, progress)
        change.refresh_from_db()
    withdrawn = change.state == ChangeState.WITHDRAWN
    return {"message": "The change was withdrawn meanwhile." if withdrawn else "The preview is there."}


def preview(change: CalendarChange, now: datetime, progress: Progress | None = None) -> None:
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
        tell(progress, change, "Contracts looked at")
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


@transaction.atomic
def ask_again(change: CalendarChange, actor: Actor, now: datetime) -> CalendarChange:
    """As ``preview_again``, and ask for the work. Raises Refused."""
    again = preview_again(change)
    ask_for_preview(again, actor, now)
    return again


def look_at(
    change: CalendarChange, contracts: dict[int, Contract], known: calendars.Calendars, now: datetime
) -> int:
    """Work out what becomes of these contracts and keep it; returns how many dates move.

    One that cannot be worked out is left as it is, with its fault, and the others go on.
    """
    numbers = last_entries(contracts)  # before anything is read, so that whatever comes later is noticed
    found, looks = [], []
    for contract in contracts.values():
        rows: list[Redated] = []
        others: set[str] = set()
        with faults_of(contract) as fault:
            rows, others = redated(contract, change.change, known, now)
        found += rows
        seen = numbers[contract.pk], json.dumps(sorted(others)), fault.text
        looks.append((change.pk, contract.pk, now, *seen))
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
