"""Who is mailed once a day where a ledger ends: off unless somebody asks for it themselves, on the record."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from contracts.access import Access
from contracts.models import HeadsWanted
from contracts.services import ledger
from contracts.services.actors import Actor


def wanted(access: Access) -> bool:
    """Whether somebody is mailed where the ledger of this contract ends. 1 query."""
    return _open(access).exists()


def choose(access: Access, now: datetime, *, on: bool) -> None:
    """Ask for the daily mail, or for no more of them. Nothing where it is so already."""
    actor = Actor.of(access.person, access.side)
    said = {"name": access.person.name}
    with transaction.atomic():
        if not on:
            if _open(access).update(until=now):
                ledger.record(access.contract, actor, "heads_not_wanted", said, now)
            return
        if wanted(access):
            return
        try:
            with transaction.atomic():
                HeadsWanted.objects.create(contract=access.contract, person=access.person, since=now)
        except IntegrityError:  # a second click at the same moment was a little faster
            return
        ledger.record(access.contract, actor, "heads_wanted", said, now)


def _open(access: Access) -> QuerySet[HeadsWanted]:
    return HeadsWanted.objects.filter(contract=access.contract, person=access.person, until=None)
