"""Changing the public holidays: propose, preview, apply, withdraw. Nothing moves before it is applied.

A change is proposed from a published list or as a one-off day, its preview says which open duties would move,
and an administrator applies it. Previews and redating run contract by contract, each portion in a transaction
of its own that also notes how far it came, so that a worker that dies loses nothing and doubles nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count

from contracts.models import Contract, Person, Side
from contracts.services import files
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.rows import copy_in
from contracts.terms.moments import Day, london_day, long_day, start_of_day
from obligations.models import CalendarChange, CalendarLook, CalendarMove, ChangeKind, ChangeState
from obligations.rules.published import (
    PLACES,
    Change,
    Published,
    PublishedError,
    compare,
    read_published,
)
from obligations.rules.working_days import DIVISIONS, HORIZON
from obligations.services import calendars
from obligations.services.reconcile import reconcile
from obligations.services.redating import redated, touchable
from obligations.services.redating_rows import keep, lay_over

PORTION = 2000
"""Duties looked at in one transaction, about."""

AT_ONCE = 500
"""Duties that can be affected up to which nobody has to wait for a worker."""

CLOCK = Actor.system("bank holidays")
WEEKEND = {5: "Saturday", 6: "Sunday"}


# Proposing


def propose_file(actor: Actor, now: datetime, *, file: object) -> CalendarChange:
    """Propose what a published list changes, from a file in the form of GOV.UK's bank-holidays.json.

    Raises Refused on "file" for a file that is not such a list, naming the place in it and the fix, and for
    one that says nothing new.
    """
    checked = files.check(file, types=(".json",))  # type: ignore[arg-type]
    published = _read(checked.content)
    change = compare(calendars.load().lists, published)
    if not change:
        raise Refused("file", "This list says nothing new: the calendars hold every day of it already.")
    _refuse_a_second_time("file", change)
    return _propose(actor, now, change, ChangeKind.PUBLISHED, checked.name, sha256=checked.sha256)


def propose_day(
    actor: Actor, now: datetime, *, division: str, day: Day, name: str, source: str = ""
) -> CalendarChange:
    """Propose a one-off holiday in one division, or in all of them ("all").

    ``source`` says where it was announced. Raises Refused on the field at fault: a division not known, a day
    that is no Working Day already or lies outside the calendars, a name missing or too long.
    """
    name = required("name", name, "Enter the holiday's name.", longest=120)
    source = required("source", source, "Say where it was announced.", longest=300)
    known = calendars.load().lists
    if division not in DIVISIONS:
        raise Refused("division", "Choose a division, or all of them.")
    if not known.first <= day <= HORIZON:
        raise Refused("day", f"Enter a day from {long_day(known.first)} to {long_day(HORIZON)}.")
    if weekday := WEEKEND.get(day.weekday()):
        raise Refused("day", f"{long_day(day)} is a {weekday}, which never counts as a Working Day. "
                      "Enter the weekday that is taken instead.")  # fmt: skip
    wanted = PLACES if division == "all" else (division,)
    places = [place for place in wanted if day not in known.days[place]]
    if not places:
        there = known.days[wanted[0]][day]
        where = "every division" if division == "all" else DIVISIONS[division]
        raise Refused("day", f"{long_day(day)} is a holiday in {where} already: {there}.")
    change = Change(added={place: {day: name} for place in places})
    _refuse_a_second_time("day", change)
    return _propose(actor, now, change, ChangeKind.ONE_OFF, source)


def propose_taking_back(taken: CalendarChange, actor: Actor, now: datetime, *, reason: str) -> CalendarChange:
    """Propose the opposite of an applied change: its days come back or go again. Nothing is edited.

    Raises Refused where it was never applied, where the opposite is proposed already or would do nothing.
    """
    reason = required("reason", reason, "Say why it is taken back.", longest=300)
    if taken.state != ChangeState.APPLIED:
        raise Refused("", "Only an applied change can be taken back. Withdraw this one instead.")
    lists = calendars.load().lists
    opposite = taken.change.reversed()
    change = Change(
        added={p: d for p, days in opposite.added.items()
               if (d := {x: n for x, n in days.items() if x not in lists.days[p]})},
        removed={p: d for p, days in opposite.removed.items()
                 if (d := {x: n for x, n in days.items() if x in lists.days[p]})},
    )  # fmt: skip
    if not change:
        raise Refused("", "Nothing is left of this change to take back.")
    _refuse_a_second_time("", change)
    return _propose(actor, now, change, ChangeKind.TAKEN_BACK, reason, takes_back=taken)


def propose_fetched(published: Published, source: str, sha256: str, now: datetime) -> CalendarChange | None:
    """Propose what the list fetched by the clock changes; None where it says nothing new or was turned down.

    New years alone, with no date moving, are applied at once; everything else waits for an administrator.
    """
    known = calendars.load().lists
    change = compare(known, published)
    if not change or CalendarChange.objects.filter(digest=_digest(change)).exists():
        return None
    proposed = _propose(CLOCK, now, change, ChangeKind.PUBLISHED, source, sha256=sha256)
    preview(proposed, now)
    proposed.refresh_from_db()
    if proposed.change.only_extends(known.edge) and proposed.previewed_moves == 0:
        try:
            ask_to_apply(proposed, CLOCK, now)
        except Refused:
            return proposed
        apply(proposed, now)
    return proposed


def _read(content: bytes) -> Published:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise Refused("file", "This is not JSON. Upload the file as GOV.UK publishes it.") from error
    try:
        return read_published(data)
    except PublishedError as error:
        raise Refused("file", f"{error}. Nothing was taken over.") from error


def _refuse_a_second_time(field: str, change: Change) -> None:
    waiting = CalendarChange.objects.exclude(state__in=[ChangeState.WITHDRAWN, ChangeState.APPLIED])
    if waiting.filter(digest=_digest(change)).exists():
        raise Refused(field, "The same change is proposed already. Apply it, or withdraw it first.")


def _digest(change: Change) -> str:
    return hashlib.sha256(json.dumps(change.as_json(), sort_keys=True).encode()).hexdigest()


def _propose(
    actor: Actor,
    now: datetime,
    change: Change,
    kind: ChangeKind,
    source: str,
    *,
    sha256: str = "",
    takes_back: CalendarChange | None = None,
) -> CalendarChange:
    return CalendarChange.objects.create(
        kind=kind,
        source=source,
        sha256=sha256,
        days=change.as_json(),
        digest=_digest(change),
        takes_back=takes_back,
        proposed_at=now,
        proposed_by=actor.person,
        proposed_by_name=actor.name,
        based_on=calendars.load().version,
    )


# Previewing


def is_quick(change: CalendarChange) -> bool:
    """Whether so few duties can be affected that nobody needs to wait for a worker. 1 query."""
    few = touchable(change.change).order_by()[: AT_ONCE + 1]
    return len(few.values_list("pk", flat=True)) <= AT_ONCE


def preview(change: CalendarChange, now: datetime) -> None:
    """Work out which duties would move; goes on where an earlier attempt stopped. Moves nothing."""
    wanted = calendars.with_change(calendars.load(), change)
    for contracts in _portions(change, ChangeState.PROPOSED):
        with transaction.atomic():
            locked = _still(change, ChangeState.PROPOSED)
            if locked is None:
                return
            found = _look(change, _in_order(contracts), wanted, now)
            locked.previewed_moves += found
            _note(change, locked, contracts)
    with transaction.atomic():
        locked = _still(change, ChangeState.PROPOSED)
        if locked is not None:
            locked.state, locked.previewed_at = ChangeState.READY, now
            locked.save(update_fields=["state", "previewed_at"])


LOOK = ("calendar_change_id", "contract_id", "at", "ledger_entry", "others")


def _look(
    change: CalendarChange, contracts: dict[int, Contract], known: calendars.Calendars, now: datetime
) -> int:
    """Work out what becomes of these contracts and keep it; returns how many dates move."""
    numbers = _last_entries(contracts)  # before anything is read, so that whatever comes later is noticed
    found, looks = [], []
    for contract in contracts.values():
        rows, others = redated(contract, change.change, known, now)
        found += rows
        looks.append((change.pk, contract.pk, now, numbers[contract.pk], json.dumps(sorted(others))))
    copy_in(CalendarLook._meta.db_table, LOOK, looks)
    return keep(change, found, contracts, known)


def _last_entries(contracts: Iterable[int]) -> dict[int, int]:
    """The last thing on each contract's record, in any chain, that is not a mail. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, coalesce((SELECT id FROM contracts_ledgerentry WHERE contract_id = c.id"
            " AND verb <> 'notices_sent' ORDER BY id DESC LIMIT 1), 0)"
            " FROM unnest(%s::bigint[]) AS c(id)",
            [list(contracts)],
        )
        return dict(cursor.fetchall())


