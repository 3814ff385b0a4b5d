"""Who joined a contract since its notices were planned is told too.

The database writes down where other people may be told, and from which day (``AudienceChange``). So this
reads those contracts alone, however many duties are open elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.models import AudienceChange
from contracts.terms.moments import london_day
from obligations.models import Duty, Phase
from obligations.services.notices import lapsing
from obligations.services.notices.planning import Planned, plan

log = logging.getLogger(__name__)

BATCH = 500
"""Duties planned in one transaction."""


TOGETHER = 100
"""Contracts looked at together."""


def plan_ahead(now: datetime) -> Planned:
    """Plan again for every contract on which somebody may be told from now on who was not before.

    What changes meanwhile is looked at the next time. A contract at which this ends in an error is logged
    and looked at again; it holds up no other.
    """
    changes: dict[int, list[int]] = {}
    rows = AudienceChange.objects.filter(from_day__lte=london_day(now), contract__closed_at=None)
    for pk, contract in rows.order_by("pk").values_list("pk", "contract_id"):
        changes.setdefault(contract, []).append(pk)
    contracts = list(changes)
    total = Planned()
    for start in range(0, len(contracts), TOGETHER):
        for some, planned in _planned(contracts[start : start + TOGETHER], now):
            total += planned
            AudienceChange.objects.filter(pk__in=[pk for one in some for pk in changes[one]]).delete()
    return total


def _planned(contracts: Sequence[int], now: datetime) -> Iterator[tuple[Sequence[int], Planned]]:
    """What was planned for them together; where that fails, for each alone but the one at fault."""
    try:
        yield contracts, _plan_again(contracts, now)
    except Exception:
        if len(contracts) > 1:
            for one in contracts:
                yield from _planned([one], now)
        else:
            log.exception("who joined contract %s could not be planned for", contracts[0])


def _plan_again(contracts: Sequence[int], now: datetime) -> Planned:
    total = Planned()
    for duties in _open(contracts):
        total += plan(duties, now)
    return total + lapsing.plan_again(contracts, now)


def _open(contracts: Sequence[int]) -> Iterator[list[Duty]]:
    """The open duties of contracts that have a date, in batches."""
    rows = Duty.objects.filter(contract__in=contracts, phase=Phase.OPEN, due_at__isnull=False)
    numbers = list(rows.order_by("due_at").values_list("pk", flat=True))
    for start in range(0, len(numbers), BATCH):
        yield list(Duty.objects.filter(pk__in=numbers[start : start + BATCH]))
