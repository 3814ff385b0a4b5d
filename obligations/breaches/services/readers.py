"""Who may know of a breach that is kept to a distribution list (DMP 23 Appendix 1, 1.2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from contracts.models import DistributionList
from contracts.selectors import distribution_list
from contracts.services.actors import Actor
from contracts.services.distribution import change_list, lift_list
from contracts.services.errors import Refused
from contracts.services.locks import lock
from obligations.breaches.models import Breach
from obligations.breaches.services.allowed import allowed
from obligations.selectors import all_duties
from obligations.services.notices import planning


@transaction.atomic
def change_readers(breach: Breach, actor: Actor, now: datetime, *, people: Collection[int]) -> None:
    """Let exactly these people (by their numbers) know of it from now on: pages, mail and record alike.

    Raises Refused on "people".
    """
    kept = _held(breach, "change_list", actor, now)
    if change_list(kept, actor, now, people=people):
        _tell(breach, now)


@transaction.atomic
def open_up(breach: Breach, actor: Actor, now: datetime, *, reason: str) -> None:
    """From now on everybody on the contract may know of it. Raises Refused on "reason"."""
    lift_list(_held(breach, "open_up", actor, now), actor, now, reason=reason)
    _tell(breach, now)


def _held(breach: Breach, event: str, actor: Actor, now: datetime) -> DistributionList:
    lock(breach.contract)
    breach.refresh_from_db()
    allowed(breach, event, actor, now)
    kept = distribution_list(breach.contract, breach.reference)
    if kept is None:
        raise Refused("", "Everybody on this contract may know of this breach.")
    return kept


def _tell(breach: Breach, now: datetime) -> None:
    """Who came to know of it gets the mail that is still to come; who no longer may gets none."""
    planning.plan(all_duties(breach.contract).filter(subject=breach.reference), now)