def _in_order(numbers: Iterable[int], *, lock: bool = False) -> dict[int, Contract]:
    contracts = Contract.objects.filter(pk__in=list(numbers)).order_by("pk")
    return {one.pk: one for one in (contracts.select_for_update() if lock else contracts)}


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


# Applying


@transaction.atomic
def ask_to_apply(change: CalendarChange, actor: Actor, now: datetime) -> CalendarChange:
    """From now on the change counts; ``apply`` redates the open duties. Asked again it changes nothing.

    Raises Refused where the preview is not there or is out of date, where the change was withdrawn, or while
    another one is being applied.
    """
    list(CalendarChange.objects.select_for_update().filter(state=ChangeState.APPLYING))
    locked = CalendarChange.objects.select_for_update().get(pk=change.pk)
    if locked.state in (ChangeState.APPLYING, ChangeState.APPLIED):
        return locked
    if locked.state != ChangeState.READY:
        raise Refused("", "This change is not ready to apply. Wait for its preview, or propose it again.")
    if CalendarChange.objects.filter(state=ChangeState.APPLYING).exists():
        raise Refused("", "Another change is being applied. Wait until it is finished, then apply this one.")
    version = calendars.load().version
    if locked.based_on != version:
        raise Refused("", "The holidays have changed since this preview. Work it out again, then apply it.")
    locked.state, locked.version, locked.apply_from = ChangeState.APPLYING, version + 1, now
    locked.applied_by, locked.applied_by_name = actor.person, actor.name
    locked.through_contract = locked.contracts_done = locked.contracts_total = 0
    locked.save()
    return locked


