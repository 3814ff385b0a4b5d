"""Noting a visit."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from tests.trial.visits.models import Visit


@transaction.atomic
def note_visit(contract: Contract, actor: Actor, now: datetime, *, place: str, on: date) -> Visit:
    """Put a visit on the record. Raises Refused for a day that has not come."""
    if on > london_day(now):
        raise Refused("on", "A visit lies in the past: give the day on which it was.")
    visit = Visit.objects.create(contract=contract, place=place, on=on, noted_by=actor.person)
    payload = {"visit": visit.pk, "place": place, "on": on.isoformat()}
    ledger.record(contract, actor, "visit_noted", payload, now)
    return visit
