"""What a file said not to be affected, decided by people: a claim (``acting``), or affected."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.services.reconciling.holding import lock
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.services.allowed import patching
from obligations.vulnerabilities.services.keeping import note_own_work

DECIDED = "affected"
"""Among the grounds of a row: that its side holds it to be affected, whatever a file said."""


@transaction.atomic
def affected(contract: Contract, actor: Actor, now: datetime, row: Vulnerability) -> Vulnerability:
    """It is affected, though a file said that it was not: what the file said stays, and asks no longer.

    Nothing about its date changes, for that ran all the same. Raises Refused where nothing is to be decided.
    """
    patching(contract, actor, now)
    lock(contract, now)
    row = Vulnerability.objects.get(pk=row.pk)
    if not row.is_undecided:
        raise Refused("", "There is nothing to be decided about this any more.")
    row.grounds = {**row.grounds, DECIDED: {"justification": row.justification, "until": ""}}
    row.save(update_fields=["grounds"])
    if row.draft:
        note_own_work(contract, actor, now, [row])
    else:
        payload = {"subject": row.subject, "vulnerability": row.pk}
        ledger.record(contract, actor, "vulnerability_affected", payload, now)
    return row
