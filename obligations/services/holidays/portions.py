"""Going through the contracts of a change portion by portion.

Each portion is a transaction of its own that also notes how far it came, so that a worker that dies loses
nothing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Count

from contracts.models import Contract
from contracts.services.long_work import Progress
from obligations.models import CalendarChange
from obligations.services.holidays.redating import touchable

PORTION = 2000
"""Duties looked at in one transaction, about."""


def portions(change: CalendarChange, state: str) -> Iterator[list[int]]:
    """The contracts still to be done, so many at a time that each portion holds about ``PORTION`` duties."""
    change.refresh_from_db()
    if change.state != state:
        return
    duties = touchable(change.change).filter(contract_id__gt=change.through_contract)
    counts = list(duties.order_by("contract_id").values_list("contract_id").annotate(Count("pk")))
    change.contracts_total = change.contracts_done + len(counts)
    CalendarChange.objects.filter(pk=change.pk, state=state).update(contracts_total=change.contracts_total)
    portion, size = [], 0
    for contract, number in counts:
        portion.append(contract)
        size += number
        if size >= PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def still(change: CalendarChange, state: str) -> CalendarChange | None:
    """The change under lock, where it is still in this state and nobody else has gone on with it."""
    locked = CalendarChange.objects.select_for_update().get(pk=change.pk)
    same = locked.state == state and locked.through_contract == change.through_contract
    return locked if same else None


def note(change: CalendarChange, locked: CalendarChange, contracts: list[int]) -> None:
    """Note under the lock how far the change has come."""
    locked.through_contract, locked.contracts_done = contracts[-1], locked.contracts_done + len(contracts)
    locked.save()
    change.through_contract, change.contracts_done = locked.through_contract, locked.contracts_done


def tell(progress: Progress | None, change: CalendarChange, doing: str) -> None:
    """Say how far the change has come, where it is long work. Outside the portion's transaction."""
    if progress is not None:
        progress.step(change.contracts_done, change.contracts_total, doing)


def in_order(numbers: Iterable[int], *, lock: bool = False) -> dict[int, Contract]:
    """These contracts, locked one after the other where asked, so that two workers never wait in a ring."""
    contracts = Contract.objects.filter(pk__in=list(numbers)).order_by("pk")
    return {one.pk: one for one in (contracts.select_for_update() if lock else contracts)}