def apply(change: CalendarChange, now: datetime) -> None:
    """Redate the open duties of a change that counts; goes on where an earlier attempt stopped.

    Every date that moves goes on the record of its contract and to the people concerned, once.
    """
    change.refresh_from_db()
    if change.state != ChangeState.APPLYING:
        return
    known, actor, because = calendars.load(), _who(change), in_words(change)
    for contracts in _portions(change, ChangeState.APPLYING):
        with transaction.atomic():
            locked = _still(change, ChangeState.APPLYING)
            if locked is None:
                return
            locked.moved += _redate(locked, contracts, known, actor, now, because)
            _note(change, locked, contracts)
    with transaction.atomic():
        locked = _still(change, ChangeState.APPLYING)
        if locked is not None:
            locked.state, locked.applied_at = ChangeState.APPLIED, now
            locked.save(update_fields=["state", "applied_at"])


def _redate(
    change: CalendarChange,
    numbers: list[int],
    known: calendars.Calendars,
    actor: Actor,
    now: datetime,
    because: str,
) -> int:
    contracts = _in_order(numbers, lock=True)
    stale = _stale(change, contracts, now)
    if stale:
        CalendarMove.objects.filter(calendar_change=change, contract__in=stale).delete()
        CalendarLook.objects.filter(calendar_change=change, contract__in=stale).delete()
        _look(change, {number: contracts[number] for number in stale}, known, now)
    moved = lay_over(change, contracts, known, actor, now, because)
    looks = CalendarLook.objects.filter(calendar_change=change, contract__in=contracts).exclude(others=[])
    for look in looks.order_by("contract"):
        reconcile(contracts[look.contract_id], now, actor, subjects=set(look.others), because=because)
    return moved


def _stale(change: CalendarChange, contracts: dict[int, Contract], now: datetime) -> list[int]:
    """The contracts of which the preview no longer holds: something was recorded since, or a day went by."""
    looks = CalendarLook.objects.filter(
        calendar_change=change, contract__in=list(contracts), at__gte=start_of_day(london_day(now))
    )
    seen = dict(looks.values_list("contract_id", "ledger_entry"))
    numbers = _last_entries(contracts)
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


@transaction.atomic
def withdraw(change: CalendarChange, actor: Actor, now: datetime, *, reason: str) -> CalendarChange:
    """Turn a proposal down, with a reason. Raises Refused where it was applied."""
    reason = required("reason", reason, "Say why it is withdrawn.", longest=1000)
    locked = CalendarChange.objects.select_for_update().get(pk=change.pk)
    if locked.state not in (ChangeState.PROPOSED, ChangeState.READY):
        raise Refused("", "Only a change that waits can be withdrawn. An applied one can be taken back.")
    locked.state, locked.withdrawn_at = ChangeState.WITHDRAWN, now
    locked.withdrawn_by_name, locked.withdrawn_reason = actor.name, reason
    locked.save()
    return locked


# Portion by portion


def work(now: datetime) -> int:
    """Go on with every preview and every change that is under way; returns how many there were."""
    waiting = CalendarChange.objects.filter(state__in=[ChangeState.PROPOSED, ChangeState.APPLYING])
    changes = list(waiting.order_by("pk"))
    for change in changes:
        if change.state == ChangeState.APPLYING:
            apply(change, now)
        else:
            preview(change, now)
    return len(changes)


def _portions(change: CalendarChange, state: str) -> Iterator[list[int]]:
    """The contracts still to be done, so many at a time that each portion holds about ``PORTION`` duties."""
    change.refresh_from_db()
    if change.state != state:
        return
    duties = touchable(change.change).filter(contract_id__gt=change.through_contract)
    counts = list(duties.order_by("contract_id").values_list("contract_id").annotate(Count("pk")))
    total = change.contracts_done + len(counts)
    CalendarChange.objects.filter(pk=change.pk, state=state).update(contracts_total=total)
    portion, size = [], 0
    for contract, number in counts:
        portion.append(contract)
        size += number
        if size >= PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _still(change: CalendarChange, state: str) -> CalendarChange | None:
    """The change under lock, where it is still in this state and nobody else has gone on with it."""
    locked = CalendarChange.objects.select_for_update().get(pk=change.pk)
    same = locked.state == state and locked.through_contract == change.through_contract
    return locked if same else None


def _note(change: CalendarChange, locked: CalendarChange, contracts: list[int]) -> None:
    locked.through_contract, locked.contracts_done = contracts[-1], locked.contracts_done + len(contracts)
    locked.save()
    change.through_contract = locked.through_contract
