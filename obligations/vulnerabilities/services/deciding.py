"""What people decide of one row: it is affected, whatever a file said; a draft is not patched after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.services.reconciling.holding import lock
from obligations.vulnerabilities.models import State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.services.allowed import patching
from obligations.vulnerabilities.services.dating import Dating
from obligations.vulnerabilities.services.following import date_rows, save_shown
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


@transaction.atomic
def reopen(contract: Contract, actor: Actor, now: datetime, row: Vulnerability) -> Vulnerability:
    """A draft that was patched by mistake is open again, with the date that it has now.

    The places that were patched on the day of the whole wait again; one that was patched on another day stays
    so. What is on the record is withdrawn there instead, with a reason. Raises Refused.
    """
    patching(contract, actor, now)
    lock(contract, now)
    row = Vulnerability.objects.get(pk=row.pk)
    if not row.draft:
        raise Refused("", "This is on the record: withdraw there, with a reason, that the patch was applied.")
    if row.state != State.DONE:
        raise Refused("", "This is open already.")
    VulnerabilityHost.objects.filter(vulnerability=row, patched_on=row.done_on).update(patched_on=None)
    row.contract = contract
    row.state, row.done_on, row.changed_at = State.OPEN, None, now
    date_rows([row], Dating.of(contract, now))
    save_shown([row])
    note_own_work(contract, actor, now, [row])
    return row
