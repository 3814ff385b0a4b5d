"""Applying a change of the holidays: from then on it counts, and the open duties it touches are redated.

A preview that no longer holds for a contract is worked out again first. The redating is long work: asked for
in the transaction from which on the change counts, done portion by portion, and not to be stopped half-way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from contracts.models import Contract, LongWork, Person, Side, WorkState
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.long_work import Progress
from contracts.terms.moments import london_day, long_day, start_of_day
from obligations.models import CalendarChange, CalendarLook, CalendarMove, ChangeState
from obligations.rules.time.working_days import DIVISIONS
from obligations.services.asking import calendars
from obligations.services.holidays.faults import faults_of
from obligations.services.holidays.portions import in_order, note, portions, still, tell
from obligations.services.holidays.previewing import PREVIEW, ask_for_preview, last_entries, look_at
from obligations.services.holidays.redating_rows import lay_over
from obligations.services.reconciling.holding import lock, not_looked_at
from obligations.services.reconciling.reconcile import reconcile

log = logging.getLogger(__name__)

REDATE = "holiday_redating"
CLOCK = Actor.system("bank holidays")


@transaction.atomic
def ask_to_apply(change: CalendarChange, actor: Actor, now: datetime) -> CalendarChange:
    """From now on the change counts, and the redating of the open duties is asked for.

    Asked again it changes nothing; where the redating has failed meanwhile it is asked for once more.
    Raises Refused where the preview is not there or is out of date, where the change was withdrawn, or while
    another one is being applied.
    """
    list(CalendarChange.objects.select_for_update().filter(state=ChangeState.APPLYING))
    locked = CalendarChange.objects.select_for_update().get(pk=change.pk)
    if locked.state == ChangeState.APPLYING:
        ask_for_redating(locked, actor, now)
    if locked.state in (ChangeState.APPLYING, ChangeState.APPLIED):
        return locked
    if locked.state != ChangeState.READY:
        raise Refused("", "This change is not ready to apply. Wait for its preview, or propose it again.")
    if CalendarChange.objects.filter(state=ChangeState.APPLYING).exists():
        raise Refused("", "Another change is being applied. Wait until it is finished, then apply this one.")
    version = calendars.load().version
    if locked.based_on != version:
        raise Refused("", "The holidays have changed since this preview. Work it out again, then apply it.")
    if waiting := len(not_looked_at()):
        raise Refused(
            "", "Duly is still working out what its newer engine would change, on"
            f" {waiting} contract{'' if waiting == 1 else 's'}. Apply it when that is done."
        )  # fmt: skip
    locked.state, locked.version, locked.apply_from = ChangeState.APPLYING, version + 1, now
    locked.applied_by, locked.applied_by_name = actor.person, actor.name
    locked.through_contract = locked.contracts_done = locked.contracts_total = 0
    locked.save()
    ask_for_redating(locked, actor, now)
    return locked


def ask_for_redating(change: CalendarChange, actor: Actor, now: datetime) -> LongWork:
    """Ask that the open duties of a change that counts be redated; while they are, that work is given."""
    return long_work.ask(
        REDATE,
        str(change.pk),
        actor,
        now,
        title=f"Redating open duties: {change.called}",
        payload={"change": change.pk},
        leads_to=reverse("holiday_change", args=[change.pk]),
    )


@long_work.kind(REDATE, for_staff=True, goes_on=True, may_be_stopped=False)
def _redate_all(work: LongWork, progress: Progress, now: datetime) -> dict[str, Any]:
    change = CalendarChange.objects.get(pk=work.payload["change"])
    while change.state == ChangeState.APPLYING:  # where another worker was at it too, what it left
        apply(change, now, progress)
        change.refresh_from_db()
    return {"message": "The open duties are redated."}


def work_on(change: CalendarChange) -> LongWork | None:
    """The last work asked for on a change of which the preview or the redating is under way."""
    kind = REDATE if change.state == ChangeState.APPLYING else PREVIEW
    return long_work.latest(kind, str(change.pk))


def apply(change: CalendarChange, now: datetime, progress: Progress | None = None) -> None:
    """Redate the open duties of a change that counts; goes on where an earlier attempt stopped.

    Every date that moves goes on the record of its contract and to the people concerned, once.
    """
    change.refresh_from_db()
    if change.state != ChangeState.APPLYING:
        return
    known, actor, because = calendars.load(), _who(change), in_words(change)
    for contracts in portions(change, ChangeState.APPLYING):
        with transaction.atomic():
            locked = still(change, ChangeState.APPLYING)
            if locked is None:
                return
            locked.moved += _redate(locked, contracts, known, actor, now, because)
            note(change, locked, contracts)
        tell(progress, change, "Contracts redated")
    with transaction.atomic():
        locked = still(change, ChangeState.APPLYING)
        if locked is not None:
            locked.state, locked.applied_at = ChangeState.APPLIED, now
            locked.save(update_fields=["state", "applied_at"])


def work(now: datetime) -> int:
    """Go on with every preview and every change that is under way; returns how many there were.

    Those of which nobody has asked for the work are asked for: they were begun before it was long work. Where
    it has failed or was stopped a person decides.
    """
    waiting = CalendarChange.objects.filter(state__in=[ChangeState.PROPOSED, ChangeState.APPLYING])
    changes = list(waiting.order_by("pk"))
    for change in changes:
        last = work_on(change)
        if last is None or last.state == WorkState.DONE:
            ask = ask_for_redating if change.state == ChangeState.APPLYING else ask_for_preview
            ask(change, CLOCK, now)
    long_work.run_waiting(now, kinds=(PREVIEW, REDATE))
    return len(changes)


def _redate(
    change: CalendarChange,
    numbers: list[int],
    known: calendars.Calendars,
    actor: Actor,
    now: datetime,
    because: str,
) -> int:
    contracts = in_order(numbers, lock=True)
    stale = _stale(change, contracts, now)
    if stale:
        CalendarMove.objects.filter(calendar_change=change, contract__in=stale).delete()
        CalendarLook.objects.filter(calendar_change=change, contract__in=stale).delete()
        look_at(change, {number: contracts[number] for number in stale}, known, now)

    def laid(some: dict[int, Contract]) -> int:
        return lay_over(change, some, known, actor, now, because)

    moved = _each_for_itself(change, contracts, laid)
    looks = CalendarLook.objects.filter(calendar_change=change, contract__in=contracts, fault="")
    for look in looks.exclude(others=[]).order_by("contract"):
        contract = contracts[look.contract_id]
        with faults_of(contract) as fault:
            others = set(look.others)
            reconcile(contract, now, actor, subjects=others, because=because, shows_wrong=True)
        fault.keep(change)
    return moved


def _each_for_itself(
    change: CalendarChange, contracts: dict[int, Contract], laid: Callable[[dict[int, Contract]], int]
) -> int:
    """Write the moves of these contracts at once; where that fails, of each, keeping the faults."""
    try:
        with transaction.atomic():
            return laid(contracts)
    except Exception:
        log.exception("bank holidays: %d contracts could not be written together", len(contracts))
    moved = 0
    for number, contract in contracts.items():
        with faults_of(contract) as fault:
            moved += laid({number: contract})
        fault.keep(change)
    return moved


def try_again(change: CalendarChange, actor: Actor, now: datetime) -> int:
    """Work the contracts with a fault out anew, each in a transaction; returns how many still have one."""
    looks = list(change.looks.exclude(fault="").order_by("contract").select_related("contract"))
    if change.state != ChangeState.APPLIED or not looks:
        raise Refused("", "No contract waits to be worked out again.")
    because = in_words(change)
    for look in looks:
        with faults_of(look.contract) as fault:
            lock(look.contract, now)
            reconcile(look.contract, now, actor, because=because, shows_wrong=True)
        fault.keep(change)
    return change.looks.exclude(fault="").count()


def _stale(change: CalendarChange, contracts: dict[int, Contract], now: datetime) -> list[int]:
    """The contracts of which the preview no longer holds: something was recorded since, a day went by, or it
    had a fault.
    """
    looks = CalendarLook.objects.filter(
        calendar_change=change,
        contract__in=list(contracts),
        at__gte=start_of_day(london_day(now)),
        fault="",
    )
    seen = dict(looks.values_list("contract_id", "ledger_entry"))
    numbers = last_entries(contracts)
    return [number for number in contracts if seen.get(number) != numbers[number]]


def _who(change: CalendarChange) -> Actor:
    person: Person | None = change.applied_by
    return Actor(change.applied_by_name, Side.NEITHER, person)


def in_words(change: CalendarChange) -> str:
    """Why a date moved, for the ledger: what changed, where it was announced, and the calendars' version."""
    told = change.change
    parts = [
        f"{verb} {long_day(day)} ({name}) in {DIVISIONS[place]}"
        for verb, by_place in (("added", told.added), ("removed", told.removed))
        for place, days in by_place.items()
        for day, name in days.items()
    ]
    what = "; ".join(parts[:3]) + (f"; and {len(parts) - 3} more" if len(parts) > 3 else "")
    version = f", version {change.version}" if change.version else ""
    return f"Bank holidays changed{version}: {what or 'names or the last day published'} ({change.source})"
